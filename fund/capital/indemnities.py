"""Partners give distributions back, so that the fund can pay a liability: draft, approve by somebody else, which gives
notice and books what is due; receive it part by part; withdraw the draft, or take the whole of it back.

It stands outside commitment: it is paid in and uses up nothing that can be called.
"""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from fund.capital.acts import lock_capital, locked, next_of_fund
from fund.capital.due_days import check_due_day
from fund.capital.lines import distributed_lines
from fund.capital.models import Distribution
from fund.capital.payable import check_not_called_again
from fund.capital.rules import SharesMoved, check_approver, check_reason
from fund.capital.sharing import DistributionState
from fund.charter.queries import terms
from fund.charter.rules import Terms
from fund.givebacks.queries import latest_test
from fund.indemnities.models import Indemnity, IndemnityLine, IndemnityReceipt
from fund.indemnities.queries import IndemnitySheet, given_lines, indemnity, latest_notice
from fund.indemnities.rules import (
    GivebackNotPromised,
    IndemnityRestedOn,
    IndemnityState,
    IndemnityUnknown,
    Money,
    Reach,
    Term,
    reach,
    shares,
)
from fund.ledger.actions import open_chart, post
from fund.ledger.rules import Account, Posting
from fund.ledger.stamps import stamp
from fund.ledger.undoing import undo
from fund.ledger.undone import standing
from fund.partners.queries import codes_in_order
from kernel import work
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.letters.post import is_configured

BOOKERS = (Role.MANAGER, Role.ACCOUNTANT)


def draft_indemnity(
    tx: Tx, actor: Actor, *, fund_id: int, amount: int, reason: str, due_on: date, now: datetime
) -> IndemnitySheet:
    """Work out what each partner gives back of `amount` were notice given today; nothing is booked.

    Refused: a charter without the term, no reason, more than is left to be given back, a due date that is no business
    day or sooner than the charter's notice.
    """
    actor.require(*BOOKERS)
    check_reason(reason)
    lock_capital(tx, fund_id=fund_id)
    today = day_in_beijing(now)
    charter, cap = _promised(tx, fund_id, today)
    check_due_day(tx, notice_on=today, due_on=due_on, notice_business_days=charter.notice_business_days)
    found = reaches(tx, fund_id=fund_id, on=today)
    parts = shares(amount, found, codes=codes_in_order(tx, fund_id=fund_id), on=today)
    number = next_of_fund(tx, model=Indemnity, fund_id=fund_id)
    row = Indemnity(
        fund_id=fund_id,
        number=number,
        code=f"LPG-{number:03}",
        state=IndemnityState.DRAFT,
        amount=amount,
        reason=reason.strip(),
        worked_on=today,
        due_on=due_on,
        cap=cap,
        months=charter.giveback_months,
        restores=charter.giveback_restores,
        prepared_by=actor.user_id,
        prepared_name=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    tx.add_all(
        IndemnityLine(indemnity_id=row.key, amount=parts[one.partner_id], **asdict(one))
        for one in found
        if one.partner_id in parts
    )
    tx.flush()
    return told(tx, actor, row=row, action="indemnity.drafted", now=now)


def approve_indemnity(tx: Tx, actor: Actor, *, indemnity_id: int, now: datetime) -> IndemnitySheet:
    """Approve a draft: notice is given on the day of `now`, and what is due is booked as of the due date.

    Refused: for whoever drafted it, a notice shorter than the charter's, when the parts come to something else by
    now, a locked day.
    """
    actor.require(*BOOKERS)
    row = locked_indemnity(tx, indemnity_id=indemnity_id, needed=[IndemnityState.DRAFT])
    check_approver(
        what=row.code, preparer_id=row.prepared_by, preparer=row.prepared_name, approver_id=actor.user_id
    )
    today = day_in_beijing(now)
    charter, _ = _promised(tx, row.fund_id, today)
    check_due_day(tx, notice_on=today, due_on=row.due_on, notice_business_days=charter.notice_business_days)
    _check_parts(tx, row, charter, today)
    row.approved_at, row.notice_on = stamp(tx, fund_id=row.fund_id, now=now), today
    row.state, row.approved_by, row.approved_name = IndemnityState.APPROVED, actor.user_id, actor.name
    tx.flush()
    # A fund that was opened by an earlier version has no account for it yet.
    open_chart(tx, actor, fund_id=row.fund_id, now=now)
    sheet = told(tx, actor, row=row, action="indemnity.approved", now=now)
    post(tx, actor, fund_id=row.fund_id, postings=_postings(tx, sheet), now=now)
    for line in sheet.lines if is_configured() else ():
        key = f"indemnity_letters:{row.key}:{line.partner_id}"
        at = now.isoformat()
        work.enqueue(tx, job="indemnity_letters", key=key, indemnity=row.key, partner=line.partner_id, at=at)
    return sheet


def cancel_indemnity(
    tx: Tx, actor: Actor, *, indemnity_id: int, reason: str, now: datetime
) -> IndemnitySheet:
    """Withdraw a draft; nothing was booked. One of which notice was given is taken back."""
    actor.require(*BOOKERS)
    check_reason(reason)
    row = locked_indemnity(tx, indemnity_id=indemnity_id, needed=[IndemnityState.DRAFT])
    row.state, row.cancel_reason = IndemnityState.CANCELLED, reason.strip()
    tx.flush()
    return told(tx, actor, row=row, action="indemnity.cancelled", now=now)


def undo_indemnity(
    tx: Tx, actor: Actor, *, indemnity_id: int, reason: str, undone_on: date, now: datetime
) -> IndemnitySheet:
    """Take a giveback back by reversals, with all that came in on it, as if the bank had returned that.

    It counts until `undone_on`, from its due date at the earliest. Refused: a draft, no reason, once a distribution, a
    return of carry or another giveback was worked out with it counted in, or what it restored was called; a locked day,
    money that has been spent.
    """
    actor.require(Role.MANAGER)
    check_reason(reason)
    live = [IndemnityState.APPROVED, IndemnityState.RECEIVED]
    row = locked_indemnity(tx, indemnity_id=indemnity_id, needed=live)
    later = _later(tx, row)
    if later is not None:
        raise IndemnityRestedOn(latest=later[0], latest_on=later[1], code=row.code)
    receipts = tx.exec(
        select(IndemnityReceipt).where(
            IndemnityReceipt.indemnity_id == row.key, col(IndemnityReceipt.reversed_on).is_(None)
        )
    ).all()
    came = [
        entry
        for one in receipts
        for entry in standing(tx, fund_id=row.fund_id, act=receipt_act(row.key, one.key))
    ]
    row.cancelled_on = undo(
        tx,
        actor,
        fund_id=row.fund_id,
        act=f"indemnity:{row.key}",
        reason=reason,
        effective_on=undone_on,
        also=came,
        now=now,
    )
    row.state, row.cancelled_at = IndemnityState.CANCELLED, stamp(tx, fund_id=row.fund_id, now=now)
    row.cancel_reason = reason.strip()
    for one in receipts:
        one.reversed_on, one.reversed_at = row.cancelled_on, row.cancelled_at
        one.reverse_reason = row.cancel_reason
    tx.flush()
    sheet = told(tx, actor, row=row, action="indemnity.undone", now=now)
    if row.restores:
        keys = {line.partner_id for line in sheet.lines}
        check_not_called_again(tx, fund_id=row.fund_id, what=row.code, partner_ids=keys, on=row.cancelled_on)
    return sheet


def reaches(tx: Tx, *, fund_id: int, on: date) -> list[Reach]:
    """How far each partner that received anything can be asked by a notice of a day, by code; nil without the term.

    What it received is its own share after carry, tax withheld included. Every giveback of which notice was given
    counts, due or not. Read by who sees the whole fund.
    """
    charter = terms(tx, fund_id=fund_id, as_of=on)
    term = Term(charter.giveback_cap or Fraction(0), charter.giveback_months)
    paid, back = distributed_lines(fund_id, on), given_lines(fund_id, date.max, held_on=on)
    received = _by_partner(tx, paid.c.partner_id, paid.c.pay_on, paid.c.gross - paid.c.carry)
    given = _by_partner(tx, back.c.partner_id, back.c.due_on, back.c.amount)
    return [
        reach(key, received=received[key], given=given.get(key, ()), term=term, on=on)
        for key in codes_in_order(tx, fund_id=fund_id)
        if key in received
    ]


def locked_indemnity(tx: Tx, *, indemnity_id: int, needed: Collection[IndemnityState]) -> Indemnity:
    """The giveback, under the fund's lock."""
    return locked(tx, model=Indemnity, key=indemnity_id, needed=needed, unknown=IndemnityUnknown)


def receipt_act(indemnity_id: int, receipt_id: int) -> str:
    """By what the books know a receipt of a giveback."""
    return f"indemnityin:{indemnity_id}/{receipt_id}"


def told(tx: Tx, actor: Actor, *, row: Indemnity, action: str, now: datetime) -> IndemnitySheet:
    """Record what became of a giveback, and the giveback as it stands then."""
    detail: dict[str, object] = {"code": row.code, "amount": row.amount, "due_on": row.due_on.isoformat()}
    if row.cancel_reason is not None:
        detail["reason"] = row.cancel_reason
    record(tx, actor, action=action, subject=f"indemnity:{row.key}", detail=detail, now=now)
    return indemnity(tx, indemnity_id=row.key)


def _promised(tx: Tx, fund_id: int, on: date) -> tuple[Terms, Fraction]:
    """The charter of a day and its cap on what is given back. Refused: a charter without that term."""
    charter = terms(tx, fund_id=fund_id, as_of=on)
    if charter.giveback_cap is None:
        raise GivebackNotPromised(on=on)
    return charter, charter.giveback_cap


def _by_partner(tx: Tx, partner: Any, day: Any, money: Any) -> dict[int, list[Money]]:
    summed = sa.cast(sa.func.sum(money), sa.BigInteger)
    found: dict[int, list[Money]] = {}
    for partner_id, on, amount in tx.execute(
        sa.select(partner, day, summed).group_by(partner, day).having(summed != 0).order_by(partner, day)
    ):
        found.setdefault(partner_id, []).append(Money(on, amount))
    return found


def _check_parts(tx: Tx, row: Indemnity, charter: Terms, on: date) -> None:
    """Refuse when the term or anybody's part has moved since the draft."""
    drafted = {one.partner_id: one.amount for one in indemnity(tx, indemnity_id=row.key).lines}
    term = (charter.giveback_cap, charter.giveback_months, charter.giveback_restores)
    found, codes = reaches(tx, fund_id=row.fund_id, on=on), codes_in_order(tx, fund_id=row.fund_id)
    is_same = term == (row.cap, row.months, row.restores)
    if not is_same or shares(row.amount, found, codes=codes, on=on) != drafted:
        raise SharesMoved(what=row.code)


def _postings(tx: Tx, sheet: IndemnitySheet) -> list[Posting]:
    codes = codes_in_order(tx, fund_id=sheet.fund_id)
    return [
        Posting(
            reference=f"{sheet.code}/{codes[line.partner_id]}/giveback",
            effective_on=sheet.due_on,
            debit=Account.CONTRIBUTIONS_RECEIVABLE,
            credit=Account.GIVEN_BACK,
            amount=line.amount,
            memo=sheet.reason,
            act=f"indemnity:{sheet.id}",
            debit_partner_id=line.partner_id,
            credit_partner_id=line.partner_id,
        )
        for line in sheet.lines
    ]


def _later(tx: Tx, row: Indemnity) -> tuple[str, date] | None:
    """What was worked out with a giveback counted in: a distribution or a test of carry from its due date on, another
    giveback after it.
    """
    paid = select(Distribution).where(
        Distribution.fund_id == row.fund_id,
        Distribution.state == DistributionState.PAID,
        col(Distribution.pay_on) >= row.due_on,
    )
    last = tx.exec(paid.order_by(col(Distribution.pay_on).desc()).limit(1)).first()
    if last is not None:
        return last.code, last.pay_on
    test = latest_test(tx, fund_id=row.fund_id, since=row.due_on)
    return test or latest_notice(tx, fund_id=row.fund_id, since=row.worked_on, after=row.key)
