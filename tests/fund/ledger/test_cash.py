"""What is asked before money is paid: the fund there is, the day that has come, the cash on it."""

from datetime import date

import pytest

from fund.charter.rules import FundUnknown
from fund.ledger.cash import CashShort, PaymentToCome, check_cash
from kernel.db import Tx
from tests.builders.capital import committed

DAY, NEXT = date(2026, 3, 2), date(2026, 3, 3)


def test_a_fund_that_there_is_not_is_not_short_of_cash(tx: Tx) -> None:
    fund_id = committed(tx).fund_id
    with pytest.raises(FundUnknown):
        check_cash(tx, fund_id=fund_id + 99, amount=1, on=DAY, today=DAY)
    with pytest.raises(PaymentToCome):
        check_cash(tx, fund_id=fund_id, amount=1, on=NEXT, today=DAY)
    with pytest.raises(CashShort, match=r"1,234\.56 is to be paid on 2026-03-02"):
        check_cash(tx, fund_id=fund_id, amount=1_234_56, on=DAY, today=DAY)
