"""Carry: what the charter promises of it, and what of it the general partner would owe back."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.statements import span
from app.pages.terms_form import shown
from app.pages.who import partner_names
from app.pages.wording import TERM_WORDS
from fund.capital.clawbacks import clawbacks
from fund.charter.queries import terms

router = APIRouter(include_in_schema=False, prefix="/fund/carry")

# The terms that carry goes by, in the order in which they are read.
TERMS = ("carry_form", "hurdle", "compounding", "catch_up", "carry", "carry_tax")


@router.get("")
def carry(desk: DeskDep) -> HTMLResponse:
    """Carry received and the clawback, as of a day and as known at an instant."""
    return carry_page(desk)


def carry_page(desk: Desk) -> HTMLResponse:
    """The terms of that day, and the formula of the clawback partner by partner."""
    desk.actor.require(*STAFF)
    then = span(desk)
    charter = terms(desk.tx, fund_id=desk.fund.id, as_of=then.as_of, known_at=then.known_at)
    return desk.show(
        "fund/carry.html",
        then={"as_of": then.as_of, "known_at": then.known_at, "query": then.query},
        facts=[(desk.say(TERM_WORDS[name]), shown(desk, getattr(charter, name))) for name in TERMS],
        tiers=[shown(desk, one) for one in charter.further],
        found=clawbacks(desk.tx, fund_id=desk.fund.id, as_of=then.as_of, known_at=then.known_at),
        names=partner_names(desk),
    )
