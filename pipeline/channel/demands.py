"""What enterprises need: writing it down, changing it, closing it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlmodel import select

from fund.parties.queries import party
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.money import places_of
from pipeline.channel.codes import demand_code
from pipeline.channel.edits import DEMAND, check_changes
from pipeline.channel.models import Demand
from pipeline.channel.queries import demand, runs_the_channel
from pipeline.channel.rules import (
    ChainPosition,
    CodeTaken,
    DemandState,
    DemandUnknown,
    NotYours,
    Spec,
    Urgency,
    check_demand,
    check_open,
    check_version,
)
from pipeline.channel.sheets import DemandSheet
from pipeline.channel.words import segmented


def register_demand(
    tx: Tx,
    actor: Actor,
    *,
    code: str,
    party_id: int,
    title: str,
    problem: str,
    sector: str,
    chain_position: ChainPosition,
    specification: Sequence[Spec] = (),
    wanted_trl: int | None = None,
    site: str = "",
    budget: int | None = None,
    currency: str = "CNY",
    deadline_on: date | None = None,
    market_capacity: str = "",
    urgency: Urgency = Urgency.NORMAL,
    is_common_need: bool = False,
    is_confidential: bool = False,
    now: datetime,
) -> DemandSheet:
    """Write down what an enterprise needs; its own people may do so too, for their own enterprise and under its mark.

    See `codes`. Refused: a taken code, a demand without title, problem or sector, a level off the scale.
    """
    _may_speak_for(actor, party_id)
    places_of(currency)
    party(tx, party_id=party_id)
    row = Demand(
        code=_free_code(tx, demand_code(code, party_id=party_id, by_itself=not runs_the_channel(actor))),
        party_id=party_id,
        title=title.strip(),
        problem=problem.strip(),
        specification=_kept(specification),
        sector=sector.strip(),
        wanted_trl=wanted_trl,
        site=site.strip(),
        budget=budget,
        currency=currency,
        deadline_on=deadline_on,
        market_capacity=market_capacity,
        urgency=urgency,
        chain_position=chain_position,
        is_common_need=is_common_need,
        is_confidential=is_confidential,
        words="",
        recorded_at=now,
    )
    return _keep(tx, actor, row, "registered", now)


def edit_demand(
    tx: Tx, actor: Actor, *, demand_id: int, version: int, changes: Mapping[str, object], now: datetime
) -> DemandSheet:
    """Change an open demand that was read at `version`; the specification as a sequence of Spec."""
    row = _demand(tx, actor, demand_id)
    check_version(row.code, yours=version, current=row.version)
    check_open(row.code, row.state)
    check_changes(changes, DEMAND)
    for field, value in changes.items():
        setattr(row, field, _kept(value) if isinstance(value, list | tuple) else value)
    row.version += 1
    return _keep(tx, actor, row, "edited", now)


def close_demand(tx: Tx, actor: Actor, *, demand_id: int, state: DemandState, now: datetime) -> DemandSheet:
    """Mark an open demand as answered or withdrawn."""
    row = _demand(tx, actor, demand_id)
    check_open(row.code, row.state)
    row.state = state
    row.version += 1
    return _keep(tx, actor, row, state.value, now)


def _may_speak_for(actor: Actor, party_id: int) -> None:
    actor.require(Role.MANAGER, Role.ANALYST, Role.TECHNOLOGY_MANAGER, Role.LP_USER)
    if not runs_the_channel(actor) and actor.party_id != party_id:
        raise NotYours()


def _free_code(tx: Tx, wanted: str) -> str:
    lock(tx, f"demand:{wanted}")
    if tx.exec(select(Demand).where(Demand.code == wanted)).first() is not None:
        raise CodeTaken(taken=wanted)
    return wanted


def _kept(specs: Sequence[Spec]) -> list[dict[str, str]]:
    return [{"name": spec.name, "value": spec.value, "unit": spec.unit} for spec in specs]


def _demand(tx: Tx, actor: Actor, demand_id: int) -> Demand:
    demand(tx, demand_id=demand_id, actor=actor)
    row = tx.get(Demand, demand_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise DemandUnknown(demand=demand_id)
    _may_speak_for(actor, row.party_id)
    return row


def _keep(tx: Tx, actor: Actor, row: Demand, act: str, now: datetime) -> DemandSheet:
    """Check the demand as it would be, keep it with its words, and show it."""
    check_demand(
        title=row.title,
        problem=row.problem,
        sector=row.sector,
        wanted_trl=row.wanted_trl,
        budget=row.budget,
        specs=[Spec(**line) for line in row.specification],
    )
    said = [part for line in row.specification for part in line.values()]
    row.words = segmented(row.title, row.problem, row.sector, *said)
    tx.add(row)
    tx.flush()
    detail = {"code": row.code, "party": row.party_id, "version": row.version}
    record(tx, actor, action=f"demand.{act}", subject=f"demand:{row.key}", detail=detail, now=now)
    return demand(tx, demand_id=row.key)
