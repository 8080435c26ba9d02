"""Defaults as others see them: what is owed, what interest has run, what came in and was passed on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa
from sqlmodel import col, select

from fund.capital.inflows import asked, call_header, receipts
from fund.capital.queries import due_calls
from fund.capital.sheets import DueLine
from fund.capital.standing import receipt_stands
from fund.defaults.models import DefaultInterest, DefaultNotice, DefaultTermsVersion, DefaultWithdrawal
from fund.defaults.promise_rules import Remedies, Remedy
from fund.defaults.rules import (
    UNCURED,
    DefaultState,
    DefaultTerms,
    DefaultTermsUnknown,
    DefaultUnknown,
    Payment,
    interest,
    state_of,
)
from fund.ledger.undone import undone_acts
from kernel.db import Tx
from kernel.identity.rules import Actor


@dataclass(frozen=True)
class InterestSheet:
    """Interest that came in; `undone_on` is the day from which it counts no more."""

    number: int
    amount: int
    received_on: date
    bank_reference: str
    recorded_by: str
    undone_on: date | None


@dataclass(frozen=True)
class DefaultSheet:
    """A default on a day. Amounts in minor units; `interest` is all that has run, paid or not.

    Nothing here is part of the commitment or of any return: `owed` was booked when the call was issued.
    """

    id: int
    fund_id: int
    call_id: int
    call: str
    partner_id: int
    due_on: date
    noticed_on: date
    cure_until: date
    rate: Fraction
    noticed_owed: int
    owed: int
    interest: int
    interest_paid: int
    state: DefaultState
    came: tuple[InterestSheet, ...]
    withdrawn_because: str
    recorded_by: str
    recorded_at: datetime

    @property
    def interest_owed(self) -> int:
        """The interest that has run and not come in."""
        return self.interest - self.interest_paid

    @property
    def to_cure(self) -> int:
        """What cures it on the day."""
        return self.owed + self.interest_owed


@dataclass(frozen=True)
class TermsSheet:
    """A version of the terms of default."""

    effective_on: date
    terms: DefaultTerms
    note: str
    recorded_by: str


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The notices that `actor` may read: staff all, a partner's people their own; the database says the same."""
    if actor.reach == "all":
        return sa.true()
    return col(DefaultNotice.partner_id).in_(actor.partner_ids)


def versions(tx: Tx, *, fund_id: int, known_at: datetime | None = None) -> list[TermsSheet]:
    """Every version of the terms of default, as known at an instant, the newest first."""
    wanted = select(DefaultTermsVersion).where(DefaultTermsVersion.fund_id == fund_id)
    if known_at is not None:
        wanted = wanted.where(DefaultTermsVersion.recorded_at <= known_at)
    rows = tx.exec(wanted.order_by(col(DefaultTermsVersion.effective_on).desc()))
    return [
        TermsSheet(
            row.effective_on,
            DefaultTerms(row.cure_days, row.rate, _remedies(row)),
            row.note,
            row.recorded_by,
        )
        for row in rows
    ]


def _remedies(row: DefaultTermsVersion) -> Remedies:
    return Remedies(tuple(Remedy(name) for name in row.remedies), row.forfeit)


def default_terms(tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None) -> DefaultTerms:
    """The terms of default in force on a day, as known at an instant."""
    for version in versions(tx, fund_id=fund_id, known_at=known_at):
        if version.effective_on <= as_of:
            return version.terms
    raise DefaultTermsUnknown(as_of=as_of)


def defaults(
    tx: Tx, *, fund_id: int, as_of: date, actor: Actor | None = None, call_id: int | None = None
) -> list[DefaultSheet]:
    """The defaults of which notice was given by a day, the newest first, as they stand on it."""
    statement = select(DefaultNotice).where(
        DefaultNotice.fund_id == fund_id, DefaultNotice.noticed_on <= as_of
    )
    if actor is not None:
        statement = statement.where(visible_to(actor))
    if call_id is not None:
        statement = statement.where(DefaultNotice.call_id == call_id)
    rows = tx.exec(statement.order_by(col(DefaultNotice.id).desc())).all()
    return [sheet_of(tx, row=row, as_of=as_of) for row in rows]


def default(tx: Tx, *, default_id: int, as_of: date, actor: Actor | None = None) -> DefaultSheet:
    """One default as it stands on a day."""
    statement = select(DefaultNotice).where(DefaultNotice.id == default_id)
    if actor is not None:
        statement = statement.where(visible_to(actor))
    row = tx.exec(statement).first()
    if row is None:
        raise DefaultUnknown()
    return sheet_of(tx, row=row, as_of=as_of)


def uncured(
    tx: Tx, *, fund_id: int, on: date, actor: Actor | None = None, call_id: int | None = None
) -> list[DefaultSheet]:
    """The defaults that stand on a day and still ask for money."""
    found = defaults(tx, fund_id=fund_id, as_of=on, actor=actor, call_id=call_id)
    return [one for one in found if one.state in UNCURED]


def overdue(tx: Tx, *, fund_id: int, as_of: date) -> list[DueLine]:
    """What partners owe on calls that are past due and of which no notice stands."""
    noticed = {
        (one.call_id, one.partner_id)
        for one in defaults(tx, fund_id=fund_id, as_of=as_of)
        if one.state is not DefaultState.WITHDRAWN
    }
    return [
        line
        for line in due_calls(tx, fund_id=fund_id, as_of=as_of)
        if line.days_late > 0 and (line.call_id, line.partner_id) not in noticed
    ]


def principal(tx: Tx, *, call_id: int, partner_id: int, as_of: date) -> tuple[int, list[Payment]]:
    """What a partner was called for, interest of a later close apart, and what it has paid of that by a day.

    Nothing of one that was not called.
    """
    lines = asked(tx, call_id=call_id, partner_ids=[partner_id])
    if not lines:
        return 0, []
    came = receipts(tx, call_id=call_id, standing=receipt_stands(as_of), partner_ids=[partner_id])
    payments = [Payment(one.received_on, one.amount - one.interest) for one in came]
    return lines[0].in_money, payments


def sheet_of(tx: Tx, *, row: DefaultNotice, as_of: date) -> DefaultSheet:
    """The notice as others see it on a day."""
    call = call_header(tx, call_id=row.call_id)
    called, payments = principal(tx, call_id=row.call_id, partner_id=row.partner_id, as_of=as_of)
    owed = called - sum(one.amount for one in payments)
    ran = interest(principal=called, due_on=call.due_on, payments=payments, rate=row.rate, until=as_of)
    came = _came(tx, row)
    paid = sum(one.amount for one in came if _counts(one, as_of))
    withdrawn = tx.exec(select(DefaultWithdrawal).where(DefaultWithdrawal.notice_id == row.key)).first()
    because = withdrawn.reason if withdrawn else ""
    # With its call goes what was owed on it; interest that came in by then stays the others' until it is taken back.
    is_gone = call.cancelled_on is not None and call.cancelled_on <= as_of
    if is_gone:
        owed, ran, because = 0, paid, because or call.cancel_reason or ""
    state = state_of(
        principal_owed=owed,
        interest_owed=ran - paid,
        until=row.cure_until,
        today=as_of,
        is_withdrawn=withdrawn is not None or is_gone,
    )
    return DefaultSheet(
        row.key,
        row.fund_id,
        row.call_id,
        call.code,
        row.partner_id,
        call.due_on,
        row.noticed_on,
        row.cure_until,
        row.rate,
        row.owed,
        owed,
        ran,
        paid,
        state,
        tuple(came),
        because,
        row.recorded_by,
        row.recorded_at,
    )


def _counts(one: InterestSheet, as_of: date) -> bool:
    return one.received_on <= as_of and (one.undone_on is None or one.undone_on > as_of)


def _came(tx: Tx, row: DefaultNotice) -> Sequence[InterestSheet]:
    gone = undone_acts(tx, kind="default", fund_id=row.fund_id)
    found = select(DefaultInterest).where(DefaultInterest.notice_id == row.key)
    return [
        InterestSheet(
            one.number,
            one.amount,
            one.received_on,
            one.bank_reference,
            one.recorded_by,
            gone.get(f"default:{row.key}.{one.number}"),
        )
        for one in tx.exec(found.order_by(col(DefaultInterest.number)))
    ]
