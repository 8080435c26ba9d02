"""What rests on what was bought and sold of a holding: income of later days, shared by what each had paid for it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from fund.capital.queries import participation
from fund.holdings.models import Holding
from fund.holdings.records import records
from fund.ledger.chart import INCOME_ACCOUNTS
from fund.ledger.queries import EntrySheet, flows
from fund.ledger.resting import stands
from fund.ledger.undo_rules import kind_of, own_undo
from kernel.db import Tx
from kernel.errors import Conflict, Problem

_ACTS = ("income", "earned")
_SAYS = "as of {on}: {undo}"


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
            problems=_named(rests),
            reference=rests[0].reference,
            on=rests[0].effective_on,
            holding=holding.code,
        )


class IncomeShared(Conflict):
    code = "income_shared_since"
    says = (
        "{reference} is income of {on}, shared by what each had paid for {holding}; this would change what that was. "
        "Take the income back first, and book it anew afterwards."
    )


@contextmanager
def income_shared_alike(tx: Tx, *, holding: Holding, since: date) -> Iterator[None]:
    """Refuse what is bought, sold or taken back within, where income of that day or later would have been shared
    otherwise.
    """
    found = _income(tx, holding, since=since)
    before = {day: _parts(tx, holding, day) for day in {one.effective_on for one in found}}
    yield
    changed = {day for day, parts in before.items() if not _alike(parts, _parts(tx, holding, day))}
    rests = _latest_first(one for one in found if one.effective_on in changed)
    if rests:
        raise IncomeShared(
            problems=_named(rests),
            reference=rests[0].reference,
            on=rests[0].effective_on,
            holding=holding.code,
        )


def _parts(tx: Tx, holding: Holding, day: date) -> dict[int, int]:
    return participation(tx, fund_id=holding.fund_id, as_of=day, holding_id=holding.key)


def _alike(one: Mapping[int, int], other: Mapping[int, int]) -> bool:
    """Whether two of them stand in the same proportions."""
    whole, of = sum(one.values()), sum(other.values())
    return all(one.get(key, 0) * of == other.get(key, 0) * whole for key in {*one, *other})


def _income(tx: Tx, holding: Holding, *, since: date | None = None) -> Collection[EntrySheet]:
    """The income of a holding that stands, of all days or `since` one, each act by its first entry."""
    acts: dict[str, EntrySheet] = {}
    asked: dict[str, Any] = {"as_of": date.max, "since": since, "holding_id": holding.key}
    for entry in flows(tx, fund_id=holding.fund_id, accounts=INCOME_ACCOUNTS, **asked):
        if kind_of(entry.act) in _ACTS and stands(entry):
            acts.setdefault(entry.act, entry)
    return acts.values()


def _latest_first(found: Iterable[EntrySheet]) -> list[EntrySheet]:
    return sorted(found, key=lambda one: (one.effective_on, one.number), reverse=True)


def _named(rests: Iterable[EntrySheet]) -> list[Problem]:
    return [
        Problem(one.reference, _SAYS, {"on": one.effective_on, "undo": own_undo(one.act) or ""})
        for one in rests
    ]
