"""What may come of the fund, inside the house: a scenario that is edited, played and kept, and the pacing of calls."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import TypeVar

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.api.schemas import exact
from app.pages.desk import Desk, DeskDep
from app.pages.fans import fan
from app.pages.frame import STAFF
from app.pages.portfolio import asked_day
from fund.charter.queries import terms_if_any
from fund.estimates.queries import estimates
from fund.estimates.rules import CallMethod
from fund.forecasts import actions
from fund.forecasts.calls import call_ways, publish_estimate
from fund.forecasts.pacing import pacing
from fund.forecasts.queries import LEVELS, Forecast, forecast, scenario, scenarios, usual
from fund.forecasts.rules import (
    Assumption,
    NothingToForecast,
    PacingUnfit,
    PacingUntold,
    Planned,
    Scenario,
    first_short,
)
from fund.forecasts.starting import start
from kernel.errors import Refusal
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from kernel.periods import Quarter, ended

T = TypeVar("T")
router = APIRouter(include_in_schema=False, prefix="/fund/forecasts")

# Rows for deals that are not planned yet.
BLANKS = 3


@router.get("")
def forecasts(desk: DeskDep) -> HTMLResponse:
    """The scenario that is asked for, or the usual one, as it would go from the day asked for."""
    return forecast_page(desk)


def forecast_page(desk: Desk) -> HTMLResponse:
    """The figures, the editor, what was kept, and the pacing."""
    desk.actor.require(*STAFF)
    on, number = asked_day(desk), desk.query.maybe_whole("scenario")
    desk.query.check()
    kept = scenario(desk.tx, fund_id=desk.fund.id, number=number) if number is not None else None
    chosen = kept.scenario if kept else usual(desk.say("Usual assumptions"))
    found, refused = _tried(
        lambda: forecast(desk.tx, fund_id=desk.fund.id, scenario=chosen, as_of=on), NothingToForecast
    )
    paced, unpaced = _tried(
        lambda: pacing(desk.tx, fund_id=desk.fund.id, as_of=on), PacingUntold, PacingUnfit
    )
    return desk.show(
        "fund/forecasts.html",
        as_of=on,
        kept=kept,
        chosen=chosen,
        found=found,
        refused=refused,
        begin=found.start if found else start(desk.tx, fund_id=desk.fund.id, as_of=on),
        quarters=_quarters(on, chosen.quarters),
        chart=_chart(desk, found, on),
        short=first_short(found.expected) if found else None,
        levels=LEVELS,
        list_of_kept=scenarios(desk.tx, fund_id=desk.fund.id),
        pacing=paced,
        **_estimated(desk, on, chosen),
        unpaced=unpaced,
        may_keep=desk.actor.has(Role.MANAGER, Role.ANALYST),
        percentage=percentage,
        blanks=range(len(chosen.planned) + 1, len(chosen.planned) + 1 + BLANKS),
    )


def _tried(make: Callable[[], T], *refusals: type[Refusal]) -> tuple[T | None, Refusal | None]:
    """What was made, or why it was refused."""
    try:
        return make(), None
    except refusals as refusal:
        return None, refusal


def _base(on: date) -> Quarter:
    """The quarter from whose end calls are compared: the last that was over on the day."""
    return ended(Quarter.containing(on), today=on)


def _estimated(desk: Desk, on: date, chosen: Scenario) -> dict[str, object]:
    """Every method beside what is published, from the end of the last quarter that was over; nothing before the fund's
    life. And with what the form to publish one begins.
    """
    base, fund_id = _base(on), desk.fund.id
    kept = scenarios(desk.tx, fund_id=fund_id)
    begun = terms_if_any(desk.tx, fund_id=fund_id, as_of=base.ends_on) is not None
    return {
        "base": base,
        "calls": call_ways(desk.tx, fund_id=fund_id, quarter=base, scenario=chosen) if begun else None,
        "history": estimates(desk.tx, fund_id=fund_id),
        "choices": [(one.number, f"{one.number} · {one.scenario.name}") for one in kept],
        "methods": [(one.value, desk.label(one)) for one in CallMethod],
        "may_publish": desk.actor.has(Role.MANAGER),
    }


def _quarters(on: date, count: int) -> list[str]:
    """The names of the quarters to come, the next one first."""
    found, quarter = [], Quarter.containing(on)
    for _ in range(count):
        quarter = quarter.next
        found.append(str(quarter))
    return found


def _chart(desk: Desk, found: Forecast | None, on: date) -> str | None:
    if found is None:
        return None
    return fan(found.fan, [str(Quarter.containing(on)), *_quarters(on, len(found.fan))], desk.language)


def percentage(share: Fraction) -> str:
    """A fraction as it is typed into a field: 3/20 is "15"."""
    return exact(share * 100)


@router.post("")
def keep(desk: DeskDep) -> Response:
    """Keep the scenario as it was typed; the page then shows what comes of it."""
    numbers: list[int] = []

    def act() -> None:
        typed = _typed(desk)
        desk.fields.check()
        sheet = actions.keep_scenario(desk.tx, desk.actor, fund_id=desk.fund.id, scenario=typed, now=desk.now)
        numbers.append(sheet.number)

    def then() -> str:
        newest = numbers or [one.number for one in scenarios(desk.tx, fund_id=desk.fund.id)[:1]]
        return f"/fund/forecasts?scenario={newest[0]}"

    return desk.act("scenario", act, then=then, done="scenario.kept", again=forecast_page)


@router.post("/estimate")
def publish(desk: DeskDep) -> Response:
    """Publish what one method says as the estimate that partners read."""

    def act() -> None:
        fields = desk.fields
        method = fields.choice("method", CallMethod)
        number, note = fields.maybe_whole("number"), fields.raw("note")
        try:
            quarter = Quarter.parse(fields.text("quarter"))
        except Refusal:
            fields.wrong("quarter", "expected a quarter like 2027Q2")
            quarter = Quarter.containing(day_in_beijing(desk.now))
        fields.check()
        publish_estimate(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            quarter=quarter,
            method=method,
            scenario_number=number,
            note=note,
            now=desk.now,
        )

    return desk.act("estimate", act, then="/fund/forecasts", done="estimate.published", again=forecast_page)


def _typed(desk: Desk) -> Scenario:
    fields = desk.fields
    general = _assumption(desk, "general")
    own = {code: _own(desk, code, general) for code in _codes(fields.typed())}
    rows = [name.removeprefix("planned-name-") for name in fields.typed() if name.startswith("planned-name-")]
    planned = [_planned(desk, row, general) for row in rows if fields.raw(f"planned-name-{row}")]
    return Scenario(
        name=fields.text("name"),
        general=general,
        own=own,
        planned=tuple(planned),
        plays=fields.whole("plays"),
        quarters=fields.whole("quarters"),
        market_share=fields.percent("market_share"),
        seed=fields.whole("seed"),
    )


def _assumption(desk: Desk, where: str) -> Assumption:
    fields = desk.fields
    rates = (fields.percent(f"{where}-{name}") for name in ("growth", "volatility", "failure"))
    growth, volatility, failure = rates
    return Assumption(
        growth, volatility, failure, fields.whole(f"{where}-exit_from"), fields.whole(f"{where}-exit_to")
    )


_PARTS = ("growth", "volatility", "failure", "exit_from", "exit_to")


def _codes(typed: dict[str, str]) -> list[str]:
    """The holdings for which anything of their own was typed."""
    found = (
        name.removeprefix(f"own-{part}-")
        for name, value in typed.items()
        for part in _PARTS
        if name.startswith(f"own-{part}-") and value.strip()
    )
    return list(dict.fromkeys(found))


def _own(desk: Desk, code: str, general: Assumption) -> Assumption:
    """A holding's own assumption; what is left empty is the general one."""
    fields, found = desk.fields, dict(vars(general))
    for part in _PARTS:
        name = f"own-{part}-{code}"
        if fields.raw(name):
            found[part] = fields.whole(name) if part.startswith("exit") else fields.percent(name)
    return Assumption(**found)


def _planned(desk: Desk, row: str, general: Assumption) -> Planned:
    fields = desk.fields
    return Planned(
        fields.text(f"planned-name-{row}"),
        fields.money(f"planned-amount-{row}"),
        fields.whole(f"planned-quarter-{row}"),
        general,
    )
