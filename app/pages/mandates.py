"""The clauses of partners' mandates on the page of exposure: taking one down, and letting one end."""

from collections.abc import Callable

from fastapi import APIRouter, Response

from app.pages.desk import Desk, DeskDep
from app.pages.exposure import exposure_page
from fund.charter.rules import Basis, Dimension
from fund.mandates import actions
from fund.mandates.rules import Bound, ClauseTerms, Measure
from fund.partners.queries import partner_by_code

router = APIRouter(include_in_schema=False, prefix="/fund/exposure")
HOME = "/fund/exposure"


@router.post("/clause")
def add(desk: DeskDep) -> Response:
    """Take down a clause."""

    def act() -> None:
        fields = desk.fields
        code, effective_on = fields.text("partner"), fields.day("effective_on")
        terms = ClauseTerms(
            fields.choice("measure", Measure),
            fields.choice("bound", Bound),
            fields.share("share"),
            fields.choice("basis", Basis),
            fields.maybe_choice("dimension", Dimension),
            fields.raw("label"),
            fields.raw("wording"),
        )
        fields.check()
        whose = partner_by_code(desk.tx, fund_id=desk.fund.id, code=code, actor=desk.actor)
        actions.add_clause(
            desk.tx, desk.actor, partner_id=whose.id, terms=terms, effective_on=effective_on, now=desk.now
        )

    return _done(desk, "clause", act, "clause.added")


@router.post("/clause/end")
def end(desk: DeskDep) -> Response:
    """Let a clause end."""

    def act() -> None:
        fields = desk.fields
        code, _, number = fields.text("clause").rpartition("/")
        ended_on, reason = fields.day("ended_on"), fields.text("reason")
        if not (number.isascii() and number.isdigit() and len(number) < 6):
            fields.wrong("clause", "Choose one of the list.")
        fields.check()
        whose = partner_by_code(desk.tx, fund_id=desk.fund.id, code=code, actor=desk.actor)
        actions.end_clause(
            desk.tx,
            desk.actor,
            partner_id=whose.id,
            number=int(number),
            ended_on=ended_on,
            reason=reason,
            now=desk.now,
        )

    return _done(desk, "end-clause", act, "clause.ended")


def _done(desk: Desk, form: str, act: Callable[[], None], said: str) -> Response:
    return desk.act(form, act, then=HOME, done=said, again=exposure_page)
