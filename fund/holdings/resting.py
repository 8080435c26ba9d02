"""What rests on what was bought and sold of a holding: income and realised gains of later days, shared by what each
had paid for it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fund.capital.queries import participation
from fund.holdings.models import Holding
from fund.holdings.records import records
from fund.ledger.chart import INCOME_ACCOUNTS, Account
from fund.ledger.queries import EntrySheet, flows
from fund.ledger.resting import stands
from fund.ledger.undo_rules import kind_of, own_undo
from kernel.db import Tx
from kernel.errors import Conflict, Problem

_INCOME = ("income", "earned")
# What is shared by the partners' parts in a holding and may be with them already.
_SHARED = (*_INCOME, "disposal")
_GAINS = frozenset(INCOME_ACCOUNTS) - {Account.UNREALISED_GAIN}
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
    rests = _latest_first(one for one in _standing(tx, holding, _INCOME) if one.effective_on < first)
    if rests:
        raise IncomeRests(
            problems=_named(rests),
            reference=rests[0].reference,
            on=rests[0].effective_on,
            holding=holding.code,
        )


class SharedSince(Conflict):
    code = "shared_since"
    says = (
        "{reference} of {on} was shared by what each had paid for {holding}; this would change what that was. Take it "
        "back first, and book it anew afterwards."
    )


@dataclass(frozen=True)
class Shared:
    """Income and realised gains of a holding since a day, each act by its first entry, and by what parts each day
    shares.
    """

    acts: Collection[EntrySheet]
    parts: Mapping[date, Mapping[int, int]]


def shared_since(tx: Tx, *, holding: Holding, since: date) -> Shared:
    """What was shared since a day, before something is written down of that day."""
    found = _standing(tx, holding, _SHARED, since=since)
    return Shared(found, {day: _parts(tx, holding, day) for day in {one.effective_on for one in found}})


def check_shared_alike(tx: Tx, *, holding: Holding, shared: Shared) -> None:
    """Refuse what was written down since, where what was shared before would have been shared otherwise."""
    changed = {day for day, parts in shared.parts.items() if not _alike(parts, _parts(tx, holding, day))}
    rests = _latest_first(one for one in shared.acts if one.effective_on in changed)
    if rests:
        raise SharedSince(
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


def _standing(
    tx: Tx, holding: Holding, kinds: Collection[str], *, since: date | None = None
) -> Collection[EntrySheet]:
    """The acts of a holding that stand, of all days or `since` one, each by its first entry."""
    acts: dict[str, EntrySheet] = {}
    asked: dict[str, Any] = {"as_of": date.max, "since": since, "holding_id": holding.key}
    for entry in flows(tx, fund_id=holding.fund_id, accounts=_GAINS, **asked):
        if kind_of(entry.act) in kinds and stands(entry):
            acts.setdefault(entry.act, entry)
    return acts.values()


def _latest_first(found: Iterable[EntrySheet]) -> list[EntrySheet]:
    return sorted(found, key=lambda one: (one.effective_on, one.number), reverse=True)


def _named(rests: Iterable[EntrySheet]) -> list[Problem]:
    return [
        Problem(one.reference, _SAYS, {"on": one.effective_on, "undo": own_undo(one.act) or ""})
        for one in rests
    ]
