"""Proving distributions in kind: what the partners were handed over is what left the holding."""

from collections.abc import Iterator
from fractions import Fraction

import sqlalchemy as sa
from sqlmodel import col, select

from fund.capital.models import Distribution
from fund.capital.outflows import distribution_sheet
from fund.capital.sharing import DistributionState
from fund.deliveries.models import Delivery
from fund.holdings.models import HoldingDisposal
from kernel.audit.rules import Break
from kernel.db import Tx


def prove_deliveries(tx: Tx, *, fund_id: int) -> Iterator[Break]:
    """Of each one paid, units and value against the disposal, and each partner's parts against its net."""
    paid = select(Distribution.id).join(Delivery, col(Delivery.distribution_id) == col(Distribution.id))
    wanted = paid.where(Distribution.fund_id == fund_id, Distribution.state == DistributionState.PAID)
    for key in tx.exec(wanted.order_by(col(Distribution.id))).all():
        sheet = distribution_sheet(tx, distribution_id=key or 0)
        assert sheet.delivery is not None
        gone = sa.select(col(HoldingDisposal.quantity), col(HoldingDisposal.proceeds)).where(
            col(HoldingDisposal.holding_id) == sheet.distribution.holding_id,
            col(HoldingDisposal.number) == sheet.delivery.disposal_number,
        )
        said = (Fraction(sum(one.units for one in sheet.lines)), sum(one.in_kind for one in sheet.lines))
        found = tx.execute(gone).first()
        if found is None or (found[0], found[1]) != said:
            yield Break(
                f"in kind {sheet.distribution.code}", "what was handed over is not what left the holding"
            )
        for one in sheet.lines:
            if one.paid < 0:
                where = f"in kind {sheet.distribution.code} partner {one.partner_id}"
                yield Break(where, f"it was handed over {-one.paid} more than it was to get")
