"""The world's unused money: a part of what the first call asked for expenses is to go back, approved and not paid."""

from datetime import date

from fund.capital.calls import approve_call
from fund.capital.returns import draft_return
from fund.capital.unused_rules import Back
from kernel.db import Tx
from tests.app.world_pipeline import BEFORE, Ids
from tests.builders.results import APPROVER, PREPARER

ON = date(2026, 9, 28)


def play(tx: Tx, *, fund_id: int) -> Ids:
    """A thousand yuan of the second item of the first call."""
    made = draft_return(
        tx,
        PREPARER,
        fund_id=fund_id,
        items=[Back("CALL-001", 2, 1_000_00)],
        pay_on=ON,
        purpose="unused",
        now=BEFORE,
    )
    approve_call(tx, APPROVER, call_id=made.id, now=BEFORE)
    return {"approved_return": made.call.code, "unused_call": "CALL-001"}
