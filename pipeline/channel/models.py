"""What enterprises need, what the university has, and the matches between them."""

from datetime import date, datetime

import sqlalchemy as sa

from kernel import columns, walls
from kernel.columns import Row, choices_check
from pipeline.channel.rules import (
    AchievementState,
    ChainPosition,
    DemandState,
    MatchState,
    RightKind,
    RightStatus,
    Scale,
    Urgency,
)

# `words` holds text that Python has segmented, so that Chinese can be found by word.
LEXEMES = "to_tsvector('simple'::regconfig, words)"


class Demand(Row, table=True):
    """What an enterprise needs. A confidential one is never shown to another enterprise.

    `specification` is a list of {"name", "value", "unit"}; `budget` is in minor units of `currency`; `words` is
    its text in segmented words.
    """

    __tablename__ = "demand"
    __table_args__ = (
        choices_check("urgency", Urgency),
        choices_check("chain_position", ChainPosition),
        choices_check("state", DemandState),
        sa.CheckConstraint("wanted_trl BETWEEN 1 AND 9", name="wanted_trl_on_scale"),
        sa.CheckConstraint("budget >= 0", name="budget_not_negative"),
        sa.Index("ix_demand_words", sa.text(LEXEMES), postgresql_using="gin"),
    )

    code: str = columns.code(unique=True)
    party_id: int = columns.ref("party.id", index=True)
    title: str = columns.text()
    problem: str = columns.text()
    specification: list[dict[str, str]] = columns.jsonb(default=[])
    sector: str = columns.text(index=True)
    wanted_trl: int | None = columns.number(nullable=True)
    site: str = columns.text(default="")
    budget: int | None = columns.minor(nullable=True)
    currency: str = columns.code(default="CNY")
    deadline_on: date | None = columns.day(nullable=True)
    market_capacity: str = columns.text(default="")
    urgency: Urgency = columns.choice(Urgency, default=Urgency.NORMAL)
    chain_position: ChainPosition = columns.choice(ChainPosition)
    is_common_need: bool = columns.flag(default=False)
    is_confidential: bool = columns.flag(default=False)
    state: DemandState = columns.choice(DemandState, default=DemandState.OPEN)
    words: str = columns.text()
    version: int = columns.number(default=1)
    recorded_at: datetime = columns.instant()


class Achievement(Row, table=True):
    """What a laboratory has made. `trl` and `mrl` are the project's levels, None until all elements are assessed.

    `cost` is what maturing it is thought to cost (minor units of `currency`), `available_on` when it could stand
    at an enterprise, `site` where it can be tried.
    """

    __tablename__ = "achievement"
    __table_args__ = (
        choices_check("state", AchievementState),
        sa.CheckConstraint("trl BETWEEN 1 AND 9", name="trl_on_scale"),
        sa.CheckConstraint("mrl BETWEEN 1 AND 10", name="mrl_on_scale"),
        sa.CheckConstraint("cost >= 0", name="cost_not_negative"),
        sa.Index("ix_achievement_words", sa.text(LEXEMES), postgresql_using="gin"),
    )

    code: str = columns.code(unique=True)
    title_zh: str = columns.text()
    title_en: str = columns.text(default="")
    summary_zh: str = columns.text(default="")
    summary_en: str = columns.text(default="")
    discipline: str = columns.text()
    sector: str = columns.text(index=True)
    owner_party_id: int | None = columns.ref("party.id", nullable=True, index=True)
    site: str = columns.text(default="")
    cost: int | None = columns.minor(nullable=True)
    currency: str = columns.code(default="CNY")
    available_on: date | None = columns.day(nullable=True)
    state: AchievementState = columns.choice(AchievementState, default=AchievementState.SLEEPING)
    trl: int | None = columns.number(nullable=True)
    mrl: int | None = columns.number(nullable=True)
    words: str = columns.text()
    version: int = columns.number(default=1)
    recorded_at: datetime = columns.instant()


class TeamMember(Row, table=True):
    """A person behind an achievement, in the order in which the team names itself."""

    __tablename__ = "achievement_member"
    __table_args__ = (sa.UniqueConstraint("achievement_id", "place"),)

    achievement_id: int = columns.ref("achievement.id")
    place: int = columns.number()
    name: str = columns.text()
    role: str = columns.text(default="")
    party_id: int | None = columns.ref("party.id", nullable=True)


class RightItem(Row, table=True):
    """An item of intellectual property of an achievement."""

    __tablename__ = "achievement_right"
    __table_args__ = (
        sa.UniqueConstraint("achievement_id", "number"),
        choices_check("kind", RightKind),
        choices_check("status", RightStatus),
    )

    achievement_id: int = columns.ref("achievement.id")
    number: str = columns.code()
    title: str = columns.text(default="")
    kind: RightKind = columns.choice(RightKind)
    status: RightStatus = columns.choice(RightStatus)
    as_of: date = columns.day()


class Element(Row, table=True):
    """An element of an achievement; its readiness counts for the whole where it is critical."""

    __tablename__ = "achievement_element"
    __table_args__ = (sa.UniqueConstraint("achievement_id", "name"),)

    achievement_id: int = columns.ref("achievement.id")
    name: str = columns.text()
    is_critical: bool = columns.flag(default=True)


class Readiness(Row, table=True):
    """One assessment of one element: level, evidence, who judged and when. A correction is a newer row."""

    __tablename__ = "readiness"
    __table_args__ = (
        choices_check("scale", Scale),
        sa.CheckConstraint("level BETWEEN 1 AND 10", name="level_on_scale"),
    )

    element_id: int = columns.ref("achievement_element.id", index=True)
    scale: Scale = columns.choice(Scale)
    level: int = columns.number()
    evidence: str = columns.text()
    assessor: str = columns.text()
    assessed_on: date = columns.day()
    recorded_at: datetime = columns.instant()


class Match(Row, table=True):
    """How well one demand and one achievement fit; the same row from either side.

    `score` is 0..1000; `components` a list of {"name", "weight", "score", "says", "facts"} that adds up to it.
    """

    __tablename__ = "match"
    __table_args__ = (
        sa.UniqueConstraint("demand_id", "achievement_id"),
        choices_check("state", MatchState),
        sa.CheckConstraint("score BETWEEN 0 AND 1000", name="score_per_mille"),
        sa.Index("ix_match_ranked", "score", "demand_id", "achievement_id"),
    )

    demand_id: int = columns.ref("demand.id")
    achievement_id: int = columns.ref("achievement.id", index=True)
    score: int = columns.number()
    components: list[dict[str, object]] = columns.jsonb()
    state: MatchState = columns.choice(MatchState, default=MatchState.PROPOSED)
    reason: str = columns.text(default="")
    decided_by: str = columns.text(default="")
    decided_at: datetime | None = columns.instant(nullable=True)
    computed_at: datetime = columns.instant()


walls.append_only("readiness")
walls.readable(
    "demand",
    """
    afund_reach() = 'all'
    OR 'technology_manager' = ANY (afund_roles())
    OR party_id = afund_party()
    OR (afund_reach() <> '' AND NOT is_confidential)
    """,
)
# What fits a demand is for the enterprise whose demand it is.
walls.readable(
    "match",
    """
    afund_reach() = 'all'
    OR 'technology_manager' = ANY (afund_roles())
    OR EXISTS (SELECT FROM demand d WHERE d.id = match.demand_id AND d.party_id = afund_party())
    """,
)
