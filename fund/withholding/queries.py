"""Rates of withholding, what was withheld, what is owed of it and what was paid. With an `actor` only its own."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from fund.ledger.chart import Account
from fund.ledger.queries import flows
from fund.ledger.undone import undone_acts
from fund.parties.models import Party
from fund.partners.models import Partner
from fund.withholding.models import TaxPayment, TaxPaymentLine, Withholding, WithholdingRate
from fund.withholding.rules import Owed, Rate, Withheld, rate_for, withheld
from kernel.db import Tx
from kernel.identity.rules import Actor


@dataclass(frozen=True)
class RateSheet:
    """A rate as it was written down."""

    id: int
    rate: Rate
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True)
class WithheldSheet:
    """What is withheld from one partner's part of a distribution, and of what it is which share."""

    id: int
    partner_id: int
    income: int
    gain: int
    income_rate: Fraction
    gain_rate: Fraction
    amount: int
    reason: str


@dataclass(frozen=True)
class TaxPaymentSheet:
    """A payment to the tax office; it counts no more from the day on which it was undone."""

    id: int
    code: str
    paid_on: date
    amount: int
    memo: str
    distributions: tuple[str, ...]
    recorded_by: str
    recorded_at: datetime
    undone_on: date | None


def visible_to(actor: Actor, partner_id: Any) -> sa.ColumnElement[bool]:
    """The rows, by their column `partner_id`, that `actor` may see: all of them, or its own partners'."""
    return sa.true() if actor.reach == "all" else partner_id.in_(actor.partner_ids)


def rates(tx: Tx, *, fund_id: int) -> list[RateSheet]:
    """Every rate in the order in which it was written down."""
    wanted = select(WithholdingRate).where(WithholdingRate.fund_id == fund_id)
    return [
        RateSheet(
            row.key,
            Rate(row.partner_id, row.party_kind, row.effective_on, row.income, row.gain, row.reason),
            row.recorded_by,
            row.recorded_at,
        )
        for row in tx.exec(wanted.order_by(col(WithholdingRate.id)))
    ]


def taxes(tx: Tx, *, fund_id: int, profits: Mapping[int, tuple[int, int]], on: date) -> dict[int, Withheld]:
    """What the rates of a day withhold of each partner's income and gain."""
    known = [sheet.rate for sheet in rates(tx, fund_id=fund_id)]
    kinds = sa.select(col(Partner.id), col(Party.kind)).join(Party, col(Party.id) == col(Partner.party_id))
    found = {}
    for partner_id, kind in tx.execute(kinds.where(col(Partner.fund_id) == fund_id)):
        income, gain = profits.get(partner_id, (0, 0))
        rate = rate_for(known, partner_id=partner_id, kind=kind, on=on)
        tax = withheld(rate, partner_id=partner_id, income=income, gain=gain)
        if tax is not None:
            found[partner_id] = tax
    return found


def withheld_from(tx: Tx, *, distribution_id: int, actor: Actor | None = None) -> dict[int, WithheldSheet]:
    """What is withheld from a distribution, by partner."""
    wanted = select(Withholding).where(Withholding.distribution_id == distribution_id)
    if actor is not None:
        wanted = wanted.where(visible_to(actor, col(Withholding.partner_id)))
    return {
        row.partner_id: WithheldSheet(
            row.key,
            row.partner_id,
            row.income,
            row.gain,
            row.income_rate,
            row.gain_rate,
            row.amount,
            row.reason,
        )
        for row in tx.exec(wanted.order_by(col(Withholding.id)))
    }


def owed(tx: Tx, *, fund_id: int) -> list[Owed]:
    """Tax withheld from distributions that stand paid in the books, and not paid on yet, in their order."""
    booked: Counter[tuple[str, int]] = Counter()
    days: dict[str, date] = {}
    for entry in flows(tx, fund_id=fund_id, as_of=date.max, accounts=[Account.TAX_WITHHELD]):
        key = (entry.act, entry.credit_partner_id or entry.debit_partner_id or 0)
        booked[key] += entry.amount if entry.credit == Account.TAX_WITHHELD else -entry.amount
        days.setdefault(entry.act, entry.effective_on)
    paid = _paid(tx, fund_id)
    wanted = select(Withholding).join(Partner, col(Partner.id) == col(Withholding.partner_id))
    rows = tx.exec(wanted.where(col(Partner.fund_id) == fund_id).order_by(col(Withholding.id)))
    return [
        Owed(row.key, row.distribution, row.partner_id, days[act], row.amount)
        for row in rows
        if booked[act := f"distribution:{row.distribution_id}", row.partner_id] and row.key not in paid
    ]


def payments(tx: Tx, *, fund_id: int) -> list[TaxPaymentSheet]:
    """Every payment to the tax office, the newest first."""
    undone = undone_acts(tx, kind="tax", fund_id=fund_id)
    codes: dict[int, list[str]] = {}
    named = (
        sa.select(col(TaxPaymentLine.payment_id), col(Withholding.distribution))
        .join(Withholding, col(Withholding.id) == col(TaxPaymentLine.withholding_id))
        .join(TaxPayment, col(TaxPayment.id) == col(TaxPaymentLine.payment_id))
        .where(col(TaxPayment.fund_id) == fund_id)
        .distinct()
        .order_by(col(Withholding.distribution))
    )
    for payment_id, code in tx.execute(named):
        codes.setdefault(payment_id, []).append(code)
    rows = tx.exec(
        select(TaxPayment).where(TaxPayment.fund_id == fund_id).order_by(col(TaxPayment.id).desc())
    )
    return [
        TaxPaymentSheet(
            row.key,
            row.code,
            row.paid_on,
            row.amount,
            row.memo,
            tuple(codes[row.key]),
            row.recorded_by,
            row.recorded_at,
            undone.get(f"tax:{row.key}"),
        )
        for row in rows
    ]


def paid_by(tx: Tx, *, fund_id: int, distribution_id: int) -> str | None:
    """The code of the payment that stands and has paid tax withheld from a distribution."""
    paid = _paid(tx, fund_id)
    own = withheld_from(tx, distribution_id=distribution_id).values()
    return next((paid[one.id] for one in own if one.id in paid), None)


def _paid(tx: Tx, fund_id: int) -> dict[int, str]:
    """By what was withheld: the code of the payment that stands and has paid it."""
    undone = undone_acts(tx, kind="tax", fund_id=fund_id)
    lines = (
        sa.select(col(TaxPaymentLine.withholding_id), col(TaxPayment.id), col(TaxPayment.code))
        .join(TaxPayment, col(TaxPayment.id) == col(TaxPaymentLine.payment_id))
        .where(col(TaxPayment.fund_id) == fund_id)
    )
    return {key: code for key, payment, code in tx.execute(lines) if f"tax:{payment}" not in undone}
