"""Opening a holding and labelling it; the acts on it are in `trades.py` and `marks.py` and can be had from here."""

from datetime import date, datetime
from typing import Any

from sqlmodel import select

from fund.charter.queries import fund
from fund.holdings.bookings import check_holding_open, locked_holding
from fund.holdings.marks import approve_mark, prepare_mark
from fund.holdings.models import Holding, HoldingLabel
from fund.holdings.queries import HoldingSheet, holding
from fund.holdings.records import labels_of
from fund.holdings.rules import HoldingTaken, check_holding, check_not_future
from fund.holdings.trades import buy, receive_income, sell, write_off
from fund.ledger.stamps import stamp
from fund.parties.queries import party
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing

__all__ = [
    "approve_mark",
    "buy",
    "label",
    "open_holding",
    "prepare_mark",
    "receive_income",
    "sell",
    "write_off",
]


def open_holding(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    party_id: int,
    sector: str,
    chain_position: str,
    stage: str,
    origin: str,
    city: str,
    code: str | None = None,
    deal_code: str = "",
    name: str = "",
    name_en: str = "",
    now: datetime,
) -> HoldingSheet:
    """Put a company on the list; nothing is held until the first `buy`.

    Without a code it gets the next one ("H01"), without names those of the party. Refused: a code that is taken,
    a missing label.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    fund(tx, fund_id=fund_id)
    named = party(tx, party_id=party_id)
    labels = _labels(sector, chain_position, stage, origin, city)
    name, name_en = name.strip() or named.name_zh, name_en.strip() or named.name_en
    check_holding(name=name, labels=labels)
    lock(tx, f"holdings:{fund_id}")
    code = _free_code(tx, fund_id, code)
    row = Holding(
        fund_id=fund_id,
        code=code,
        party_id=party_id,
        deal_code=deal_code,
        name=name,
        name_en=name_en,
        recorded_at=now,
        **labels,
    )
    tx.add(row)
    tx.flush()
    detail = {"code": code, "party": party_id, "deal": deal_code}
    record(tx, actor, action="holding.opened", subject=f"holding:{row.key}", detail=detail, now=now)
    return holding(tx, holding_id=row.key, as_of=day_in_beijing(now))


def label(
    tx: Tx,
    actor: Actor,
    *,
    holding_id: int,
    sector: str | None = None,
    chain_position: str | None = None,
    stage: str | None = None,
    origin: str | None = None,
    city: str | None = None,
    effective_on: date,
    now: datetime,
) -> HoldingSheet:
    """Change the labels by which exposure is counted from a day on; those not given stay as they are on that day.

    What was said of the days before, and what was known until now, stays as it was. Refused: an empty label, a
    locked day, a day to come.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    row = locked_holding(tx, holding_id=holding_id)
    changes = _labels(sector, chain_position, stage, origin, city)
    check_holding(name=row.name, labels=changes)
    check_not_future(on=effective_on, today=day_in_beijing(now))
    at = stamp(tx, fund_id=row.fund_id, now=now)
    check_holding_open(tx, holding=row, on=effective_on)
    before = labels_of(tx, rows=[row], as_of=effective_on)[row.key]
    facts = {**before, **changes}
    tx.add(
        HoldingLabel(
            holding_id=row.key, effective_on=effective_on, recorded_by=actor.name, recorded_at=at, **facts
        )
    )
    tx.flush()
    moved = {field: [before[field], value] for field, value in changes.items()}
    detail = {"on": effective_on.isoformat(), **moved}
    record(tx, actor, action="holding.labelled", subject=f"holding:{holding_id}", detail=detail, now=now)
    return holding(tx, holding_id=holding_id, as_of=effective_on)


def _labels(
    sector: str | None, chain_position: str | None, stage: str | None, origin: str | None, city: str | None
) -> dict[str, Any]:
    """The labels that were given, by the name of their column."""
    given = {
        "sector": sector,
        "chain_position": chain_position,
        "stage": stage,
        "origin": origin,
        "city": city,
    }
    return {field: value.strip() for field, value in given.items() if value is not None}


def _free_code(tx: Tx, fund_id: int, code: str | None) -> str:
    taken = set(tx.exec(select(Holding.code).where(Holding.fund_id == fund_id)))
    if code is None:
        return next(free for free in (f"H{at:02d}" for at in range(1, len(taken) + 2)) if free not in taken)
    if code.strip().upper() in taken:
        raise HoldingTaken(holding=code.strip().upper())
    return code.strip().upper()
