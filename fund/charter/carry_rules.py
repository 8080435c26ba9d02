"""What a fund may promise about carry: its form, and further tiers above the first. Pure.

A further tier takes a higher carry of what comes once the partner has a multiple of its contributions, or a yearly
return on them. Several may stand side by side: the highest carry among the tiers that are reached is in force, so
"2.0 x or 15 %, whichever comes first" is two tiers of the same carry.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from kernel.errors import Problem
from kernel.money import format_percent


class CarryForm(StrEnum):
    """Over what the waterfall counts: everything the partner has paid in, or the deals that have come back."""

    WHOLE_FUND = "whole_fund"
    DEAL_BY_DEAL = "deal_by_deal"


class EscrowTest(StrEnum):
    """When carry held in escrow may be paid out: once contributions and hurdle have come back, or at the fund's end."""

    HURDLE = "hurdle"
    END = "end"


class Measure(StrEnum):
    """What a further tier waits for: a multiple of what was paid in, or a return on it a year."""

    MULTIPLE = "multiple"
    RETURN = "return"


@dataclass(frozen=True)
class FurtherTier:
    """From `threshold` on (2 is 2.0 x, 15/100 is 15 % a year), `carry` of each further yuan."""

    measure: Measure
    threshold: Fraction
    carry: Fraction


def tier_faults(tiers: Sequence[FurtherTier], *, hurdle: Fraction, carry: Fraction) -> list[Problem]:
    """Everything that is wrong with further tiers above a hurdle and a first carry: none may be impossible to reach
    or be without effect.
    """
    faults = []
    for position, tier in enumerate(tiers, start=1):
        where = f"tier {position}"
        faults += [Problem(where, says, facts) for says, facts in _tier_faults(tier, hurdle, carry)]
        outdone = [
            one for place, one in enumerate(tiers, start=1) if _outdoes(one, tier) and place != position
        ]
        if outdone:
            says = "a tier of {carry} that begins no later leaves this one without effect"
            faults.append(Problem(where, says, {"carry": format_percent(outdone[0].carry)}))
    return faults


def _tier_faults(tier: FurtherTier, hurdle: Fraction, carry: Fraction) -> list[tuple[str, dict[str, object]]]:
    found: list[tuple[str, dict[str, object]]] = []
    if not carry < tier.carry < 1:
        says = "expected a carry above {carry} and below 1, got {tier}"
        found.append((says, {"carry": str(carry), "tier": str(tier.carry)}))
    if tier.measure is Measure.MULTIPLE and not 1 < tier.threshold <= 100:
        says = "expected a multiple above 1 and up to 100, got {threshold}"
        found.append((says, {"threshold": str(tier.threshold)}))
    if tier.measure is Measure.RETURN and not hurdle < tier.threshold <= 1:
        says = "expected a return above the hurdle of {hurdle} and up to 1, got {threshold}"
        found.append((says, {"hurdle": str(hurdle), "threshold": str(tier.threshold)}))
    return found


def _outdoes(other: FurtherTier, tier: FurtherTier) -> bool:
    """Whether `other` is in force wherever `tier` could be."""
    same = other.measure is tier.measure
    return same and other.threshold <= tier.threshold and other.carry >= tier.carry
