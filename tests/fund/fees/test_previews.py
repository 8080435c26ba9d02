"""What a later close is said to do is what it books."""

from datetime import date
from typing import Any

from fund.fees.closes import later_close
from fund.fees.previews import preview_close
from fund.ledger.queries import balances
from fund.ledger.rules import Account
from kernel.db import Tx
from tests.builders.capital import MANAGER, YUAN, CapitalFund, a_paid_call, committed, investment, noon
from tests.builders.holdings import a_holding, a_mark, bought

MILLION = 1_000_000 * YUAN
CALLED, MARKED = date(2026, 3, 2), date(2026, 6, 30)
CLOSED, DUE = date(2026, 10, 12), date(2026, 11, 2)


def gains(tx: Tx, fund: CapitalFund) -> dict[int, int]:
    """The appreciation of each partner after the close; an asset stands with its own sign."""
    found = balances(
        tx, fund_id=fund.fund_id, as_of=DUE, accounts=[Account.UNREALISED_APPRECIATION], by=("partner",)
    )
    return {one.partner_id: abs(one.amount) for one in found if one.partner_id is not None and one.amount}


def test_the_appreciation_that_passes_to_a_newcomer_is_shown_before(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03"])
    held = a_holding(tx, fund.fund_id)
    a_paid_call(tx, fund, investment(20 * MILLION, holding_id=held.id), due_on=CALLED)
    bought(tx, held.id, on=date(2026, 3, 9), cost=20 * MILLION)
    a_mark(tx, held.id, on=MARKED, value=40 * MILLION, now=noon(date(2026, 7, 20)))
    before = gains(tx, fund)
    ask: dict[str, Any] = {"newcomers": {fund["LP03"]: 100 * MILLION}, "closed_on": CLOSED, "due_on": DUE}
    ask |= {"fund_id": fund.fund_id, "now": noon(CLOSED)}
    seen = preview_close(tx, MANAGER, **ask)
    assert gains(tx, fund) == before == {fund["LP01"]: 12 * MILLION, fund["LP02"]: 8 * MILLION}
    assert seen.appreciation_passed == 10 * MILLION
    assert seen.appreciation == {
        fund["LP01"]: -6 * MILLION,
        fund["LP02"]: -4 * MILLION,
        fund["LP03"]: 10 * MILLION,
    }
    later_close(tx, MANAGER, **ask)
    after = gains(tx, fund)
    assert {key: after[key] - before.get(key, 0) for key in after} == seen.appreciation
