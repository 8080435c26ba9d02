"""Recording the exit from a company: the deal's last stage."""

from datetime import date, datetime

from sqlmodel import select

from fund.holdings.bookings import locked_holding
from fund.parties.queries import party
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from pipeline.committee.counting import execute
from pipeline.committee.models import Motion
from pipeline.committee.motion_rules import MotionState
from pipeline.deals.actions import move
from pipeline.deals.queries import deal
from pipeline.deals.rules import Gate, Stage
from pipeline.deals.sheets import DealSheet
from pipeline.stewardship.models import DealExit
from pipeline.stewardship.queries import (
    ExitSheet,
    behind,
    chain_parties,
    exit_sheet,
    holding_of,
    standing,
    stands,
)
from pipeline.stewardship.rules import ExitBlocked, ExitKind, ExitRecorded, Told, blocking, check_told


def record_exit(
    tx: Tx,
    actor: Actor,
    *,
    deal_id: int,
    motion_id: int,
    kind: ExitKind,
    exited_on: date,
    counterparty_id: int | None = None,
    into_partner_chain: bool = False,
    note: str = "",
    now: datetime,
) -> ExitSheet:
    """Record how the fund left a company, and move the deal to its last stage.

    Refused: a second time; an exit without its counterparty or into the chain of somebody who is no partner
    (ExitInvalid); anything still held, and no decision of the committee that held on that day (ExitBlocked).
    """
    actor.require(Role.MANAGER)
    held = holding_of(tx, deal_id=deal_id)
    if held is not None:
        locked_holding(tx, holding_id=held)
    lock(tx, f"exit:{deal_id}")
    about = deal(tx, deal_id=deal_id)
    _check_first(tx, about)
    told = _told(tx, about, kind, exited_on, counterparty_id, into_partner_chain)
    check_told(told, day_in_beijing(now))
    where = standing(tx, about=about, on=day_in_beijing(now))
    problems = blocking(where, behind(tx, about=about, motion_id=motion_id), told)
    if problems or held is None:
        raise ExitBlocked(deal=about.code, problems=problems)
    row = DealExit(
        deal_id=deal_id,
        fund_id=about.fund_id,
        holding_id=held,
        motion_id=motion_id,
        kind=kind,
        counterparty_id=counterparty_id,
        into_partner_chain=into_partner_chain,
        exited_on=exited_on,
        note=note.strip(),
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    _carry_out(tx, actor, motion_id, now)
    move(tx, actor, deal_id=deal_id, to=Stage.EXITED, gate=Gate.EXIT, now=now)
    _tell(tx, actor, row, now)
    return exit_sheet(tx, row=row)


def _check_first(tx: Tx, about: DealSheet) -> None:
    before = tx.exec(select(DealExit).where(DealExit.deal_id == about.id, stands())).one_or_none()
    if before is not None:
        raise ExitRecorded(deal=about.code, recorded_on=day_in_beijing(before.recorded_at))


def _told(
    tx: Tx,
    about: DealSheet,
    kind: ExitKind,
    exited_on: date,
    counterparty_id: int | None,
    into_partner_chain: bool,
) -> Told:
    if counterparty_id is not None:
        party(tx, party_id=counterparty_id)
    chain = chain_parties(tx, fund_id=about.fund_id, on=exited_on)
    return Told(
        kind=kind,
        exited_on=exited_on,
        has_counterparty=counterparty_id is not None,
        into_partner_chain=into_partner_chain,
        counterparty_is_partner=counterparty_id in chain,
    )


def _carry_out(tx: Tx, actor: Actor, motion_id: int, now: datetime) -> None:
    """Mark the decision as carried out, unless it lapsed between the exit itself and this record of it."""
    if tx.get_one(Motion, motion_id).state != MotionState.LAPSED:
        execute(tx, actor, motion_id=motion_id, now=now)


def _tell(tx: Tx, actor: Actor, row: DealExit, now: datetime) -> None:
    detail = {
        "kind": row.kind,
        "exited_on": row.exited_on.isoformat(),
        "motion": row.motion_id,
        "holding": row.holding_id,
        "counterparty": row.counterparty_id,
        "into_partner_chain": row.into_partner_chain,
    }
    record(tx, actor, action="deal.exited", subject=f"deal:{row.deal_id}", detail=detail, now=now)
