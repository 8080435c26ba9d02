"""A fund that has lived: called, bought, marked and paid out, before an interest in it passes."""

from datetime import date

from fund.capital.carry import accrue_carry
from fund.fees.actions import charge
from fund.holdings.actions import sell
from fund.holdings.queries import holdings
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import (
    YUAN,
    CapitalFund,
    a_distribution,
    a_paid_call,
    committed,
    expense,
    investment,
    noon,
)
from tests.builders.holdings import a_holding, a_mark, bought

M = 1_000_000 * YUAN
ON = date(2026, 8, 14)
Q3 = Quarter(2026, 3)


def a_lived_fund(tx: Tx) -> CapitalFund:
    """Two calls, a holding bought, marked up and sold in part, a recallable distribution, a fee and carry accrued.

    LP03 is a partner without a commitment. Odd amounts, so that nothing splits evenly.
    """
    fund = committed(tx, {"LP01": 60 * M + 7, "LP02": 40 * M, "LP04": 10 * M + 3}, newcomers=["LP03"])
    a_paid_call(tx, fund, investment(30 * M + 11), expense(M + 1), due_on=date(2026, 3, 2))
    held = a_holding(tx, fund.fund_id, code="H01")
    day = date(2026, 3, 10)
    bought(tx, held.id, on=day, cost=24 * M + 5, now=noon(day))
    for number in (1, 2, 3):
        quarter = Quarter(2026, number)
        charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=quarter, now=noon(quarter.starts_on))
    a_mark(
        tx,
        held.id,
        on=date(2026, 3, 31),
        value=40 * M + 1,
        reason="milestones met",
        now=noon(date(2026, 4, 1)),
    )
    sell(
        tx,
        SYSTEM,
        holding_id=held.id,
        sold_on=date(2026, 5, 12),
        quantity=300_000,
        proceeds=15 * M + 7,
        now=noon(date(2026, 5, 12)),
    )
    a_distribution(
        tx, fund, pay_on=date(2026, 5, 20), return_of_capital=7 * M + 1, gain=4 * M + 3, recallable=True
    )
    accrue_carry(tx, SYSTEM, fund_id=fund.fund_id, on=date(2026, 6, 30), now=noon(date(2026, 7, 1)))
    return fund


def the_holding(tx: Tx, fund: CapitalFund) -> int:
    """The only holding that the fund has."""
    [sheet] = holdings(tx, fund_id=fund.fund_id, as_of=ON)
    return sheet.id
