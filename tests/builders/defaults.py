"""Partners that do not pay, for tests."""

from datetime import date
from fractions import Fraction

from fund.defaults.actions import give_notice, set_terms
from fund.defaults.queries import DefaultSheet
from fund.defaults.rules import DefaultTerms
from kernel.db import Tx
from tests.builders.capital import ACCOUNTANT, MANAGER, CapitalFund, noon

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
