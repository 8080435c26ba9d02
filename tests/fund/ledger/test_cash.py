"""What is asked before money is paid: the fund there is, the day that has come, the cash on it."""

from datetime import UTC, date, datetime
from threading import Thread

import pytest

from fund.charter.rules import FundUnknown
from fund.ledger.cash import CashShort, PaymentToCome, check_cash
from fund.ledger.chart import Account
from fund.ledger.journals import book_journal, next_journal
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM
from tests.builders.capital import committed
from tests.builders.ledger import a_posting, booked, books
from tests.builders.waiting import until_waiting

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DAY, NEXT = date(2026, 3, 2), date(2026, 3, 3)


def test_a_fund_that_there_is_not_is_not_short_of_cash(tx: Tx) -> None:
    fund_id = committed(tx).fund_id
    with pytest.raises(FundUnknown):
        check_cash(tx, fund_id=fund_id + 99, amount=1, on=DAY, today=DAY)
    with pytest.raises(PaymentToCome):
        check_cash(tx, fund_id=fund_id, amount=1, on=NEXT, today=DAY)
    with pytest.raises(CashShort, match=r"1,234\.56 is to be paid on 2026-03-02"):
        check_cash(tx, fund_id=fund_id, amount=1_234_56, on=DAY, today=DAY)


def test_a_payment_and_a_journal_wait_for_each_other_and_not_in_a_ring(database: Database) -> None:
    """A journal has its number, and with it the books, when a payment comes that asks for the cash."""
    with database.transaction(SYSTEM) as tx:
        fund_id = books(tx).fund_id
        booked(tx, fund_id, [a_posting(debit=Account.CASH, credit=Account.ACCOUNTS_PAYABLE, amount=10)])
    payment = a_posting(reference="PAID", debit=Account.ACCOUNTS_PAYABLE, credit=Account.CASH, amount=6)
    on = payment.effective_on

    def pay() -> None:
        with database.transaction(SYSTEM) as tx, pytest.raises(CashShort):
            check_cash(tx, fund_id=fund_id, amount=6, on=on, today=on)

    waiting = Thread(target=pay)
    with database.transaction(SYSTEM) as tx:
        assert next_journal(tx, fund_id=fund_id) == "J-001"
        waiting.start()
        until_waiting(tx, 1)
        book_journal(tx, SYSTEM, fund_id=fund_id, postings=[payment], now=NOW)
    waiting.join()
