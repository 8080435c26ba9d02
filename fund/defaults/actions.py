"""Writing the terms of default down, giving notice, and the interest: in from the partner, on to the others."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import col, select

from fund.capital.acts import locked_call
from fund.capital.rules import BankReferenceTaken, CallState
from fund.charter.life import check_days
from fund.charter.queries import life
from fund.defaults.models import DefaultInterest, DefaultNotice, DefaultTermsVersion, DefaultWithdrawal
from fund.defaults.queries import (
    DefaultSheet,
    TermsSheet,
    default,
    default_terms,
    defaults,
    principal,
    versions,
)
from fund.defaults.remedied import remedies
from fund.defaults.remedy_rules import RemedyState
from fund.defaults.rules import (
    DefaultHasInterest,
    DefaultHasRemedy,
    DefaultReasonMissing,
    DefaultState,
    DefaultTerms,
    DefaultTermsTooEarly,
    DefaultUnknown,
    DefaultWithdrawn,
    NoticeGiven,
    check_interest,
    check_notice,
    check_terms,
    cure_until,
)
from fund.defaults.sharing import check_not_passed_on, interest_postings, shares
from fund.ledger.actions import open_chart, post
from fund.ledger.cash import lock_cash
from fund.ledger.stamps import stamp
from fund.ledger.undoing import undo
from fund.nettings.queries import check_settled
from fund.partners.queries import codes_in_order
from fund.partners.rules import PartnerUnknown
from kernel import work
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.letters.post import is_configured
from kernel.money import format_amount

BOOKERS = (Role.MANAGER, Role.ACCOUNTANT)


def set_terms(
    tx: Tx, actor: Actor, *, fund_id: int, terms: DefaultTerms, effective_on: date, note: str, now: datetime
) -> TermsSheet:
    """Write down what the charter says of partners that do not pay, from a day on; notices given before keep theirs.

    Refused: terms that cannot be promised, a day not after that of the version before or outside the fund's life.
    """
    actor.require(Role.MANAGER)
    check_terms(terms)
    check_days(life(tx, fund_id=fund_id), effective_on=effective_on)
    lock(tx, f"default_terms:{fund_id}")
    before = versions(tx, fund_id=fund_id)
    if before and effective_on <= before[0].effective_on:
        raise DefaultTermsTooEarly(effective_on=effective_on, latest=before[0].effective_on)
    tx.add(
        DefaultTermsVersion(
            fund_id=fund_id,
            effective_on=effective_on,
            cure_days=terms.cure_days,
            rate=terms.rate,
            remedies=[one.value for one in terms.remedies.named],
            forfeit=terms.remedies.forfeit,
            note=note.strip(),
            recorded_by=actor.name,
            recorded_at=now,
        )
    )
    tx.flush()
    detail = {
        "effective_on": effective_on.isoformat(),
        "cure_days": terms.cure_days,
        "rate": str(terms.rate),
        "remedies": [one.value for one in terms.remedies.named],
    }
    record(tx, actor, action="default.terms_set", subject=f"fund:{fund_id}", detail=detail, now=now)
    return versions(tx, fund_id=fund_id)[0]


def give_notice(
    tx: Tx, actor: Actor, *, call_id: int, partner_id: int, noticed_on: date, now: datetime
) -> DefaultSheet:
    """Give a partner notice that it is in default on a call; from then on it has the days of the terms to cure it.

    Refused: an unknown partner, nothing overdue, a day to come or before the due date, a notice that stands, a fund
    without such terms, a call whose netting is not settled.
    """
    actor.require(*BOOKERS)
    call = locked_call(tx, call_id=call_id, needed=[CallState.ISSUED])
    today = day_in_beijing(now)
    partner = codes_in_order(tx, fund_id=call.fund_id).get(partner_id)
    if partner is None:
        raise PartnerUnknown()
    check_settled(tx, call_id=call_id, call=call.code)
    owed = _owed(tx, call_id, partner_id, noticed_on)
    check_notice(
        call=call.code, partner=partner, owed=owed, due_on=call.due_on, noticed_on=noticed_on, today=today
    )
    turn = _turn(tx, call_id, partner_id, today)
    terms = default_terms(tx, fund_id=call.fund_id, as_of=noticed_on)
    row = DefaultNotice(
        fund_id=call.fund_id,
        call_id=call_id,
        partner_id=partner_id,
        turn=turn,
        noticed_on=noticed_on,
        cure_until=cure_until(noticed_on, terms),
        rate=terms.rate,
        owed=owed,
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"call": call.code, "partner": partner, "owed": owed, "cure_until": row.cure_until.isoformat()}
    if is_configured():
        key = f"default_letters:{row.key}"
        work.enqueue(tx, job="default_letters", key=key, default=row.key, at=now.isoformat())
    record(tx, actor, action="default.noticed", subject=f"default:{row.key}", detail=detail, now=now)
    return default(tx, default_id=row.key, as_of=today)


def withdraw_notice(tx: Tx, actor: Actor, *, default_id: int, reason: str, now: datetime) -> DefaultSheet:
    """Withdraw a notice that was given by mistake; another may be given.

    Refused: no reason, interest or a remedy that stands.
    """
    actor.require(*BOOKERS)
    if not reason.strip():
        raise DefaultReasonMissing()
    sheet = _locked(tx, default_id, day_in_beijing(now))
    if sheet.interest_paid:
        raise DefaultHasInterest(amount=format_amount(sheet.interest_paid))
    taken = remedies(tx, fund_id=sheet.fund_id, default_id=default_id)
    if any(one.state is RemedyState.EXECUTED for one in taken):
        raise DefaultHasRemedy()
    tx.add(
        DefaultWithdrawal(
            notice_id=default_id, reason=reason.strip(), recorded_by=actor.name, recorded_at=now
        )
    )
    tx.flush()
    detail = {"reason": reason.strip()}
    record(tx, actor, action="default.withdrawn", subject=f"default:{default_id}", detail=detail, now=now)
    return default(tx, default_id=default_id, as_of=day_in_beijing(now))


def receive_interest(
    tx: Tx,
    actor: Actor,
    *,
    default_id: int,
    amount: int,
    received_on: date,
    bank_reference: str,
    now: datetime,
) -> DefaultSheet:
    """Book interest on a default; it is the other partners' at once, by what each had paid on the call.

    The contributions themselves come in as a receipt on the call. Refused: more than has run by that day, no bank
    reference, a day to come or before the notice, a notice withdrawn.
    """
    actor.require(*BOOKERS)
    sheet, today = _locked(tx, default_id, received_on), day_in_beijing(now)
    # What has come in on any day counts, so that no interest is taken twice.
    standing = sum(one.amount for one in sheet.came if one.undone_on is None)
    _check_reference(tx, sheet.fund_id, bank_reference.strip(), today)
    check_interest(
        amount=amount,
        owed=sheet.interest - standing,
        reference=bank_reference,
        on=received_on,
        first=sheet.noticed_on,
        today=today,
    )
    number = 1 + max((one.number for one in sheet.came), default=0)
    tx.add(
        DefaultInterest(
            notice_id=default_id,
            number=number,
            amount=amount,
            received_on=received_on,
            bank_reference=bank_reference.strip(),
            recorded_by=actor.name,
            recorded_at=stamp(tx, fund_id=sheet.fund_id, now=now),
        )
    )
    tx.flush()
    # A fund that was opened by an earlier version has no account for it yet.
    open_chart(tx, actor, fund_id=sheet.fund_id, now=now)
    memo = bank_reference.strip()
    postings = interest_postings(tx, sheet=sheet, number=number, amount=amount, on=received_on, memo=memo)
    post(tx, actor, fund_id=sheet.fund_id, postings=postings, now=now)
    return _told(
        tx, actor, default_id, "default.interest_received", {"number": number, "amount": amount}, now
    )


def undo_interest(
    tx: Tx, actor: Actor, *, default_id: int, number: int, reason: str, undone_on: date, now: datetime
) -> DefaultSheet:
    """Take a receipt of interest back, as when the bank returned it.

    Refused: no reason, one that is unknown or undone, a locked day, money that was passed on since.
    """
    actor.require(*BOOKERS)
    sheet = _locked(tx, default_id, day_in_beijing(now), undoing=True)
    came = next((one for one in sheet.came if one.number == number), None)
    if came is None:
        raise DefaultUnknown()
    if came.undone_on is None:
        # Nobody pays it on to the partners meanwhile.
        lock_cash(tx, fund_id=sheet.fund_id)
        check_not_passed_on(tx, sheet=sheet, amounts=shares(tx, sheet=sheet, amount=came.amount).items())
    act = f"default:{default_id}.{number}"
    undo(tx, actor, fund_id=sheet.fund_id, act=act, reason=reason, effective_on=undone_on, now=now)
    return _told(tx, actor, default_id, "default.interest_undone", {"number": number, "reason": reason}, now)


def _told(
    tx: Tx, actor: Actor, default_id: int, action: str, detail: dict[str, object], now: datetime
) -> DefaultSheet:
    record(tx, actor, action=action, subject=f"default:{default_id}", detail=detail, now=now)
    return default(tx, default_id=default_id, as_of=day_in_beijing(now))


def _locked(tx: Tx, default_id: int, as_of: date, *, undoing: bool = False) -> DefaultSheet:
    """The default once nobody else is at work on its call, on a day; refused once it or its call was withdrawn.

    Interest that came in before its call was withdrawn can still be taken back.
    """
    call_id = tx.exec(select(DefaultNotice.call_id).where(DefaultNotice.id == default_id)).first()
    if call_id is None:
        raise DefaultUnknown()
    call = locked_call(tx, call_id=call_id, needed=list(CallState))
    sheet = default(tx, default_id=default_id, as_of=as_of)
    is_gone = call.state is CallState.CANCELLED
    if (is_gone and not undoing) or (sheet.state is DefaultState.WITHDRAWN and not is_gone):
        raise DefaultWithdrawn()
    return sheet


def _check_reference(tx: Tx, fund_id: int, reference: str, today: date) -> None:
    """Refuse a bank reference under which interest stands already."""
    for sheet in defaults(tx, fund_id=fund_id, as_of=today):
        if any(one.bank_reference == reference and one.undone_on is None for one in sheet.came):
            raise BankReferenceTaken(reference=reference, call=sheet.call)


def _owed(tx: Tx, call_id: int, partner_id: int, on: date) -> int:
    called, payments = principal(tx, call_id=call_id, partner_id=partner_id, as_of=on)
    return called - sum(one.amount for one in payments)


def _turn(tx: Tx, call_id: int, partner_id: int, today: date) -> int:
    """Which notice of this call it is to the partner; refused while one stands."""
    wanted = select(DefaultNotice).where(
        DefaultNotice.call_id == call_id, DefaultNotice.partner_id == partner_id
    )
    rows: Sequence[DefaultNotice] = tx.exec(wanted.order_by(col(DefaultNotice.turn))).all()
    if rows:
        last = default(tx, default_id=rows[-1].key, as_of=today)
        if last.state is not DefaultState.WITHDRAWN:
            raise NoticeGiven(noticed_on=last.noticed_on)
    return len(rows) + 1
