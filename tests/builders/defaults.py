"""Partners that do not pay, for tests."""

from datetime import date
from fractions import Fraction

from fund.defaults.actions import give_notice, receive_interest, set_terms
from fund.defaults.queries import DefaultSheet
from fund.defaults.rules import DefaultTerms
from kernel.db import Tx
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    CapitalFund,
    a_call,
    a_receipt,
    committed,
    investment,
    noon,
)

NOTICED = date(2026, 3, 12)
TERMS = DefaultTerms(cure_days=10, rate=Fraction(10, 100))


def promised(tx: Tx, fund_id: int, *, effective_on: date = date(2026, 1, 1)) -> None:
    """Terms of default of ten days and 10 % a year."""
    set_terms(
        tx,
        MANAGER,
        fund_id=fund_id,
        terms=TERMS,
        effective_on=effective_on,
        note="",
        now=noon(effective_on),
    )


def noticed(
    tx: Tx, fund: CapitalFund, call_id: int, *, code: str = "LP01", on: date = NOTICED
) -> DefaultSheet:
    """Notice to a partner that has not paid."""
    return give_notice(tx, ACCOUNTANT, call_id=call_id, partner_id=fund[code], noticed_on=on, now=noon(on))


def unpaid(tx: Tx) -> tuple[CapitalFund, int]:
    """LP01 owes 36,500 of a call of 60,833.33 that LP02 has paid; at 10 % that is 10 yuan a day."""
    fund = committed(tx, {"LP01": 60_000_000_00, "LP02": 25_000_000_00, "LP03": 15_000_000_00})
    promised(tx, fund.fund_id)
    call = a_call(tx, fund, investment(60_833_33))
    a_receipt(tx, call, fund["LP02"])
    a_receipt(tx, call, fund["LP03"])
    assert call.line(fund["LP01"]).outstanding == 36_500_00
    return fund, call.id


def paid(tx: Tx, default_id: int, amount: int, on: date, reference: str = "I1") -> None:
    """Interest that came in on a default."""
    receive_interest(
        tx,
        ACCOUNTANT,
        default_id=default_id,
        amount=amount,
        received_on=on,
        bank_reference=reference,
        now=noon(on),
    )
