"""Questions to partners about their vetoes: the fund sees all, a partner's people their own and answer them."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from app.pages.files import file_answer
from app.pages.motion_desk import kept
from fund.mandates import vetoes
from fund.mandates.veto_rules import VetoState, VetoUnknown
from kernel.blobs.queries import get
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing

router = APIRouter(include_in_schema=False, prefix="/vetoes")
READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.LP_USER)


@router.get("")
def asked(desk: DeskDep) -> HTMLResponse:
    """Every question, the newest first."""
    return vetoes_page(desk)


def vetoes_page(desk: Desk) -> HTMLResponse:
    """The questions that the viewer may read, with the form for those that it may answer."""
    desk.actor.require(*READERS)
    own = None if desk.actor.reach == "all" else sorted(desk.actor.partner_ids)
    return desk.show(
        "fund/vetoes.html",
        questions=vetoes.questions(desk.tx, fund_id=desk.fund.id, partner_ids=own),
        is_staff=desk.actor.reach == "all",
        may_answer=desk.actor.has(Role.MANAGER, Role.LP_USER),
        said=[(one, desk.label(one)) for one in (VetoState.NOT_EXERCISED, VetoState.EXERCISED)],
        today=day_in_beijing(desk.now),
    )


@router.post("/{question_id:int}")
def answer(desk: DeskDep, question_id: int) -> Response:
    """Say whether a veto is exercised."""

    def act() -> None:
        fields = desk.fields
        state, answered_on = fields.choice("state", VetoState), fields.day("answered_on")
        file = fields.file("document")
        fields.check()
        vetoes.answer(
            desk.tx,
            desk.actor,
            question_id=question_id,
            exercised=state is VetoState.EXERCISED,
            answered_on=answered_on,
            reason=fields.raw("reason"),
            person=fields.raw("person"),
            document=kept(desk, file, "document") if file is not None else "",
            now=desk.now,
        )

    return desk.act(f"veto-{question_id}", act, then="/vetoes", done="veto.answered", again=vetoes_page)


@router.get("/{question_id:int}/documents/{sha256}")
def document(desk: DeskDep, question_id: int, sha256: str) -> Response:
    """The paper in which a partner said so."""
    desk.actor.require(*READERS)
    found = vetoes.question(desk.tx, question_id=question_id)
    is_own = desk.actor.reach == "all" or found.partner_id in desk.actor.partner_ids
    if not is_own or sha256 not in {one.document for one in found.answers}:
        raise VetoUnknown()
    return file_answer(get(desk.tx, sha256=sha256), f"veto-{question_id}-{sha256[:8]}")
