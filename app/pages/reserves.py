"""Follow-on reserves, inside the house: what is kept back for companies, and whether the fund's money reaches."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.portfolio import asked_day, bullet
from fund.estimates.queries import published
from fund.forecasts.reserve_rules import ReservePlan
from fund.forecasts.reserves import PLANNERS, plan_reserve, reserves
from fund.holdings.queries import holdings
from kernel.errors import Refusal
from kernel.instants import day_in_beijing
from kernel.periods import Quarter
from pipeline.closing.promised import promised

router = APIRouter(include_in_schema=False, prefix="/fund/reserves")
HOME = "/fund/reserves"


@router.get("")
def show(desk: DeskDep) -> HTMLResponse:
    """What is kept back on the day asked for."""
    return reserves_page(desk)


def reserves_page(desk: Desk) -> HTMLResponse:
    """Company by company and quarter by quarter, with the form of those who plan."""
    desk.actor.require(*STAFF)
    on, today = asked_day(desk), day_in_beijing(desk.now)
    unpaid = promised(desk.tx, fund_id=desk.fund.id, on=on)
    found = reserves(desk.tx, fund_id=desk.fund.id, as_of=on, promised=unpaid)
    held = [one for one in holdings(desk.tx, fund_id=desk.fund.id, as_of=today) if one.cost or one.value]
    return desk.show(
        "fund/reserves.html",
        found=found,
        estimate=published(desk.tx, fund_id=desk.fund.id, quarter=Quarter.containing(on)),
        as_of=on,
        broken=[bullet(desk, one) for one in found.checks],
        choices=[(one.code, f"{one.code} · {desk.name(one.name, one.name_en)}") for one in held],
        next_quarter=str(Quarter.containing(today).next),
        may_plan=bool(held) and desk.actor.has(*PLANNERS),
    )


@router.post("")
def plan(desk: DeskDep) -> Response:
    """Keep money back for a company from today on."""

    def act() -> None:
        fields = desk.fields
        holding, amount, note = fields.text("holding"), fields.money("amount"), fields.raw("note")
        try:
            expected = Quarter.parse(fields.text("expected"))
        except Refusal:
            fields.wrong("expected", "expected a quarter like 2027Q2")
            expected = Quarter.containing(day_in_beijing(desk.now))
        fields.check()
        said = ReservePlan(amount, expected, note)
        plan_reserve(desk.tx, desk.actor, fund_id=desk.fund.id, holding=holding, plan=said, now=desk.now)

    return desk.act("reserve", act, then=HOME, done="reserve.planned", again=reserves_page)
