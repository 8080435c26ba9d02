"""A call of 30 million and a distribution of 20 million on one day, from the drafts to the settlement."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from fund.capital.distributions import (
    draft_distribution,
)
from fund.capital.netted import NettingSheet
from fund.capital.nettings import (
    approve_netting,
    issue_netting,
    join,
    settle_netting,
)
from fund.ledger.actions import post
from fund.ledger.queries import balances, total
from fund.ledger.rules import Account, Posting
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_draft,
    a_paid_call,
    committed,
    investment,
    noon,
)

M = 1_000_000 * YUAN
FIRST, DAY = date(2026, 3, 2), date(2026, 9, 2)
TOLD = DAY - timedelta(days=30)
OTHER = Actor(user_id=9003, name="Second manager", roles=frozenset({Role.MANAGER}))


def with_cash(tx: Tx, *, profit: int = 0, commitments: Mapping[str, int] | None = None) -> CapitalFund:
    """Commitments of 120 and 80 million, 40 million paid in half a year before, and `profit` earned since."""
    fund = committed(tx, commitments or {"LP01": 120 * M, "LP02": 80 * M})
    a_paid_call(tx, fund, investment(40 * M), due_on=FIRST)
    postings = [
        Posting(
            f"INTEREST/{code}",
            TOLD - timedelta(days=1),
            Account.CASH,
            Account.INTEREST_INCOME,
            profit * part // 10,
            "",
            "test:1",
            credit_partner_id=fund[code],
        )
        for code, part in (("LP01", 6), ("LP02", 4))
        if profit
    ]
    post(tx, SYSTEM, fund_id=fund.fund_id, postings=postings, now=noon(TOLD))
    return fund


def a_pair(tx: Tx, fund: CapitalFund, *, called: int = 30 * M, **facts: Any) -> tuple[int, int]:
    """A drafted call and a drafted distribution of one day, by their ids."""
    call = a_draft(tx, fund, investment(called), due_on=DAY)
    typed = facts or {"return_of_capital": 12 * M, "income": 8 * M}
    row = draft_distribution(
        tx, ACCOUNTANT, fund_id=fund.fund_id, pay_on=DAY, source="sale", now=noon(TOLD), **typed
    )
    return call.id, row.id


def joined(tx: Tx, pair: tuple[int, int]) -> NettingSheet:
    """The pair, joined."""
    return join(tx, ACCOUNTANT, call_id=pair[0], distribution_id=pair[1], now=noon(TOLD))


def issued(tx: Tx, fund: CapitalFund, **facts: Any) -> NettingSheet:
    """A netting of which notice was given."""
    sheet = joined(tx, a_pair(tx, fund, **facts))
    approve_netting(tx, MANAGER, netting_id=sheet.id, now=noon(TOLD))
    return issue_netting(tx, ACCOUNTANT, netting_id=sheet.id, now=noon(TOLD))


def settled(tx: Tx, fund: CapitalFund, **facts: Any) -> NettingSheet:
    """One that was settled on its day."""
    return settle_netting(tx, ACCOUNTANT, netting_id=issued(tx, fund, **facts).id, now=noon(DAY))


def stands(tx: Tx, fund: CapitalFund, on: date = date.max) -> dict[tuple[str | None, int | None], int]:
    """Every balance by account and partner."""
    found = balances(tx, fund_id=fund.fund_id, as_of=on, by=("account", "partner"))
    return {(str(one.account), one.partner_id): one.amount for one in found if one.amount}


def cash(tx: Tx, fund: CapitalFund, on: date = date.max) -> int:
    """The cash in the books of a day."""
    return -total(tx, fund_id=fund.fund_id, as_of=on, accounts=[Account.CASH])
