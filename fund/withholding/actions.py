"""Withholding tax from distributions: the rates, what is kept back, and paying it to the tax office."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction

from sqlmodel import col

from fund.charter.life import check_days
from fund.charter.queries import life
from fund.ledger.actions import open_chart, post
from fund.ledger.cash import check_cash
from fund.ledger.locks import locked_through
from fund.ledger.rules import Account, Posting, check_day_open
from fund.ledger.stamps import lock_books, stamp
from fund.ledger.undoing import undo
from fund.parties.rules import PartyKind
from fund.partners.queries import codes_in_order
from fund.partners.rules import PartnerUnknown
from fund.withholding.models import TaxPayment, TaxPaymentLine, Withholding, WithholdingRate
from fund.withholding.queries import (
    RateSheet,
    TaxPaymentSheet,
    owed,
    paid_by,
    payments,
    rates,
    taxes,
)
from fund.withholding.rules import (
    Owed,
    Rate,
    TaxPaymentUnknown,
    TaxWasPaid,
    check_rate,
    to_pay,
)
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.numbering import next_number


def lock_taxes(tx: Tx, *, fund_id: int) -> None:
    """Let what changes withheld tax wait for each other. Taken after the lock on capital, before that on cash."""
    lock(tx, f"tax:{fund_id}")


def set_rate(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    partner_id: int | None = None,
    party_kind: PartyKind | None = None,
    effective_on: date,
    income: Fraction,
    gain: Fraction,
    reason: str,
    now: datetime,
) -> RateSheet:
    """Write down what share of income and of gain is withheld from a day on; drafts from then on keep to it.

    Refused: to all but the manager, shares outside 0 to 1, no reason, a partner of another fund, a day within
    a locked quarter or outside the fund's life.
    """
    actor.require(Role.MANAGER)
    check_rate(Rate(partner_id, party_kind, effective_on, income, gain, reason))
    codes = codes_in_order(tx, fund_id=fund_id)
    if partner_id is not None and partner_id not in codes:
        raise PartnerUnknown()
    check_days(life(tx, fund_id=fund_id), effective_on=effective_on)
    lock_books(tx, fund_id=fund_id)
    check_day_open(effective_on, locked_through(tx, fund_id=fund_id), what="withholding rate")
    row = WithholdingRate(
        fund_id=fund_id,
        partner_id=partner_id,
        party_kind=party_kind,
        effective_on=effective_on,
        income=income,
        gain=gain,
        reason=reason.strip(),
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {
        "of": codes[partner_id] if partner_id is not None else str(party_kind),
        "income": str(income),
        "gain": str(gain),
        "effective_on": effective_on.isoformat(),
        "reason": row.reason,
    }
    record(tx, actor, action="withholding.rate_set", subject=f"fund:{fund_id}", detail=detail, now=now)
    return rates(tx, fund_id=fund_id)[-1]


def withhold(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    distribution_id: int,
    distribution: str,
    profits: Mapping[int, tuple[int, int]],
    on: date,
    now: datetime,
) -> int:
    """Keep what is withheld from a drafted distribution by the rates of its day; the sum of it.

    Nothing is booked yet. `profits` are each partner's income and gain. The distribution's own record tells it.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    found = taxes(tx, fund_id=fund_id, profits=profits, on=on)
    tx.add_all(
        Withholding(
            distribution_id=distribution_id,
            distribution=distribution,
            partner_id=tax.partner_id,
            income=tax.income,
            gain=tax.gain,
            income_rate=tax.rate.income,
            gain_rate=tax.rate.gain,
            amount=tax.amount,
            reason=tax.rate.reason,
        )
        for tax in found.values()
    )
    tx.flush()
    if found:
        open_chart(tx, actor, fund_id=fund_id, now=now)
    return sum(tax.amount for tax in found.values())


def check_tax_unpaid(tx: Tx, *, fund_id: int, distribution_id: int, distribution: str) -> None:
    """Refuse to take a distribution back whose tax has gone to the tax office."""
    lock_taxes(tx, fund_id=fund_id)
    payment = paid_by(tx, fund_id=fund_id, distribution_id=distribution_id)
    if payment is not None:
        raise TaxWasPaid(payment=payment, distribution=distribution)


def pay_tax(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    distributions: Sequence[str],
    paid_on: date,
    memo: str = "",
    now: datetime,
) -> TaxPaymentSheet:
    """Pay the tax office all that was withheld from the distributions named by their codes.

    Refused: one from which nothing is waiting, a day before it was paid or to come, without the cash.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_taxes(tx, fund_id=fund_id)
    wanted = [code.strip().upper() for code in distributions]
    paid = to_pay(owed(tx, fund_id=fund_id), distributions=wanted, on=paid_on)
    amount = sum(one.amount for one in paid)
    check_cash(tx, fund_id=fund_id, amount=amount, on=paid_on, today=day_in_beijing(now))
    number = next_number(tx, of=TaxPayment.number, within=col(TaxPayment.fund_id) == fund_id)
    row = TaxPayment(
        fund_id=fund_id,
        number=number,
        code=f"TAX-{number:03}",
        paid_on=paid_on,
        amount=amount,
        memo=memo.strip(),
        recorded_by=actor.name,
        recorded_at=stamp(tx, fund_id=fund_id, now=now),
    )
    tx.add(row)
    tx.flush()
    tx.add_all(TaxPaymentLine(payment_id=row.key, withholding_id=one.withholding_id) for one in paid)
    tx.flush()
    post(tx, actor, fund_id=fund_id, postings=_postings(tx, row, paid), now=now)
    detail = {"code": row.code, "amount": amount, "paid_on": paid_on.isoformat(), "distributions": wanted}
    record(tx, actor, action="tax.paid", subject=f"fund:{fund_id}", detail=detail, now=now)
    return _payment(tx, fund_id, row.code)


def undo_tax_payment(
    tx: Tx, actor: Actor, *, fund_id: int, code: str, reason: str, undone_on: date, now: datetime
) -> TaxPaymentSheet:
    """Take a payment to the tax office back, as when the bank returned it; the tax is owed again."""
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_taxes(tx, fund_id=fund_id)
    sheet = _payment(tx, fund_id, code.strip().upper())
    act = f"tax:{sheet.id}"
    undo(tx, actor, fund_id=fund_id, act=act, reason=reason, effective_on=undone_on, now=now)
    detail = {"code": sheet.code, "amount": sheet.amount, "reason": reason}
    record(tx, actor, action="tax.payment_undone", subject=f"fund:{fund_id}", detail=detail, now=now)
    return _payment(tx, fund_id, sheet.code)


def _postings(tx: Tx, row: TaxPayment, paid: Sequence[Owed]) -> list[Posting]:
    """Each partner's tax leaves what is owed to the tax office and the bank."""
    codes = codes_in_order(tx, fund_id=row.fund_id)
    return [
        Posting(
            reference=f"{row.code}/{one.distribution}/{codes[one.partner_id]}",
            effective_on=row.paid_on,
            debit=Account.TAX_WITHHELD,
            credit=Account.CASH,
            amount=one.amount,
            memo=row.memo,
            act=f"tax:{row.key}",
            debit_partner_id=one.partner_id,
        )
        for one in paid
    ]


def _payment(tx: Tx, fund_id: int, code: str) -> TaxPaymentSheet:
    for sheet in payments(tx, fund_id=fund_id):
        if sheet.code == code:
            return sheet
    raise TaxPaymentUnknown(payment=code)
