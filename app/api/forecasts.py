"""Forecasts, inside the house: scenarios that are kept, what comes of them, and the pacing of calls."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field, JsonValue

from app.api.schemas import REFUSALS, AmountIn, Body, FractionField, MoneyOut, Out, SignedIn, example, money
from app.api.whose import BOOK_READERS, FundDep, ToldOn
from app.deps import ApiActor, Now, TxDep
from fund.forecasts import actions, queries
from fund.forecasts.pacing import pacing as paced
from fund.forecasts.queries import LEVELS, Forecast, ScenarioSheet
from fund.forecasts.rules import LONGEST, MOST_PLANNED, Assumption, Planned, Scenario, Simpler
from valuation.flows import Number
from valuation.pacing import PacingYear
from valuation.pacing_fit import FundYear

router = APIRouter(prefix="/api/v1", tags=["results"], responses=REFUSALS)
Name = Annotated[str, Field(max_length=LONGEST)]
Whole = Annotated[int, Field(ge=0, lt=2**63)]
USUALLY: dict[str, JsonValue] = {
    "growth": "0.25",
    "volatility": "0.6",
    "failure": "0.08",
    "exit_from": 8,
    "exit_to": 24,
}


class AssumptionIn(Body):
    """How a company may go: annual rates as exact fractions, exits in quarters from now or from the purchase."""

    growth: Annotated[
        SignedIn, Field(description="Of the expected value of a company that lives; from -0.9 to 3")
    ]
    volatility: Annotated[SignedIn, Field(description="From 0 to 3")]
    failure: Annotated[SignedIn, Field(description="Chance of a total loss within a year")]
    exit_from: Whole
    exit_to: Whole

    def said(self) -> Assumption:
        """As the rules take it."""
        return Assumption(**vars(self))


class PlannedIn(Body):
    """A deal or follow-on that is planned, called for in so many quarters from now (1 = the next)."""

    name: Name
    amount: AmountIn
    quarter: Whole
    assumption: AssumptionIn | None = None


class ScenarioIn(Body):
    """All that a forecast assumes; a holding without an own assumption follows the general one."""

    model_config = Body.model_config | example(
        name="基准情景",
        general=USUALLY,
        own={},
        planned=[
            {"name": "氢冶金项目", "amount": {"amount": "20000000.00", "currency": "CNY"}, "quarter": 2}
        ],
        plays=10000,
        quarters=24,
        market_share="0.3",
        seed=1,
    )

    name: Name
    general: AssumptionIn
    own: Annotated[dict[str, AssumptionIn], Field(max_length=2000)] = {}
    planned: Annotated[list[PlannedIn], Field(max_length=MOST_PLANNED)] = []
    plays: Whole = 10_000
    quarters: Whole = 24
    market_share: Annotated[SignedIn, Field(description="The part of all swings that companies share")]
    seed: Annotated[Whole, Field(description="The same seed gives the same figures")] = 1

    def said(self) -> Scenario:
        """As the rules take it."""
        general = self.general.said()
        planned = tuple(
            Planned(
                one.name,
                one.amount.minor(),
                one.quarter,
                one.assumption.said() if one.assumption else general,
            )
            for one in self.planned
        )
        own = {code: one.said() for code, one in self.own.items()}
        return Scenario(
            self.name, general, own, planned, self.plays, self.quarters, self.market_share, self.seed
        )


class AssumptionOut(Out):
    """How a company is assumed to go."""

    growth: FractionField
    volatility: FractionField
    failure: FractionField
    exit_from: int
    exit_to: int


class PlannedOut(Out):
    """A deal that is planned."""

    name: str
    amount: MoneyOut
    quarter: int
    assumption: AssumptionOut


class ScenarioOut(Out):
    """A scenario that was kept under its number."""

    number: int
    name: str
    general: AssumptionOut
    own: dict[str, AssumptionOut]
    planned: list[PlannedOut]
    plays: int
    quarters: int
    market_share: FractionField
    seed: int
    recorded_by: str
    recorded_at: datetime


class ExpectedOut(Out):
    """What the scenario plans to call in a quarter to come; `unfunded` below zero: the commitments do not reach."""

    number: Annotated[int, Field(description="1 is the next quarter")]
    fee: MoneyOut
    planned: MoneyOut
    due: Annotated[MoneyOut, Field(description="Of what is planned, called already")]
    unfunded: MoneyOut


class ForecastOut(Out):
    """What comes of a scenario. Each list holds one figure for each of `levels`: below it that part of all plays
    ended. For use inside the house; no part of it may stand in a partner's document.
    """

    scenario: ScenarioOut
    as_of: str
    levels: list[float]
    tvpi: list[float]
    dpi: list[float]
    rate: list[float]
    distributed: list[MoneyOut]
    carry: list[MoneyOut]
    fan: Annotated[
        list[list[MoneyOut]], Field(description="Received from now on, by the end of each quarter")
    ]
    loss: Annotated[float, Field(description="Part of all plays that end below what was paid in")]
    short: Annotated[
        float, Field(description="Part of all plays in which those who bear carry end below their hurdle")
    ]
    clawback: Annotated[
        float, Field(description="Part of all plays in which the manager returns carry in the end")
    ]
    several_rates: Annotated[
        int,
        Field(description="Plays of several rates: the nearest to zero on the side of gain or loss counts"),
    ]
    lost: Annotated[int, Field(description="Plays whose loss no rate explains; they count as -100 %")]
    without_rate: Annotated[int, Field(description="Plays left out of `rate`")]
    simpler: Annotated[list[Simpler], Field(description="Terms that are played simpler than they are")]
    expected: Annotated[list[ExpectedOut], Field(description="The plan; published is /call-estimates")]
    fingerprint: Annotated[
        str, Field(description="SHA-256 over the figures: the same books and scenario, the same")
    ]


class PacingYearOut(Out):
    """A year. Those to come are forecasts, of those that were the model's value stands beside."""

    year: int
    is_forecast: bool
    called: MoneyOut
    distributed: MoneyOut
    nav: MoneyOut
    model_nav: MoneyOut | None


class PacingOut(Out):
    """The model of Takahashi and Alexander fitted to the fund's own years; `assumed` was not told by them."""

    growth: float
    bow: float
    later_rate: float
    life: int
    assumed: list[str]
    years: list[PacingYearOut]
    booked_called: Annotated[MoneyOut | None, Field(description="Of the year that runs, in its forecast")]
    booked_distributed: MoneyOut | None


@router.get("/forecasts")
def scenarios(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[ScenarioOut]:
    """The scenarios that were kept, newest first."""
    actor.require(*BOOK_READERS)
    return [_scenario(one, fund.currency) for one in queries.scenarios(tx, fund_id=fund.id)]


@router.post("/forecasts", status_code=201)
def keep(body: ScenarioIn, tx: TxDep, actor: ApiActor, fund: FundDep, now: Now) -> ScenarioOut:
    """Keep a scenario under the next number; nothing that was kept is ever changed."""
    found = actions.keep_scenario(tx, actor, fund_id=fund.id, scenario=body.said(), now=now)
    return _scenario(found, fund.currency)


@router.get("/forecasts/pacing")
def pacing(tx: TxDep, actor: ApiActor, fund: FundDep, as_of: ToldOn) -> PacingOut:
    """When commitments will be called and come back, from the calendar years that are over on a day."""
    actor.require(*BOOK_READERS)
    found = paced(tx, fund_id=fund.id, as_of=as_of)

    def yuan(amount: Number) -> MoneyOut:
        return money(round(100 * amount), fund.currency)

    def year(number: int, one: FundYear | PacingYear, made: PacingYear | None) -> dict[str, object]:
        amounts = {"called": one.contribution, "distributed": one.distribution, "nav": one.nav}
        plain: dict[str, object] = {
            "year": number,
            "is_forecast": made is None,
            "model_nav": made and yuan(made.nav),
        }
        return plain | {name: yuan(amount) for name, amount in amounts.items()}

    fit, running = found.fit, found.running
    pairs = enumerate(zip(found.history, fit.model, strict=True), found.first_year)
    own = {name: getattr(fit, name) for name in ("growth", "bow", "later_rate", "life")}
    return PacingOut.model_validate(
        own
        | {
            "assumed": list(fit.assumed),
            "years": [year(number, was, made) for number, (was, made) in pairs]
            + [year(found.first_year + one.year - 1, one, None) for one in found.ahead],
            "booked_called": running and yuan(running.contribution),
            "booked_distributed": running and yuan(running.distribution),
        }
    )


@router.get("/forecasts/{number}")
def forecast(
    number: Annotated[int, Path(ge=1, lt=2**31)], tx: TxDep, actor: ApiActor, fund: FundDep, as_of: ToldOn
) -> ForecastOut:
    """Play a kept scenario from the books of a day. Asked again, the answer is the same to the last digit."""
    actor.require(*BOOK_READERS)
    sheet = queries.scenario(tx, fund_id=fund.id, number=number)
    found = queries.forecast(tx, fund_id=fund.id, scenario=sheet.scenario, as_of=as_of)
    return _forecast(sheet, found, fund.currency)


def _scenario(sheet: ScenarioSheet, currency: str) -> ScenarioOut:
    said = sheet.scenario
    planned = [vars(one) | {"amount": money(one.amount, currency)} for one in said.planned]
    own = {"number": sheet.number, "recorded_by": sheet.recorded_by, "recorded_at": sheet.recorded_at}
    return ScenarioOut.model_validate(vars(said) | {"planned": planned} | own)


def _forecast(sheet: ScenarioSheet, found: Forecast, currency: str) -> ForecastOut:
    def amounts(values: tuple[float, ...]) -> list[MoneyOut]:
        return [money(round(value), currency) for value in values]

    figures = found.figures
    told: dict[str, Any] = {name: list(figures[name]) for name in ("tvpi", "dpi", "rate")}
    told |= {name: amounts(figures[name]) for name in ("distributed", "carry")}
    expected = [
        {"number": one.number}
        | {name: money(getattr(one, name), currency) for name in ("fee", "planned", "due", "unfunded")}
        for one in found.expected
    ]
    return ForecastOut.model_validate(
        told
        | {
            "scenario": _scenario(sheet, currency),
            "as_of": found.start.as_of.isoformat(),
            "levels": list(LEVELS),
            "fan": [amounts(one) for one in found.fan],
            "loss": found.chances.loss,
            "short": found.chances.short,
            "clawback": found.chances.clawback,
            "several_rates": found.several_rates,
            "lost": found.lost,
            "without_rate": found.without_rate,
            "simpler": list(found.simpler),
            "expected": expected,
            "fingerprint": found.fingerprint,
        }
    )
