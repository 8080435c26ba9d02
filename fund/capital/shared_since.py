"""What was shared by the partners' parts in a holding since a day, and may be with them already.

What is bought, sold, paid back or taken back as of that day could change those parts. Income and realised gains are
not shared anew by it: it is refused where they would have been shared otherwise.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from fund.capital.participation import shares_of_day
from fund.ledger.chart import INCOME_ACCOUNTS, Account
from fund.ledger.queries import EntrySheet, flows
from fund.ledger.resting import Resting
from fund.ledger.undo_rules import kind_of
from kernel.db import Tx
from kernel.errors import Conflict

MARK = "mark"
_GAINED = frozenset({"income", "earned", "receivable", "disposal"})


class SharedSince(Conflict):
    code = "shared_since"
    says = (
        "{reference} of {on} was shared by what each had paid for the holding, and this would change what that was. "
        "Book this as of a later day, or take {reference} back first and book it anew afterwards."
    )


@dataclass(frozen=True)
class Shared:
    """Acts since a day, each by its first entry, and by what parts each holding shares on their days."""

    acts: Collection[EntrySheet]
    parts: Mapping[tuple[int, date], Mapping[int, int]]


def shared_since(
    tx: Tx, *, fund_id: int, since: date, holding_id: int | None = None, marks: bool = False
) -> Shared:
    """What was shared since a day of one holding, or of all, before something is written down of that day.

    With what was taken back as of a later day, which it counts until then; and with `marks`, which a change within a
    holding leads on by itself and one of the money paid for it does not.
    """
    entries = flows(
        tx, fund_id=fund_id, as_of=date.max, since=since, accounts=INCOME_ACCOUNTS, holding_id=holding_id
    )
    gone = {one.reverses: one.effective_on for one in entries if one.reverses is not None}
    acts: dict[str, EntrySheet] = {}
    for one in entries:
        is_seen = one.reverses is None and gone.get(one.reference) != one.effective_on
        is_gain = kind_of(one.act) in _GAINED and Account.UNREALISED_GAIN not in (one.debit, one.credit)
        if one.holding_id is not None and is_seen and (is_gain or (marks and kind_of(one.act) == MARK)):
            acts.setdefault(one.act, one)
    keys = {(one.holding_id, one.effective_on) for one in acts.values() if one.holding_id is not None}
    return Shared(acts.values(), {key: _parts(tx, fund_id, *key) for key in keys})


def check_shared_alike(tx: Tx, *, fund_id: int, shared: Shared) -> None:
    """Refuse what was written down since, where what was shared before would have been shared otherwise.

    All of it is named, the latest first, with how it is taken back.
    """
    changed = {key for key, parts in shared.parts.items() if not _alike(parts, _parts(tx, fund_id, *key))}
    rests = [one for one in shared.acts if (one.holding_id, one.effective_on) in changed]
    rests.sort(key=lambda one: (one.effective_on, one.number), reverse=True)
    if rests:
        told = [Resting.of(one.act, reference=_named(one), on=one.effective_on) for one in rests]
        raise SharedSince(problems=[one.problem for one in told], reference=told[0].reference, on=told[0].on)


def _named(entry: EntrySheet) -> str:
    """How an act is called whose entries name it, and then what they say of whom."""
    parts = entry.reference.split("/")
    return "/".join(parts[:2] if kind_of(entry.act) in ("income", "disposal", MARK) else parts[:1])


def _parts(tx: Tx, fund_id: int, holding_id: int, on: date) -> dict[int, int]:
    return shares_of_day(tx, fund_id=fund_id, on=on, holding_id=holding_id)


def _alike(one: Mapping[int, int], other: Mapping[int, int]) -> bool:
    """Whether two of them stand in the same proportions."""
    whole, of = sum(one.values()), sum(other.values())
    return all(one.get(key, 0) * of == other.get(key, 0) * whole for key in {*one, *other})
