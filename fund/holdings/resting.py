"""What rests on the first purchase of a holding: income from before anything else of it was bought."""

from datetime import date

from fund.holdings.models import Holding
from fund.holdings.records import records
from fund.ledger.chart import INCOME_ACCOUNTS
from fund.ledger.queries import EntrySheet, flows
from fund.ledger.resting import stands
from fund.ledger.undo_rules import kind_of, own_undo
from kernel.db import Tx
from kernel.errors import Conflict, Problem

_ACTS = ("income", "earned")


class IncomeRests(Conflict):
    code = "purchase_with_income"
    says = (
        "{reference} is income of {on}; without this purchase the fund held nothing of {holding} by then. Take the "
        "income back first."
    )


def check_no_income_rests(tx: Tx, *, holding: Holding, lot_id: int) -> None:
    """Refuse to take a purchase back while income stands that would then come before the first one.

    Received or earned: all of it is named, the latest first, with how it is taken back.
    """
    found = records(tx, holding_ids=[holding.key])[holding.key]
    others = [lot.bought_on for one in found for lot in one.position.kept if lot.id != lot_id]
    first = min(others, default=date.max)
    acts: dict[str, EntrySheet] = {}
    for entry in flows(
        tx, fund_id=holding.fund_id, as_of=date.max, accounts=INCOME_ACCOUNTS, holding_id=holding.key
    ):
        if kind_of(entry.act) in _ACTS and stands(entry) and entry.effective_on < first:
            acts.setdefault(entry.act, entry)
    rests = sorted(acts.values(), key=lambda one: (one.effective_on, one.number), reverse=True)
    if rests:
        says = "as of {on}: {undo}"
        raise IncomeRests(
            problems=[
                Problem(one.reference, says, {"on": one.effective_on, "undo": own_undo(one.act) or ""})
                for one in rests
            ],
            reference=rests[0].reference,
            on=rests[0].effective_on,
            holding=holding.code,
        )
