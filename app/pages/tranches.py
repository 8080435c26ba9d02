"""The plan of an approved deal's tranches: once, before the first is paid; a closing then keeps to it."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from kernel.identity.rules import Role
from pipeline.closing import preparation, queries
from pipeline.closing.preparation import Plan
from pipeline.committee.queries import last_approval
from pipeline.deals.queries import deal_by_code

router = APIRouter(include_in_schema=False)

PLANNERS = (Role.MANAGER, Role.ANALYST)
MOST = 6


@router.get("/deals/{code}/tranches")
def tranches(desk: DeskDep, code: str) -> HTMLResponse:
    """What is planned, or the form of a plan."""
    return tranche_page(desk, code)


def tranche_page(desk: Desk, code: str) -> HTMLResponse:
    """The tranches of a deal beside what was approved."""
    desk.actor.require(*queries.READERS)
    sheet = deal_by_code(desk.tx, code=code, actor=desk.actor)
    approved = last_approval(desk.tx, deal_id=sheet.id)
    return desk.show(
        "deals/tranches.html",
        deal=sheet,
        planned=queries.tranches(desk.tx, deal_id=sheet.id),
        approved=approved.amount if approved else None,
        may_plan=approved is not None and desk.actor.has(*PLANNERS),
        numbers=range(1, MOST + 1),
    )


@router.post("/deals/{code}/tranches")
def plan(desk: DeskDep, code: str) -> Response:
    """Write the plan down."""

    def act() -> None:
        plans = typed(desk)
        desk.fields.check()
        sheet = deal_by_code(desk.tx, code=code, actor=desk.actor)
        preparation.plan_tranches(desk.tx, desk.actor, deal_id=sheet.id, plans=plans, now=desk.now)

    def again(refused: Desk) -> Response:
        return tranche_page(refused, code)

    there = f"/deals/{code}/tranches"
    return desk.act("plan", act, then=there, done="tranches.planned", again=again)


def typed(desk: Desk) -> list[Plan]:
    """The rows of the form in which anything was typed; each needs an amount and what it is for."""
    fields, plans = desk.fields, []
    for number in range(1, MOST + 1):
        names = [f"{name}{number}" for name in ("amount", "says", "due_on")]
        if any(fields.raw(name) for name in names):
            plans.append(Plan(fields.money(names[0]), fields.text(names[1]), fields.maybe_day(names[2])))
    if not plans:
        fields.wrong("amount1", "This is needed.")
    return plans
