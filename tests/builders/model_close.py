"""The later close of the model agreement, for tests."""

from datetime import date
from typing import Any

from fund.capital.commitments import later_close
from fund.capital.queries import (
    call_sheet,
)
from fund.capital.settlement import Fee
from fund.capital.sheets import CallSheet
from fund.ledger.queries import balances
from fund.ledger.rules import Account
from kernel.db import Tx
from tests.builders.capital import (
    MANAGER,
    YUAN,
    CapitalFund,
    a_paid_call,
    committed,
    expense,
    fee,
    investment,
    noon,
)

FIRST_DUE = date(2026, 3, 2)
CLOSED = date(2026, 10, 12)
DUE = date(2026, 11, 2)
MILLION = 1_000_000 * YUAN


def model(tx: Tx) -> tuple[CapitalFund, CallSheet]:
    """The first call of the model agreement: investment 18m, expenses 1m, fee 1 % of commitment."""
    fund = committed(tx, newcomers=["LP03"])
    items = (
        investment(18 * MILLION),
        expense(MILLION),
        fee({fund["LP01"]: 600_000_00, fund["LP02"]: 400_000_00}),
    )
    return fund, a_paid_call(tx, fund, *items, due_on=FIRST_DUE)


def joined(tx: Tx, fund: CapitalFund) -> CallSheet:
    """LP03 joins with 50m, 245 days after the first due date."""
    close = later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={fund["LP03"]: 50 * MILLION},
        closed_on=CLOSED,
        due_on=DUE,
        fees=(Fee(fund["LP03"], FIRST_DUE, 500_000_00),),
        now=noon(CLOSED),
    )
    assert close.call_id is not None
    return call_sheet(tx, call_id=close.call_id)


def on_account(tx: Tx, fund: CapitalFund, account: Account, **facts: Any) -> dict[str, int]:
    """What each partner has on an account once the close is due, by code."""
    found = balances(tx, fund_id=fund.fund_id, as_of=DUE, accounts=[account], by=("partner",), **facts)
    codes = {key: code for code, key in fund.partners.items()}
    return {codes.get(b.partner_id or 0, ""): b.amount for b in found}
