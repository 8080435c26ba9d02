"""An interest does not pass as of a day on which something still counted that was taken back later."""

from datetime import date
from typing import Any

import pytest

from fund.capital.by_day import waterfall_flows
from fund.capital.distributions import undo_distribution
from fund.capital.indemnities import undo_indemnity
from fund.interests.rules import TransferBeforeUndone
from fund.results.proof import prove
from tests.builders.capital import MANAGER, a_distribution, noon
from tests.builders.indemnities import DUE, MILLION, a_giveback, distributed, given_back
from tests.builders.transfers import a_transfer
from tests.scenes import Scene

BETWEEN, UNDONE, LATER = date(2026, 11, 16), date(2026, 12, 1), date(2026, 12, 2)


@pytest.mark.parametrize("what", ["giveback", "distribution"])
def test_what_was_taken_back_does_not_pass_as_if_it_still_stood(scene: Scene, what: str) -> None:
    tx, fund = scene(distributed)
    undone: dict[str, Any] = {"reason": "by mistake", "undone_on": UNDONE, "now": noon(UNDONE)}
    if what == "giveback":
        made = given_back(tx, a_giveback(tx, fund))
        undo_indemnity(tx, MANAGER, indemnity_id=made.id, **undone)
    else:
        paid = a_distribution(tx, fund, pay_on=DUE, return_of_capital=MILLION)
        undo_distribution(tx, MANAGER, distribution_id=paid.id, **undone)
    facts: dict[str, Any] = {"commitment": 60 * MILLION, "drafted_on": LATER, "approved_on": LATER}
    with pytest.raises(TransferBeforeUndone, match="taken back as of 2026-12-01"), tx.begin_nested():
        a_transfer(tx, fund, on=BETWEEN, **facts)
    a_transfer(tx, fund, on=UNDONE, **facts)
    # The seller is left with nothing of what it had paid in and received.
    assert not waterfall_flows(tx, fund_id=fund.fund_id, as_of=LATER).get(fund["LP01"])
    assert prove(tx, fund_id=fund.fund_id) == []
