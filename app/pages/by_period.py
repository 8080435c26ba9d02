"""Gross and net returns by period, and the flows behind each of them."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.pages.desk import DeskDep
from app.pages.frame import STAFF
from app.pages.fund import ended_quarter, quarters
from app.pages.problems import came_from
from app.pages.return_words import LACK_WORDS
from app.pages.wording import FLOW_WORDS
from fund.partners.queries import partner, partners
from fund.results.queries import return_of, returns_by_period
from fund.results.rules import FundFiguresClosed
from fund.results.stretch_rules import Side, Span
from kernel.identity.rules import Role
from kernel.periods import Quarter

router = APIRouter(include_in_schema=False, prefix="/fund/performance/periods")


@router.get("")
def by_period(desk: DeskDep) -> HTMLResponse:
    """The fund's returns by period, or a partner's own net ones."""
    desk.actor.require(*STAFF, Role.LP_USER)
    quarter, partner_id = ended_quarter(desk), desk.query.maybe_whole("partner")
    desk.query.check()
    return desk.show(
        "fund/periods.html",
        quarter=quarter,
        quarters=quarters(desk),
        partner=partner(desk.tx, partner_id=partner_id) if partner_id is not None else None,
        partners=partners(desk.tx, fund_id=desk.fund.id),
        found=returns_by_period(desk.tx, fund_id=desk.fund.id, through=quarter, partner_id=partner_id),
        lack_says={code: desk.say(says) for code, says in LACK_WORDS.items()},
        is_staff=desk.actor.has(*STAFF),
    )


@router.get("/flows")
def flows(desk: DeskDep) -> HTMLResponse:
    """The flows that one return is solved from, each with its entry."""
    desk.actor.require(*STAFF, Role.LP_USER)
    quarter, partner_id = ended_quarter(desk), desk.query.maybe_whole("partner")
    span, side = desk.query.choice("span", Span), desk.query.maybe_choice("side", Side) or Side.NET
    desk.query.check()
    found = return_of(desk.tx, fund_id=desk.fund.id, span=span, through=quarter, partner_id=partner_id)
    told = found.of(side)
    if told is None:
        raise FundFiguresClosed()
    return desk.show(
        "fund/period_flows.html",
        found=found,
        told=told,
        side=side,
        quarter=quarter,
        opened=Quarter.containing(found.stretch.eve),
        partner=partner(desk.tx, partner_id=partner_id) if partner_id and side is Side.NET else None,
        kinds={code: desk.say(says) for code, says in FLOW_WORDS.items()},
        lack_says={code: desk.say(says) for code, says in LACK_WORDS.items()},
        came_from=came_from(desk.request),
    )
