"""The kept working of a distribution as a notice tells it: the partner's steps beside the fund's sums."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from fund.capital.sheets import PartnerDistribution
from lp_reports.notice import Figure, Layer, Tier, Waterfall

Working = Mapping[str, Any]


def waterfall(lines: Sequence[PartnerDistribution], line: PartnerDistribution) -> Waterfall | None:
    """The partner's working with what all workings sum to; None for a partner that bears no carry."""
    own = line.working
    if own is None:
        return None
    every = [one.working for one in lines if one.working is not None]
    terms = own["terms"]
    return Waterfall(
        on=date.fromisoformat(own["on"]),
        form=own.get("form", "whole_fund"),
        hurdle=Fraction(terms["hurdle"]),
        compounding=terms["compounding"],
        catch_up=Fraction(terms["catch_up"]),
        carry=Fraction(terms["carry"]),
        before=_before(own, every),
        layers=tuple(
            Layer(date.fromisoformat(one["since"]), one["capital"], one["preferred"]) for one in own["layers"]
        ),
        tiers=tuple(_tier(every, own, place) for place in range(len(own["tiers"]))),
        distributed=own["distributed"],
        fund_distributed=sum(one["distributed"] for one in every),
        without_carry=sum(one.gross for one in lines if one.working is None),
    )


def _before(own: Working, every: Sequence[Working]) -> tuple[Figure, ...]:
    """Where the partner stood before the distribution."""

    def figure(code: str, take: Callable[[Working], int]) -> Figure:
        return Figure(code, take(own["before"]), sum(take(one["before"]) for one in every))

    found = (
        figure("contributed", lambda one: one["contributed"]),
        figure("returned", lambda one: one["returned"]),
        figure("preferred_paid", lambda one: one["preferred_paid"]),
        figure("catch_up_before", lambda one: one["catch_up"]),
        figure("split_before", lambda one: one["residual"]),
    )
    return tuple(one for one in found if one.yours or one.fund)


def _tier(every: Sequence[Working], own: Working, place: int) -> Tier:
    mine, all_ = own["tiers"][place], [one["tiers"][place] for one in every]
    due = mine["due"]
    return Tier(
        code=mine["tier"],
        due=due,
        lp=mine["lp"],
        gp=mine["gp"],
        fund_due=None if due is None else sum(one["due"] for one in all_),
        fund_lp=sum(one["lp"] for one in all_),
        fund_gp=sum(one["gp"] for one in all_),
        measure=mine.get("measure", ""),
        threshold=Fraction(mine["threshold"]) if "threshold" in mine else None,
        carry=Fraction(mine["carry"]) if "carry" in mine else None,
    )
