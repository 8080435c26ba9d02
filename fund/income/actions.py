"""Booking income as earned, receiving it, releasing what never comes, and taking each back.

Earned: 1300 against the income's account, shared by commitment, a holding's as the holding is shared. Received: cash
against 1300. Released: the income's account against 1300, partner by partner.
"""

from datetime import date, datetime

from sqlmodel import select

from fund.capital.acts import lock_capital
from fund.charter.queries import fund
from fund.fees.release_rules import check_release, check_release_undo
from fund.holdings.bookings import check_bought_by, locked_holding
from fund.holdings.models import HoldingIncome
from fund.holdings.rules import HoldingUnknown, IncomeKind
from fund.holdings.trades import take_income
from fund.holdings.undoing import undo_income
from fund.income.models import EarnedIncome, IncomeSettlement
from fund.income.postings import earned_postings, received_posting, release_postings
from fund.income.queries import EarnedSheet, earned_of
from fund.income.rules import (
    EarnedGone,
    EarnedKind,
    EarnedTaken,
    IncomeSettlementUnknown,
    IncomeWay,
    check_earned,
    check_earned_back,
    check_income_settlement,
)
from fund.ledger.actions import open_chart, post
from fund.ledger.stamps import stamp
from fund.ledger.undoing import undo
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing

BOOKERS = (Role.MANAGER, Role.ACCOUNTANT)


def earn(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    reference: str,
    kind: EarnedKind,
    amount: int,
    earned_on: date,
    payer: str = "",
    memo: str = "",
    holding_id: int | None = None,
    now: datetime,
) -> EarnedSheet:
    """Book income that is earned and not received yet, a dividend or interest of a holding or income of the fund.

    Refused: see `check_earned`; a reference used before, a locked day.
    """
    actor.require(*BOOKERS)
    fund(tx, fund_id=fund_id)
    # Who holds the interests is settled before the shares are read; what moves them takes this lock first.
    lock_capital(tx, fund_id=fund_id)
    lock_income(tx, fund_id=fund_id)
    row = EarnedIncome(
        fund_id=fund_id,
        reference=reference,
        kind=kind,
        earned_on=earned_on,
        amount=amount,
        payer=payer.strip(),
        memo=memo,
        holding_id=holding_id,
        recorded_by=actor.name,
        recorded_at=now,
    )
    _check_earned(tx, row, today=day_in_beijing(now))
    row.recorded_at = stamp(tx, fund_id=fund_id, now=now)  # The books are held after the holding.
    open_chart(tx, actor, fund_id=fund_id, now=now)
    post(tx, actor, fund_id=fund_id, postings=earned_postings(tx, row=row), now=now)
    tx.add(row)
    tx.flush()
    detail = {"reference": reference, "kind": kind.value, "amount": amount}
    record(tx, actor, action="income.earned", subject=f"earned_income:{row.key}", detail=detail, now=now)
    return earned_of(tx, fund_id=fund_id, reference=reference)[1]


def receive_earned(
    tx: Tx, actor: Actor, *, fund_id: int, reference: str, amount: int, received_on: date, now: datetime
) -> EarnedSheet:
    """Take in what was earned, or a part of it; a holding's is its income on that day as well.

    Refused: income unknown or taken back, more than is to come from that day on, a day before it was earned or to
    come, a locked day.
    """
    actor.require(*BOOKERS)
    row, number = _checked(tx, fund_id, reference, amount, received_on, None, now)
    made = _settlement(actor, row, number, IncomeWay.RECEIVED, amount, received_on, "", now)
    if row.holding_id is None:
        post(tx, actor, fund_id=fund_id, postings=[received_posting(row, made)], now=now)
    else:
        made.income_id = take_income(
            tx,
            actor,
            holding_id=row.holding_id,
            received_on=received_on,
            amount=amount,
            kind=IncomeKind(row.kind.value),
            memo=row.memo,
            is_earned=True,
            now=now,
        ).key
    return _settled(tx, actor, row, made, now)


def release_earned(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    reference: str,
    amount: int,
    released_on: date,
    reason: str,
    now: datetime,
) -> EarnedSheet:
    """Take from the partners what never comes, as of the day on which that is known.

    Each loses of it by what it had of the income; where the shares have changed since, by those of the day. Refused:
    as a receipt; without a reason; before another release, which went by what was left.
    """
    actor.require(*BOOKERS)
    lock_capital(tx, fund_id=fund_id)
    row, number = _checked(tx, fund_id, reference, amount, released_on, reason, now)
    made = _settlement(actor, row, number, IncomeWay.RELEASED, amount, released_on, reason.strip(), now)
    post(tx, actor, fund_id=fund_id, postings=release_postings(tx, row=row, made=made), now=now)
    return _settled(tx, actor, row, made, now)


def undo_income_settlement(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    reference: str,
    number: int,
    reason: str,
    undone_on: date,
    now: datetime,
) -> date:
    """Take a receipt or release back; it is to come again.

    Refused: one unknown or undone, no reason, short cash, a release by which a later one has gone.
    """
    actor.require(*BOOKERS)
    lock_income(tx, fund_id=fund_id)
    row, sheet = earned_of(tx, fund_id=fund_id, reference=reference)
    found = next((one for one in sheet.settled if one.number == number), None)
    if found is None:
        raise IncomeSettlementUnknown(number=number, reference=reference)
    on = max(undone_on, found.settled_on)
    check_release_undo(sheet.settled, reference=reference, number=number, on=on)
    kind, _, key = found.act.partition(":")
    if kind == "income" and row.holding_id is not None:
        paid = tx.exec(select(HoldingIncome.number).where(HoldingIncome.id == int(key))).one()
        undo_income(tx, actor, holding_id=row.holding_id, number=paid, reason=reason, on=on, now=now)
    else:
        undo(tx, actor, fund_id=fund_id, act=found.act, reason=reason, effective_on=on, now=now)
    detail = {"reference": reference, "number": number, "reason": reason}
    subject = f"earned_income:{row.key}"
    record(tx, actor, action="income.settlement_undone", subject=subject, detail=detail, now=now)
    return on


def undo_earned(
    tx: Tx, actor: Actor, *, fund_id: int, reference: str, reason: str, undone_on: date, now: datetime
) -> date:
    """Take income back that was booked as earned by mistake. Refused: while a receipt or release of it stands."""
    actor.require(*BOOKERS)
    lock_income(tx, fund_id=fund_id)
    row, sheet = earned_of(tx, fund_id=fund_id, reference=reference)
    check_earned_back(reference=reference, settled=sheet.settled, on=undone_on)
    act = f"earned:{reference}"
    on = undo(tx, actor, fund_id=fund_id, act=act, reason=reason, effective_on=undone_on, now=now)
    detail = {"reference": reference, "amount": row.amount, "reason": reason}
    record(
        tx, actor, action="income.earned_undone", subject=f"earned_income:{row.key}", detail=detail, now=now
    )
    return on


def _check_earned(tx: Tx, row: EarnedIncome, *, today: date) -> None:
    """Refuse what is no income, a holding of another fund or not bought yet, and a name that other income has."""
    check_earned(
        reference=row.reference,
        kind=row.kind,
        amount=row.amount,
        payer=row.payer,
        earned_on=row.earned_on,
        today=today,
        of_holding=row.holding_id is not None,
    )
    if row.holding_id is not None:
        held = locked_holding(tx, holding_id=row.holding_id)
        if held.fund_id != row.fund_id:
            raise HoldingUnknown()
        check_bought_by(tx, holding=held, on=row.earned_on)
    of_fund = EarnedIncome.fund_id == row.fund_id
    known = select(EarnedIncome.id).where(of_fund, EarnedIncome.reference == row.reference)
    if tx.exec(known).first() is not None:
        raise EarnedTaken(reference=row.reference)


def lock_income(tx: Tx, *, fund_id: int) -> None:
    """Let all acts on a fund's earned income wait for each other."""
    lock(tx, f"income:{fund_id}")


def _checked(
    tx: Tx, fund_id: int, reference: str, amount: int, on: date, reason: str | None, now: datetime
) -> tuple[EarnedIncome, int]:
    """The income and the number of what comes next of it, of which nobody else takes anything meanwhile."""
    lock_income(tx, fund_id=fund_id)
    row, sheet = earned_of(tx, fund_id=fund_id, reference=reference)
    if sheet.undone_on is not None:
        raise EarnedGone(reference=reference, on=sheet.undone_on)
    check_income_settlement(
        reference=reference,
        amount=amount,
        whole=row.amount,
        settled=sheet.settled,
        on=on,
        first=row.earned_on,
        today=day_in_beijing(now),
        reason=reason,
    )
    if reason is not None:
        check_release(sheet.settled, reference=reference, on=on)
    return row, 1 + len(sheet.settled)


def _settlement(
    actor: Actor,
    row: EarnedIncome,
    number: int,
    way: IncomeWay,
    amount: int,
    on: date,
    reason: str,
    now: datetime,
) -> IncomeSettlement:
    return IncomeSettlement(
        earned_id=row.key,
        number=number,
        way=way,
        amount=amount,
        settled_on=on,
        reason=reason,
        recorded_by=actor.name,
        recorded_at=now,
    )


def _settled(tx: Tx, actor: Actor, row: EarnedIncome, made: IncomeSettlement, now: datetime) -> EarnedSheet:
    made.recorded_at = stamp(
        tx, fund_id=row.fund_id, now=now
    )  # As its entries, which are written down already.
    tx.add(made)
    tx.flush()
    detail = {"reference": row.reference, "number": made.number, "amount": made.amount, "reason": made.reason}
    subject = f"earned_income:{row.key}"
    record(tx, actor, action=f"income.{made.way}", subject=subject, detail=detail, now=now)
    return earned_of(tx, fund_id=row.fund_id, reference=row.reference, as_of=day_in_beijing(now))[1]
