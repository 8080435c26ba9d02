"""Who sits on the committee and by which rules it votes: appointed and ended by a manager, every version kept."""

from collections.abc import Callable
from fractions import Fraction

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.formats import percent
from app.pages.desk import Desk, DeskDep
from app.pages.fields import Fields
from app.pages.who import organisation_names
from fund.parties.queries import search
from fund.parties.rules import PartyKind
from kernel.identity.queries import users
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from kernel.paging import MAXIMUM_LIMIT
from pipeline.committee import seating, standing
from pipeline.committee.motion_rules import Capacity, Matter
from pipeline.committee.rules import Basis, Policy

router = APIRouter(include_in_schema=False, prefix="/committee/seats")

READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.COMMITTEE)


@router.get("")
def seats(desk: DeskDep) -> HTMLResponse:
    """The seats held today, and every version of every policy."""
    return seats_page(desk)


def seats_page(desk: Desk) -> HTMLResponse:
    """Seats and policies beside the forms of the manager."""
    desk.actor.require(*READERS)
    on = day_in_beijing(desk.now)
    may_set = desk.actor.has(Role.MANAGER)
    policies = standing.policies(desk.tx, fund_id=desk.fund.id)
    return desk.show(
        "committee/seats.html",
        seats=standing.seats(desk.tx, fund_id=desk.fund.id, on=on),
        policies=policies,
        exact={one.id: (share(one.policy.threshold), share(one.policy.quorum)) for one in policies},
        today=on,
        may_set=may_set,
        people=_people(desk) if may_set else [],
        organisations=list(organisation_names(desk).items()) if may_set else [],
        persons=_persons(desk) if may_set else [],
        capacities=[(one.value, desk.label(one)) for one in Capacity],
        matters=[(one.value, desk.label(one)) for one in Matter],
        bases=[(one.value, desk.label(one)) for one in Basis],
    )


def _people(desk: Desk) -> list[tuple[int, str]]:
    found = users(desk.tx, limit=MAXIMUM_LIMIT).items
    return [(one.id, one.name) for one in found if one.is_active and Role.COMMITTEE in one.roles]


def _persons(desk: Desk) -> list[tuple[int, str]]:
    found = search(desk.tx, kind=PartyKind.PERSON, limit=MAXIMUM_LIMIT).items
    return [(one.id, desk.name(one.name_zh, one.name_en)) for one in found]


def share(value: Fraction) -> str:
    """A share as it was decided: 2/3 stays 2/3, a half is 50.0%."""
    return percent(value) if 1000 % value.denominator == 0 else f"{value.numerator}/{value.denominator}"


@router.post("")
def seat(desk: DeskDep) -> Response:
    """Give somebody a seat from a day on."""

    def act() -> None:
        fields = desk.fields
        code, user_id = fields.text("code"), fields.whole("user_id")
        capacity, from_on = fields.choice("capacity", Capacity), fields.day("from_on")
        party_id, person_id = fields.maybe_whole("party_id"), fields.maybe_whole("person_id")
        fields.check()
        seating.seat(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            code=code,
            user_id=user_id,
            capacity=capacity,
            party_id=party_id,
            person_id=person_id,
            is_chair=fields.ticked("is_chair"),
            from_on=from_on,
            now=desk.now,
        )

    return _change(desk, "seat", act, "seat.given")


@router.post("/end")
def unseat(desk: DeskDep) -> Response:
    """End a seat after its last day."""

    def act() -> None:
        seat_id, until_on = desk.fields.whole("seat_id"), desk.fields.day("until_on")
        desk.fields.check()
        seating.unseat(desk.tx, desk.actor, seat_id=seat_id, until_on=until_on, now=desk.now)

    return _change(desk, "unseat", act, "seat.ended")


@router.post("/policy")
def adopt(desk: DeskDep) -> Response:
    """Adopt the next version of the policy for a matter."""

    def act() -> None:
        fields = desk.fields
        matter, effective_on = fields.choice("matter", Matter), fields.day("effective_on")
        policy = policy_from(fields)
        window, expiry = fields.whole("window_hours"), fields.whole("expiry_days")
        fields.check()
        seating.set_policy(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            matter=matter,
            policy=policy,
            window_hours=window,
            expiry_days=expiry,
            early_close=fields.ticked("early_close"),
            effective_on=effective_on,
            now=desk.now,
        )

    return _change(desk, "policy", act, "policy.adopted")


def policy_from(fields: Fields) -> Policy:
    """The rules that a form asks for; every fault is noted."""
    return Policy(
        threshold=fields.share("threshold"),
        basis=fields.choice("basis", Basis).value,
        quorum=fields.share("quorum"),
        quorum_floor=_count(fields, "quorum_floor"),
        floor=_count(fields, "floor"),
        minimum_cast=_count(fields, "minimum_cast"),
        mandatory=_codes(fields, "mandatory"),
        veto=_codes(fields, "veto"),
    )


def _count(fields: Fields, name: str) -> int:
    found = fields.whole(name)
    if not 0 <= found <= 100:
        fields.wrong(name, "Expected a whole number from 0 to 100.")
    return found


def _codes(fields: Fields, name: str) -> frozenset[str]:
    """Codes of seats, parted by blanks or commas of either width."""
    return frozenset(fields.raw(name).upper().replace("，", " ").replace(",", " ").split())


def _change(desk: Desk, form: str, act: Callable[[], None], done: str) -> Response:
    return desk.act(form, act, then="/committee/seats", done=done, again=seats_page)
