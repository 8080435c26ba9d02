"""The world's withheld tax: a fifth of LP02's income, of one distribution owed, of another paid to the tax office."""

from datetime import date
from fractions import Fraction

from fund.capital.distributions import approve_distribution, draft_distribution, pay_distribution
from fund.withholding.actions import pay_tax, set_rate
from kernel.db import Tx
from tests.app.world_pipeline import BEFORE, Ids
from tests.builders.results import APPROVER, PREPARER

ON, AFTER = date(2026, 9, 27), date(2026, 9, 28)


def play(tx: Tx, *, fund_id: int, partner_id: int) -> Ids:
    """Two distributions of a day on which tax is withheld; from the next day on it is not."""
    for on, share in ((ON, Fraction(1, 5)), (AFTER, Fraction(0))):
        set_rate(
            tx,
            APPROVER,
            fund_id=fund_id,
            partner_id=partner_id,
            effective_on=on,
            income=share,
            gain=share,
            reason="税务机关通知",
            now=BEFORE,
        )
    codes = []
    for _ in range(2):
        made = draft_distribution(
            tx, PREPARER, fund_id=fund_id, income=1_000_00, pay_on=ON, source="interest", now=BEFORE
        )
        approve_distribution(tx, APPROVER, distribution_id=made.id, now=BEFORE)
        pay_distribution(tx, APPROVER, distribution_id=made.id, now=BEFORE)
        codes.append(made.distribution.code)
    paid = pay_tax(tx, PREPARER, fund_id=fund_id, distributions=codes[1:], paid_on=AFTER, now=BEFORE)
    return {"taxed_distribution": codes[0], "tax_payment": paid.code}
