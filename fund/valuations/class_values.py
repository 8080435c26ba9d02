"""What the fund's class of shares is worth by its rights: the arithmetic of `valuation` called, its working kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import isinf

from fund.valuations.file import MOST_CLASSES, ClassTerms, Future, Rights, RightsMethod
from kernel.errors import Invalid, Problem
from valuation.breakpoints import Tranche, tranches
from valuation.class_rights import (
    ClassValues,
    OptionPricing,
    Scenario,
    backsolve,
    current_value,
    fully_diluted,
    option_pricing,
    probability_weighted,
)
from valuation.flows import InvalidInput
from valuation.payouts import ShareClass


class RightsInvalid(Invalid):
    code = "valuation_rights_invalid"
    says = "The class rights cannot be computed: {why}."


class RightsIncomplete(Invalid):
    code = "valuation_rights_incomplete"
    says = "The computation of class rights needs {what}."


class RightsTooMany(Invalid):
    code = "valuation_rights_too_many"
    says = "A cap table of {count} classes is too long; a file values at most {most}."


class Turning(StrEnum):
    """What happens to a class at a breakpoint, as `valuation.payouts` tells it."""

    PREFERENCE = "preference"
    SHARES = "shares"
    CAPPED = "capped"
    CONVERTS = "converts"
    EXERCISED = "exercised"


@dataclass(frozen=True)
class Step:
    """The proceeds from `above` to `up_to` (None: without end), how a further yuan is divided, and what that is worth.

    `happens`: (class, event) at the lower end. `worth` is None where the method prices no tranches.
    """

    above: int
    up_to: int | None
    parts: dict[str, float]
    happens: tuple[tuple[str, Turning], ...]
    worth: int | None


@dataclass(frozen=True)
class Found:
    """The working of class rights: the equity, each class, a share of each, the breakpoints, what the fund holds.

    Amounts in minor units; `per_share` with decimals. `elasticity`: of a backsolve, how far the price tells the equity.
    """

    equity: int | None
    values: dict[str, int]
    per_share: dict[str, str]
    steps: tuple[Step, ...]
    held: int
    elasticity: str | None = None


def found(rights: Rights, scenarios: Sequence[Future]) -> Found:
    """The value of what the fund holds. Refused: what `valuation` cannot compute, in its words, and what is missing."""
    _check_held(rights)
    classes = [_share_class(one) for one in rights.classes]
    try:
        return _found(rights, scenarios, classes)
    except InvalidInput as fault:
        raise RightsInvalid(why=_said(fault)) from fault


def _n(says: str) -> str:
    return says


# What the arithmetic calls its arguments, in words.
ARGUMENTS = {
    "equity": _n("the value of all classes"),
    "price": _n("the price of a share of the round"),
    "volatility": _n("the volatility"),
    "years": _n("the years until an exit"),
    "rate": _n("the risk-free rate"),
    "shares": _n("the number of shares"),
    "invested": _n("the amount invested"),
    "multiple": _n("the multiple of the preference"),
    "cap_multiple": _n("the participation cap"),
    "strike": _n("the strike"),
    "probability": _n("the probability"),
    "proceeds": _n("the proceeds"),
}


def _said(fault: InvalidInput) -> Problem:
    """What cannot be computed, as a sentence with its facts: whoever shows it says it in the reader's language."""
    facts = dict(fault.facts)
    if "where" in facts:
        facts["where"] = _argument(str(facts["where"]))
    return Problem("", fault.says, facts)


def _argument(where: str) -> object:
    """An argument in words: "equity", "B.cap_multiple" (of a class) or "proceeds of sale" (of a scenario)."""
    name, dot, field = where.rpartition(".")
    if not dot:
        field, of, name = where.partition(" of ")
        if not of:
            return ARGUMENTS.get(where, where)
    return Problem("", _n("{what} of {name}"), {"what": ARGUMENTS.get(field, field), "name": name})


def _check_held(rights: Rights) -> None:
    if len(rights.classes) > MOST_CLASSES:
        raise RightsTooMany(count=len(rights.classes), most=MOST_CLASSES)
    own = [one for one in rights.classes if one.name == rights.held]
    if not own:
        raise RightsIncomplete(what="a line for the class that the fund holds")
    if not 0 < rights.held_shares <= own[0].shares:
        raise RightsIncomplete(what="the fund's shares, more than none and at most those of its class")


def _found(rights: Rights, scenarios: Sequence[Future], classes: Sequence[ShareClass]) -> Found:
    elasticity, equity = None, rights.equity
    if rights.method is RightsMethod.BACKSOLVE:
        solved = backsolve(
            classes,
            name=rights.priced,
            price=_given(rights.price, what="the price of a share of the round"),
            **_option(rights),
        )
        valued: ClassValues = solved.pricing
        elasticity, equity = f"{solved.elasticity:.4f}", round(solved.equity)
    elif rights.method is RightsMethod.OPTION_PRICING:
        valued = option_pricing(classes, _given(equity, what="the value of all classes"), **_option(rights))
    elif rights.method is RightsMethod.PROBABILITY_WEIGHTED:
        if not scenarios:
            raise RightsIncomplete(what="scenarios")
        valued = probability_weighted(classes, [_scenario(one) for one in scenarios])
    elif rights.method is RightsMethod.CURRENT_VALUE:
        valued = current_value(classes, _given(equity, what="the value of all classes"))
    else:
        valued = fully_diluted(classes, _given(equity, what="the value of all classes"))
    return Found(
        equity=equity,
        values={name: round(value) for name, value in valued.values.items()},
        per_share={name: f"{value:.6f}" for name, value in valued.per_share.items()},
        steps=_steps(classes, valued),
        held=round(Fraction(valued.values[rights.held]) * rights.held_shares / _shares_of(rights)),
        elasticity=elasticity,
    )


def _shares_of(rights: Rights) -> Fraction:
    return next(one.shares for one in rights.classes if one.name == rights.held)


def _option(rights: Rights) -> dict[str, Fraction]:
    return {
        "volatility": _given(rights.volatility, what="a volatility"),
        "years": _given(rights.years, what="the years until an exit"),
        "rate": _given(rights.rate, what="a risk-free rate"),
    }


def _given(value: Fraction | int | None, *, what: str) -> Fraction:
    if value is None:
        raise RightsIncomplete(what=what)
    return Fraction(value)


def _steps(classes: Sequence[ShareClass], valued: ClassValues) -> tuple[Step, ...]:
    if isinstance(valued, OptionPricing):
        priced: list[tuple[Tranche, int | None]] = [(one, round(worth)) for one, worth in valued.tranches]
    else:
        priced = [(one, None) for one in tranches(classes)]
    return tuple(
        Step(
            round(one.above),
            None if isinf(one.up_to) else round(one.up_to),
            {name: round(part, 6) for name, part in one.parts.items()},
            tuple((turn.name, Turning(turn.event.value)) for turn in one.turns),
            worth,
        )
        for one, worth in priced
    )


def _share_class(one: ClassTerms) -> ShareClass:
    return ShareClass(
        one.name,
        one.shares,
        invested=Fraction(one.invested),
        multiple=one.multiple,
        participating=one.is_participating,
        cap_multiple=one.cap_multiple,
        seniority=one.seniority,
        strike=one.strike,
    )


def _scenario(one: Future) -> Scenario:
    return Scenario(one.name, one.probability, Fraction(one.proceeds), one.years, one.rate, one.is_converted)
