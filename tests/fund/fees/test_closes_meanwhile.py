"""A mark that is approved while a close by net asset value is made: one comes after the other, never in between."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from fund.capital.inflows import call_sheet
from fund.capital.newcomers import PricedByClose
from fund.capital.premiums import CloseBasis
from fund.fees.closes import later_close
from fund.holdings.actions import approve_mark
from fund.results.proof import prove
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM
from tests.builders.capital import MANAGER, CapitalFund, noon
from tests.builders.holdings import a_draft, a_mark, the_analyst, the_manager
from tests.builders.waiting import until_waiting
from tests.fund.capital.orderings import M, a_fund

MARKED, CLOSED, DUE = date(2026, 5, 20), date(2026, 6, 8), date(2026, 6, 29)
NOW = noon(CLOSED)


def closed(tx: Tx, fund: CapitalFund) -> int:
    """LP03 joins with 50m by net asset value; what it pays for gains."""
    ask: dict[str, Any] = {"closed_on": CLOSED, "due_on": DUE, "basis": CloseBasis.NAV, "now": NOW}
    made = later_close(tx, MANAGER, fund_id=fund.fund_id, newcomers={fund["LP03"]: 50 * M}, **ask)
    assert made.call_id is not None
    return call_sheet(tx, call_id=made.call_id).line(fund["LP03"]).premium


@pytest.mark.parametrize("close_is_first", [True, False])
def test_two_at_once_end_as_one_of_the_two_orders(database: Database, close_is_first: bool) -> None:
    with database.transaction(SYSTEM) as tx:
        fund, held = a_fund(tx)
        a_mark(tx, held, on=MARKED, value=10 * M, now=noon(MARKED), reason="milestones met")
        analyst, manager = the_analyst(tx, now=NOW), the_manager(tx, now=NOW)
        draft = a_draft(tx, analyst, held, on=CLOSED, value=12 * M, now=NOW, reason="milestones met")

    def approve(own: Tx) -> int:
        return approve_mark(own, manager, mark_id=draft.id, now=NOW).value

    def meanwhile() -> int:
        with database.transaction(SYSTEM) as own:
            return approve(own) if close_is_first else closed(own, fund)

    with ThreadPoolExecutor(1) as pool, database.transaction(SYSTEM) as tx:
        paid = closed(tx, fund) if close_is_first else approve(tx)
        other = pool.submit(meanwhile)
        until_waiting(tx, 1)
        tx.commit()
        if close_is_first:
            # What the close has priced is not gained afterwards.
            with pytest.raises(PricedByClose):
                other.result()
        else:
            paid = other.result()
    with database.transaction(SYSTEM) as tx:
        # A third of gains of 2 or 4 million, less the carry accrued on them.
        assert paid == (59_481_482 if close_is_first else 112_814_815)
        assert prove(tx, fund_id=fund.fund_id) == []
