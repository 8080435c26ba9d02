"""How the value came about and how the returns moved: the bridge by company, and every quarter's net figures."""

from datetime import UTC
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.lists.return_tables import key_words
from app.pages.books import when
from app.pages.desk import Desk, DeskDep
from app.pages.drawings import is_crowded, multiples_curve, rates_curve, value_bridge
from app.pages.frame import STAFF
from app.pages.fund import as_of, asked_quarter, quarters, row_words
from app.pages.problems import came_from
from app.pages.return_words import FUND_ENDS
from app.pages.who import company_names
from app.pages.wording import RATE_WORDS
from fund.partners.queries import partner, partners
from fund.results.bridge_rules import FIGURES
from fund.results.bridges import FundBridge, bridges
from fund.results.gross import group_entries, grouped_returns
from fund.results.gross_rules import GrossFigure, Grouping
from fund.results.performance import performance, progression
from fund.results.rules import CLOSING, OPENING, Period, Step
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from kernel.periods import check_come, ended

router = APIRouter(include_in_schema=False, prefix="/fund/performance")


@router.get("")
def over_time(desk: DeskDep) -> HTMLResponse:
    """The fund's bridge and returns, or those of one partner, whose own people read nothing else."""
    desk.actor.require(*STAFF, Role.LP_USER)
    quarter = asked_quarter(desk)
    period = desk.query.maybe_choice("period", Period) or Period.QTD
    partner_id, fund_id = desk.query.maybe_whole("partner"), desk.fund.id
    desk.query.check()
    found = bridges(desk.tx, fund_id=fund_id, quarter=quarter, period=period, partner_id=partner_id)
    # A quarter that runs has no figures of its end yet: calls that are not due would look as if they had been paid.
    last = ended(quarter, today=day_in_beijing(desk.now))
    stages = progression(desk.tx, fund_id=fund_id, through=last, partner_id=partner_id)
    words, moved = row_words(desk), steps(found)
    ends = {} if partner_id is not None else {code: desk.say(says) for code, says in FUND_ENDS.items()}
    return desk.show(
        "fund/performance.html",
        quarter=quarter,
        quarters=quarters(desk),
        period=period,
        periods=list(Period),
        partner=partner(desk.tx, partner_id=partner_id) if partner_id is not None else None,
        partners=partners(desk.tx, fund_id=fund_id),
        figures=performance(desk.tx, fund_id=fund_id, as_of=as_of(desk, quarter), partner_id=partner_id),
        found=found,
        steps=moved,
        largest=max((abs(one.gains.total) for one in found.companies), default=0) or 1,
        words=words | ends,
        named=company_names(desk),
        bridge=value_bridge(moved, desk.language),
        is_crowded=is_crowded(moved),
        stages=stages,
        rates=rates_curve(stages, desk.language) if stages else None,
        multiples=multiples_curve(stages, desk.language) if stages else None,
        rate_says={code: desk.say(says) for code, says in RATE_WORDS.items()},
        is_staff=desk.actor.has(*STAFF),
    )


def steps(found: FundBridge) -> list[Step]:
    """The bridge as a chart and a table show it, under the names by which its entries are asked for."""
    return [
        Step(OPENING, found.whole.opening),
        *(Step(FIGURES[step], amount) for step, amount in found.whole.steps.items()),
        Step(CLOSING, found.whole.closing),
    ]


@router.get("/groups")
def groups(desk: DeskDep) -> HTMLResponse:
    """Gross returns by holding, deal source, sector or vintage, as of a day and known at an instant."""
    desk.actor.require(*STAFF)
    then, by = when(desk), desk.query.maybe_choice("by", Grouping) or Grouping.HOLDING
    desk.query.check()
    check_come(then.as_of, today=day_in_beijing(desk.now))
    found = grouped_returns(desk.tx, fund_id=desk.fund.id, by=by, as_of=then.as_of, known_at=then.known_at)
    return desk.show(
        "fund/groups.html",
        then=then,
        by=by,
        kinds=list(Grouping),
        found=found,
        words={one.key: key_words(desk, by, one, between="　") for one in found.groups},
        asked=_asked(desk),
        book=_asked(desk, of_api=True),
        rate_says={code: desk.say(says) for code, says in RATE_WORDS.items()},
    )


@router.get("/groups/entries")
def entries_of_a_group(desk: DeskDep) -> HTMLResponse:
    """The entries that a gross figure is the sum of."""
    desk.actor.require(*STAFF)
    then, asked = when(desk), desk.query
    by, figure = asked.choice("by", Grouping), asked.choice("figure", GrossFigure)
    asked.check()
    check_come(then.as_of, today=day_in_beijing(desk.now))
    found = group_entries(
        desk.tx,
        fund_id=desk.fund.id,
        by=by,
        key=asked.raw("key") or None,
        figure=figure,
        as_of=then.as_of,
        known_at=then.known_at,
    )
    return desk.show("fund/group_entries.html", then=then, found=found, came_from=came_from(desk.request))


def _asked(desk: Desk, *, of_api: bool = False) -> str:
    """The day and the instant of the page, as the end of an address; the API reads instants in UTC."""
    asked = {name: desk.query.raw(name) for name in ("as_of", "known_at") if desk.query.raw(name)}
    known_at = when(desk).known_at
    if of_api and known_at:
        asked["known_at"] = known_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return urlencode(asked)
