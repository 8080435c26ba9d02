"""Deals, their history and the enterprises interested in them."""

from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa

from kernel import columns, walls
from kernel.columns import Row, choices_check
from pipeline.channel.rules import ChainPosition
from pipeline.deals.rules import Gate, Kind, Origin, PassReason, Stage, Status


class Deal(Row, table=True):
    """A proposed investment of the fund in one round of one company.

    `amount` and `pre_money` are minor units of `currency`. `score` is the published total of the last concluded
    screening (0..100) and `score_hundredths` the same rounded, for sorting. `name_sort` is the name in pinyin,
    `name_plain` what tells it apart, `search_key` everything a search looks into. `version`
    goes up by one with every change.
    """

    __tablename__ = "deal"
    __table_args__ = (
        choices_check("stage", Stage),
        choices_check("status", Status),
        choices_check("origin", Origin),
        choices_check("chain_position", ChainPosition),
        choices_check("pass_reason", PassReason),
        sa.CheckConstraint("amount >= 0", name="amount_not_negative"),
        sa.CheckConstraint("pre_money >= 0", name="pre_money_not_negative"),
        sa.CheckConstraint("(status = 'passed') = (pass_reason IS NOT NULL)", name="passed_with_reason"),
        sa.Index("ix_deal_in_stage", "fund_id", "status", "stage", "entered_stage_at"),
    )

    code: str = columns.code(unique=True)
    fund_id: int = columns.ref("fund.id")
    spinout_id: int | None = columns.ref("spinout.id", nullable=True, index=True)
    achievement_id: int | None = columns.ref("achievement.id", nullable=True, index=True)
    name: str = columns.text()
    name_sort: str = columns.text()
    name_plain: str = columns.text(index=True)
    search_key: str = columns.text()
    technology: str = columns.text(default="")
    sector: str = columns.text(default="", index=True)
    chain_position: ChainPosition | None = columns.choice(ChainPosition, nullable=True)
    development_stage: str = columns.text(default="")
    city: str = columns.text(default="")
    origin: Origin = columns.choice(Origin)
    round_name: str = columns.text(default="")
    instrument: str = columns.text(default="")
    amount: int | None = columns.minor(nullable=True)
    pre_money: int | None = columns.minor(nullable=True)
    currency: str = columns.code()
    stage: Stage = columns.choice(Stage)
    status: Status = columns.choice(Status)
    entered_stage_at: datetime = columns.instant()
    pass_reason: PassReason | None = columns.choice(PassReason, nullable=True)
    pass_note: str = columns.text(default="")
    owner_id: int | None = columns.ref("app_user.id", nullable=True, index=True)
    next_step: str = columns.text(default="")
    next_step_on: date | None = columns.day(nullable=True)
    score: Fraction | None = columns.fraction(nullable=True)
    score_hundredths: int | None = columns.number(nullable=True)
    conflict_note: str = columns.text(default="")
    version: int = columns.number(default=1)
    recorded_at: datetime = columns.instant()


class DealEvent(Row, table=True):
    """One entry of a deal's history; `number` counts from 1 within the deal.

    `entered_before` keeps when the stage that was left had been entered, so that an undo can restore it.
    """

    __tablename__ = "deal_event"
    __table_args__ = (
        sa.UniqueConstraint("deal_id", "number"),
        choices_check("kind", Kind),
        choices_check("from_stage", Stage),
        choices_check("to_stage", Stage),
        choices_check("gate", Gate),
        choices_check("pass_reason", PassReason),
    )

    deal_id: int = columns.ref("deal.id")
    number: int = columns.number()
    kind: Kind = columns.choice(Kind)
    from_stage: Stage | None = columns.choice(Stage, nullable=True)
    to_stage: Stage = columns.choice(Stage)
    gate: Gate | None = columns.choice(Gate, nullable=True)
    entered_before: datetime | None = columns.instant(nullable=True)
    pass_reason: PassReason | None = columns.choice(PassReason, nullable=True)
    reason: str = columns.text(default="")
    detail: dict[str, object] = columns.jsonb(default={})
    actor_id: int | None = columns.number(nullable=True)
    actor_name: str = columns.text()
    at: datetime = columns.instant()


class DealInterest(Row, table=True):
    """An enterprise that is interested in a deal, or tests it beside the fund; its people see the deal's teaser."""

    __tablename__ = "deal_interest"
    __table_args__ = (
        sa.Index(
            "uq_deal_interest_live",
            "deal_id",
            "party_id",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    deal_id: int = columns.ref("deal.id", index=True)
    party_id: int = columns.ref("party.id", index=True)
    is_co_diligence: bool = columns.flag(default=False)
    note: str = columns.text(default="")
    recorded_at: datetime = columns.instant()
    ended_at: datetime | None = columns.instant(nullable=True)


class DealRecusal(Row, table=True):
    """Somebody on the committee who is recused from a deal and, as long as that lasts, does not see it."""

    __tablename__ = "deal_recusal"
    __table_args__ = (
        sa.Index(
            "uq_deal_recusal_live",
            "deal_id",
            "user_id",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    deal_id: int = columns.ref("deal.id")
    user_id: int = columns.ref("app_user.id", index=True)
    recorded_at: datetime = columns.instant()
    ended_at: datetime | None = columns.instant(nullable=True)


walls.append_only("deal_event")
walls.kept("deal_recusal")
walls.readable("deal_recusal", "afund_reach() = 'all' OR 'committee' = ANY (afund_roles())")
walls.readable(
    "deal_interest",
    "afund_reach() = 'all' OR 'technology_manager' = ANY (afund_roles()) OR party_id = afund_party()",
)
walls.readable(
    "deal",
    """
    afund_reach() = 'all'
    OR 'technology_manager' = ANY (afund_roles())
    OR ('committee' = ANY (afund_roles()) AND stage IN ('committee', 'closing', 'held', 'exited')
        AND NOT EXISTS (SELECT FROM deal_recusal r
                        WHERE r.deal_id = deal.id AND r.user_id = afund_user() AND r.ended_at IS NULL))
    OR EXISTS (SELECT FROM deal_interest i
               WHERE i.deal_id = deal.id AND i.party_id = afund_party() AND i.ended_at IS NULL)
    """,
)
# A history tells amounts, reasons and other enterprises: it is for those who see the whole deal.
walls.readable(
    "deal_event",
    """
    afund_reach() = 'all'
    OR ('committee' = ANY (afund_roles())
        AND EXISTS (SELECT FROM deal d
                    WHERE d.id = deal_event.deal_id AND d.stage IN ('committee', 'closing', 'held', 'exited'))
        AND NOT EXISTS (SELECT FROM deal_recusal r
                        WHERE r.deal_id = deal_event.deal_id AND r.user_id = afund_user()
                          AND r.ended_at IS NULL))
    """,
)
