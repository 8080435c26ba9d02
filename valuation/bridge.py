"""The value bridge: how a value became another, every step in whole minor units (fen), nothing left unexplained.

Signs are those of the effect on the value: a contribution is positive, a distribution, fee or expense negative.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import combinations, pairwise
from math import factorial, prod

from valuation.flows import InvalidInput, Number, finite

# The orders of more factors than these are too many to go through.
MOST_FACTORS = 8


class Step(StrEnum):
    """The steps of a bridge, in the order in which they are shown."""

    CONTRIBUTION = "contribution"
    GIVEN_BACK = "given_back"
    DISTRIBUTION = "distribution"
    INCOME = "income"
    REALISED = "realised"
    UNREALISED = "unrealised"
    FEE = "fee"
    EXPENSE = "expense"
    CARRY = "carry"
    TRANSFER = "transfer"


# The steps that are made by the holdings: what a bridge is attributed to, company by company.
GAINS = frozenset({Step.INCOME, Step.REALISED, Step.UNREALISED})


@dataclass(frozen=True)
class Movement:
    """What changed a value on a day; `name` is the company it comes from, if from one."""

    on: date
    step: Step
    amount: int
    name: str = ""


@dataclass(frozen=True)
class ValueBridge:
    """From the value at the end of `opens_on` to that at the end of `closes_on`: opening + steps = closing.

    steps: every step in its order, 0 where nothing moved. gains: income and gains by company, the largest
    first; they sum to those steps.
    """

    opens_on: date
    closes_on: date
    opening: int
    steps: dict[Step, int]
    gains: dict[str, int]
    closing: int


def value_bridge(
    movements: Iterable[Movement], *, opens_on: date, closes_on: date, opening: int, closing: int
) -> ValueBridge:
    """The bridge between the ends of two days; movements up to `opens_on` or after `closes_on` are not of it.

    Refused: amounts that are not whole, a gain without its company, days out of order, and steps that do
    not arrive at `closing`, naming what is unexplained.
    """
    if closes_on < opens_on:
        raise InvalidInput(f"the bridge closes on {closes_on}, before it opens on {opens_on}")
    steps = dict.fromkeys(Step, 0)
    gains: dict[str, int] = {}
    for at, one in enumerate(movements):
        amount = _whole(one.amount, f"movements[{at}].amount")
        if not opens_on < one.on <= closes_on:
            continue
        steps[one.step] += amount
        if one.step in GAINS:
            if not one.name:
                raise InvalidInput(
                    f"movements[{at}] is {one.step} on {one.on} of no company; expected a name"
                )
            gains[one.name] = gains.get(one.name, 0) + amount
    arrives = _whole(opening, "opening") + sum(steps.values())
    if arrives != _whole(closing, "closing"):
        raise InvalidInput(
            f"from {opening} the steps arrive at {arrives}, the value is {closing}; {closing - arrives} is unexplained"
        )
    ordered = sorted(gains.items(), key=lambda gain: (-gain[1], gain[0]))
    return ValueBridge(opens_on, closes_on, opening, steps, dict(ordered), closing)


def joined(bridges: Sequence[ValueBridge]) -> ValueBridge:
    """One bridge over consecutive ones, each opening on the day and at the value at which the one before closed.

    Refused: no bridge, and a gap, naming its day.
    """
    if not bridges:
        raise InvalidInput("there is no bridge to join; expected at least one")
    for before, after in pairwise(bridges):
        if (before.closes_on, before.closing) != (after.opens_on, after.opening):
            raise InvalidInput(
                f"a bridge closes on {before.closes_on} at {before.closing} and the next opens on {after.opens_on}"
                f" at {after.opening}; expected the same day and value"
            )
    gains: dict[str, int] = {}
    for name, amount in (gain for bridge in bridges for gain in bridge.gains.items()):
        gains[name] = gains.get(name, 0) + amount
    first, last = bridges[0], bridges[-1]
    return ValueBridge(
        opens_on=first.opens_on,
        closes_on=last.closes_on,
        opening=first.opening,
        steps={step: sum(bridge.steps[step] for bridge in bridges) for step in Step},
        gains=dict(sorted(gains.items(), key=lambda gain: (-gain[1], gain[0]))),
        closing=last.closing,
    )


def change_by_factor(opening: Mapping[str, Number], closing: Mapping[str, Number]) -> dict[str, int]:
    """The change of a value that is a product of factors, divided among them; whole units that sum to it.

    For instance sales x multiple x share of the company x exchange rate: what the company did, what the
    market did, what a change of rights did, what the currency did. Each factor's part is the mean, over
    every order in which the factors could have moved one after another, of what its own move adds (the
    Shapley value): no order is preferred, nothing is left over. Source: Shapley 1953; Shorrocks 2013,
    "Decomposition procedures for distributional analysis".

    Both values are rounded to whole units; what rounding leaves goes to the parts it moves least. Exact on
    Fraction, Decimal and int. Refused: factors that differ, no factor, more than MOST_FACTORS.
    """
    names = list(opening)
    if not names or set(names) != set(closing):
        raise InvalidInput(
            f"the factors are {', '.join(names) or 'none'} and then {', '.join(closing) or 'none'};"
            " expected the same, one or more"
        )
    if len(names) > MOST_FACTORS:
        raise InvalidInput(f"there are {len(names)} factors; expected {MOST_FACTORS} at most")
    old = {name: _exact(opening[name], f"opening[{name!r}]") for name in names}
    new = {name: _exact(closing[name], f"closing[{name!r}]") for name in names}
    exact = {name: _mean_move(name, old, new) for name in names}
    parts = {name: round(part) for name, part in exact.items()}
    left = round(prod(new.values())) - round(prod(old.values())) - sum(parts.values())
    sign = 1 if left > 0 else -1
    nearest = sorted(names, key=lambda name: sign * (parts[name] - exact[name]))
    for name in nearest[: abs(left)]:
        parts[name] += sign
    return parts


def _mean_move(name: str, old: Mapping[str, Fraction], new: Mapping[str, Fraction]) -> Fraction:
    """The mean, over the sets of other factors that may have moved before, of what the move of `name` adds."""
    others = [other for other in old if other != name]
    total = Fraction(0)
    for size in range(len(others) + 1):
        weight = Fraction(factorial(size) * factorial(len(others) - size), factorial(len(old)))
        for moved in combinations(others, size):
            total += weight * prod((new if other in moved else old)[other] for other in others)
    return total * (new[name] - old[name])


def _exact(value: Number, where: str) -> Fraction:
    finite(value, where)
    return Fraction(value)


def _whole(amount: object, where: str) -> int:
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise InvalidInput(f"{where} is {amount!r}; expected whole minor units")
    return amount
