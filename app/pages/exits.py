"""The exit from a company: what still keeps it from being recorded, and the record."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from app.pages.who import organisation_names
from fund.holdings.queries import holding
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from pipeline.deals.queries import deal_by_code
from pipeline.deals.rules import Stage
from pipeline.stewardship import actions, queries
from pipeline.stewardship.rules import GONE, ExitKind

router = APIRouter(include_in_schema=False, prefix="/deals")

READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.COMMITTEE)


@router.get("/{code}/exit")
def exit_from(desk: DeskDep, code: str) -> HTMLResponse:
    """How the fund left the company, or what is needed before it can be said."""
    return exit_page(desk, code)


def exit_page(desk: Desk, code: str) -> HTMLResponse:
    """The record where there is one; else the holding, the decisions, and the form."""
    desk.actor.require(*READERS)
    sheet = deal_by_code(desk.tx, code=code, actor=desk.actor)
    today = day_in_beijing(desk.now)
    held = queries.holding_of(desk.tx, deal_id=sheet.id)
    left = sheet.stage is Stage.EXITED
    return desk.show(
        "deals/exit.html",
        deal=sheet,
        told=queries.exit_of(desk.tx, actor=desk.actor, deal_id=sheet.id) if left else None,
        holding=holding(desk.tx, holding_id=held, as_of=today) if held is not None else None,
        gone=GONE,
        motions=[
            (one.id, f"{one.code} {one.title}")
            for one in queries.motions_behind(desk.tx, actor=desk.actor, deal_id=sheet.id)
        ],
        kinds=[(one, desk.label(one)) for one in ExitKind],
        organisations=list(organisation_names(desk).items()),
        may_record=desk.actor.has(Role.MANAGER) and not left,
        today=today,
    )


@router.post("/{code}/exit")
def record(desk: DeskDep, code: str) -> Response:
    """Record the exit; the deal moves to its last stage."""

    def act() -> None:
        fields = desk.fields
        motion_id, kind = fields.whole("motion_id"), fields.choice("kind", ExitKind)
        exited_on, counterparty_id = fields.day("exited_on"), fields.maybe_whole("counterparty_id")
        fields.check()
        actions.record_exit(
            desk.tx,
            desk.actor,
            deal_id=deal_by_code(desk.tx, code=code, actor=desk.actor).id,
            motion_id=motion_id,
            kind=kind,
            exited_on=exited_on,
            counterparty_id=counterparty_id,
            into_partner_chain=fields.ticked("into_partner_chain"),
            note=fields.raw("note"),
            now=desk.now,
        )

    def again(refused: Desk) -> Response:
        return exit_page(refused, code)

    return desk.act("exit", act, then=f"/deals/{code}/exit", done="deal.exited", again=again)
