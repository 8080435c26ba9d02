"""Opening a fund and changing what it has promised."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import select

from fund.charter.amendment_rules import Done, check_changes, check_possible
from fund.charter.models import (
    Fund,
    PerformanceForm,
    TermsLimit,
    TermsTier,
    TermsVersion,
    TermsWithdrawal,
)
from fund.charter.opening_rules import check_currency, check_name
from fund.charter.queries import FormSheet, FundSheet, fund, performance_form, written_versions
from fund.charter.rules import (
    CurrencyFixed,
    FundTaken,
    Terms,
    check_amendment,
    check_read,
    check_terms,
    check_terms_open,
)
from fund.charter.template_rules import TemplateForm, check_free
from fund.charter.withdrawal_rules import FirstVersion, Use, VersionUnknown, check_withdrawal
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing


def open_fund(
    tx: Tx,
    actor: Actor,
    *,
    code: str,
    name_zh: str,
    name_en: str,
    currency: str,
    is_example: bool,
    terms: Terms,
    effective_on: date,
    now: datetime,
) -> FundSheet:
    """Open a fund under its first terms; the books' accounts are opened by `ledger.actions.open_chart`.

    Refused: a missing or taken code, a currency that is unknown or not in hundredths, terms that cannot be promised.
    """
    actor.require(Role.MANAGER)
    check_name(code=code, name_zh=name_zh)
    check_currency(currency)
    check_terms(terms)
    _check_currency(terms, currency)
    code = code.strip().upper()
    lock(tx, f"fund:{code}")
    if tx.exec(select(Fund).where(Fund.code == code)).first() is not None:
        raise FundTaken(code=code)
    row = Fund(
        code=code,
        name_zh=name_zh.strip(),
        name_en=name_en.strip(),
        currency=currency,
        is_example=is_example,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    _write_version(tx, row.key, terms, version=1, effective_on=effective_on, note="", now=now)
    record(tx, actor, action="fund.opened", subject=f"fund:{row.key}", detail={"code": code}, now=now)
    return fund(tx, fund_id=row.key)


def amend_terms(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    terms: Terms,
    effective_on: date,
    note: str,
    read: int | None = None,
    locked_through: date | None,
    done: Done | None = None,
    now: datetime,
) -> int:
    """Write the next version of the terms, in force from `effective_on`; returns its number.

    `read` is the version that the writer has before it, `locked_through` the last locked day of the books and `done`
    what was done under the terms, both of which stand above (`fund.ledger.amending`, `fund.capital.amending`). Refused:
    a version written meanwhile, a day before the version it follows or locked, another currency, terms that cannot be
    promised, that change nothing or under which what was done would not have been possible.
    """
    actor.require(Role.MANAGER)
    check_terms(terms)
    _check_currency(terms, fund(tx, fund_id=fund_id).currency)
    lock(tx, f"terms:{fund_id}")
    written = written_versions(tx, fund_id=fund_id)
    last = [one for one in written if one.withdrawn is None][-1]
    check_read(read=read, latest=last.version)
    if done is not None:
        check_possible(last.terms, terms, done)
    check_amendment(effective_on=effective_on, latest=last.effective_on)
    check_terms_open(effective_on, locked_through)
    check_changes(last.terms, terms)
    # The number of a version that was withdrawn is not given again.
    version = written[-1].version + 1
    _write_version(tx, fund_id, terms, version=version, effective_on=effective_on, note=note, now=now)
    detail = {"version": version, "effective_on": effective_on.isoformat(), "note": note}
    record(tx, actor, action="fund.terms_amended", subject=f"fund:{fund_id}", detail=detail, now=now)
    return version


def withdraw_version(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    version: int,
    reason: str,
    used: Sequence[Use],
    now: datetime,
) -> None:
    """Withdraw a version of the terms before it holds; it stays on record and never does.

    `used` is what was worked out under it, which stands above (`fund.capital.promises`). Refused: the first version,
    one that is not there, and what `check_withdrawal` finds.
    """
    actor.require(Role.MANAGER)
    lock(tx, f"terms:{fund_id}")
    written = written_versions(tx, fund_id=fund_id)
    meant = next((one for one in written if one.version == version), None)
    if meant is None:
        raise VersionUnknown(version=version)
    if version == written[0].version:
        raise FirstVersion()
    check_withdrawal(
        version=version,
        effective_on=meant.effective_on,
        is_withdrawn=meant.withdrawn is not None,
        latest=max(one.version for one in written if one.withdrawn is None),
        today=day_in_beijing(now),
        used=used,
        reason=reason,
    )
    statement = select(TermsVersion.id).where(
        TermsVersion.fund_id == fund_id, TermsVersion.version == version
    )
    terms_id = tx.exec(statement).one()
    assert terms_id is not None
    tx.add(TermsWithdrawal(terms_id=terms_id, reason=reason.strip(), recorded_by=actor.name, recorded_at=now))
    tx.flush()
    detail = {"version": version, "reason": reason.strip()}
    record(tx, actor, action="fund.terms_withdrawn", subject=f"fund:{fund_id}", detail=detail, now=now)


def choose_performance_form(
    tx: Tx, actor: Actor, *, fund_id: int, form: TemplateForm, note: str = "", now: datetime
) -> FormSheet:
    """Choose for good the form in which the fund tells its performance. Refused: a choice made before."""
    actor.require(Role.MANAGER)
    fund(tx, fund_id=fund_id)
    lock(tx, f"performance_form:{fund_id}")
    before = performance_form(tx, fund_id=fund_id)
    check_free(chosen=before.form if before else None, chosen_by=before.chosen_by if before else "")
    row = PerformanceForm(
        fund_id=fund_id, form=form, note=note.strip(), chosen_by=actor.name, recorded_at=now
    )
    tx.add(row)
    tx.flush()
    detail = {"form": form.value, "note": row.note}
    record(
        tx, actor, action="fund.performance_form_chosen", subject=f"fund:{fund_id}", detail=detail, now=now
    )
    return FormSheet(form, row.note, row.chosen_by, now)


def _check_currency(terms: Terms, currency: str) -> None:
    if terms.currency != currency:
        raise CurrencyFixed(currency=currency)


def _write_version(
    tx: Tx, fund_id: int, terms: Terms, *, version: int, effective_on: date, note: str, now: datetime
) -> None:
    row = TermsVersion(
        fund_id=fund_id,
        version=version,
        effective_on=effective_on,
        recorded_at=now,
        size=terms.size,
        first_close_on=terms.first_close_on,
        final_close_on=terms.final_close_on,
        commitment_period_ends_on=terms.commitment_period_ends_on,
        term_ends_on=terms.term_ends_on,
        fee_rate=terms.fee_rate,
        fee_basis=terms.fee_basis,
        hurdle=terms.hurdle,
        compounding=terms.compounding,
        catch_up=terms.catch_up,
        carry=terms.carry,
        equalisation_rate=terms.equalisation_rate,
        close_at_nav=terms.close_at_nav,
        notice_business_days=terms.notice_business_days,
        language=terms.language,
        offset_share=terms.offset_share,
        carry_form=terms.carry_form,
        carry_tax=terms.carry_tax,
        carry_escrow=terms.carry_escrow,
        escrow_test=terms.escrow_test,
        organisation_cap=terms.organisation_cap,
        organisation_share=terms.organisation_share,
        unused_return_days=terms.unused_return_days,
        recall_cap=terms.recall_cap,
        recall_fees_cap=terms.recall_fees_cap,
        recall_within_months=terms.recall_within_months,
        recall_expires_months=terms.recall_expires_months,
        giveback_cap=terms.giveback_cap,
        giveback_months=terms.giveback_months,
        giveback_restores=terms.giveback_restores,
        note=note,
    )
    tx.add(row)
    tx.flush()
    _write_parts(tx, row.key, terms)


def _write_parts(tx: Tx, terms_id: int, terms: Terms) -> None:
    for position, tier in enumerate(terms.further, start=1):
        tx.add(TermsTier(terms_id=terms_id, position=position, **vars(tier)))
    for limit in terms.limits:
        tx.add(
            TermsLimit(
                terms_id=terms_id,
                dimension=limit.dimension,
                of_key=limit.key,
                maximum=limit.maximum,
                basis=limit.basis,
            )
        )
    tx.flush()
