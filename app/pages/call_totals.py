"""The fund's calls together, above the list of them."""

from dataclasses import dataclass

from app.pages.desk import Desk
from fund.capital import queries
from kernel.instants import day_in_beijing


@dataclass(frozen=True)
class Totals:
    """The fund's calls together. Amounts in minor units."""

    committed: int
    called: int
    outstanding: int
    unfunded: int

    @property
    def received(self) -> int:
        """What has come in."""
        return self.called - self.outstanding


def totals(desk: Desk, outstanding: int) -> Totals:
    """What is committed, called and left as of today."""
    standing = queries.standings(desk.tx, fund_id=desk.fund.id, on=day_in_beijing(desk.now))
    committed, left = sum(one.commitment for one in standing), sum(one.remaining for one in standing)
    return Totals(committed, called=committed - left, outstanding=outstanding, unfunded=left)
