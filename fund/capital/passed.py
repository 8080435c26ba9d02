"""What of commitments has passed between partners, for their reconciliations: promised, paid in, callable again."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.capital.lines import capital_back
from fund.capital.rules import ItemKind
from fund.interests.models import TransferLine
from fund.interests.queries import TransferSheet, passed_amounts, passed_lines
from fund.interests.rules import LineKind
from kernel.db import Tx


@dataclass(frozen=True)
class PassedPromise:
    """What came to a partner by transfers, on balance; negative what went."""

    commitment: int = 0
    contributed: int = 0
    recallable: int = 0

    def __add__(self, other: "PassedPromise") -> "PassedPromise":
        return PassedPromise(
            self.commitment + other.commitment,
            self.contributed + other.contributed,
            self.recallable + other.recallable,
        )

    def __sub__(self, other: "PassedPromise") -> "PassedPromise":
        return self + PassedPromise(-other.commitment, -other.contributed, -other.recallable)


NOTHING_PASSED = PassedPromise()


def passed_promises(
    tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None
) -> dict[int, PassedPromise]:
    """By partner, what has passed until a day, as known at an instant; only partners that took part."""
    promised, paid = (
        passed_amounts(tx, fund_id=fund_id, kind=kind, as_of=as_of, known_at=known_at)
        for kind in (LineKind.COMMITMENT, LineKind.CONTRIBUTION)
    )
    line = TransferLine
    back = sa.func.sum(capital_back(col(line.return_of_capital), col(line.gross)))
    statement = passed_lines(fund_id, LineKind.DISTRIBUTION, as_of, known_at).with_only_columns(
        col(line.partner_id), sa.cast(back, sa.BigInteger)
    )
    found = tx.execute(statement.where(col(line.recallable)).group_by(col(line.partner_id)))
    again: dict[int, int] = dict(found.all())
    return {key: PassedPromise(promised[key], paid.get(key, 0), again.get(key, 0)) for key in promised}


def passed_paid(tx: Tx, *, sheet: TransferSheet, partner_id: int, holding_id: int | None) -> dict[date, int]:
    """What came to one side (negative: went) of what was paid in for investments, by the day from which it counts.

    What was called for a holding by name, or for none.
    """
    row = TransferLine
    statement = select(row).where(
        row.transfer_id == sheet.id,
        row.partner_id == partner_id,
        row.kind == LineKind.CONTRIBUTION,
        row.item_kind == ItemKind.INVESTMENT.value,
        col(row.holding_id).is_not_distinct_from(holding_id),
    )
    found: dict[date, int] = {}
    for line in tx.exec(statement):
        if line.counts_from is not None:
            found[line.counts_from] = found.get(line.counts_from, 0) + line.amount
    return found
