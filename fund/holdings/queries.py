"""What the fund holds, what it is worth and what still has to be valued.

`as_of` is the last day that counts, `known_at` the instant up to which things had been recorded (None: all that
are). With an `actor` only what it may see; without one the database's own wall must do.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from fund.holdings.course import Held, course, quarters_held
from fund.holdings.flows import CashFlow, cash_flows
from fund.holdings.history import DisposalSheet, IncomeSheet, LotSheet, disposals, income, lots
from fund.holdings.mark_readers import marks_read_by
from fund.holdings.mark_rules import Made, MarkState, MarkUnknown, state
from fund.holdings.models import (
    Holding,
    HoldingIncome,
    HoldingMark,
    Instrument,
    MarkApproval,
    MarkRejection,
)
from fund.holdings.records import Stake, labels_of, labels_on, stakes, stakes_on
from fund.holdings.rules import HoldingUnknown
from fund.holdings.sheets import (
    HoldingSheet,
    InstrumentSheet,
    MarkSheet,
    holding_sheet,
    mark_sheet,
    vintage_of,
)
from fund.ledger.undone import undone_acts
from fund.partners.models import Partner
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.periods import Quarter

__all__ = [
    "CashFlow",
    "DisposalSheet",
    "Held",
    "HoldingSheet",
    "IncomeSheet",
    "InstrumentSheet",
    "LotSheet",
    "MarkSheet",
    "cash_flows",
    "disposals",
    "income",
    "lots",
    "vintage_of",
]


@dataclass(frozen=True)
class MissingMark:
    """Something held on a day for which no approved mark says what it was worth; `draft_id` waits for approval."""

    holding_id: int
    code: str
    name: str
    instrument: str
    last_marked_on: date | None
    draft_id: int | None


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The holdings that `actor` may see: a limited partner those of its funds, the committee all.

    The database's row-level security says the same. Which of their marks: `mark_readers`.
    """
    if actor.reach == "all" or actor.has(Role.COMMITTEE):
        return sa.true()
    if not actor.has(Role.LP_USER):
        return sa.false()
    return col(Holding.fund_id).in_(select(Partner.fund_id).where(col(Partner.id).in_(actor.partner_ids)))


def holdings(
    tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None, actor: Actor | None = None
) -> list[HoldingSheet]:
    """Everything acquired by `as_of`, by code; what has left the portfolio too, with nothing held."""
    statement = select(Holding).where(Holding.fund_id == fund_id).order_by(col(Holding.code))
    found = _sheets(tx, tx.exec(_seen(statement, actor)).all(), as_of, known_at)
    return [sheet for sheet in found if sheet.acquired_on is not None]


def holdings_on(
    tx: Tx, *, fund_id: int, days: Collection[date], known_at: datetime | None = None
) -> dict[date, list[HoldingSheet]]:
    """The holdings at the end of several days, from one reading of what was bought, sold and valued."""
    rows = tx.exec(select(Holding).where(Holding.fund_id == fund_id).order_by(col(Holding.code))).all()
    last = max(days, default=date.min)
    found = stakes(tx, holding_ids=[row.key for row in rows], until=last, known_at=known_at)
    return {
        day: [sheet for sheet in _of_day(tx, rows, found, day, known_at) if sheet.acquired_on is not None]
        for day in days
    }


def worth_by_quarter(
    tx: Tx, *, fund_id: int, through: Quarter, known_at: datetime | None = None
) -> dict[Quarter, list[Held]]:
    """What the holdings cost and were worth at the end of every quarter from the first purchase on, under the labels of
    each day: two numbers of their sheets, which are sixty a company after fifteen years.
    """
    rows = tx.exec(select(Holding).where(Holding.fund_id == fund_id).order_by(col(Holding.code))).all()
    found = stakes(tx, holding_ids=[row.key for row in rows], until=through.ends_on, known_at=known_at)
    positions = {key: [one.position for one in own] for key, own in found.items()}
    held: dict[Quarter, list[Held]] = {quarter: [] for quarter in quarters_held(positions.values(), through)}
    days = [quarter.ends_on for quarter in held]
    labels = labels_on(tx, rows=rows, days=days, known_at=known_at)
    ends = [(own, labels[day]) for own, day in zip(held.values(), days, strict=True)]
    for key, name in [(row.key, row.name) for row in rows]:
        for (own, said), worth in zip(ends, course(positions[key], days), strict=True):
            if worth.acquired_on is not None:
                own.append(Held(name, said[key], worth, key))
    return held


def holding(
    tx: Tx, *, holding_id: int, as_of: date, known_at: datetime | None = None, actor: Actor | None = None
) -> HoldingSheet:
    """One holding; one that the actor may not see is as unknown as one that is not there."""
    row = tx.exec(_seen(select(Holding).where(Holding.id == holding_id), actor)).one_or_none()
    if row is None:
        raise HoldingUnknown()
    return _sheets(tx, [row], as_of, known_at)[0]


def holding_by_code(
    tx: Tx,
    *,
    fund_id: int,
    code: str,
    as_of: date,
    known_at: datetime | None = None,
    actor: Actor | None = None,
) -> HoldingSheet:
    """One holding by its code, in any case."""
    statement = select(Holding).where(Holding.fund_id == fund_id, Holding.code == code.strip().upper())
    row = tx.exec(_seen(statement, actor)).one_or_none()
    if row is None:
        raise HoldingUnknown()
    return _sheets(tx, [row], as_of, known_at)[0]


def holding_of_party(tx: Tx, *, fund_id: int, party_id: int) -> int | None:
    """The holding of a company, whether anything is held of it or not."""
    wanted = select(Holding.id).where(Holding.fund_id == fund_id, Holding.party_id == party_id)
    return tx.exec(wanted.order_by(col(Holding.id))).first()


def holding_labels(tx: Tx, *, fund_id: int, actor: Actor | None = None) -> dict[int, tuple[str, str]]:
    """Code and name of every holding, by id."""
    statement = select(Holding).where(Holding.fund_id == fund_id).order_by(col(Holding.code))
    return {row.key: (row.code, row.name) for row in tx.exec(_seen(statement, actor))}


def invested_cost(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> int:
    """The cost on which a fee may be charged: of what is held and not permanently below half of its cost."""
    return sum(sheet.cost_for_fee for sheet in holdings(tx, fund_id=fund_id, as_of=as_of, known_at=known_at))


def mark(tx: Tx, *, mark_id: int, actor: Actor | None = None) -> MarkSheet:
    """One mark; a draft is unknown to whoever may only see what was approved."""
    found = _marks(tx, col(HoldingMark.id) == mark_id, actor)
    if not found:
        raise MarkUnknown()
    return found[0]


def marks(tx: Tx, *, holding_id: int, actor: Actor | None = None) -> list[MarkSheet]:
    """Every mark of a holding, the latest day first and of a day the latest first."""
    found = _marks(tx, col(HoldingMark.holding_id) == holding_id, actor)
    return sorted(found, key=lambda sheet: (sheet.marked_on, sheet.id), reverse=True)


def marks_waiting(tx: Tx, *, fund_id: int, actor: Actor | None = None) -> list[MarkSheet]:
    """The drafts that wait for approval, oldest day first."""
    in_fund = col(HoldingMark.holding_id).in_(select(Holding.id).where(Holding.fund_id == fund_id))
    found = _marks(tx, in_fund & ~_approved(), actor)
    drafts = [sheet for sheet in found if sheet.state is MarkState.DRAFT]
    return sorted(drafts, key=lambda sheet: (sheet.marked_on, sheet.id))


def marks_missing(tx: Tx, *, fund_id: int, on: date) -> list[MissingMark]:
    """Every instrument held at the end of `on` without an approved mark for that very day."""
    drafts = {
        (sheet.holding_id, sheet.instrument): sheet.id
        for sheet in marks_waiting(tx, fund_id=fund_id)
        if sheet.marked_on == on
    }
    return [
        MissingMark(
            sheet.id, sheet.code, sheet.name, one.code, one.marked_on, drafts.get((sheet.id, one.code))
        )
        for sheet in holdings(tx, fund_id=fund_id, as_of=on)
        for one in sheet.instruments
        if one.quantity and one.marked_on != on
    ]


def _sheets(tx: Tx, rows: Sequence[Holding], as_of: date, known_at: datetime | None) -> list[HoldingSheet]:
    found = stakes_on(tx, holding_ids=[row.key for row in rows], day=as_of, known_at=known_at)
    return _of_day(tx, rows, found, as_of, known_at)


def _of_day(
    tx: Tx,
    rows: Sequence[Holding],
    found: Mapping[int, Sequence[Stake]],
    as_of: date,
    known_at: datetime | None,
) -> list[HoldingSheet]:
    paid = _income(tx, [row.key for row in rows], as_of, known_at)
    labels = labels_of(tx, rows=rows, as_of=as_of, known_at=known_at)
    return [
        holding_sheet(row, found[row.key], labels=labels[row.key], income=paid.get(row.key, 0), as_of=as_of)
        for row in rows
    ]


def _income(tx: Tx, ids: Collection[int], as_of: date, known_at: datetime | None) -> dict[int, int]:
    summed = sa.cast(sa.func.sum(HoldingIncome.amount), sa.BigInteger)
    statement = sa.select(col(HoldingIncome.holding_id), summed).where(
        col(HoldingIncome.holding_id).in_(ids), col(HoldingIncome.received_on) <= as_of
    )
    if known_at is not None:
        statement = statement.where(col(HoldingIncome.recorded_at) <= known_at)
    gone = [
        int(act.partition(":")[2])
        for act, on in undone_acts(tx, kind="income", known_at=known_at).items()
        if on <= as_of
    ]
    statement = statement.where(col(HoldingIncome.id).not_in(gone)).group_by(col(HoldingIncome.holding_id))
    return {row[0]: row[1] for row in tx.execute(statement)}


def _approved() -> sa.ColumnElement[bool]:
    return sa.exists().where(col(MarkApproval.mark_id) == HoldingMark.id)


def _marks(tx: Tx, wanted: sa.ColumnElement[bool], actor: Actor | None) -> list[MarkSheet]:
    """The marks that `wanted` picks, with the state each has among those of its day."""
    days = sa.tuple_(col(HoldingMark.instrument_id), col(HoldingMark.marked_on))
    statement = (
        sa.select(HoldingMark, MarkApproval, MarkRejection, col(Instrument.code))
        .join(Instrument, col(Instrument.id) == col(HoldingMark.instrument_id))
        .join(Holding, col(Holding.id) == col(HoldingMark.holding_id))
        .outerjoin(MarkApproval, col(MarkApproval.mark_id) == col(HoldingMark.id))
        .outerjoin(MarkRejection, col(MarkRejection.mark_id) == col(HoldingMark.id))
        .where(days.in_(sa.select(col(HoldingMark.instrument_id), col(HoldingMark.marked_on)).where(wanted)))
        .order_by(col(HoldingMark.id))
    )
    if actor is not None:
        statement = statement.where(visible_to(actor), marks_read_by(actor))
    rows = tx.execute(statement).all()
    chains: dict[tuple[int, date], list[Made]] = {}
    for row, approval, rejection, _ in rows:
        made = Made(row.key, approval is not None, rejection is not None)
        chains.setdefault((row.instrument_id, row.marked_on), []).append(made)
    picked = set(tx.execute(sa.select(col(HoldingMark.id)).where(wanted)).scalars())
    return [
        mark_sheet(
            row,
            approval,
            rejection,
            instrument=code,
            state=state(chains[row.instrument_id, row.marked_on], row.key),
        )
        for row, approval, rejection, code in rows
        if row.id in picked
    ]


def _seen(statement: Any, actor: Actor | None) -> Any:
    return statement if actor is None else statement.where(visible_to(actor))
