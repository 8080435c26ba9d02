"""Scoring a deal: weighted, versioned cards, three audiences, sealed sheets, exact totals.

A criterion is scored 0..`top` in whole points. A sheet's total is 100 * sum(weight * points / top). An audience's
total is the mean of its scorers (of its enterprises first, so that two experts of one enterprise do not outvote
another). The deal's total is the weighted mean of the audiences that scored; the weight of an optional audience
without a scorer is shared by the others in proportion. All of it in exact fractions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from kernel.errors import Invalid, Problem

HUNDRED = Fraction(100)


class Audience(StrEnum):
    """Who scores: the fund (finance, team), the university (science), an enterprise (industrial fit)."""

    FUND = "fund"
    UNIVERSITY = "university"
    ENTERPRISE = "enterprise"


class RoundState(StrEnum):
    """A round is open until it is concluded, or abandoned without a result."""

    OPEN = "open"
    CONCLUDED = "concluded"
    ABANDONED = "abandoned"


class CardInvalid(Invalid):
    code = "scorecard_invalid"
    says = "The scorecard cannot be published as it is:"


class ScoresInvalid(Invalid):
    code = "scores_invalid"
    says = "The scores cannot be submitted as they are:"


@dataclass(frozen=True)
class Criterion:
    """What is scored: 0..`top` points with an exact `weight`; fewer than `minimum` points knock the deal out."""

    key: str
    audience: Audience
    label_zh: str
    label_en: str
    weight: Fraction
    top: int
    minimum: int | None = None


@dataclass(frozen=True)
class Share:
    """What an audience's total weighs, and whether a round needs it."""

    weight: Fraction
    is_required: bool


@dataclass(frozen=True)
class Scorecard:
    """A card: its criteria, what each audience weighs, the mark to pass (0..100) and the spread to flag."""

    criteria: tuple[Criterion, ...]
    shares: Mapping[Audience, Share]
    pass_mark: Fraction
    spread_limit: Fraction

    def of(self, audience: Audience) -> tuple[Criterion, ...]:
        """The criteria that an audience scores."""
        return tuple(one for one in self.criteria if one.audience == audience)


@dataclass(frozen=True)
class Sheet:
    """One scorer's sealed points by criterion; `party_id` is the enterprise, None for the other audiences."""

    scorer: int
    audience: Audience
    party_id: int | None
    points: Mapping[str, int]


@dataclass(frozen=True)
class KnockOut:
    """A criterion that fell below its minimum on somebody's sheet."""

    key: str
    scorer: int
    points: int
    minimum: int


@dataclass(frozen=True)
class Result:
    """What a round came to. `spread` is the distance between the highest and the lowest sheet, in points of 100."""

    total: Fraction
    by_audience: Mapping[Audience, Fraction]
    spread: Fraction
    is_spread_wide: bool
    knock_outs: tuple[KnockOut, ...]
    passes: bool


def check_card(card: Scorecard) -> None:
    """Refuse a card whose weights do not add up, whose keys repeat, or whose numbers make no sense."""
    problems = []
    if sum((share.weight for share in card.shares.values()), Fraction(0)) != 1:
        problems.append(Problem("audiences", "the weights of the audiences add up to one"))
    for audience, share in card.shares.items():
        criteria = card.of(audience)
        if share.weight <= 0:
            problems.append(Problem(audience, "the weight of an audience is more than nothing"))
        if sum((one.weight for one in criteria), Fraction(0)) != 1:
            problems.append(Problem(audience, "the weights of its criteria add up to one"))
    seen: set[str] = set()
    for one in card.criteria:
        problems += [Problem(one.key, fault) for fault in _faults(one, card, seen)]
        seen.add(one.key)
    if not 0 <= card.pass_mark <= HUNDRED or not 0 < card.spread_limit <= HUNDRED:
        problems.append(Problem("marks", "the pass mark and the spread are points of a hundred"))
    if problems:
        raise CardInvalid(problems=problems)


def _faults(one: Criterion, card: Scorecard, seen: set[str]) -> list[str]:
    return [
        says
        for is_wrong, says in (
            (not one.key.strip() or one.key in seen, "the key is empty or used twice"),
            (one.audience not in card.shares, "its audience has no weight"),
            (one.weight <= 0, "the weight is more than nothing"),
            (one.top < 1, "at least one point can be given"),
            (
                one.minimum is not None and not 0 < one.minimum <= one.top,
                "the minimum lies within the points",
            ),
        )
        if is_wrong
    ]


def check_points(card: Scorecard, audience: Audience, points: Mapping[str, int]) -> None:
    """Refuse a sheet that leaves a criterion out, scores one of another audience, or leaves the scale."""
    wanted = {one.key: one for one in card.of(audience)}
    problems = [Problem(key, "has not been scored") for key in wanted if key not in points]
    for key, given in points.items():
        if key not in wanted:
            problems.append(Problem(key, "is not yours to score"))
        elif isinstance(given, bool) or not 0 <= given <= wanted[key].top:
            problems.append(Problem(key, "expected whole points from 0 to {top}", {"top": wanted[key].top}))
    if problems:
        raise ScoresInvalid(problems=problems)


def sheet_total(card: Scorecard, sheet: Sheet) -> Fraction:
    """What one sheet comes to, 0..100, exact."""
    parts = (one.weight * Fraction(sheet.points[one.key], one.top) for one in card.of(sheet.audience))
    return HUNDRED * sum(parts, Fraction(0))


def knock_outs(card: Scorecard, sheet: Sheet) -> list[KnockOut]:
    """The criteria that this sheet puts below their minimum."""
    return [
        KnockOut(one.key, sheet.scorer, sheet.points[one.key], one.minimum)
        for one in card.of(sheet.audience)
        if one.minimum is not None and sheet.points[one.key] < one.minimum
    ]


def conclude(card: Scorecard, sheets: Sequence[Sheet]) -> Result:
    """What the round comes to; there must be a sheet (see `rounds.check_conclusion`)."""
    totals = [sheet_total(card, sheet) for sheet in sheets]
    by_audience = {
        audience: _audience_total(card, [sheet for sheet in sheets if sheet.audience == audience])
        for audience in card.shares
        if any(sheet.audience == audience for sheet in sheets)
    }
    weight = sum((card.shares[audience].weight for audience in by_audience), Fraction(0))
    parts = (card.shares[audience].weight * total for audience, total in by_audience.items())
    total = sum(parts, Fraction(0)) / weight
    spread = max(totals) - min(totals)
    fallen = tuple(one for sheet in sheets for one in knock_outs(card, sheet))
    return Result(
        total=total,
        by_audience=by_audience,
        spread=spread,
        is_spread_wide=spread > card.spread_limit,
        knock_outs=fallen,
        passes=not fallen and total >= card.pass_mark,
    )


def _audience_total(card: Scorecard, sheets: Sequence[Sheet]) -> Fraction:
    groups: dict[tuple[bool, int], list[Fraction]] = {}
    for sheet in sheets:
        # An enterprise speaks with one voice; every other scorer with an own one.
        group = (True, sheet.party_id) if sheet.party_id is not None else (False, sheet.scorer)
        groups.setdefault(group, []).append(sheet_total(card, sheet))
    return mean([mean(totals) for totals in groups.values()])


def mean(values: Sequence[Fraction]) -> Fraction:
    """The exact mean of at least one value."""
    return sum(values, Fraction(0)) / len(values)


def shown(score: Fraction) -> str:
    """A score with two decimals for the eye; nothing is computed from it."""
    hundredths = round(score * 100)
    return f"{hundredths // 100}.{hundredths % 100:02d}"
