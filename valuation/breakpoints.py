"""The breakpoints of a cap table: where the division of the proceeds changes, and how it is between them.

Between two breakpoints every further unit of proceeds is divided in the same proportions, so a class's
payout is a sum of call spreads on the proceeds: what `valuation.class_rights` prices. Source: AICPA,
"Valuation of Portfolio Company Investments of Venture Capital and Private Equity Funds", 2019, on
breakpoint analysis.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from valuation.payouts import Claim, Event, ShareClass, claims_of

# Share values nearer together than this part of themselves are one turn: the rest is rounding.
SAME_TURN = 1e-12


@dataclass(frozen=True)
class Turn:
    """What happens to one class at a breakpoint."""

    name: str
    event: Event


@dataclass(frozen=True)
class Tranche:
    """The proceeds from `above` to `up_to`, infinite for the last tranche.

    parts: the fraction of each further unit that a class receives; they sum to 1, and a class that receives
    nothing has 0. turns: what happens at `above`.
    """

    above: float
    up_to: float
    parts: dict[str, float]
    turns: tuple[Turn, ...]


def tranches(classes: Sequence[ShareClass]) -> tuple[Tranche, ...]:
    """The tranches from 0 upwards, each beginning where the one before ends.

    First the preferences, a tranche for each rank; then, as the value of a common share rises from 0, one
    from each turn of a claim to the next: common begins to share, a cap is reached, a class converts, an
    option is exercised. Refused: what `valuation.payouts.claims_of` refuses.
    """
    claims = claims_of(classes)
    found = _preferences(claims)
    found += _shared(claims, found[-1].up_to if found else 0.0)
    return tuple(found)


def _preferences(claims: list[Claim]) -> list[Tranche]:
    found, above = [], 0.0
    for rank in sorted({claim.rank for claim in claims if claim.preference}, reverse=True):
        owed = {claim.name: claim.preference for claim in claims if claim.rank == rank and claim.preference}
        whole = sum(owed.values())
        parts = {claim.name: owed.get(claim.name, 0.0) / whole for claim in claims}
        turns = tuple(Turn(name, Event.PREFERENCE) for name in owed)
        found.append(Tranche(above, above + whole, parts, turns))
        above += whole
    return found


def _shared(claims: list[Claim], above: float) -> list[Tranche]:
    """The tranches beyond the preferences. A stretch of share values in which nobody's claim rises has no
    proceeds of its own: what turns at its beginning is told with the next.
    """
    found: list[Tranche] = []
    waiting: list[Turn] = []
    turns = _by_share_value(claims)
    ends = [value for value, _ in turns[1:]] + [float("inf")]
    for (low, reached), high in zip(turns, ends, strict=True):
        waiting += reached
        within = (low + high) / 2 if high < float("inf") else 2 * low + 1
        slopes = {claim.name: claim.slope(within) for claim in claims}
        slope = sum(slopes.values())
        if slope:
            up_to = above + slope * (high - low)
            parts = {name: own / slope for name, own in slopes.items()}
            found.append(Tranche(above, up_to, parts, tuple(waiting)))
            above, waiting = up_to, []
    return found


def _by_share_value(claims: list[Claim]) -> list[tuple[float, list[Turn]]]:
    """Every turn of a claim by the value of a common share, ascending, those of one value together."""
    every = sorted(
        ((value, at, event) for at, claim in enumerate(claims) for value, event in claim.turns()),
        key=lambda turn: turn[:2],
    )
    found: list[tuple[float, list[Turn]]] = []
    for value, at, event in every:
        if not found or value - found[-1][0] > SAME_TURN * value:
            found.append((value, []))
        found[-1][1].append(Turn(claims[at].name, event))
    return found
