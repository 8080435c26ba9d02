"""What rests on a purchase: income that would come before the first one."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from fund.holdings.models import Holding
from fund.holdings.records import records
from fund.ledger.chart import INCOME_ACCOUNTS
from fund.ledger.queries import EntrySheet, flows
from fund.ledger.resting import Resting, stands
from fund.ledger.undo_rules import kind_of
from kernel.db import Tx
from kernel.errors import Conflict

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
    rests = _latest_first(one for one in _income(tx, holding) if one.effective_on < first)
    if rests:
        raise IncomeRests(
            problems=[one.problem for one in rests],
            reference=rests[0].reference,
            on=rests[0].on,
            holding=holding.code,
        )


def _income(tx: Tx, holding: Holding) -> Collection[EntrySheet]:
    """The income of a holding that stands, each act by its first entry."""
    acts: dict[str, EntrySheet] = {}
    asked: dict[str, Any] = {"as_of": date.max, "holding_id": holding.key}
    for entry in flows(tx, fund_id=holding.fund_id, accounts=INCOME_ACCOUNTS, **asked):
        if kind_of(entry.act) in _ACTS and stands(entry):
            acts.setdefault(entry.act, entry)
    return acts.values()


def _latest_first(found: Iterable[EntrySheet]) -> list[Resting]:
    ordered = sorted(found, key=lambda one: (one.effective_on, one.number), reverse=True)
    return [Resting.of(one.act, reference=one.reference, on=one.effective_on) for one in ordered]
