"""The fund: its value and returns, its partners, and the entries behind every figure."""

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from app.pages.drawings import is_crowded, money_curve, value_bridge
from app.pages.first_steps import first_steps
from app.pages.frame import STAFF
from app.pages.problems import came_from
from app.pages.who import holding_names, partner_names
from app.pages.wording import FLOW_WORDS, RATE_WORDS, ROW_WORDS
from fund.capital.queries import commitments, contributions, unfunded
from fund.charter.queries import terms
from fund.partners.queries import PartnerSheet, partner_by_code, partners
from fund.results.accounts import capital_account, explain, nav, nav_bridge, nav_curve, navs
from fund.results.equivalents import all_equivalents
from fund.results.performance import performance
from fund.results.rules import Period, days_shown
from kernel.instants import day_in_beijing
from kernel.periods import Quarter, check_begun, ended

router = APIRouter(include_in_schema=False, prefix="/fund")


@dataclass(frozen=True)
class Standing:
    """One partner beside the others. Amounts in minor units."""

    partner: PartnerSheet
    committed: int
    paid_in: int
    unfunded: int
    nav: int


def asked_quarter(desk: Desk) -> Quarter:
    """The quarter that the address asks for; where it says nothing the last one that has come to its end.

    The present quarter holds calls that are not due yet, which would look as if they had been paid. Refused: one that
    is still to come.
    """
    today = day_in_beijing(desk.now)
    present = Quarter.containing(today)
    asked = desk.query.raw("quarter")
    if asked:
        found = Quarter.parse(asked)
        check_begun(found, today=today)
        return found
    begun = terms(desk.tx, fund_id=desk.fund.id, as_of=today).first_close_on
    is_over = today >= present.ends_on or present.previous.ends_on < begun
    return present if is_over else present.previous


def ended_quarter(desk: Desk) -> Quarter:
    """The same, but never the present one, of whose end nothing can be told."""
    return ended(asked_quarter(desk), today=day_in_beijing(desk.now))


def as_of(desk: Desk, quarter: Quarter) -> date:
    """The last day of the quarter, but never a day that has not come."""
    return min(quarter.ends_on, day_in_beijing(desk.now))


def quarters(desk: Desk, *, last: int = 16) -> list[str]:
    """The quarters to choose from, the present one first."""
    found: list[str] = []
    quarter = Quarter.containing(day_in_beijing(desk.now))
    first = terms(desk.tx, fund_id=desk.fund.id, as_of=quarter.ends_on).first_close_on
    while len(found) < last and quarter.ends_on >= first:
        found.append(str(quarter))
        quarter = quarter.previous
    return found


def row_words(desk: Desk) -> dict[str, str]:
    """The rows of a capital account in words."""
    return {code: desk.say(says) for code, says in ROW_WORDS.items()}


@router.get("")
def overview(desk: DeskDep) -> HTMLResponse:
    """What the fund is worth, how that came about, and how its partners stand."""
    if not desk.funds:
        return desk.show("fund/begin.html", steps=first_steps(desk))
    desk.actor.require(*STAFF)
    quarter, fund_id = asked_quarter(desk), desk.fund.id
    on, words = as_of(desk, quarter), row_words(desk)
    steps = nav_bridge(desk.tx, fund_id=fund_id, quarter=quarter, period=Period.YTD, until=on)
    points = nav_curve(desk.tx, fund_id=fund_id, through=quarter, until=on)
    return desk.show(
        "fund/overview.html",
        quarter=quarter,
        quarters=quarters(desk),
        as_of=on,
        figures=performance(desk.tx, fund_id=fund_id, as_of=on),
        nav=nav(desk.tx, fund_id=fund_id, as_of=on),
        terms=terms(desk.tx, fund_id=fund_id, as_of=on),
        standings=standings(desk, on),
        bridge=value_bridge(steps, desk.language) if points else None,
        is_crowded=is_crowded(steps),
        curve=money_curve(points, desk.language) if points else None,
        points=points,
        steps=steps,
        words=words,
    )


def standings(desk: Desk, on: date) -> list[Standing]:
    """Every partner's commitment, what was paid in, what is left, and what the interest is worth."""
    fund_id = desk.fund.id
    committed = commitments(desk.tx, fund_id=fund_id, as_of=on)
    paid_in = contributions(desk.tx, fund_id=fund_id, as_of=on)
    left, worth = unfunded(desk.tx, fund_id=fund_id, as_of=on), navs(desk.tx, fund_id=fund_id, as_of=on)
    return [
        Standing(
            partner=one,
            committed=committed.get(one.id, 0),
            paid_in=paid_in.get(one.id, 0),
            unfunded=left.get(one.id, 0),
            nav=worth.get(one.id, 0),
        )
        for one in partners(desk.tx, fund_id=fund_id, as_of=on)
    ]


@router.get("/partners")
def partner_list(desk: DeskDep) -> HTMLResponse:
    """Who the partners are and how each stands."""
    desk.actor.require(*STAFF)
    on = day_in_beijing(desk.now)
    return desk.show("fund/partners.html", standings=standings(desk, on), as_of=on)


@router.get("/partners/{code}")
def partner_account(desk: DeskDep, code: str) -> HTMLResponse:
    """One partner's capital account over the quarter, the year and since inception."""
    desk.actor.require(*STAFF)
    partner = partner_by_code(desk.tx, fund_id=desk.fund.id, code=code, actor=desk.actor)
    return account_page(desk, partner, home=f"/fund/partners/{partner.code}", template="fund/partner.html")


def account_page(
    desk: Desk, partner: PartnerSheet, *, home: str, template: str, **more: object
) -> HTMLResponse:
    """A capital account with its returns; staff and the partner's own people see the same figures."""
    quarter, fund_id = asked_quarter(desk), desk.fund.id
    on = as_of(desk, quarter)
    points = nav_curve(desk.tx, fund_id=fund_id, partner_id=partner.id, through=quarter, until=on)
    return desk.show(
        template,
        partner=partner,
        home=home,
        quarter=quarter,
        quarters=quarters(desk),
        as_of=on,
        account_sheet=capital_account(
            desk.tx, fund_id=fund_id, partner_id=partner.id, quarter=quarter, until=on
        ),
        figures=performance(desk.tx, fund_id=fund_id, partner_id=partner.id, as_of=on),
        unfunded=unfunded(desk.tx, fund_id=fund_id, as_of=on).get(partner.id, 0),
        curve=money_curve(points, desk.language) if points else None,
        points=points,
        words=row_words(desk),
        **more,
    )


@router.get("/explain")
def explained(desk: DeskDep) -> HTMLResponse:
    """From which entries? The rows of the books behind one figure, each with what it adds."""
    quarter, figure = asked_quarter(desk), desk.query.raw("figure")
    period = desk.query.maybe_choice("period", Period) or Period.QTD
    partner_id, holding_id = desk.query.maybe_whole("partner"), desk.query.maybe_whole("holding")
    until = desk.query.maybe_day("until")
    desk.query.check()
    found = explain(
        desk.tx,
        fund_id=desk.fund.id,
        figure=figure,
        quarter=quarter,
        period=period,
        partner_id=partner_id,
        holding_id=holding_id,
        until=until,
    )
    return desk.show(
        "fund/explain.html",
        found=found,
        quarter=quarter,
        period=period,
        name=row_words(desk).get(figure, figure),
        came_from=came_from(desk.request),
        partner=partner_names(desk).get(partner_id or 0, ""),
        holding=holding_names(desk).get(holding_id or 0, ""),
    )


@router.get("/returns")
def returns(desk: DeskDep) -> HTMLResponse:
    """The flows behind a return: what was paid in and out on which day, and the entry of each."""
    quarter, partner_id = asked_quarter(desk), desk.query.maybe_whole("partner")
    desk.query.check()
    on = as_of(desk, quarter)
    figures = performance(desk.tx, fund_id=desk.fund.id, as_of=on, partner_id=partner_id)
    partner = partner_names(desk).get(partner_id or 0, "")
    return desk.show(
        "fund/returns.html",
        figures=figures,
        quarter=quarter,
        partner=partner,
        partner_id=partner_id,
        holds_carry=any(
            one.is_general and one.id == partner_id for one in partners(desk.tx, fund_id=desk.fund.id)
        ),
        came_from=came_from(desk.request),
        compared=all_equivalents(desk.tx, figures=figures),
        days_shown=days_shown,
        kinds={code: desk.say(says) for code, says in FLOW_WORDS.items()},
        rate_says={code: desk.say(says) for code, says in RATE_WORDS.items()},
    )
