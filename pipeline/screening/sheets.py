"""What is told about screening, and how rows become what the rules see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from pipeline.screening.models import (
    ScorecardCriterion,
    ScoreSheet,
    ScoringSeat,
    ScreeningResult,
    ScreeningRound,
)
from pipeline.screening.rounds import Seat
from pipeline.screening.rules import Audience, Criterion, KnockOut, Result, RoundState, Scorecard, Sheet


@dataclass(frozen=True)
class CardSheet:
    """One version of a scorecard."""

    id: int
    name: str
    version: int
    effective_on: date
    card: Scorecard


@dataclass(frozen=True)
class SeatSheet:
    """A scorer's place in a round: who, for whom, and whether the scores are in."""

    id: int
    name: str
    excuse: str
    seat: Seat


@dataclass(frozen=True)
class SeenSheet:
    """A sheet that the viewer may see, with its exact total of 100."""

    name: str
    sheet: Sheet
    total: Fraction
    comment: str
    recorded_at: datetime


@dataclass(frozen=True)
class ResultSheet:
    """What a concluded round came to."""

    round_id: int
    number: int
    result: Result
    concluded_at: datetime


@dataclass(frozen=True)
class RoundSheet:
    """A round as one viewer may see it: the deal's teaser, the card, and only the seats and sheets for these eyes.

    `mine` is the viewer's own seat; `result` is None while the round runs and for enterprises.
    """

    id: int
    deal_id: int
    deal: str
    deal_name: str
    technology: str
    number: int
    state: RoundState
    opened_at: datetime
    card: CardSheet
    seats: tuple[SeatSheet, ...]
    mine: Seat | None
    sheets: tuple[SeenSheet, ...]
    result: ResultSheet | None


@dataclass(frozen=True)
class Waiting:
    """A round that waits for the viewer's scores."""

    round_id: int
    deal: str
    deal_name: str
    technology: str
    audience: Audience
    opened_at: datetime


def seat_of(row: ScoringSeat) -> Seat:
    """A seat as the rules see it."""
    return Seat(
        row.user_id, row.audience, row.party_id, row.submitted_at is not None, row.excused_at is not None
    )


def criterion_of(row: ScorecardCriterion) -> Criterion:
    return Criterion(row.name, row.audience, row.label_zh, row.label_en, row.weight, row.top, row.minimum)


def sheet_of(row: ScoreSheet) -> Sheet:
    return Sheet(row.user_id, row.audience, row.party_id, row.points)


def result_sheet(row: ScreeningResult, of_round: ScreeningRound) -> ResultSheet:
    result = Result(
        total=row.total,
        by_audience={Audience(name): Fraction(total) for name, total in row.by_audience.items()},
        spread=row.spread,
        is_spread_wide=row.is_spread_wide,
        knock_outs=tuple(_knock_out(one) for one in row.knock_outs),
        passes=row.passes,
    )
    return ResultSheet(row.round_id, of_round.number, result, row.recorded_at)


def _knock_out(kept: Mapping[str, object]) -> KnockOut:
    return KnockOut(
        str(kept["key"]), int(str(kept["scorer"])), int(str(kept["points"])), int(str(kept["minimum"]))
    )
