"""Partners, the people to write to, and where each partner is paid."""

from datetime import date, datetime

import sqlalchemy as sa

from fund.charter.rules import Language
from fund.partners.rules import PartnerKind
from kernel import columns, walls
from kernel.columns import Row


class Partner(Row, table=True):
    """A party's interest in a fund. `bears_fee` and `bears_carry` are the partner's own terms."""

    __tablename__ = "partner"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "code"),
        sa.UniqueConstraint("fund_id", "party_id"),
        # What names a partner of a fund refers to both, so that it cannot name another fund's.
        sa.UniqueConstraint("fund_id", "id"),
        columns.choices_check("kind", PartnerKind),
        columns.choices_check("language", Language),
        sa.Index("uq_partner_general", "fund_id", unique=True, postgresql_where=sa.text("kind = 'general'")),
    )

    fund_id: int = columns.ref("fund.id")
    code: str = columns.code()
    party_id: int = columns.ref("party.id")
    kind: PartnerKind = columns.choice(PartnerKind)
    bears_fee: bool = columns.flag()
    bears_carry: bool = columns.flag()
    language: Language = columns.choice(Language)
    admitted_on: date = columns.day()
    recorded_at: datetime = columns.instant()


class Contact(Row, table=True):
    """Somebody at a partner who is written to, until `ended_on`."""

    __tablename__ = "contact"
    __table_args__ = (columns.choices_check("language", Language),)

    partner_id: int = columns.ref("partner.id", index=True)
    name: str = columns.text()
    title: str = columns.text()
    email: str = columns.text()
    phone: str = columns.text()
    language: Language = columns.choice(Language)
    receives_notices: bool = columns.flag()
    receives_reports: bool = columns.flag()
    ended_on: date | None = columns.day(nullable=True)
    recorded_at: datetime = columns.instant()


class PartnerBank(Row, table=True):
    """Where a partner is paid, since `since_on`; a change is a new row, so that it is seen."""

    __tablename__ = "partner_bank"

    partner_id: int = columns.ref("partner.id", index=True)
    bank_name: str = columns.text()
    account_name: str = columns.text()
    account_no: str = columns.code()
    since_on: date = columns.day()
    recorded_at: datetime = columns.instant()


class PartnerBankChange(Row, table=True):
    """New bank details that one person has prepared; they hold once another has approved them."""

    __tablename__ = "partner_bank_change"
    __table_args__ = columns.decided_by_another("partner_bank_change", "partner_id")

    partner_id: int = columns.ref("partner.id", index=True)
    bank_name: str = columns.text()
    account_name: str = columns.text()
    account_no: str = columns.code()
    since_on: date = columns.day()
    reason: str = columns.text()
    prepared_by: int | None = columns.ref("app_user.id", nullable=True)
    recorded_at: datetime = columns.instant()
    is_approved: bool | None = columns.flag(nullable=True)
    decided_by: int | None = columns.ref("app_user.id", nullable=True)
    decided_at: datetime | None = columns.instant(nullable=True)


walls.append_only("partner_bank")
# The administrator must be able to say which partner a person belongs to, and sees no more of it than its row.
walls.readable(
    "partner",
    "afund_reach() = 'all' OR id = ANY (afund_partners()) OR 'administrator' = ANY (afund_roles())",
)
walls.readable("contact", "afund_reach() = 'all' OR partner_id = ANY (afund_partners())")
walls.readable("partner_bank", "afund_reach() = 'all' OR partner_id = ANY (afund_partners())")
walls.readable("partner_bank_change", "afund_reach() = 'all'")
