"""The world's netting: a small call and a smaller distribution of one day, joined and not approved yet."""

from datetime import date

from fund.capital.calls import draft_call
from fund.capital.distributions import draft_distribution
from fund.capital.nettings import join
from fund.capital.rules import Item, ItemKind
from kernel.db import Tx
from tests.app.world_pipeline import BEFORE, Ids
from tests.builders.results import PREPARER

ON = date(2026, 9, 30)


def play(tx: Tx, *, fund_id: int) -> Ids:
    """One netting in draft."""
    items = [Item(ItemKind.EXPENSE, 3_000_00)]
    call = draft_call(
        tx, PREPARER, fund_id=fund_id, items=items, due_on=ON, purpose="net of interest", now=BEFORE
    )
    paid = draft_distribution(
        tx, PREPARER, fund_id=fund_id, income=1_000_00, pay_on=ON, source="interest", now=BEFORE
    )
    found = join(tx, PREPARER, call_id=call.id, distribution_id=paid.id, now=BEFORE)
    return {"netting": found.code, "netting_id": found.id}
