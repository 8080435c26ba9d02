"""Closing an approved deal: the money goes out, the holding is opened, and what is missing is called.

Everything that one closing does happens in the caller's one transaction, or not at all.
"""

from collections.abc import Collection
from datetime import date, datetime
from fractions import Fraction

from sqlmodel import col, select

from fund.capital.acts import cash, lock_capital
from fund.capital.rules import Item, ItemKind
from fund.charter.queries import terms
from fund.holdings.actions import buy, open_holding
from fund.holdings.bookings import locked_holding
from fund.holdings.calling import draft_call
from fund.holdings.queries import holding_of_party
from fund.holdings.rules import InstrumentKind
from fund.ledger.cash import lock_cash
from fund.parties.queries import party
from fund.workdays.queries import calendar
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.money import format_amount
from pipeline.closing.models import DealClosing
from pipeline.closing.payables import book_payable
from pipeline.closing.queries import (
    cash_for,
    closing_sheet,
    company_of,
    excepted,
    exposure_check,
    keeping_back,
    mandates_with,
    payment_of,
)
from pipeline.closing.rules import (
    CashMissing,
    ClosingBlocked,
    ClosingUnknown,
    LimitExceeded,
    TranchePaid,
    breach_problems,
    shortfall,
    uncovered,
)
from pipeline.closing.sheets import ClosingSheet
from pipeline.committee.counting import execute
from pipeline.committee.proposed import held_already
from pipeline.committee.queries import last_approval
from pipeline.committee.sheets import DecisionSheet
from pipeline.deals.actions import move
from pipeline.deals.queries import deal
from pipeline.deals.rules import Gate, Stage
from pipeline.deals.sheets import DealSheet

# A drafted call is still to be approved by somebody else before its notice runs.
DAYS_TO_APPROVE_A_CALL = 5


def close(
    tx: Tx,
    actor: Actor,
    *,
    deal_id: int,
    amount: int,
    on: date,
    quantity: int | Fraction,
    instrument: str = "EQ",
    kind: InstrumentKind = InstrumentKind.REGISTERED_CAPITAL,
    ownership: Fraction | None = None,
    tranche: int = 1,
    call_due_on: date | None = None,
    excused: Collection[int] = (),
    excuse_reason: str = "",
    memo: str = "",
    now: datetime,
) -> ClosingSheet:
    """Close a tranche of an approved deal for `amount` minor units; the first one makes the deal held.

    Opens the holding (or adds to it), books the purchase and, where the cash is short, books the rest as payable
    and drafts a call for it (due on `call_due_on`, without the partners `excused`, each by its letter or for
    `excuse_reason`). The same tranche again gives what was closed. Refused: ClosingBlocked with everything missing
    (approval, age, papers, amount, conditions, mandates, vetoes), LimitExceeded without an exception, TranchePaid.
    """
    actor.require(Role.MANAGER)
    about = _alone(tx, deal_id)
    before = _closed(tx, about, tranche, amount)
    if before is not None:
        return closing_sheet(before)
    row = DealClosing(
        deal_id=deal_id,
        tranche=tranche,
        fund_id=about.fund_id,
        amount=amount,
        closed_on=on,
        instrument=instrument,
        quantity=Fraction(quantity),
        recorded_by=actor.name,
        recorded_at=now,
    )
    row.motion_id = _decided(tx, about, row).motion_id
    row.exception_ids = _within_limits(tx, about, row)
    row.holding_id = _holding(tx, actor, about, on, now)
    row.payable = shortfall(amount, _spendable(tx, about, on))
    if row.payable:
        book_payable(tx, actor, row=row, about=about, on=on, settles=False, now=now)
        row.call_id = _call(tx, actor, about, row, call_due_on, excused, excuse_reason, now)
    _buy(tx, actor, row, kind, ownership, memo or about.code, now)
    return _finish(tx, actor, about, row, now)


def settle(tx: Tx, actor: Actor, *, deal_id: int, tranche: int = 1, on: date, now: datetime) -> ClosingSheet:
    """Pay what a closing left payable, once the called money is in; settling again changes nothing.

    Refused: a tranche that was not closed, and a fund without the cash (CashMissing).
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock(tx, f"closing:{deal_id}")
    about = deal(tx, deal_id=deal_id)
    row = _row(tx, deal_id, tranche)
    if row is None:
        raise ClosingUnknown(tranche=tranche, deal=about.code)
    if not row.payable or row.settled_on is not None:
        return closing_sheet(row)
    lock_cash(tx, fund_id=about.fund_id)
    available = cash(tx, fund_id=about.fund_id, on=on)
    if available < row.payable:
        raise CashMissing(needed=format_amount(row.payable), deal=about.code, cash=format_amount(available))
    row.settled_on = on
    book_payable(tx, actor, row=row, about=about, on=on, settles=True, now=now)
    tx.add(row)
    tx.flush()
    _tell(tx, actor, row, "deal.settled", now)
    return closing_sheet(row)


def _alone(tx: Tx, deal_id: int) -> DealSheet:
    """The deal, once every other closing of its fund is over: two at once would each find room for themselves."""
    about = deal(tx, deal_id=deal_id)
    lock_capital(tx, fund_id=about.fund_id)
    lock(tx, f"closing:{deal_id}")
    return about


def _row(tx: Tx, deal_id: int, tranche: int) -> DealClosing | None:
    statement = select(DealClosing).where(
        DealClosing.deal_id == deal_id, DealClosing.tranche == tranche, col(DealClosing.undone_on).is_(None)
    )
    return tx.exec(statement.execution_options(populate_existing=True)).one_or_none()


def _closed(tx: Tx, about: DealSheet, tranche: int, amount: int) -> DealClosing | None:
    row = _row(tx, about.id, tranche)
    if row is not None and row.amount != amount:
        raise TranchePaid(
            tranche=tranche, deal=about.code, closed_on=row.closed_on, amount=format_amount(row.amount)
        )
    return row


def _decided(tx: Tx, about: DealSheet, row: DealClosing) -> DecisionSheet:
    """The approval behind a payment; refused with everything that keeps the money back."""
    decided = last_approval(tx, deal_id=about.id)
    payment = payment_of(tx, about=about, amount=row.amount, on=row.closed_on, tranche=row.tranche)
    mandates = mandates_with(tx, about=about, decided=decided, payment=payment)
    problems = keeping_back(tx, about=about, decided=decided, payment=payment, mandates=mandates)
    if problems or decided is None:
        raise ClosingBlocked(deal=about.code, problems=problems)
    return decided


def _within_limits(tx: Tx, about: DealSheet, row: DealClosing) -> list[int]:
    """Hold the payment against the limits; the ids of the exceptions it leans on."""
    breaches, _ = exposure_check(tx, about=about, amount=row.amount, on=row.closed_on)
    if not breaches:
        return []
    allowed, ids = excepted(tx, deal_id=about.id)
    left = uncovered(breaches, allowed)
    if left:
        raise LimitExceeded(deal=about.code, problems=breach_problems(left))
    return ids


def _buy(
    tx: Tx,
    actor: Actor,
    row: DealClosing,
    kind: InstrumentKind,
    ownership: Fraction | None,
    memo: str,
    now: datetime,
) -> None:
    buy(
        tx,
        actor,
        holding_id=row.holding_id,
        bought_on=row.closed_on,
        quantity=row.quantity,
        cost=row.amount,
        instrument=row.instrument,
        kind=kind,
        ownership=ownership,
        memo=memo,
        now=now,
    )


def _finish(tx: Tx, actor: Actor, about: DealSheet, row: DealClosing, now: datetime) -> ClosingSheet:
    """Keep the closing, mark the approval as carried out, and let the deal be held."""
    tx.add(row)
    tx.flush()
    execute(tx, actor, motion_id=row.motion_id, now=now)
    if about.stage == Stage.CLOSING:
        move(tx, actor, deal_id=about.id, to=Stage.HELD, gate=Gate.CLOSING, now=now)
    _tell(tx, actor, row, "deal.closed", now)
    return closing_sheet(row)


def _spendable(tx: Tx, about: DealSheet, on: date) -> int:
    """The cash that can go out, kept for this closing until its transaction ends."""
    lock_cash(tx, fund_id=about.fund_id)
    return cash_for(tx, fund_id=about.fund_id, on=on)


def _holding(tx: Tx, actor: Actor, about: DealSheet, on: date, now: datetime) -> int:
    """The company's holding, locked."""
    return locked_holding(tx, holding_id=_holding_id(tx, actor, about, on, now)).key


def _holding_id(tx: Tx, actor: Actor, about: DealSheet, on: date, now: datetime) -> int:
    company = company_of(tx, about=about)
    held = held_already(tx, about=about, company=company, on=on)
    known = held.id if held else holding_of_party(tx, fund_id=about.fund_id, party_id=company)
    if known is not None:
        return known
    named = party(tx, party_id=company)
    return open_holding(
        tx,
        actor,
        fund_id=about.fund_id,
        party_id=company,
        sector=about.sector,
        chain_position=about.chain_position or "",
        stage=about.development_stage,
        origin=about.origin,
        city=about.city,
        deal_code=about.code,
        name=named.name_zh,
        name_en=named.name_en,
        now=now,
    ).id


def _call(
    tx: Tx,
    actor: Actor,
    about: DealSheet,
    row: DealClosing,
    due_on: date | None,
    excused: Collection[int],
    excuse_reason: str,
    now: datetime,
) -> int:
    today = day_in_beijing(now)
    notice = terms(tx, fund_id=about.fund_id, as_of=today).notice_business_days
    item = Item(ItemKind.INVESTMENT, row.payable, about.code, row.holding_id, frozenset(excused))
    return draft_call(
        tx,
        actor,
        fund_id=about.fund_id,
        items=[item],
        due_on=due_on or calendar(tx).add_business_days(today, notice + DAYS_TO_APPROVE_A_CALL),
        purpose=f"{about.code} {about.name}",
        excuse_reason=excuse_reason,
        now=now,
    ).id


def _tell(tx: Tx, actor: Actor, row: DealClosing, action: str, now: datetime) -> None:
    detail = {
        "tranche": row.tranche,
        "amount": row.amount,
        "closed_on": row.closed_on.isoformat(),
        "holding": row.holding_id,
        "payable": row.payable,
        "call": row.call_id,
        "exceptions": row.exception_ids,
    }
    record(tx, actor, action=action, subject=f"deal:{row.deal_id}", detail=detail, now=now)
