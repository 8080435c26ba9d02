"""Terms of default, notices, and the interest that came in. Append-only; what is undone says so in the books."""

from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa

from fund.defaults.promise_rules import Remedy
from fund.defaults.remedy_rules import Say
from kernel import columns, walls
from kernel.columns import Row


class DefaultTermsVersion(Row, table=True):
    """What the charter says of partners that do not pay, from a day on."""

    __tablename__ = "default_terms"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "effective_on"),
        sa.CheckConstraint("cure_days > 0", name="cure_days_positive"),
    )

    fund_id: int = columns.ref("fund.id")
    effective_on: date = columns.day()
    cure_days: int = columns.number()
    rate: Fraction = columns.fraction()
    remedies: list[str] = columns.jsonb()
    forfeit: Fraction = columns.fraction()
    note: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class DefaultNotice(Row, table=True):
    """Notice to a partner that it is in default on a call; the terms of the day hold for it as they are."""

    __tablename__ = "default_notice"
    __table_args__ = (
        sa.UniqueConstraint("call_id", "partner_id", "turn"),
        sa.ForeignKeyConstraint(["fund_id", "partner_id"], ["partner.fund_id", "partner.id"]),
        sa.CheckConstraint("owed > 0", name="owed_positive"),
        sa.CheckConstraint("cure_until > noticed_on", name="cure_after_notice"),
    )

    fund_id: int = columns.ref("fund.id")
    call_id: int = columns.ref("capital_call.id")
    partner_id: int = columns.number(index=True)
    turn: int = columns.number()
    noticed_on: date = columns.day()
    cure_until: date = columns.day()
    rate: Fraction = columns.fraction()
    owed: int = columns.minor()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class DefaultWithdrawal(Row, table=True):
    """A notice that was given by mistake."""

    __tablename__ = "default_withdrawal"
    __table_args__ = (sa.CheckConstraint("btrim(reason) <> ''", name="has_reason"),)

    notice_id: int = columns.ref("default_notice.id", unique=True)
    reason: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class DefaultInterest(Row, table=True):
    """Interest that came in on a default; its act in the books says whether it stands."""

    __tablename__ = "default_interest"
    __table_args__ = (
        sa.UniqueConstraint("notice_id", "number"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
    )

    notice_id: int = columns.ref("default_notice.id")
    number: int = columns.number()
    amount: int = columns.minor()
    received_on: date = columns.day()
    bank_reference: str = columns.code()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class DefaultRemedy(Row, table=True):
    """A remedy that was proposed about a default: the share forfeited, or to whom the interest is sold."""

    __tablename__ = "default_remedy"
    __table_args__ = (
        columns.choices_check("remedy", Remedy),
        sa.CheckConstraint("price >= 0", name="price_not_negative"),
        sa.CheckConstraint("(remedy = 'forfeiture') = (share IS NOT NULL)", name="share_of_forfeiture"),
        sa.CheckConstraint("(remedy = 'sale') = (buyer_id IS NOT NULL)", name="buyer_of_sale"),
        sa.CheckConstraint("(remedy = 'sale') = (price IS NOT NULL)", name="price_of_sale"),
        sa.CheckConstraint("btrim(reason) <> ''", name="has_reason"),
    )

    notice_id: int = columns.ref("default_notice.id", index=True)
    remedy: Remedy = columns.choice(Remedy)
    share: Fraction | None = columns.fraction(nullable=True)
    buyer_id: int | None = columns.ref("partner.id", nullable=True)
    price: int | None = columns.minor(nullable=True)
    reason: str = columns.text()
    proposed_by: int | None = columns.number(nullable=True)
    proposed_name: str = columns.text()
    recorded_at: datetime = columns.instant()


class DefaultResolution(Row, table=True):
    """What the advisory committee resolved about it, by its minutes."""

    __tablename__ = "default_resolution"

    remedy_id: int = columns.ref("default_remedy.id", unique=True)
    resolved_on: date = columns.day()
    is_consent: bool = columns.flag()
    minutes_sha256: str = columns.code()
    minutes_name: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class DefaultVote(Row, table=True):
    """How a member voted, and for which partner it sits."""

    __tablename__ = "default_vote"
    __table_args__ = (
        sa.UniqueConstraint("resolution_id", "member"),
        columns.choices_check("say", Say),
    )

    resolution_id: int = columns.ref("default_resolution.id")
    member: str = columns.text()
    partner_id: int | None = columns.ref("partner.id", nullable=True)
    say: Say = columns.choice(Say)


class DefaultExecution(Row, table=True):
    """That the remedy was carried out as of a day, and by which acts; whether it stands its own act says."""

    __tablename__ = "default_execution"

    remedy_id: int = columns.ref("default_remedy.id", unique=True)
    effective_on: date = columns.day()
    acts: list[str] = columns.jsonb()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


for _table in ("default_remedy", "default_resolution", "default_vote", "default_execution"):
    walls.append_only(_table)
walls.readable(
    "default_remedy", "EXISTS (SELECT FROM default_notice n WHERE n.id = default_remedy.notice_id)"
)
for _table in ("default_resolution", "default_execution"):
    walls.readable(_table, f"EXISTS (SELECT FROM default_remedy r WHERE r.id = {_table}.remedy_id)")
# It names the other partners' people.
walls.readable("default_vote", "afund_reach() = 'all'")
for _table in ("default_terms", "default_notice", "default_withdrawal", "default_interest"):
    walls.append_only(_table)
walls.readable("default_notice", "afund_reach() = 'all' OR partner_id = ANY (afund_partners())")
for _table in ("default_withdrawal", "default_interest"):
    walls.readable(_table, f"EXISTS (SELECT FROM default_notice n WHERE n.id = {_table}.notice_id)")
walls.agree("default_notice", "fund_id", through=("call_id", "capital_call"), named=("partner_id", "partner"))
