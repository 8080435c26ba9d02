"""Closing a deal: its conditions, the limits and the cash before the money, and the payment itself."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.calls import BOOKERS
from app.pages.deal_page import on_deal
from app.pages.desk import Desk, DeskDep
from app.pages.files import file_answer
from app.pages.keys import key_words
from app.pages.motion_desk import uploaded
from app.pages.portfolio import bullet
from fund.mandates.veto_rules import VetoState
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from pipeline.closing import actions, preparation, queries
from pipeline.closing.vetoes import ask_about
from pipeline.committee.counting import send_to_closing
from pipeline.deals.queries import deal_by_code
from pipeline.deals.sheets import DealSheet

router = APIRouter(include_in_schema=False)

PREPARERS = (Role.MANAGER, Role.ANALYST)


@router.get("/deals/{code}/closing")
def closing(desk: DeskDep, code: str) -> HTMLResponse:
    """What the money waits for, and what paying would do."""
    return closing_page(desk, code)


def closing_page(desk: Desk, code: str) -> HTMLResponse:
    """Conditions with their evidence, the preview against limits and cash, what was closed."""
    sheet = deal_by_code(desk.tx, code=code, actor=desk.actor)
    asked = desk.query
    on = asked.maybe_day("on") or day_in_beijing(desk.now)
    amount = asked.maybe_money("amount") or sheet.amount or 0
    tranche = asked.maybe_whole("tranche") or 1
    asked.check()
    desk.actor.require(*queries.READERS, Role.COMMITTEE)
    # A member of the committee confirms conditions here; the fund's cash and limits are not for every member.
    seen = (
        queries.preview(desk.tx, actor=desk.actor, deal_id=sheet.id, amount=amount, on=on, tranche=tranche)
        if desk.actor.has(*queries.READERS)
        else None
    )
    mandates = seen.mandates if seen else ()
    return desk.show(
        "deals/closing.html",
        deal=sheet,
        seen=seen,
        tranche=tranche,
        bullets=[bullet(desk, check) for check in seen.limits] if seen else [],
        key_words=key_words,
        asked=any(one.question_id for one in mandates),
        to_ask=any(one.state is VetoState.NOT_ASKED for one in mandates),
        progress=queries.progress(desk.tx, deal_id=sheet.id),
        tranches=queries.tranches(desk.tx, deal_id=sheet.id),
        closings=queries.closings(desk.tx, deal_id=sheet.id),
        exceptions=queries.exceptions(desk.tx, deal_id=sheet.id),
        may_prepare=desk.actor.has(*PREPARERS),
        may_confirm=desk.actor.has(*PREPARERS, Role.COMMITTEE),
        may_close=desk.actor.has(Role.MANAGER),
        may_settle=desk.actor.has(*BOOKERS),
        is_ready=seen is not None and not seen.problems and not seen.breaches,
        today=day_in_beijing(desk.now),
    )


@router.post("/deals/{code}/to-closing")
def to_closing(desk: DeskDep, code: str) -> Response:
    """Send an approved deal on that could not go on when its votes were counted."""

    def act(deal_id: int) -> None:
        send_to_closing(desk.tx, desk.actor, deal_id=deal_id, now=desk.now)

    return on_deal(desk, code, "gate", act, "deal.moved")


@router.post("/deals/{code}/conditions/{condition_id:int}")
def condition(desk: DeskDep, code: str, condition_id: int) -> Response:
    """Say how a condition is satisfied; confirm it as the second person; or send the evidence back."""
    verb = desk.fields.raw("verb")

    def act(_: DealSheet) -> None:
        if verb == "confirm":
            preparation.confirm_condition(desk.tx, desk.actor, condition_id=condition_id, now=desk.now)
        elif verb == "return":
            reason = desk.fields.text("reason")
            desk.fields.check()
            preparation.return_condition(
                desk.tx, desk.actor, condition_id=condition_id, reason=reason, now=desk.now
            )
        else:
            says = desk.fields.text("says")
            desk.fields.check()
            preparation.satisfy_condition(
                desk.tx,
                desk.actor,
                condition_id=condition_id,
                says=says,
                documents=[paper.sha256 for paper in uploaded(desk)],
                now=desk.now,
            )

    return _done(desk, code, f"condition-{condition_id}", act, "condition.kept")


@router.get("/deals/{code}/conditions/{condition_id:int}/{sha256}")
def evidence(desk: DeskDep, code: str, condition_id: int, sha256: str) -> Response:
    """A document that shows how a condition is met."""
    sheet = deal_by_code(desk.tx, code=code, actor=desk.actor)
    blob = queries.evidence(
        desk.tx, actor=desk.actor, deal_id=sheet.id, condition_id=condition_id, sha256=sha256
    )
    return file_answer(blob, f"{code}-{sha256[:8]}")


@router.post("/deals/{code}/close")
def close(desk: DeskDep, code: str) -> Response:
    """Pay: holding, books and call in one transaction."""

    def act(sheet: DealSheet) -> None:
        fields = desk.fields
        amount, on, quantity = fields.money("amount"), fields.day("on"), fields.number("quantity")
        ownership = fields.percent("ownership") if fields.raw("ownership") else None
        call_due_on, tranche = fields.maybe_day("call_due_on"), fields.maybe_whole("tranche") or 1
        fields.check()
        actions.close(
            desk.tx,
            desk.actor,
            deal_id=sheet.id,
            amount=amount,
            on=on,
            quantity=quantity,
            ownership=ownership,
            tranche=tranche,
            call_due_on=call_due_on,
            memo=fields.raw("memo"),
            now=desk.now,
        )

    return _done(desk, code, "close", act, "deal.closed")


@router.post("/deals/{code}/settle")
def settle(desk: DeskDep, code: str) -> Response:
    """Pay what a closing left payable."""

    def act(sheet: DealSheet) -> None:
        tranche, on = desk.fields.whole("tranche"), desk.fields.day("on")
        desk.fields.check()
        actions.settle(desk.tx, desk.actor, deal_id=sheet.id, tranche=tranche, on=on, now=desk.now)

    return _done(desk, code, "settle", act, "deal.settled")


@router.post("/deals/{code}/vetoes")
def ask_vetoes(desk: DeskDep, code: str) -> Response:
    """Ask the partners whose veto covers the deal."""

    def act(sheet: DealSheet) -> None:
        ask_about(desk.tx, desk.actor, deal_id=sheet.id, now=desk.now)

    return _done(desk, code, "vetoes", act, "veto.asked")


@router.post("/deals/{code}/exceptions")
def exception(desk: DeskDep, code: str) -> Response:
    """Ask for leave to exceed a limit, or give it as the second person."""

    def act(sheet: DealSheet) -> None:
        given = desk.fields.maybe_whole("exception_id")
        if given is not None:
            desk.fields.check()
            preparation.approve_exception(desk.tx, desk.actor, exception_id=given, now=desk.now)
            return
        amount, on, reason = desk.fields.money("amount"), desk.fields.day("on"), desk.fields.text("reason")
        desk.fields.check()
        preparation.ask_exception(
            desk.tx, desk.actor, deal_id=sheet.id, amount=amount, on=on, reason=reason, now=desk.now
        )

    return _done(desk, code, "exception", act, "exception.kept")


def _done(desk: Desk, code: str, form: str, act: Callable[[DealSheet], None], said: str) -> Response:
    def on_it() -> None:
        act(deal_by_code(desk.tx, code=code, actor=desk.actor))

    def again(refused: Desk) -> Response:
        return closing_page(refused, code)

    return desk.act(form, on_it, then=f"/deals/{code}/closing", done=said, again=again)
