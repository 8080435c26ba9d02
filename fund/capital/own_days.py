"""Which entries belong to the past of a later close, and which its newcomers share in on the entries' own days. Pure.

An entry of a day from which a newcomer counts, written down before its close was, is shared with the newcomer on its
own day, act by act, as it would have been had the close been known. What closes move on such a day says so in its
reference ("/on-2026-06-15"), so that a close shares anew what belongs to the time until its due date and nothing else.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fund.ledger.belonging import Side
from fund.ledger.hand_rules import JOURNAL
from fund.ledger.undo_rules import kind_of
from kernel.allocation import allocate

Parts = Mapping[int, int]
"""By partner, minor units."""

# What passes between partners, and what names them by hand, is nobody's share of anything.
_BETWEEN = frozenset({"close", "transfer"})
MARK = "mark"
_OF_DAY = re.compile(r"/(?:on-)?([0-9]{4}-[0-9]{2}-[0-9]{2})")


@dataclass(frozen=True)
class Span:
    """A later close in its order: its act, the day from which its newcomers count, and that on which they pay."""

    number: int
    act: str
    closed_on: date
    due_on: date
    newcomers: frozenset[int]

    def counts_on_its_day(self, side: Side) -> bool:
        """Whether the newcomers have their part of an entry on its own day, and not only as of the due date."""
        if side.place[1] is None:
            return self.closed_on <= side.first != self.due_on
        return side.first > self.due_on


def is_fact(act: str) -> bool:
    """Whether an act is shared out among the partners, and does not pass something from one to another."""
    return kind_of(act) not in _BETWEEN


def is_past_of(side: Side, span: Span, *, numbers: Mapping[str, int], transfers: Iterable[str]) -> bool:
    """Whether a side belongs to what a close shares anew as of its due date.

    `numbers` are those of the closes that stand, by act; `transfers` the acts of those that count on the due date.
    """
    kind = kind_of(side.act)
    if kind == "transfer":
        return side.act in transfers
    if kind != "close":
        return side.first <= span.due_on
    own = _OF_DAY.search(side.reference)
    if side.act not in numbers:
        return False
    return date.fromisoformat(own[1]) <= span.due_on if own else numbers[side.act] <= span.number


def own_day(side: Side) -> date | None:
    """The day of the entry whose part a close has moved on that day; None for what it moves as of its due date."""
    found = _OF_DAY.search(side.reference) if kind_of(side.act) == "close" else None
    return date.fromisoformat(found[1]) if found and "/due-" not in side.reference else None


def spread(amount: int, weights: Parts) -> dict[int, int]:
    """An amount as an act of the day shares it: by the weights, in their order."""
    return dict(zip(weights, allocate(amount, list(weights.values())), strict=True)) if weights else {}


def wanted(
    sides: Sequence[Side], weigh: Callable[[date], Parts]
) -> dict[tuple[date, date], tuple[dict[int, int], dict[int, int]]]:
    """Of acts at one place, by their day and that on which they take effect, how they lie and how they are to lie.

    What reverses a whole act lies as that does. Entries made by hand and reversals of a part stay as they are.
    """
    acts: dict[tuple[str, date, date, bool], dict[int, int]] = {}
    for one in sides:
        if is_fact(one.act):
            # Marks of a day are one: a later one is led back to by what an earlier one moves on its day.
            act = MARK if kind_of(one.act) == MARK else one.act
            parts = acts.setdefault((act, one.first, one.on, one.is_reversal), {})
            parts[one.partner_id] = parts.get(one.partner_id, 0) + one.amount
    found: dict[tuple[date, date], tuple[dict[int, int], dict[int, int]]] = {}
    for (act, first, on, is_reversal), parts in acts.items():
        whole = sum(acts.get((act, first, first, False), {}).values())
        stays = kind_of(act) == JOURNAL or (is_reversal and sum(parts.values()) != -whole)
        lies, shall = found.setdefault((first, on), ({}, {}))
        add_parts(lies, parts)
        add_parts(shall, parts if stays else spread(sum(parts.values()), weigh(first)))
    return found


def add_parts(to: dict[int, int], more: Parts, sign: int = 1) -> None:
    """Add what comes to each partner to what is there."""
    for key, amount in more.items():
        to[key] = to.get(key, 0) + sign * amount
