"""Registering a deal and changing what is known of it."""

from datetime import date
from typing import TypedDict

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.board import MOVERS
from app.pages.desk import Desk, DeskDep
from app.pages.fields import Fields
from app.pages.who import achievement_choices, organisation_names, people_choices
from kernel.paging import MAXIMUM_LIMIT
from pipeline.channel.rules import ChainPosition
from pipeline.deals import actions, queries
from pipeline.deals.edits import DECIDED, FIXED_BY_DECISION
from pipeline.deals.funnel import sectors
from pipeline.deals.rules import Origin
from pipeline.deals.sheets import DealSheet
from pipeline.spinouts.queries import spinouts

router = APIRouter(include_in_schema=False, prefix="/deals")


class Typed(TypedDict):
    """What the form asks for, under the names that the actions know."""

    name: str
    origin: Origin
    technology: str
    sector: str
    chain_position: ChainPosition | None
    development_stage: str
    city: str
    round_name: str
    instrument: str
    amount: int | None
    pre_money: int | None
    owner_id: int | None
    spinout_id: int | None
    achievement_id: int | None
    next_step: str
    next_step_on: date | None


def read(fields: Fields) -> Typed:
    """What was typed; every fault is named at once."""
    found = Typed(
        name=fields.text("name"),
        origin=fields.choice("origin", Origin),
        technology=fields.raw("technology"),
        sector=fields.raw("sector"),
        chain_position=fields.maybe_choice("chain_position", ChainPosition),
        development_stage=fields.raw("development_stage"),
        city=fields.raw("city"),
        round_name=fields.raw("round_name"),
        instrument=fields.raw("instrument"),
        amount=fields.maybe_money("amount"),
        pre_money=fields.maybe_money("pre_money"),
        owner_id=fields.maybe_whole("owner_id"),
        spinout_id=fields.maybe_whole("spinout_id"),
        achievement_id=fields.maybe_whole("achievement_id"),
        next_step=fields.raw("next_step"),
        next_step_on=fields.maybe_day("next_step_on"),
    )
    fields.check()
    return found


@router.get("/new")
def new(desk: DeskDep) -> HTMLResponse:
    """An empty form."""
    return form_page(desk, None)


def form_page(desk: Desk, sheet: DealSheet | None) -> HTMLResponse:
    """The form of a new deal, or of one that is there."""
    desk.actor.require(*MOVERS)
    names = organisation_names(desk)
    known = spinouts(desk.tx, actor=desk.actor, limit=MAXIMUM_LIMIT)
    fixed = FIXED_BY_DECISION if sheet is not None and sheet.stage in DECIDED else frozenset()
    return desk.show(
        "deals/edit.html",
        deal=sheet,
        fixed=fixed,
        origins=[(one, desk.label(one)) for one in Origin],
        positions=[(one, desk.label(one)) for one in ChainPosition],
        companies=[(one.id, f"{one.code} {names.get(one.party_id, '')}") for one in known.items],
        achievements=achievement_choices(desk),
        people=people_choices(desk),
        sectors=sectors(desk.tx, actor=desk.actor, fund_id=desk.fund.id),
    )


@router.post("")
def register(desk: DeskDep) -> Response:
    """Write a deal down."""
    made: list[str] = []

    def act() -> None:
        facts = read(desk.fields)
        made.append(actions.register(desk.tx, desk.actor, fund_id=desk.fund.id, now=desk.now, **facts).code)

    return desk.act(
        "register",
        act,
        then=lambda: f"/deals/{made[0]}" if made else "/deals",
        done="deal.registered",
        again=lambda refused: form_page(refused, None),
    )


@router.get("/{code}/edit")
def edit(desk: DeskDep, code: str) -> HTMLResponse:
    """The form of a deal."""
    return form_page(desk, queries.deal_by_code(desk.tx, code=code, actor=desk.actor))


@router.post("/{code}/edit")
def change(desk: DeskDep, code: str) -> Response:
    """Keep what was changed, unless somebody else changed the deal in the meantime."""
    sheet = queries.deal_by_code(desk.tx, code=code, actor=desk.actor)

    def act() -> None:
        typed = read(desk.fields)
        version = desk.fields.whole("version")
        desk.fields.check()
        shown = {name: value for name, value in typed.items() if name in desk.fields.form}
        actions.edit(desk.tx, desk.actor, deal_id=sheet.id, version=version, changes=shown, now=desk.now)

    return desk.act(
        "edit", act, then=f"/deals/{code}", done="deal.edited", again=lambda one: form_page(one, sheet)
    )
