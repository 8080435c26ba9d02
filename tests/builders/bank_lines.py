"""Two calls issued, and the lines by which the bank tells of their money."""

from datetime import date

from fund.bank.rules import ReceiptPart
from fund.capital.sheets import CallSheet
from fund.ledger.balances import total
from fund.ledger.chart import Account
from kernel.db import Tx
from tests.builders.bank import Moved
from tests.builders.capital import CapitalFund, a_call, committed, expense, investment

DUE, DAY, NEXT = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
NAME = "合伙企业LP01"


def called(tx: Tx) -> tuple[CapitalFund, CallSheet, CallSheet]:
    """A fund with two issued calls: 600 and 400 yuan of the first, 60 and 40 of the second."""
    fund = committed(tx)
    return fund, a_call(tx, fund, investment(1000_00)), a_call(tx, fund, expense(100_00))


def money(amount: int, name: str = NAME, memo: str = "", reference: str = "Z1", on: date = DAY) -> Moved:
    """A line of the bank."""
    return (on, amount, name, memo, reference)


def cash(tx: Tx, fund: CapitalFund) -> int:
    """The cash in the books."""
    return -total(tx, fund_id=fund.fund_id, as_of=date.max, accounts=[Account.CASH])


def receipt_parts(fund: CapitalFund, *parts: tuple[CallSheet, int]) -> list[ReceiptPart]:
    """Parts of a receipt, all of the first partner."""
    return [ReceiptPart(call.id, fund["LP01"], amount) for call, amount in parts]
