"""Commitments, distributions and the management fee as workbooks: what the reader may see of each."""

from functools import partial

from app.lists.fund_tables import partner_names
from app.lists.tables import Named, Reader, every
from fund.capital import outflows
from fund.capital.sharing import DistributionState
from fund.fees.queries import charges
from kernel.sheets.writing import Look

MONEY, DAY, INSTANT, WHOLE, SHARE = Look.MONEY, Look.DAY, Look.INSTANT, Look.WHOLE, Look.SHARE


def _n(says: str) -> str:
    return says


def distribution_book(reader: Reader, *, state: DistributionState | None) -> bytes:
    """Distributions, newest first."""
    heads: list[Named] = [
        *(
            _n("Distribution"),
            _n("State"),
            _n("Source of the money"),
            (_n("Payment date"), DAY),
            (_n("Amount"), MONEY),
        ),
        *((_n("Return of capital"), MONEY), (_n("Income"), MONEY), (_n("Gain"), MONEY)),
        *(_n("Prepared by"), _n("Approved by"), (_n("Reversed on"), DAY), _n("Reason")),
    ]
    found = partial(
        outflows.distributions, reader.tx, fund_id=reader.fund_id, actor=reader.actor, state=state
    )
    rows = (
        (
            *(one.code, reader.label(one.state), one.source, one.pay_on, one.amount),
            *(one.return_of_capital, one.income, one.gain),
            *(one.prepared_name, one.approved_name, one.cancelled_on, one.cancel_reason),
        )
        for one in every(found)
    )
    return reader.book(reader.sheet(_n("Distributions"), heads, rows))


def fee_book(reader: Reader) -> bytes:
    """Every line of the fee that stands, with its working: rate / 4 * (base * days) / days of the quarter."""
    names = partner_names(reader)
    heads: list[Named] = [
        *(_n("Quarter"), (_n("Effective on"), DAY), _n("Partner"), (_n("Rate"), SHARE)),
        *((_n("Commitment"), MONEY), (_n("Days on it"), WHOLE), (_n("Other base"), MONEY)),
        *((_n("Days on that"), WHOLE), (_n("Days of the quarter"), WHOLE), (_n("Fee"), MONEY)),
    ]
    rows = (
        (
            *(one.quarter, one.effective_on, names.get(one.partner_id, ""), one.rate),
            *(one.commitment, one.commitment_days, one.invested, one.invested_days),
            *(one.quarter_days, one.amount),
        )
        for charge in charges(reader.tx, fund_id=reader.fund_id, actor=reader.actor)
        for one in charge.lines
    )
    return reader.book(reader.sheet(_n("Management fee"), heads, rows))
