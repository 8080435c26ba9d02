"""Which funds there are, and what each has promised on a given day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.charter.carry_rules import FurtherTier
from fund.charter.life import Life, life_of
from fund.charter.models import (
    Fund,
    PerformanceForm,
    TermsLimit,
    TermsTier,
    TermsVersion,
    TermsWithdrawal,
)
from fund.charter.rules import FundNotOnlyOne, FundUnknown, Limit, NoFundYet, Terms, TermsUnknown
from fund.charter.template_rules import TemplateForm
from fund.charter.withdrawal_rules import Withdrawn
from kernel.asking import asked_often
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.periods import Quarter


@dataclass(frozen=True)
class FundSheet:
    """A fund as others see it."""

    id: int
    code: str
    name_zh: str
    name_en: str
    currency: str
    is_example: bool
    recorded_at: datetime


@dataclass(frozen=True)
class VersionSheet:
    """One version of the terms: since when it holds, when it was written down, and why; whether it was withdrawn."""

    version: int
    effective_on: date
    recorded_at: datetime
    note: str
    terms: Terms
    withdrawn: Withdrawn | None = None


@dataclass(frozen=True)
class FormSheet:
    """The form in which a fund tells its performance, by whom and when it was chosen, and why."""

    form: TemplateForm
    note: str
    chosen_by: str
    recorded_at: datetime


def funds(tx: Tx) -> list[FundSheet]:
    """All funds by code."""
    return [_fund(row) for row in tx.exec(select(Fund).order_by(Fund.code))]


def fund(tx: Tx, *, fund_id: int) -> FundSheet:
    """The fund with that id."""
    row = tx.get(Fund, fund_id)
    if row is None:
        raise FundUnknown(code=fund_id)
    return _fund(row)


def fund_by_code(tx: Tx, *, code: str) -> FundSheet:
    """The fund with that code, as printed or in any case."""
    row = tx.exec(select(Fund).where(Fund.code == code.strip().upper())).one_or_none()
    if row is None:
        raise FundUnknown(code=code)
    return _fund(row)


def only_fund(tx: Tx) -> FundSheet:
    """The fund, where there is just one; refused otherwise, since guessing would be wrong."""
    found = funds(tx)
    if not found:
        raise NoFundYet(count=0)
    if len(found) != 1:
        raise FundNotOnlyOne(count=len(found))
    return found[0]


def terms(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> Terms:
    """What the fund promised on `as_of`, as known at `known_at` (None: all that is known)."""
    found = terms_if_any(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    if found is None:
        raise TermsUnknown(as_of=as_of)
    return found


def terms_if_any(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> Terms | None:
    """The same, but None on a day before the fund's first terms: its first quarter has an eve."""
    row = _version_of(tx, fund_id=fund_id, as_of=as_of, known_at=known_at).scalars().first()
    return _terms(tx, row) if row else None


@asked_often
def _version_of(*, fund_id: int, as_of: date, known_at: datetime | None) -> sa.Executable:
    """The version of the terms that holds on a day."""
    row = TermsVersion
    statement = (
        sa.select(row)
        .where(col(row.fund_id) == fund_id, col(row.effective_on) <= as_of, ~_is_withdrawn(known_at))
        .order_by(col(row.effective_on).desc(), col(row.version).desc())
    )
    if known_at is not None:
        statement = statement.where(col(row.recorded_at) <= known_at)
    return statement.limit(1)


def versions(tx: Tx, *, fund_id: int) -> list[VersionSheet]:
    """Every version of the terms that holds or will, oldest first."""
    return [one for one in written_versions(tx, fund_id=fund_id) if one.withdrawn is None]


def written_versions(tx: Tx, *, fund_id: int, actor: Actor | None = None) -> list[VersionSheet]:
    """Every version that was ever written, oldest first, those withdrawn before they held among them.

    A partner as `actor` is told that one was withdrawn and when; why and by whom is the house's own.
    """
    found = (
        sa.select(TermsVersion, TermsWithdrawal)
        .join(TermsWithdrawal, col(TermsWithdrawal.terms_id) == col(TermsVersion.id), isouter=True)
        .where(col(TermsVersion.fund_id) == fund_id)
    )
    rows = tx.execute(found.order_by(col(TermsVersion.version))).all()
    return [
        VersionSheet(
            row.version,
            row.effective_on,
            row.recorded_at,
            row.note,
            _terms(tx, row),
            _withdrawn(gone, actor) if gone else None,
        )
        for row, gone in rows
    ]


def _withdrawn(row: TermsWithdrawal, actor: Actor | None) -> Withdrawn:
    if actor is not None and actor.reach != "all":
        return Withdrawn("", "", row.recorded_at)
    return Withdrawn(row.reason, row.recorded_by, row.recorded_at)


def terms_within(tx: Tx, *, fund_id: int, quarter: Quarter) -> tuple[Terms, ...]:
    """The terms in force within `quarter` in their order; the first of them held before, or from its own day on."""
    return in_quarter({one.effective_on: one.terms for one in versions(tx, fund_id=fund_id)}, quarter)


def in_quarter(by_day: Mapping[date, Terms], quarter: Quarter) -> tuple[Terms, ...]:
    """The same out of terms by their days."""
    begun = sorted(day for day in by_day if day <= quarter.ends_on)
    if not begun:
        raise TermsUnknown(as_of=quarter.ends_on)
    first = max((day for day in begun if day <= quarter.starts_on), default=begun[0])
    return tuple(by_day[day] for day in begun if day >= first)


def first_quarter(tx: Tx, *, fund_id: int) -> Quarter:
    """The quarter in which the fund began: that of its first close."""
    statement = select(col(TermsVersion.first_close_on)).where(TermsVersion.fund_id == fund_id)
    first_close_on = tx.exec(statement.order_by(col(TermsVersion.version)).limit(1)).first()
    if first_close_on is None:
        raise FundUnknown(code=fund_id)
    return Quarter.containing(first_close_on)


def life(tx: Tx, *, fund_id: int) -> Life:
    """The days on which something of the fund may take effect, by all its terms."""
    spans = sa.select(
        sa.func.min(col(TermsVersion.first_close_on)), sa.func.max(col(TermsVersion.term_ends_on))
    )
    begun, ended = tx.execute(spans.where(col(TermsVersion.fund_id) == fund_id, ~_is_withdrawn())).one()
    if begun is None:
        raise FundUnknown(code=fund_id)
    return life_of(first_close_on=begun, term_ends_on=ended)


def performance_form(tx: Tx, *, fund_id: int) -> FormSheet | None:
    """The form in which the fund tells its performance; None until it is chosen."""
    row = tx.exec(select(PerformanceForm).where(PerformanceForm.fund_id == fund_id)).one_or_none()
    return FormSheet(row.form, row.note, row.chosen_by, row.recorded_at) if row else None


def _is_withdrawn(known_at: datetime | None = None) -> sa.ColumnElement[bool]:
    """Whether a version of the terms was withdrawn, as known at an instant."""
    found = sa.exists().where(col(TermsWithdrawal.terms_id) == col(TermsVersion.id))
    return found if known_at is None else found.where(col(TermsWithdrawal.recorded_at) <= known_at)


def _fund(row: Fund) -> FundSheet:
    return FundSheet(
        row.key, row.code, row.name_zh, row.name_en, row.currency, row.is_example, row.recorded_at
    )


def _limits(rows: Sequence[TermsLimit]) -> tuple[Limit, ...]:
    return tuple(Limit(row.dimension, row.of_key, row.maximum, row.basis) for row in rows)


def _further(tx: Tx, terms_id: int) -> tuple[FurtherTier, ...]:
    rows = tx.exec(select(TermsTier).where(TermsTier.terms_id == terms_id).order_by(col(TermsTier.position)))
    return tuple(FurtherTier(row.measure, row.threshold, row.carry) for row in rows)


def _terms(tx: Tx, row: TermsVersion) -> Terms:
    """What a version says. It never changes, and one act asks many times: a transaction reads each version once."""
    read: dict[int, Terms] = tx.info.setdefault("terms", {})
    if row.key not in read:
        read[row.key] = _read(tx, row)
    return read[row.key]


def _read(tx: Tx, row: TermsVersion) -> Terms:
    limits = tx.exec(select(TermsLimit).where(TermsLimit.terms_id == row.key).order_by(col(TermsLimit.id)))
    return Terms(
        size=row.size,
        currency=fund(tx, fund_id=row.fund_id).currency,
        first_close_on=row.first_close_on,
        final_close_on=row.final_close_on,
        commitment_period_ends_on=row.commitment_period_ends_on,
        term_ends_on=row.term_ends_on,
        fee_rate=row.fee_rate,
        fee_basis=row.fee_basis,
        hurdle=row.hurdle,
        compounding=row.compounding,
        catch_up=row.catch_up,
        carry=row.carry,
        notice_business_days=row.notice_business_days,
        limits=_limits(limits.all()),
        equalisation_rate=row.equalisation_rate,
        close_at_nav=row.close_at_nav,
        language=row.language,
        offset_share=row.offset_share,
        carry_form=row.carry_form,
        carry_tax=row.carry_tax,
        carry_escrow=row.carry_escrow,
        escrow_test=row.escrow_test,
        organisation_cap=row.organisation_cap,
        organisation_share=row.organisation_share,
        unused_return_days=row.unused_return_days,
        recall_cap=row.recall_cap,
        recall_fees_cap=row.recall_fees_cap,
        recall_within_months=row.recall_within_months,
        recall_expires_months=row.recall_expires_months,
        giveback_cap=row.giveback_cap,
        giveback_months=row.giveback_months,
        giveback_restores=row.giveback_restores,
        further=_further(tx, row.key),
        version=row.version,
        effective_on=row.effective_on,
    )
