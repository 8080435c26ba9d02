"""The fund's rows: the fund itself, each version of its terms with its limits and further tiers, and the form in which
its performance is told.
"""

from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa

from fund.charter.carry_rules import CarryForm, EscrowTest, Measure
from fund.charter.rules import Basis, Compounding, Dimension, FeeBasis, Language
from fund.charter.template_rules import TemplateForm
from kernel import columns, walls
from kernel.columns import Row


class Fund(Row, table=True):
    """A fund. `is_example` is printed on every page of it."""

    __tablename__ = "fund"

    code: str = columns.code(unique=True)
    name_zh: str = columns.text()
    name_en: str = columns.text()
    currency: str = columns.code()
    is_example: bool = columns.flag()
    recorded_at: datetime = columns.instant()


class TermsVersion(Row, table=True):
    """The terms as promised from `effective_on`; a change is a new version."""

    __tablename__ = "terms_version"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "version"),
        columns.choices_check("fee_basis", FeeBasis),
        columns.choices_check("compounding", Compounding),
        columns.choices_check("language", Language),
        columns.choices_check("carry_form", CarryForm),
        columns.choices_check("escrow_test", EscrowTest),
        sa.CheckConstraint("size > 0", name="size_positive"),
        sa.CheckConstraint("notice_business_days >= 0", name="notice_not_negative"),
        sa.CheckConstraint("organisation_cap >= 0", name="organisation_cap_not_negative"),
        sa.Index("ix_terms_version_in_force", "fund_id", "effective_on", "version"),
    )

    fund_id: int = columns.ref("fund.id")
    version: int = columns.number()
    effective_on: date = columns.day()
    recorded_at: datetime = columns.instant()
    size: int = columns.minor()
    first_close_on: date = columns.day()
    final_close_on: date = columns.day()
    commitment_period_ends_on: date = columns.day()
    term_ends_on: date = columns.day()
    fee_rate: Fraction = columns.fraction()
    fee_basis: FeeBasis = columns.choice(FeeBasis)
    hurdle: Fraction = columns.fraction()
    compounding: Compounding = columns.choice(Compounding)
    catch_up: Fraction = columns.fraction()
    carry: Fraction = columns.fraction()
    equalisation_rate: Fraction = columns.fraction()
    close_at_nav: bool = columns.flag(default=False)
    notice_business_days: int = columns.number()
    language: Language = columns.choice(Language)
    offset_share: Fraction = columns.fraction()
    carry_form: CarryForm = columns.choice(CarryForm)
    carry_tax: Fraction = columns.fraction()
    carry_escrow: Fraction = columns.fraction()
    escrow_test: EscrowTest = columns.choice(EscrowTest)
    organisation_cap: int | None = columns.minor(nullable=True)
    organisation_share: Fraction | None = columns.fraction(nullable=True)
    unused_return_days: int | None = columns.number(nullable=True)
    recall_cap: Fraction | None = columns.fraction(nullable=True)
    recall_fees_cap: Fraction | None = columns.fraction(nullable=True)
    recall_within_months: int | None = columns.number(nullable=True)
    recall_expires_months: int | None = columns.number(nullable=True)
    giveback_cap: Fraction | None = columns.fraction(nullable=True)
    giveback_months: int | None = columns.number(nullable=True)
    giveback_restores: bool = columns.flag()
    note: str = columns.text()


class TermsLimit(Row, table=True):
    """One limit of one version of the terms; without `of_key` it binds every key of its dimension."""

    __tablename__ = "terms_limit"
    __table_args__ = (
        columns.choices_check("dimension", Dimension),
        columns.choices_check("basis", Basis),
        sa.Index("ix_terms_limit_version", "terms_id"),
    )

    terms_id: int = columns.ref("terms_version.id")
    dimension: Dimension = columns.choice(Dimension)
    of_key: str | None = columns.text(nullable=True)
    maximum: Fraction = columns.fraction()
    basis: Basis = columns.choice(Basis)


class TermsTier(Row, table=True):
    """One further tier of the waterfall of one version of the terms."""

    __tablename__ = "terms_tier"
    __table_args__ = (
        sa.UniqueConstraint("terms_id", "position"),
        columns.choices_check("measure", Measure),
    )

    terms_id: int = columns.ref("terms_version.id")
    position: int = columns.number()
    measure: Measure = columns.choice(Measure)
    threshold: Fraction = columns.fraction()
    carry: Fraction = columns.fraction()


class TermsWithdrawal(Row, table=True):
    """A version of the terms that was found wrong before it held, and never does."""

    __tablename__ = "terms_withdrawal"
    __table_args__ = (
        sa.UniqueConstraint("terms_id"),
        sa.CheckConstraint("btrim(reason) <> ''", name="has_reason"),
    )

    terms_id: int = columns.ref("terms_version.id")
    reason: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class PerformanceForm(Row, table=True):
    """The form in which a fund tells its performance; there is one row at most, and it never changes."""

    __tablename__ = "performance_form"
    __table_args__ = (
        sa.UniqueConstraint("fund_id"),
        columns.choices_check("form", TemplateForm),
    )

    fund_id: int = columns.ref("fund.id")
    form: TemplateForm = columns.choice(TemplateForm)
    note: str = columns.text()
    chosen_by: str = columns.text()
    recorded_at: datetime = columns.instant()


walls.append_only("performance_form")
walls.append_only("terms_version")
walls.append_only("terms_withdrawal")
walls.append_only("terms_tier")
walls.append_only("terms_limit")
