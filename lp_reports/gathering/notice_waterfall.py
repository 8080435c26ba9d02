"""The kept working of a distribution as a notice tells it: the partner's steps beside the fund's sums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from fund.capital.sheets import PartnerDistribution
from lp_reports.facts import Text
from lp_reports.notice import NO_NOTE, Deal, Figure, Layer, Tier, Waterfall

Working = Mapping[str, Any]
# Where a partner stood before: how a notice names it, and the kept working.
BEFORE = {
    "contributed": "contributed",
    "returned": "returned",
    "preferred_paid": "preferred_paid",
    "catch_up_before": "catch_up",
    "split_before": "residual",
}


@dataclass(frozen=True)
class Worked:
    """What the workings of all partners that bear carry sum to; a tier as due, to partners, to the general partner."""

    before: Mapping[str, int]
    tiers: Sequence[tuple[int, int, int]]
    distributed: int
    without_carry: int


def worked(lines: Sequence[PartnerDistribution]) -> Worked:
    """The sums of a distribution's workings."""
    every = [line.working for line in lines if line.working is not None]
    places = range(max((len(one["tiers"]) for one in every), default=0))
    return Worked(
        before={code: sum(one["before"][field] for one in every) for code, field in BEFORE.items()},
        tiers=[
            (
                sum(one["tiers"][place]["due"] or 0 for one in every),
                sum(one["tiers"][place]["lp"] for one in every),
                sum(one["tiers"][place]["gp"] for one in every),
            )
            for place in places
        ],
        distributed=sum(one["distributed"] for one in every),
        without_carry=sum(line.gross for line in lines if line.working is None),
    )


def waterfall(whole: Worked, line: PartnerDistribution, companies: Mapping[int, Text]) -> Waterfall | None:
    """The partner's working with what all workings sum to; None for a partner that bears no carry."""
    own = line.working
    if own is None:
        return None
    terms = own["terms"]
    before = [Figure(code, own["before"][field], whole.before[code]) for code, field in BEFORE.items()]
    return Waterfall(
        on=date.fromisoformat(own["on"]),
        form=own.get("form", "whole_fund"),
        hurdle=Fraction(terms["hurdle"]),
        compounding=terms["compounding"],
        catch_up=Fraction(terms["catch_up"]),
        carry=Fraction(terms["carry"]),
        before=tuple(one for one in before if one.yours or one.fund),
        layers=tuple(
            Layer(date.fromisoformat(one["since"]), one["capital"], one["preferred"]) for one in own["layers"]
        ),
        tiers=tuple(_tier(mine, sums) for mine, sums in zip(own["tiers"], whole.tiers, strict=True)),
        distributed=own["distributed"],
        fund_distributed=whole.distributed,
        without_carry=whole.without_carry,
        deals=tuple(
            Deal(
                companies.get(one["deal"] or 0, NO_NOTE),
                one["contributed"],
                one["counted"],
                is_at_hand=one["deal"] is not None and one["deal"] == own["deal"],
            )
            for one in own.get("counted", ())
        ),
    )


def deals_in(lines: Sequence[PartnerDistribution]) -> set[int]:
    """The deals that workings deal by deal count, by holding."""
    every = [line.working for line in lines if line.working is not None]
    return {one["deal"] for working in every for one in working.get("counted", ()) if one["deal"] is not None}


def _tier(mine: Working, sums: tuple[int, int, int]) -> Tier:
    due, lp, gp = sums
    return Tier(
        code=mine["tier"],
        due=mine["due"],
        lp=mine["lp"],
        gp=mine["gp"],
        fund_due=None if mine["due"] is None else due,
        fund_lp=lp,
        fund_gp=gp,
        measure=mine.get("measure", ""),
        threshold=Fraction(mine["threshold"]) if "threshold" in mine else None,
        carry=Fraction(mine["carry"]) if "carry" in mine else None,
    )
