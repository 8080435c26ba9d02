"""A university's right on its way into a company's equity: terms, notice, objections, screens, booking."""

from collections.abc import Callable

from fastapi import APIRouter, Response

from app.pages.desk import Desk, DeskDep
from app.pages.spinouts import LINES, on_company, party_of
from kernel.instants import day_in_beijing
from pipeline.spinouts import rights
from pipeline.spinouts.queries import SpinoutSheet
from pipeline.spinouts.queries import rights as rights_sheet
from pipeline.spinouts.rights import ShareLine
from pipeline.spinouts.rules import Appraisal, RightsUnknown, Route

router = APIRouter(include_in_schema=False, prefix="/channel/spinouts")


@router.post("/{code}/rights")
def propose(desk: DeskDep, code: str) -> Response:
    """Begin the transfer of an achievement's rights into the company."""

    def act(sheet: SpinoutSheet) -> None:
        achievement_id, route = desk.fields.whole("achievement_id"), desk.fields.choice("route", Route)
        price, shares = desk.fields.maybe_money("price"), _shares(desk)
        rights.propose_rights(
            desk.tx,
            desk.actor,
            spinout_id=sheet.id,
            achievement_id=achievement_id,
            route=route,
            price=price,
            shares=shares,
            now=desk.now,
        )

    return on_company(desk, code, "rights", act, "rights.proposed")


@router.post("/{code}/rights/{rights_id:int}/{step}")
def take_step(desk: DeskDep, code: str, rights_id: int, step: str) -> Response:
    """One of the steps before the booking, or the booking itself."""

    def act(sheet: SpinoutSheet) -> None:
        known = rights_sheet(desk.tx, rights_id=rights_id, as_of=day_in_beijing(desk.now))
        if known.spinout_id != sheet.id or step not in STEPS:
            raise RightsUnknown(rights=rights_id)
        STEPS[step](desk, rights_id, known.achievement)

    return on_company(desk, code, f"{step}-{rights_id}", act, "rights.kept")


def _terms(desk: Desk, rights_id: int, _: str) -> None:
    route, price = desk.fields.choice("route", Route), desk.fields.maybe_money("price")
    shares = _shares(desk)
    rights.revise_rights(
        desk.tx, desk.actor, rights_id=rights_id, route=route, price=price, shares=shares, now=desk.now
    )


def _notice(desk: Desk, rights_id: int, achievement: str) -> None:
    price = desk.fields.money("price")
    starts_on, ends_on = desk.fields.day("starts_on"), desk.fields.day("ends_on")
    desk.fields.check()
    rights.give_notice(
        desk.tx,
        desk.actor,
        rights_id=rights_id,
        achievement=achievement,
        price=price,
        starts_on=starts_on,
        ends_on=ends_on,
        now=desk.now,
    )


def _objection(desk: Desk, rights_id: int, _: str) -> None:
    on, objector, says = (
        desk.fields.day("received_on"),
        desk.fields.text("objector"),
        desk.fields.text("says"),
    )
    desk.fields.check()
    rights.note_objection(
        desk.tx,
        desk.actor,
        rights_id=rights_id,
        received_on=on,
        objector=objector,
        says=says,
        now=desk.now,
    )


def _handling(desk: Desk, _: int, __: str) -> None:
    key, on, handling = (
        desk.fields.whole("objection_id"),
        desk.fields.day("handled_on"),
        desk.fields.text("handling"),
    )
    desk.fields.check()
    rights.handle_objection(
        desk.tx,
        desk.actor,
        objection_id=key,
        handling=handling,
        is_upheld=desk.fields.ticked("is_upheld"),
        handled_on=on,
        now=desk.now,
    )


def _appraisal(desk: Desk, rights_id: int, _: str) -> None:
    appraisal, says = desk.fields.choice("appraisal", Appraisal), desk.fields.text("says")
    desk.fields.check()
    rights.record_appraisal(
        desk.tx, desk.actor, rights_id=rights_id, appraisal=appraisal, says=says, now=desk.now
    )


def _screen(desk: Desk, rights_id: int, _: str) -> None:
    by, on = desk.fields.text("screened_by"), desk.fields.day("screened_on")
    desk.fields.check()
    rights.record_secrecy_screen(
        desk.tx,
        desk.actor,
        rights_id=rights_id,
        is_clear=desk.fields.ticked("is_clear"),
        screened_by=by,
        screened_on=on,
        now=desk.now,
    )


def _booking(desk: Desk, rights_id: int, _: str) -> None:
    on = desk.fields.day("booked_on")
    desk.fields.check()
    rights.book_rights(desk.tx, desk.actor, rights_id=rights_id, booked_on=on, now=desk.now)


STEPS: dict[str, Callable[[Desk, int, str], None]] = {
    "terms": _terms,
    "notice": _notice,
    "objection": _objection,
    "handling": _handling,
    "appraisal": _appraisal,
    "screen": _screen,
    "booking": _booking,
}


def _shares(desk: Desk) -> list[ShareLine]:
    """Who gets what, as typed; every fault is named at once."""
    fields = desk.fields
    numbers = [number for number in range(1, LINES + 1) if fields.raw(f"holder{number}")]
    parts = {number: fields.percent(f"part{number}") for number in numbers}
    fields.check()
    return [
        ShareLine(
            party_of(desk, fields.raw(f"holder{number}")), parts[number], fields.ticked(f"made{number}")
        )
        for number in numbers
    ]
