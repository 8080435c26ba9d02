"""Companies born of achievements: the list, registering one, its founders and its cap table."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from app.pages.fields import Fields
from app.pages.who import achievement_choices, organisation_names
from fund.parties.actions import register_party
from fund.parties.imports import party_named
from fund.parties.queries import by_name, parties, search
from fund.parties.rules import PartyKind
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from kernel.paging import MAXIMUM_LIMIT, is_key
from pipeline.deals import actions as deal_acts
from pipeline.deals.queries import deal_by_code
from pipeline.spinouts import actions, queries
from pipeline.spinouts.actions import WRITERS, FounderLine
from pipeline.spinouts.queries import SpinoutSheet
from pipeline.spinouts.rules import Appraisal, Form, Route
from pipeline.spinouts.transfers import transfers

router = APIRouter(include_in_schema=False, prefix="/channel/spinouts")

MOVERS_OF_UNITS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT)
READERS = (*WRITERS, Role.ACCOUNTANT, Role.AUDITOR, Role.COMMITTEE)
LINES = 6


@router.get("")
def listed(desk: DeskDep) -> HTMLResponse:
    """Every company that the viewer may know of."""
    desk.actor.require(*READERS)
    found = queries.spinouts(desk.tx, actor=desk.actor, after=desk.query.raw("after") or None)
    named = parties(desk.tx, party_ids=[one.party_id for one in found.items])
    names = {key: desk.name(one.name_zh, one.name_en) for key, one in named.items()}
    may = desk.actor.has(*WRITERS)
    return desk.show("channel/spinouts.html", companies=found, names=names, may_register=may)


@router.get("/new")
def new(desk: DeskDep) -> HTMLResponse:
    """The form of a company, for a deal where the address names one."""
    return new_page(desk)


def new_page(desk: Desk) -> HTMLResponse:
    """What is asked of a company at once; founders and rights may come later."""
    desk.actor.require(*WRITERS)
    code = desk.query.raw("deal") or desk.fields.raw("deal")
    about = deal_by_code(desk.tx, code=code, actor=desk.actor) if code else None
    return desk.show(
        "channel/spinout_new.html",
        deal=about,
        forms=[(one, desk.label(one)) for one in Form],
        achievements=achievement_choices(desk),
        known=list(organisation_names(desk).values()),
        lines=range(1, LINES + 1),
    )


@router.post("")
def register(desk: DeskDep) -> Response:
    """Register a company and, where it is for a deal, name it there."""
    made: list[str] = []

    def act() -> None:
        company = _register(desk)
        made.append(company.code)
        code = desk.fields.raw("deal")
        if code:
            about = deal_by_code(desk.tx, code=code, actor=desk.actor)
            named: dict[str, object] = {"spinout_id": company.id}
            deal_acts.edit(
                desk.tx, desk.actor, deal_id=about.id, version=about.version, changes=named, now=desk.now
            )

    def then() -> str:
        return f"/channel/spinouts/{made[0]}" if made else "/channel/spinouts"

    return desk.act("spinout", act, then=then, done="spinout.registered", again=new_page)


def _register(desk: Desk) -> SpinoutSheet:
    fields = desk.fields
    code, name = fields.text("code"), fields.text("name")
    form, founded_on = fields.choice("form", Form), fields.maybe_day("founded_on")
    capital, achievement = fields.maybe_money("registered_capital"), fields.maybe_whole("achievement_id")
    typed = typed_founders(fields)
    fields.check()
    known = by_name(desk.tx, name=name)
    if not known:
        register_party(
            desk.tx,
            desk.actor,
            kind=PartyKind.ORGANISATION,
            name_zh=name,
            name_en=fields.raw("name_en"),
            now=desk.now,
        )
    return actions.register_spinout(
        desk.tx,
        desk.actor,
        code=code,
        party_id=party_named(desk.tx, name=name).id,
        form=form,
        founders=founders(desk, typed),
        achievement_ids=[achievement] if achievement else [],
        founded_on=founded_on,
        city=fields.raw("city"),
        sector=fields.raw("sector"),
        business=fields.raw("business"),
        registered_capital=capital,
        now=desk.now,
    )


def typed_founders(fields: Fields) -> list[int]:
    """The lines of the form on which somebody is named."""
    return [number for number in range(1, LINES + 1) if fields.raw(f"founder{number}")]


def founders(desk: Desk, numbers: list[int]) -> list[FounderLine]:
    """Founders as typed: names on record, or new people put on record where that is ticked."""
    fields = desk.fields
    lines = [
        FounderLine(
            party_of(desk, fields.raw(f"founder{number}")),
            fields.percent(f"share{number}"),
            fields.raw(f"role{number}"),
            fields.ticked(f"inventor{number}"),
        )
        for number in numbers
    ]
    fields.check()
    return lines


def party_of(desk: Desk, name: str) -> int:
    """Somebody of that name; a person nobody knows yet is put on record where the form allows it."""
    if desk.fields.ticked("new_people") and not by_name(desk.tx, name=name):
        made = register_party(desk.tx, desk.actor, kind=PartyKind.PERSON, name_zh=name, now=desk.now)
        return made.id
    return party_named(desk.tx, name=name).id


@router.get("/{code}")
def company(desk: DeskDep, code: str) -> HTMLResponse:
    """One company."""
    return company_page(desk, code)


def company_page(desk: Desk, code: str) -> HTMLResponse:
    """Facts, founders, who owns what, and the rights with everything that is missing."""
    sheet = queries.spinout_by_code(desk.tx, code=code, actor=desk.actor)
    today = day_in_beijing(desk.now)
    table = queries.cap_table(desk.tx, spinout_id=sheet.id, as_of=today)
    holders = parties(desk.tx, party_ids=[one.holder_id for one in table])
    may_write = desk.actor.has(*WRITERS)
    known = search(desk.tx, limit=MAXIMUM_LIMIT).items if may_write else ()
    return desk.show(
        "channel/spinout.html",
        company=sheet,
        table=table,
        holders={key: desk.name(one.name_zh, one.name_en) for key, one in holders.items()},
        transfers=transfers(desk.tx, spinout_id=sheet.id, as_of=today),
        may_write=may_write,
        may_move=desk.actor.has(*MOVERS_OF_UNITS),
        may_book=desk.actor.has(Role.MANAGER, Role.TECHNOLOGY_MANAGER),
        forms=[(one, desk.label(one)) for one in Form],
        routes=[(one, desk.label(one)) for one in Route],
        appraisals=[(one, desk.label(one)) for one in Appraisal],
        achievements=achievement_choices(desk) if may_write else [],
        known=[one.name_zh for one in known],
        lines=range(1, LINES + 1),
        today=today,
    )


@router.post("/{code}/edit")
def edit(desk: DeskDep, code: str) -> Response:
    """Change what is known of the company, and the achievement it was born of."""

    def act(sheet: SpinoutSheet) -> None:
        fields = desk.fields
        changes: dict[str, object] = {
            "form": fields.choice("form", Form),
            "founded_on": fields.maybe_day("founded_on"),
            "city": fields.raw("city"),
            "sector": fields.raw("sector"),
            "business": fields.raw("business"),
            "registered_capital": fields.maybe_money("registered_capital"),
        }
        version = fields.whole("version")
        wanted = [int(one) for one in fields.many("achievement_ids") if is_key(one)]
        fields.check()
        actions.edit_spinout(
            desk.tx,
            desk.actor,
            spinout_id=sheet.id,
            version=version,
            changes=changes,
            achievement_ids=wanted,
            now=desk.now,
        )

    return on_company(desk, code, "edit", act, "spinout.edited")


@router.post("/{code}/founders")
def name_founders(desk: DeskDep, code: str) -> Response:
    """Replace the founders."""

    def act(sheet: SpinoutSheet) -> None:
        version, typed = desk.fields.whole("version"), typed_founders(desk.fields)
        desk.fields.check()
        actions.name_founders(
            desk.tx,
            desk.actor,
            spinout_id=sheet.id,
            founders=founders(desk, typed),
            version=version,
            now=desk.now,
        )

    return on_company(desk, code, "founders", act, "spinout.founders")


@router.post("/{code}/units")
def move_units(desk: DeskDep, code: str) -> Response:
    """Write one movement of the cap table."""

    def act(sheet: SpinoutSheet) -> None:
        fields = desk.fields
        name, share_class = fields.text("holder"), fields.text("share_class")
        units, on = fields.whole("units"), fields.day("effective_on")
        fields.check()
        actions.move_units(
            desk.tx,
            desk.actor,
            spinout_id=sheet.id,
            holder_party_id=party_of(desk, name),
            share_class=share_class,
            units=units,
            effective_on=on,
            memo=fields.raw("memo"),
            now=desk.now,
        )

    return on_company(desk, code, "units", act, "spinout.units")


def on_company(
    desk: Desk, code: str, form: str, act: Callable[[SpinoutSheet], object], said: str
) -> Response:
    """Act on the company that the address names; what is refused is shown on its page."""

    def on_it() -> None:
        act(queries.spinout_by_code(desk.tx, code=code, actor=desk.actor))

    def again(refused: Desk) -> Response:
        return company_page(refused, code)

    return desk.act(form, on_it, then=f"/channel/spinouts/{code}", done=said, again=again)
