"""Spinouts: the company, its founders, the transfer of rights into it, and its cap table."""

from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa

from kernel import columns, walls
from kernel.columns import Row, choices_check
from pipeline.spinouts.rules import Appraisal, Form, Route


class Spinout(Row, table=True):
    """A company the fund looks at; `party_id` is the company itself. `registered_capital` is in minor units.

    `version` goes up by one with every change of the company's own facts.
    """

    __tablename__ = "spinout"
    __table_args__ = (
        choices_check("form", Form),
        sa.CheckConstraint("registered_capital >= 0", name="capital_not_negative"),
    )

    code: str = columns.code(unique=True)
    party_id: int = columns.ref("party.id", unique=True)
    form: Form = columns.choice(Form)
    founded_on: date | None = columns.day(nullable=True)
    city: str = columns.text(default="")
    sector: str = columns.text(default="")
    business: str = columns.text(default="")
    registered_capital: int | None = columns.minor(nullable=True)
    currency: str = columns.code(default="CNY")
    version: int = columns.number(default=1)
    recorded_at: datetime = columns.instant()


class SpinoutAchievement(Row, table=True):
    """An achievement from which the company was born."""

    __tablename__ = "spinout_achievement"
    __table_args__ = (sa.UniqueConstraint("spinout_id", "achievement_id"),)

    spinout_id: int = columns.ref("spinout.id")
    achievement_id: int = columns.ref("achievement.id", index=True)


class Founder(Row, table=True):
    """A founder and the share held at founding; the shares of one company sum to one."""

    __tablename__ = "founder"
    __table_args__ = (sa.UniqueConstraint("spinout_id", "party_id"),)

    spinout_id: int = columns.ref("spinout.id")
    party_id: int = columns.ref("party.id", index=True)
    share: Fraction = columns.fraction()
    role: str = columns.text(default="")
    is_inventor: bool = columns.flag(default=False)


class RightsTransfer(Row, table=True):
    """The transfer of one achievement's rights into a company as equity, from pricing to booking."""

    __tablename__ = "rights_transfer"
    __table_args__ = (
        sa.UniqueConstraint("spinout_id", "achievement_id"),
        choices_check("route", Route),
        choices_check("appraisal", Appraisal),
        sa.CheckConstraint("price > 0", name="price_positive"),
    )

    spinout_id: int = columns.ref("spinout.id")
    achievement_id: int = columns.ref("achievement.id", index=True)
    route: Route = columns.choice(Route)
    price: int | None = columns.minor(nullable=True)
    currency: str = columns.code(default="CNY")
    appraisal: Appraisal | None = columns.choice(Appraisal, nullable=True)
    appraisal_reference: str = columns.text(default="")
    waiver_reason: str = columns.text(default="")
    secrecy_screened_on: date | None = columns.day(nullable=True)
    secrecy_screened_by: str = columns.text(default="")
    secrecy_clear: bool = columns.flag(default=False)
    booked_on: date | None = columns.day(nullable=True)
    recorded_at: datetime = columns.instant()


class RightsShare(Row, table=True):
    """What one party gets of the transferred right."""

    __tablename__ = "rights_share"
    __table_args__ = (sa.UniqueConstraint("rights_id", "party_id"),)

    rights_id: int = columns.ref("rights_transfer.id")
    party_id: int = columns.ref("party.id", index=True)
    share: Fraction = columns.fraction()
    is_inventor: bool = columns.flag()


class PublicNotice(Row, table=True):
    """A public notice (公示) of an agreed price; a repeated notice is a newer row."""

    __tablename__ = "public_notice"

    rights_id: int = columns.ref("rights_transfer.id", index=True)
    achievement: str = columns.text()
    price: int = columns.minor()
    starts_on: date = columns.day()
    ends_on: date = columns.day()
    recorded_at: datetime = columns.instant()


class NoticeObjection(Row, table=True):
    """An objection received while a notice ran, and how it was handled."""

    __tablename__ = "notice_objection"
    __table_args__ = (
        sa.CheckConstraint("(handled_on IS NULL) = (handling = '')", name="handled_with_words"),
    )

    notice_id: int = columns.ref("public_notice.id", index=True)
    received_on: date = columns.day()
    objector: str = columns.text()
    says: str = columns.text()
    handled_on: date | None = columns.day(nullable=True)
    handling: str = columns.text(default="")
    is_upheld: bool = columns.flag(default=False)
    recorded_at: datetime = columns.instant()


class CapMovement(Row, table=True):
    """Units of one class gained (or lost, below zero) by one holder; the cap table is the sum of these.

    A unit is a share in a joint-stock company, one minor unit of registered capital in a limited company.
    """

    __tablename__ = "cap_movement"
    __table_args__ = (sa.CheckConstraint("units <> 0", name="moves_something"),)

    spinout_id: int = columns.ref("spinout.id", index=True)
    holder_party_id: int = columns.ref("party.id", index=True)
    share_class: str = columns.text()
    units: int = columns.minor()
    effective_on: date = columns.day()
    memo: str = columns.text(default="")
    recorded_at: datetime = columns.instant()


# What a company agreed with its founders and its university is not for other enterprises.
INSIDERS = "afund_reach() = 'all' OR afund_roles() && ARRAY['technology_manager', 'committee']"

walls.append_only("cap_movement")
walls.append_only("public_notice")
for _table in (
    "spinout",
    "spinout_achievement",
    "founder",
    "rights_transfer",
    "rights_share",
    "public_notice",
    "notice_objection",
    "cap_movement",
):
    walls.readable(_table, INSIDERS)
