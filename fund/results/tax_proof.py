"""Proving tax that is withheld: account 2250 by partner against what was kept back and what was paid on."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from fund.capital.models import Distribution
from fund.capital.sharing import DistributionState
from fund.ledger.chart import Account
from fund.ledger.queries import flows
from fund.ledger.undone import undone_acts
from fund.withholding.models import TaxPayment, TaxPaymentLine, Withholding
from kernel.audit.rules import Break
from kernel.db import Tx


def prove_taxes(tx: Tx, *, fund_id: int, codes: Mapping[int, str]) -> Iterator[Break]:
    """What is withheld from each partner of a paid distribution is on account 2250 until a payment clears it."""
    owed: Counter[int] = Counter()
    tax = Withholding
    kept = (
        sa.select(col(tax.partner_id), col(tax.amount))
        .join(Distribution, col(Distribution.id) == col(tax.distribution_id))
        .where(col(Distribution.fund_id) == fund_id, col(Distribution.state) == DistributionState.PAID)
    )
    for partner_id, amount in tx.execute(kept):
        owed[partner_id] += amount
    undone = undone_acts(tx, kind="tax", fund_id=fund_id)
    paid = (
        sa.select(
            col(TaxPayment.id),
            col(TaxPayment.code),
            col(TaxPayment.amount),
            col(tax.partner_id),
            col(tax.amount),
        )
        .join(TaxPaymentLine, col(TaxPaymentLine.payment_id) == col(TaxPayment.id))
        .join(tax, col(tax.id) == col(TaxPaymentLine.withholding_id))
        .where(col(TaxPayment.fund_id) == fund_id)
    )
    sums: Counter[tuple[str, int]] = Counter()
    for payment_id, code, whole, partner_id, amount in tx.execute(paid):
        sums[code, whole] += amount
        if f"tax:{payment_id}" not in undone:
            owed[partner_id] -= amount
    for (code, whole), amount in sums.items():
        if amount != whole:
            yield Break(f"tax payment {code}", f"it says {whole}, its lines {amount}")
    booked: Counter[int] = Counter()
    for entry in flows(tx, fund_id=fund_id, as_of=date.max, accounts=[Account.TAX_WITHHELD]):
        for side, partner_id, sign in (
            (entry.credit, entry.credit_partner_id, 1),
            (entry.debit, entry.debit_partner_id, -1),
        ):
            if side == Account.TAX_WITHHELD and partner_id is not None:
                booked[partner_id] += sign * entry.amount
    for partner_id in sorted(owed.keys() | booked.keys()):
        if owed[partner_id] != booked[partner_id]:
            what = f"to be paid {owed[partner_id]}, on account {Account.TAX_WITHHELD} {booked[partner_id]}"
            yield Break(f"tax withheld {codes.get(partner_id, partner_id)}", what)
