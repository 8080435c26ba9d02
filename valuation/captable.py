"""Who owns what: priced rounds, convertible notes (SAFEs) and anti-dilution.

Shares are plain numbers, fractions of a share included: rounding to whole shares is the registrar's
business. Everything is fully diluted. `valuation.payouts` divides the proceeds of an exit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from valuation.anti_dilution import weighted_average
from valuation.flows import (
    InvalidInput,
    Number,
    at_least,
    finite,
    finite_map,
    fraction_of_one,
    positive,
)
from valuation.payouts import ShareClass, exit_payouts

__all__ = [
    "POOL",
    "Conversion",
    "Round",
    "Safe",
    "ShareClass",
    "broad_based_weighted_average",
    "convert_safes",
    "exit_payouts",
    "priced_round",
]

POOL = "pool"
PerSafe = list[float] | dict[str, float]


@dataclass(frozen=True)
class Round:
    """A priced round. issued: new shares per investor. pool: shares of the option pool afterwards. total:
    all shares afterwards. ownership: fraction of the total per holder, investor and, if there is one, the
    pool.
    """

    price: float
    issued: dict[str, float]
    pool: float
    total: float
    ownership: dict[str, float]


@dataclass(frozen=True)
class Safe:
    """A simple agreement for future equity: `amount` paid for shares at a price known later.

    cap: valuation cap, or None. kind: "post" (cap on the company's value including all converting notes) or
    "pre" (excluding them). discount: fraction off the round's price.
    """

    amount: Number
    cap: Number | None
    kind: str = "post"
    discount: Number = 0.0


@dataclass(frozen=True)
class Conversion:
    """Converted notes. price, shares: per note, a list in the notes' order or a dict by their names, as
    they were given. round_price: price of the round, None without one. round_shares: shares the new money
    buys. total: all shares.
    """

    price: PerSafe
    shares: PerSafe
    round_price: float | None
    round_shares: float
    total: float


def priced_round(
    holders: Mapping[str, Number],
    *,
    pre_money: Number,
    investments: Mapping[str, Number],
    pool_after: Number | None = None,
) -> Round:
    """New shares sold at pre-money value / fully diluted shares before the round.

    With `pool_after` the option pool is topped up to that fraction of all shares after the round. The new
    options count into the shares before it, so the old holders alone pay for them. A holder named "pool" is
    the pool that exists; one that is already large enough stays as it is. Refused: a pool and investors
    that leave nothing to the old holders.
    """
    old = finite_map(holders, "holders")
    money = finite_map(investments, "investments")
    value_after = positive(pre_money, "pre_money") + sum(money.values())
    pool = old.get(POOL, 0.0)
    others = positive(sum(old.values()) - pool, "holders without the pool, together")
    if pool_after is not None:
        target = fraction_of_one(pool_after, "pool_after")
        left = 1 - sum(money.values()) / value_after - target
        if left <= 0:
            raise InvalidInput(
                f"pool_after is {target:g}; with the new investors nothing is left to the holders"
            )
        pool = max(pool, target * others / left)
    price = (value_after - sum(money.values())) / (others + pool)
    issued = {name: amount / price for name, amount in money.items()}
    after = {**old, POOL: pool} if pool else dict(old)
    for name, shares in issued.items():
        after[name] = after.get(name, 0.0) + shares
    total = sum(after.values())
    return Round(price, issued, pool, total, {name: shares / total for name, shares in after.items()})


def convert_safes(
    holders: Mapping[str, Number],
    safes: Sequence[Safe] | Mapping[str, Safe],
    *,
    pre_money: Number | None = None,
    investment: Number | None = None,
) -> Conversion:
    """Shares of each note, alone at its cap or in a round of `investment` at `pre_money`.

    Let C be all shares before the round, those of the notes included. A "post" note's cap price is cap / C,
    so it owns amount / cap of C; a "pre" note's is cap / the holders' shares. In a round at price pre_money
    / C each note converts at the lower of its cap price and the round's price less its discount. Shares are
    amount / price. Source: Y Combinator's post-money SAFE 1.1 and pre-money SAFE of 2013; a pool added in
    the round is left to `priced_round`.

    Refused: notes that would own everything, a note without cap outside a round, an unknown kind, an
    investment without a pre-money value.
    """
    outstanding = positive(sum(finite_map(holders, "holders").values()), "holders, together")
    if investment is not None and pre_money is None:
        raise InvalidInput("investment is given without pre_money; expected both for a round")
    named = dict(safes) if isinstance(safes, Mapping) else {f"{at}": safe for at, safe in enumerate(safes)}
    claims = [_claim(safe, f"safes[{name}]", outstanding, pre_money) for name, safe in named.items()]
    capital = _capital_with_notes(outstanding, claims)
    shares = [max(fixed, part * capital) for fixed, part in claims]
    prices = [
        finite(safe.amount, name) / count for (name, safe), count in zip(named.items(), shares, strict=True)
    ]
    round_price = None if pre_money is None else finite(pre_money, "pre_money") / capital
    bought = 0.0 if round_price is None else at_least(investment or 0, "investment", 0) / round_price
    if isinstance(safes, Mapping):
        by_name = dict(zip(named, prices, strict=True)), dict(zip(named, shares, strict=True))
        return Conversion(*by_name, round_price, bought, capital + bought)
    return Conversion(prices, shares, round_price, bought, capital + bought)


def _claim(safe: Safe, name: str, outstanding: float, pre_money: Number | None) -> tuple[float, float]:
    """What a note may choose between: a number of shares, and a part of all shares before the round."""
    amount = positive(safe.amount, f"{name}.amount")
    discount = fraction_of_one(safe.discount, f"{name}.discount")
    if safe.kind not in ("post", "pre"):
        raise InvalidInput(f"{name}.kind is {safe.kind!r}; expected 'post' or 'pre'")
    if safe.cap is None and pre_money is None:
        raise InvalidInput(f"{name} has no cap; without a round there is no price to convert at")
    fixed = part = 0.0
    if safe.cap is not None and safe.kind == "post":
        part = amount / positive(safe.cap, f"{name}.cap")
    if safe.cap is not None and safe.kind == "pre":
        fixed = amount * outstanding / positive(safe.cap, f"{name}.cap")
    if pre_money is not None:
        if discount == 1:
            raise InvalidInput(f"{name}.discount is 1; expected less than the whole price")
        part = max(part, amount / (positive(pre_money, "pre_money") * (1 - discount)))
    return fixed, part


def _capital_with_notes(outstanding: float, claims: list[tuple[float, float]]) -> float:
    """The C with C = outstanding + sum of max(fixed, part * C) over the notes.

    The right side is convex and rises with C, so C is found from below: each note begins with the larger of
    what it gets at the current C, and one that has moved from its fixed shares to its part never moves
    back.
    """
    capital = outstanding
    while True:
        by_part = [part * capital >= fixed for fixed, part in claims]
        owned = sum(part for (_, part), chosen in zip(claims, by_part, strict=True) if chosen)
        if owned >= 1:
            raise InvalidInput(f"safes own {owned:.0%} of the company; nothing is left to the holders")
        kept = sum(fixed for (fixed, _), chosen in zip(claims, by_part, strict=True) if not chosen)
        solved = (outstanding + kept) / (1 - owned)
        if all(
            (part * solved >= fixed) == chosen for (fixed, part), chosen in zip(claims, by_part, strict=True)
        ):
            return solved
        capital = solved


def broad_based_weighted_average(
    *, price: Number, outstanding: Number, new_money: Number, new_shares: Number
) -> float:
    """The conversion price after a cheaper issue, `outstanding` fully diluted before it (`valuation.anti_dilution`).

    An issue at or above the price changes nothing: it never rises.
    """
    facts = {
        "price": positive(price, "price"),
        "base": positive(outstanding, "outstanding"),
        "money": at_least(new_money, "new_money", 0),
        "shares": at_least(new_shares, "new_shares", 0),
    }
    return float(weighted_average(**{name: Fraction(value) for name, value in facts.items()}))
