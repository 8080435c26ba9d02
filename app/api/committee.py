"""Who sits on the investment committee, and by which rules it votes."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from app.api.schemas import REFUSALS, Body, FractionField, FractionIn, Out
from app.api.whose import AsOf, FundDep
from app.deps import ApiActor, Now, TxDep
from fund.parties.conflict_rules import ConflictKind
from kernel.identity.rules import Role
from pipeline.committee import seating, standing
from pipeline.committee.motion_rules import Capacity, Matter
from pipeline.committee.rules import Basis, Policy
from pipeline.committee.standing import PolicySheet

router = APIRouter(prefix="/api/v1/committee", tags=["committee"], responses=REFUSALS)
READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.COMMITTEE)
SeatCode = Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[A-Za-z0-9-]+$")]
Count = Annotated[int, Field(ge=0, le=100)]


class SeatOut(Out):
    """A seat and who holds it; an observer has no vote."""

    id: int
    code: str
    user_id: int
    name: str
    capacity: Capacity
    party_id: int | None
    party_name: str
    is_chair: bool
    has_vote: bool
    from_on: date
    until_on: date | None


class SeatIn(Body):
    """Who takes which seat, and from when; `party_id` is the organisation the holder acts for."""

    code: Annotated[SeatCode, Field(examples=["S7"])]
    user_id: Annotated[int, Field(examples=[12])]
    capacity: Capacity
    party_id: int | None = None
    person_id: int | None = None
    is_chair: bool = False
    from_on: date


class UnseatIn(Body):
    """The last day on which the seat is held."""

    until_on: Annotated[date, Field(examples=["2026-12-31"])]


class PolicyOut(Out):
    """How the committee votes on one matter; shares are exact decimal strings or fractions."""

    id: int
    matter: Matter
    version: int
    effective_on: date
    threshold: FractionField
    basis: Basis
    quorum: FractionField
    quorum_floor: int
    floor: int
    mandatory: list[str]
    veto: list[str]
    minimum_cast: int
    recusing: list[ConflictKind]
    window_hours: int
    expiry_days: int
    early_close: bool


class PolicyIn(Body):
    """A new version of the policy for one matter; motions that run keep theirs."""

    matter: Matter = Matter.NEW_DEAL
    threshold: Annotated[FractionIn, Field(examples=["2/3"])]
    basis: Basis
    quorum: Annotated[FractionIn, Field(examples=["0.5"])]
    quorum_floor: Count
    floor: Count
    mandatory: Annotated[list[SeatCode], Field(max_length=50)] = []
    veto: Annotated[list[SeatCode], Field(max_length=50)] = []
    minimum_cast: Count = 0
    window_hours: Annotated[int, Field(ge=1, le=2000)]
    expiry_days: Annotated[int, Field(ge=1, le=2000)]
    early_close: bool = False
    effective_on: date


@router.get("/seats")
def seats(tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf) -> list[SeatOut]:
    """The seats held on a day."""
    actor.require(*READERS)
    return [SeatOut.of(sheet) for sheet in standing.seats(tx, fund_id=fund.id, on=as_of)]


@router.post("/seats", status_code=201)
def seat(body: SeatIn, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep) -> SeatOut:
    """Give somebody a seat from a day on."""
    key = seating.seat(tx, actor, fund_id=fund.id, **body.model_dump(), now=now)
    found = standing.seats(tx, fund_id=fund.id, on=body.from_on)
    return SeatOut.of(next(sheet for sheet in found if sheet.id == key))


@router.post("/seats/{seat_id}/end", status_code=204)
def unseat(seat_id: int, body: UnseatIn, tx: TxDep, actor: ApiActor, now: Now) -> None:
    """End a seat after its last day."""
    seating.unseat(tx, actor, seat_id=seat_id, until_on=body.until_on, now=now)


@router.get("/policy")
def policy(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    as_of: AsOf,
    matter: Annotated[Matter, Query()] = Matter.NEW_DEAL,
) -> PolicyOut:
    """The policy in force on a day."""
    actor.require(*READERS)
    return policy_out(standing.policy_in_force(tx, fund_id=fund.id, matter=matter, on=as_of))


@router.post("/policy", status_code=201)
def set_policy(body: PolicyIn, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep) -> PolicyOut:
    """Publish the next version of a policy."""
    rule = Policy(
        threshold=body.threshold,
        basis=body.basis,
        quorum=body.quorum,
        quorum_floor=body.quorum_floor,
        floor=body.floor,
        mandatory=frozenset(body.mandatory),
        veto=frozenset(body.veto),
        minimum_cast=body.minimum_cast,
    )
    sheet = seating.set_policy(
        tx,
        actor,
        fund_id=fund.id,
        matter=body.matter,
        policy=rule,
        window_hours=body.window_hours,
        expiry_days=body.expiry_days,
        early_close=body.early_close,
        effective_on=body.effective_on,
        now=now,
    )
    return policy_out(sheet)


def policy_out(sheet: PolicySheet) -> PolicyOut:
    """A policy as the API writes it."""
    said = {name: getattr(sheet, name) for name in PolicyOut.model_fields if hasattr(sheet, name)}
    rule = {
        name: getattr(sheet.policy, name) for name in PolicyOut.model_fields if hasattr(sheet.policy, name)
    }
    seated = {"mandatory": sheet.policy.mandatory, "veto": sheet.policy.veto}
    named = {name: sorted(map(str, found)) for name, found in seated.items()}
    return PolicyOut.of(said | rule | named | {"recusing": sorted(sheet.recusing)})
