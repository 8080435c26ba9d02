"""The general partner gives carry back: draft with the test of the day, approve by somebody else, which books what is
owed, receive it, pay it on to the partners; withdraw the draft, or take the whole of it back.
"""

from datetime import date, datetime

from sqlmodel import col, select

from fund.capital.acts import lock_capital, locked, next_of_fund, promised
from fund.capital.carry_postings import owed_postings, paid_postings, received_postings
from fund.capital.clawbacks import PartnerClawback, clawbacks
from fund.capital.models import Distribution
from fund.capital.payable import check_paid_up
from fund.capital.rules import SharesMoved, check_approver, check_reason
from fund.capital.sharing import DistributionState
from fund.givebacks.escrow import free, held_for
from fund.givebacks.escrow_rules import by_partner
from fund.givebacks.models import CarryReturn, CarryReturnLine
from fund.givebacks.queries import CarryReturnSheet, carry_return, latest_test
from fund.givebacks.rules import (
    CarryReturnState,
    CarryReturnUnknown,
    ClawbackTest,
    ReturnOvertaken,
    ReturnRestedOn,
    check_reference,
    check_step_day,
    check_test,
    shares,
)
from fund.ledger.actions import open_chart, post
from fund.ledger.cash import check_cash
from fund.ledger.stamps import stamp
from fund.ledger.undoing import undo
from fund.partners.queries import codes_in_order, general_partner
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing

BOOKERS = (Role.MANAGER, Role.ACCOUNTANT)


def draft_return(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    kind: ClawbackTest,
    tested_on: date,
    due_on: date,
    amount: int | None = None,
    note: str = "",
    now: datetime,
) -> CarryReturnSheet:
    """Test the clawback as of `tested_on` and write down what is to be returned by `due_on`; nothing is booked.

    `amount` is all that is owed unless a part is named; it is shared by what each partner is owed. Refused: nothing
    owed, more than is owed, a day to come, a final test before the fund's end, a test before a distribution or return
    that stands.
    """
    actor.require(*BOOKERS)
    lock_capital(tx, fund_id=fund_id)
    found = clawbacks(tx, fund_id=fund_id, as_of=tested_on)
    check_test(kind=kind, is_ended=found.is_ended, on=tested_on, due_on=due_on, today=day_in_beijing(now))
    _check_in_order(tx, fund_id, tested_on)
    owed = {one.partner_id: one.potential.due for one in found.partners if one.potential.due}
    parts = shares(owed, amount=amount, on=tested_on)
    number = next_of_fund(tx, model=CarryReturn, fund_id=fund_id)
    row = CarryReturn(
        fund_id=fund_id,
        number=number,
        code=f"CLAW-{number:03}",
        kind=kind,
        state=CarryReturnState.DRAFT,
        tested_on=tested_on,
        due_on=due_on,
        amount=sum(parts.values()),
        note=note.strip(),
        prepared_by=actor.user_id,
        prepared_name=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    tx.add_all(_line(row, one, parts[one.partner_id]) for one in found.partners if one.partner_id in parts)
    tx.flush()
    return _told(tx, actor, row, "carry_return.drafted", now)


def approve_return(tx: Tx, actor: Actor, *, return_id: int, now: datetime) -> CarryReturnSheet:
    """Approve a draft, which books what is owed as of the day of the test: from then on it is due.

    Refused: for whoever drafted it, when the test of that day comes to something else by now, a locked day.
    """
    actor.require(*BOOKERS)
    row = locked(
        tx, model=CarryReturn, key=return_id, needed=[CarryReturnState.DRAFT], unknown=CarryReturnUnknown
    )
    check_approver(
        what=row.code, preparer_id=row.prepared_by, preparer=row.prepared_name, approver_id=actor.user_id
    )
    _check_in_order(tx, row.fund_id, row.tested_on)
    _check_test_stands(tx, row)
    row.state, row.approved_at = CarryReturnState.APPROVED, stamp(tx, fund_id=row.fund_id, now=now)
    row.approved_by, row.approved_name = actor.user_id, actor.name
    tx.flush()
    # A fund that was opened by an earlier version has no account for it yet.
    open_chart(tx, actor, fund_id=row.fund_id, now=now)
    sheet, codes = carry_return(tx, return_id=row.key), codes_in_order(tx, fund_id=row.fund_id)
    general = general_partner(tx, fund_id=row.fund_id)
    postings = owed_postings(sheet, codes=codes, general_id=general.id)
    post(tx, actor, fund_id=row.fund_id, postings=postings, now=now)
    return _told(tx, actor, row, "carry_return.approved", now)


def receive_return(
    tx: Tx, actor: Actor, *, return_id: int, received_on: date, bank_reference: str, now: datetime
) -> CarryReturnSheet:
    """Book the general partner's payment, in one; what is held in escrow is used first.

    Refused: a day before the test or to come, no bank reference, what is not approved or was received before.
    """
    actor.require(*BOOKERS)
    row = locked(
        tx, model=CarryReturn, key=return_id, needed=[CarryReturnState.APPROVED], unknown=CarryReturnUnknown
    )
    check_step_day(received_on, first=row.tested_on, today=day_in_beijing(now))
    check_reference(bank_reference)
    row.state, row.received_at = CarryReturnState.RECEIVED, stamp(tx, fund_id=row.fund_id, now=now)
    row.received_on, row.bank_reference = received_on, bank_reference.strip()
    row.from_escrow = min(row.amount, max(0, free(tx, fund_id=row.fund_id, on=received_on)))
    tx.flush()
    sheet, general = carry_return(tx, return_id=row.key), general_partner(tx, fund_id=row.fund_id)
    used = by_partner(row.from_escrow, held_for(tx, fund_id=row.fund_id, as_of=received_on))
    postings = received_postings(sheet, used=used, general_id=general.id)
    post(tx, actor, fund_id=row.fund_id, postings=postings, now=now)
    return _told(tx, actor, row, "carry_return.received", now)


def pay_return(tx: Tx, actor: Actor, *, return_id: int, paid_on: date, now: datetime) -> CarryReturnSheet:
    """Pay what came in on to the partners, each what it is owed.

    Refused: before it came in, on a day to come, a partner in arrears, cash that is not there.
    """
    actor.require(*BOOKERS)
    row = locked(
        tx, model=CarryReturn, key=return_id, needed=[CarryReturnState.RECEIVED], unknown=CarryReturnUnknown
    )
    assert row.received_on is not None
    today = day_in_beijing(now)
    check_step_day(paid_on, first=row.received_on, today=today)
    sheet = carry_return(tx, return_id=row.key)
    check_paid_up(tx, fund_id=row.fund_id, partner_ids={one.partner_id for one in sheet.lines}, on=paid_on)
    others = promised(tx, fund_id=row.fund_id) - row.amount
    check_cash(tx, fund_id=row.fund_id, amount=row.amount, on=paid_on, today=today, promised=others)
    row.state, row.paid_at = CarryReturnState.PAID, stamp(tx, fund_id=row.fund_id, now=now)
    row.paid_on = paid_on
    tx.flush()
    sheet, codes = carry_return(tx, return_id=row.key), codes_in_order(tx, fund_id=row.fund_id)
    post(tx, actor, fund_id=row.fund_id, postings=paid_postings(sheet, codes=codes, on=paid_on), now=now)
    return _told(tx, actor, row, "carry_return.paid", now)


def cancel_return(tx: Tx, actor: Actor, *, return_id: int, reason: str, now: datetime) -> CarryReturnSheet:
    """Withdraw a draft; nothing was booked. What is owed is taken back."""
    actor.require(*BOOKERS)
    check_reason(reason)
    row = locked(
        tx, model=CarryReturn, key=return_id, needed=[CarryReturnState.DRAFT], unknown=CarryReturnUnknown
    )
    row.state, row.cancel_reason = CarryReturnState.CANCELLED, reason.strip()
    tx.flush()
    return _told(tx, actor, row, "carry_return.cancelled", now)


def undo_return(
    tx: Tx, actor: Actor, *, return_id: int, reason: str, undone_on: date, now: datetime
) -> CarryReturnSheet:
    """Take a return back by reversals, as far as it has come: what was owed, what came in, what was paid on.

    It counts until `undone_on`. Refused: a draft, no reason, once a distribution or another return was worked out with
    it counted in, a locked day, money that has been spent.
    """
    actor.require(Role.MANAGER)
    check_reason(reason)
    live = [CarryReturnState.APPROVED, CarryReturnState.RECEIVED, CarryReturnState.PAID]
    row = locked(tx, model=CarryReturn, key=return_id, needed=live, unknown=CarryReturnUnknown)
    later = _later(tx, row.fund_id, row.tested_on, without=row.code)
    if later is not None:
        raise ReturnRestedOn(latest=later[0], latest_on=later[1], code=row.code)
    act = f"carryback:{row.key}"
    # First the state, so that the cash which it sets aside is free for its own reversal.
    row.state = CarryReturnState.CANCELLED
    tx.flush()
    row.cancelled_on = undo(
        tx, actor, fund_id=row.fund_id, act=act, reason=reason, effective_on=undone_on, now=now
    )
    row.cancelled_at, row.cancel_reason = stamp(tx, fund_id=row.fund_id, now=now), reason.strip()
    tx.flush()
    return _told(tx, actor, row, "carry_return.undone", now)


def _line(row: CarryReturn, one: PartnerClawback, amount: int) -> CarryReturnLine:
    capital = min(amount, one.potential.unreturned)
    return CarryReturnLine(
        return_id=row.key,
        partner_id=one.partner_id,
        amount=amount,
        return_of_capital=capital,
        gain=amount - capital,
        **_formula(one),
    )


def _formula(one: PartnerClawback) -> dict[str, int]:
    parts = one.potential
    return {
        "value": one.value,
        "received": parts.received,
        "entitled": parts.entitled,
        "shortfall": parts.shortfall,
        "taxes": parts.taxes,
        "owed": parts.due,
    }


def _check_test_stands(tx: Tx, row: CarryReturn) -> None:
    """Refuse when the formula has moved since the draft for anybody who is to get something."""
    found = clawbacks(tx, fund_id=row.fund_id, as_of=row.tested_on)
    now = {one.partner_id: _formula(one) for one in found.partners if one.potential.due}
    lines = carry_return(tx, return_id=row.key).lines
    drafted = {one.partner_id: {name: getattr(one, name) for name in _NAMES} for one in lines}
    if any(now.get(key) != parts for key, parts in drafted.items()):
        raise SharesMoved(what=row.code)


_NAMES = ("value", "received", "entitled", "shortfall", "taxes", "owed")


def _check_in_order(tx: Tx, fund_id: int, on: date) -> None:
    """Refuse a test before a distribution that was paid later, or on or before the day of another that stands."""
    later = _later(tx, fund_id, on)
    if later is not None:
        raise ReturnOvertaken(latest=later[0], latest_on=later[1])


def _later(tx: Tx, fund_id: int, on: date, without: str = "") -> tuple[str, date] | None:
    """What was worked out with a test of that day counted in: a distribution paid later, a test from that day on."""
    paid = select(Distribution).where(
        Distribution.fund_id == fund_id,
        Distribution.state == DistributionState.PAID,
        col(Distribution.pay_on) > on,
    )
    last = tx.exec(paid.order_by(col(Distribution.pay_on).desc()).limit(1)).first()
    if last is not None:
        return last.code, last.pay_on
    test = latest_test(tx, fund_id=fund_id, since=on)
    return None if test is None or test[0] == without else test


def _told(tx: Tx, actor: Actor, row: CarryReturn, action: str, now: datetime) -> CarryReturnSheet:
    detail: dict[str, object] = {
        "code": row.code,
        "amount": row.amount,
        "tested_on": row.tested_on.isoformat(),
    }
    if row.cancel_reason is not None:
        detail["reason"] = row.cancel_reason
    record(tx, actor, action=action, subject=f"carry_return:{row.key}", detail=detail, now=now)
    return carry_return(tx, return_id=row.key)
