"""The ILPA Performance Template: gross to net in the fund's form, its flows by type, and its companies."""

from urllib.parse import urlencode

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.fund import ended_quarter, quarters
from app.pages.problems import came_from
from app.pages.wording import RATE_WORDS
from fund.charter.actions import choose_performance_form
from fund.charter.queries import performance_form
from fund.charter.template_rules import TemplateForm
from fund.results.template import performance_template, type_entries
from kernel.identity.rules import Role

router = APIRouter(include_in_schema=False, prefix="/fund/performance/template")


@router.get("")
def template(desk: DeskDep) -> HTMLResponse:
    """The template at a quarter's end, as known at an instant."""
    return template_page(desk)


def template_page(desk: Desk) -> HTMLResponse:
    """Gross to net, the transaction types with their entries, and every company; before the choice also its form."""
    desk.actor.require(*STAFF)
    quarter = ended_quarter(desk)
    known_at = desk.query.maybe_instant("known_at")
    form = desk.query.maybe_choice("form", TemplateForm)
    desk.query.check()
    kept = performance_form(desk.tx, fund_id=desk.fund.id)
    found = performance_template(
        desk.tx,
        fund_id=desk.fund.id,
        quarter=quarter,
        form=kept.form if kept else form,
        known_at=known_at,
    )
    asked = {"quarter": str(quarter)} | ({"known_at": desk.query.raw("known_at")} if known_at else {})
    book = {"fund": desk.fund.code, "quarter": str(quarter), "form": found.form.value}
    book |= {"known_at": known_at.isoformat()} if known_at else {}
    return desk.show(
        "fund/performance_template.html",
        found=found,
        forms=list(TemplateForm),
        form_choices=[(one, desk.label(one)) for one in TemplateForm],
        quarter=quarter,
        quarters=quarters(desk),
        known_at=known_at,
        asked=urlencode(asked),
        book=urlencode(book),
        types=found.totals(),
        may_choose=kept is None and desk.actor.has(Role.MANAGER),
        rate_says={code: desk.say(says) for code, says in RATE_WORDS.items()},
    )


@router.post("")
def choose(desk: DeskDep) -> Response:
    """Choose the form for the fund's life."""

    def act() -> None:
        form, note = desk.fields.choice("form", TemplateForm), desk.fields.raw("note")
        desk.fields.check()
        choose_performance_form(desk.tx, desk.actor, fund_id=desk.fund.id, form=form, note=note, now=desk.now)

    then = "/fund/performance/template"
    return desk.act("choose", act, then=then, done="performance.form_chosen", again=template_page)


@router.get("/entries")
def entries(desk: DeskDep) -> HTMLResponse:
    """The entries that the total of a transaction type is the sum of."""
    desk.actor.require(*STAFF)
    quarter, known_at = ended_quarter(desk), desk.query.maybe_instant("known_at")
    desk.query.check()
    found = type_entries(
        desk.tx, fund_id=desk.fund.id, quarter=quarter, code=desk.query.raw("type"), known_at=known_at
    )
    return desk.show(
        "fund/type_entries.html",
        found=found,
        quarter=quarter,
        known_at=known_at,
        came_from=came_from(desk.request),
    )
