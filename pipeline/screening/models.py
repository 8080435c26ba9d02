"""Scorecards, rounds, seats, sealed sheets and results.

Row-level security keeps the seal: whoever still has to score in a round sees nobody else's sheet, those who run
the fund included; an enterprise never sees another enterprise's sheet or seat, nor a total it could infer one from.
"""

from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa

from kernel import columns, walls
from kernel.columns import Row, choices_check
from pipeline.screening.rules import Audience, RoundState


class ScorecardVersion(Row, table=True):
    """One version of a scorecard; a change is a new version, and a round keeps the version it began with."""

    __tablename__ = "scorecard"
    __table_args__ = (sa.UniqueConstraint("name", "version"),)

    name: str = columns.text()
    version: int = columns.number()
    effective_on: date = columns.day()
    pass_mark: Fraction = columns.fraction()
    spread_limit: Fraction = columns.fraction()
    recorded_at: datetime = columns.instant()


class ScorecardShare(Row, table=True):
    """What one audience weighs on a scorecard, and whether a round needs it."""

    __tablename__ = "scorecard_share"
    __table_args__ = (sa.UniqueConstraint("scorecard_id", "audience"), choices_check("audience", Audience))

    scorecard_id: int = columns.ref("scorecard.id")
    audience: Audience = columns.choice(Audience)
    weight: Fraction = columns.fraction()
    is_required: bool = columns.flag()


class ScorecardCriterion(Row, table=True):
    """One criterion of a scorecard, in its place."""

    __tablename__ = "scorecard_criterion"
    __table_args__ = (
        sa.UniqueConstraint("scorecard_id", "name"),
        choices_check("audience", Audience),
        sa.CheckConstraint("top >= 1", name="some_points"),
        sa.CheckConstraint("minimum BETWEEN 1 AND top", name="minimum_within_points"),
    )

    scorecard_id: int = columns.ref("scorecard.id")
    place: int = columns.number()
    audience: Audience = columns.choice(Audience)
    name: str = columns.code()
    label_zh: str = columns.text()
    label_en: str = columns.text()
    weight: Fraction = columns.fraction()
    top: int = columns.number()
    minimum: int | None = columns.number(nullable=True)


class ScreeningRound(Row, table=True):
    """One round of scoring of one deal under one version of a scorecard."""

    __tablename__ = "screening_round"
    __table_args__ = (
        sa.UniqueConstraint("deal_id", "number"),
        choices_check("state", RoundState),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed_with_time"),
        sa.Index(
            "uq_screening_round_open", "deal_id", unique=True, postgresql_where=sa.text("state = 'open'")
        ),
    )

    deal_id: int = columns.ref("deal.id")
    number: int = columns.number()
    scorecard_id: int = columns.ref("scorecard.id")
    state: RoundState = columns.choice(RoundState, default=RoundState.OPEN)
    opened_at: datetime = columns.instant()
    closed_at: datetime | None = columns.instant(nullable=True)


class ScoringSeat(Row, table=True):
    """A scorer's place in a round; `party_id` is the enterprise the scorer speaks for."""

    __tablename__ = "scoring_seat"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "user_id"),
        choices_check("audience", Audience),
        sa.CheckConstraint("(audience = 'enterprise') = (party_id IS NOT NULL)", name="enterprise_has_party"),
        sa.CheckConstraint("submitted_at IS NULL OR excused_at IS NULL", name="submitted_or_excused"),
    )

    round_id: int = columns.ref("screening_round.id")
    user_id: int = columns.ref("app_user.id", index=True)
    audience: Audience = columns.choice(Audience)
    party_id: int | None = columns.ref("party.id", nullable=True)
    submitted_at: datetime | None = columns.instant(nullable=True)
    excused_at: datetime | None = columns.instant(nullable=True)
    excuse: str = columns.text(default="")
    recorded_at: datetime = columns.instant()


class ScoreSheet(Row, table=True):
    """A scorer's points by criterion, sealed when submitted and never changed."""

    __tablename__ = "score_sheet"
    __table_args__ = (sa.UniqueConstraint("round_id", "user_id"), choices_check("audience", Audience))

    round_id: int = columns.ref("screening_round.id")
    user_id: int = columns.ref("app_user.id")
    audience: Audience = columns.choice(Audience)
    party_id: int | None = columns.ref("party.id", nullable=True)
    points: dict[str, int] = columns.jsonb()
    comment: str = columns.text(default="")
    recorded_at: datetime = columns.instant()


class ScreeningResult(Row, table=True):
    """What a concluded round came to, exact; `by_audience` maps audience to "n/d"."""

    __tablename__ = "screening_result"

    round_id: int = columns.ref("screening_round.id", unique=True)
    deal_id: int = columns.ref("deal.id", index=True)
    total: Fraction = columns.fraction()
    by_audience: dict[str, str] = columns.jsonb()
    spread: Fraction = columns.fraction()
    is_spread_wide: bool = columns.flag()
    knock_outs: list[dict[str, object]] = columns.jsonb()
    passes: bool = columns.flag()
    recorded_at: datetime = columns.instant()


for _table in ("scorecard", "scorecard_share", "scorecard_criterion", "score_sheet", "screening_result"):
    walls.append_only(_table)

walls.readable("scoring_seat", "afund_reach() = 'all' OR user_id = afund_user()")
walls.readable(
    "screening_round",
    """
    afund_reach() = 'all'
    OR EXISTS (SELECT FROM scoring_seat s
               WHERE s.round_id = screening_round.id AND s.user_id = afund_user())
    """,
)
walls.readable(
    "score_sheet",
    """
    user_id = afund_user()
    OR (NOT EXISTS (SELECT FROM scoring_seat s
                    WHERE s.round_id = score_sheet.round_id AND s.user_id = afund_user()
                      AND s.submitted_at IS NULL AND s.excused_at IS NULL)
        AND (afund_reach() = 'all'
             OR EXISTS (SELECT FROM scoring_seat s
                        WHERE s.round_id = score_sheet.round_id AND s.user_id = afund_user()
                          AND s.submitted_at IS NOT NULL
                          AND (score_sheet.audience <> 'enterprise' OR s.audience = 'university'
                               OR score_sheet.party_id = afund_party()))))
    """,
)
walls.readable(
    "screening_result",
    """
    afund_reach() = 'all'
    OR ('committee' = ANY (afund_roles())
        AND EXISTS (SELECT FROM deal d
                    WHERE d.id = screening_result.deal_id
                      AND d.stage IN ('committee', 'closing', 'held', 'exited')))
    """,
)
