"""Buying, selling, writing off, and taking income. Every amount goes through the ledger."""

from datetime import date, datetime
from fractions import Fraction

from fund.capital.acts import promised
from fund.holdings import postings
from fund.holdings.aftermath import Aftermath
from fund.holdings.bookings import (
    act_of,
    check_bought_by,
    check_holding_open,
    locked_holding,
    next_of_holding,
    parts_in,
    the_record,
)
from fund.holdings.disposing import record_disposal
from fund.holdings.models import (
    Holding,
    HoldingIncome,
    HoldingLot,
    Instrument,
)
from fund.holdings.position import DisposalKind, Position, dispose
from fund.holdings.queries import HoldingSheet, holding
from fund.holdings.records import records
from fund.holdings.rules import (
    IncomeKind,
    InstrumentDiffers,
    InstrumentKind,
    NothingHeld,
    check_amount,
    check_bought_after,
    check_change,
    check_disposal,
    check_not_future,
    check_purchase,
    check_write_off,
    split,
)
from fund.ledger.actions import post
from fund.ledger.cash import check_cash
from fund.ledger.chart import Account
from fund.ledger.stamps import stamp
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing


def buy(
    tx: Tx,
    actor: Actor,
    *,
    holding_id: int,
    bought_on: date,
    quantity: int | Fraction,
    cost: int,
    instrument: str = "EQ",
    kind: InstrumentKind = InstrumentKind.REGISTERED_CAPITAL,
    ownership: Fraction | None = None,
    memo: str = "",
    now: datetime,
) -> HoldingSheet:
    """Buy a quantity (shares, yuan of registered capital) of an instrument for `cost` minor units in all.

    A new instrument code opens the instrument. `ownership` is the fund's part of the company afterwards. Refused:
    a day before the last change, one to come or covered by an approved mark; anything since that would have been shared
    otherwise; an instrument of another kind; more than the cash that is not promised to others.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    row = locked_holding(tx, holding_id=holding_id)
    check_purchase(quantity=Fraction(quantity), cost=cost)
    check_holding_open(tx, holding=row, on=bought_on)
    bought, position = _instrument(tx, row, instrument, kind, now)
    check_change(position, on=bought_on, today=day_in_beijing(now))
    check_bought_after(position.until(date.max), on=bought_on)
    aftermath = Aftermath(tx, holding=row, since=bought_on)
    _check_spendable(tx, row, cost, bought_on, now)
    lot = HoldingLot(
        holding_id=holding_id,
        instrument_id=bought.key,
        number=next_of_holding(tx, model=HoldingLot, holding_id=holding_id),
        bought_on=bought_on,
        quantity=Fraction(quantity),
        cost=cost,
        ownership=ownership,
        memo=memo,
        recorded_by=actor.name,
        recorded_at=stamp(tx, fund_id=row.fund_id, now=now),
    )
    tx.add(lot)
    tx.flush()
    act = act_of(tx, holding=row, step=f"BUY-{lot.number}", act=f"lot:{lot.key}", on=bought_on, memo=memo)
    post(tx, actor, fund_id=row.fund_id, postings=postings.purchase(act, cost=cost), now=now)
    aftermath.follow(actor, act, now=now)
    _tell_purchase(tx, actor, row, lot, instrument, now)
    return holding(tx, holding_id=holding_id, as_of=bought_on)


def _tell_purchase(
    tx: Tx, actor: Actor, row: Holding, lot: HoldingLot, instrument: str, now: datetime
) -> None:
    said = {"quantity": str(lot.quantity), "cost": lot.cost, "on": lot.bought_on.isoformat()}
    detail = {"instrument": instrument, **said}
    record(tx, actor, action="holding.bought", subject=f"holding:{row.key}", detail=detail, now=now)


def sell(
    tx: Tx,
    actor: Actor,
    *,
    holding_id: int,
    sold_on: date,
    quantity: int | Fraction,
    proceeds: int,
    instrument: str | None = None,
    buyer_party_id: int | None = None,
    reason: str = "",
    now: datetime,
) -> HoldingSheet:
    """Sell a quantity of an instrument (the only one, unless named) for `proceeds` minor units.

    The same part of every lot goes, at its average cost. Refused: more than is held, a day to come, before the
    last change or covered by an approved mark.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    row = locked_holding(tx, holding_id=holding_id)
    found = the_record(tx, holding=row, instrument=instrument)
    stands = found.position.until(date.max)
    check_change(found.position, on=sold_on, today=day_in_beijing(now))
    check_disposal(stands, quantity=Fraction(quantity), proceeds=proceeds)
    sale = dispose(stands, kind=DisposalKind.SALE, quantity=Fraction(quantity), proceeds=proceeds, on=sold_on)
    record_disposal(
        tx,
        actor,
        row=row,
        instrument=found.instrument,
        lost=sale,
        buyer_party_id=buyer_party_id,
        reason=reason,
        now=now,
    )
    return holding(tx, holding_id=holding_id, as_of=sold_on)


def write_off(
    tx: Tx,
    actor: Actor,
    *,
    holding_id: int,
    written_off_on: date,
    reason: str,
    instrument: str | None = None,
    now: datetime,
) -> HoldingSheet:
    """Write off all that is held, of one instrument if it is named: gone, with nothing for it. Needs a reason."""
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    check_write_off(reason=reason)
    row = locked_holding(tx, holding_id=holding_id)
    every = records(tx, holding_ids=[holding_id])[holding_id]
    wanted = every if instrument is None else [the_record(tx, holding=row, instrument=instrument)]
    stands = [(found, found.position.until(date.max)) for found in wanted]
    held = [(found, position) for found, position in stands if position.quantity]
    if not held:
        raise NothingHeld(on=written_off_on)
    for gone, position in held:
        check_change(gone.position, on=written_off_on, today=day_in_beijing(now))
        lost = dispose(
            position,
            kind=DisposalKind.WRITE_OFF,
            quantity=position.quantity,
            proceeds=0,
            on=written_off_on,
        )
        record_disposal(
            tx,
            actor,
            row=row,
            instrument=gone.instrument,
            lost=lost,
            reason=reason,
            now=now,
        )
    return holding(tx, holding_id=holding_id, as_of=written_off_on)


def receive_income(
    tx: Tx,
    actor: Actor,
    *,
    holding_id: int,
    received_on: date,
    amount: int,
    kind: IncomeKind = IncomeKind.DIVIDEND,
    memo: str = "",
    now: datetime,
) -> HoldingSheet:
    """Take a dividend or interest, split among the partners by their parts in the holding."""
    take_income(
        tx,
        actor,
        holding_id=holding_id,
        received_on=received_on,
        amount=amount,
        kind=kind,
        memo=memo,
        now=now,
    )
    return holding(tx, holding_id=holding_id, as_of=received_on)


def take_income(
    tx: Tx,
    actor: Actor,
    *,
    holding_id: int,
    received_on: date,
    amount: int,
    kind: IncomeKind,
    memo: str,
    is_earned: bool = False,
    now: datetime,
) -> HoldingIncome:
    """The same, and its row; what `is_earned` was shared among the partners before and is cash for what was to come.

    Refused: nothing, a day to come or before the first purchase.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    row = locked_holding(tx, holding_id=holding_id)
    check_amount(amount, what="the income", least=1)
    check_not_future(on=received_on, today=day_in_beijing(now))
    check_bought_by(tx, holding=row, on=received_on)
    at = stamp(tx, fund_id=row.fund_id, now=now)
    income = HoldingIncome(
        holding_id=holding_id,
        number=next_of_holding(tx, model=HoldingIncome, holding_id=holding_id),
        kind=kind,
        received_on=received_on,
        amount=amount,
        memo=memo,
        recorded_by=actor.name,
        recorded_at=at,
    )
    tx.add(income)
    tx.flush()
    step, subject = f"INCOME-{income.number}", f"income:{income.key}"
    act = act_of(tx, holding=row, step=step, act=subject, on=received_on, memo=memo)
    if is_earned:
        booked = act.plain("", Account.CASH, Account.INCOME_RECEIVABLE, amount)
    else:
        parts = split(amount, parts_in(tx, holding=row, on=received_on), on=received_on)
        booked = postings.income(act, kind, parts)
    post(tx, actor, fund_id=row.fund_id, postings=booked, now=now)
    detail = {"kind": kind.value, "amount": amount, "on": received_on.isoformat()}
    record(tx, actor, action="holding.income", subject=f"holding:{holding_id}", detail=detail, now=now)
    return income


def _check_spendable(tx: Tx, row: Holding, cost: int, on: date, now: datetime) -> None:
    """Refuse to pay what is not there or what is promised to others; what is free can always be had."""
    if not cost:
        return
    today, kept = day_in_beijing(now), promised(tx, fund_id=row.fund_id)
    check_cash(tx, fund_id=row.fund_id, amount=cost, on=on, today=today, promised=kept)


def _instrument(
    tx: Tx, row: Holding, code: str, kind: InstrumentKind, now: datetime
) -> tuple[Instrument, Position]:
    """The holding's instrument of that code with its record, opened if it is new."""
    for found in records(tx, holding_ids=[row.key])[row.key]:
        if found.instrument.code == code:
            if found.instrument.kind is not kind:
                raise InstrumentDiffers(
                    instrument=code, holding=row.code, kind=found.instrument.kind, given=kind
                )
            return found.instrument, found.position
    opened = Instrument(holding_id=row.key, code=code, kind=kind, recorded_at=now)
    tx.add(opened)
    tx.flush()
    return opened, Position()
