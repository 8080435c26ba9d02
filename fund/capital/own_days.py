"""Which entries belong to the past of a later close, and which its newcomers share in on the entries' own days. Pure.

An entry of a day from which a newcomer counts, written down before its close was, is shared with the newcomer on its
own day, act by act, as it would have been had the close been known. What closes move on such a day says so in its
reference ("/on-2026-06-15"), so that a close shares anew what belongs to the time until its due date and nothing else.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from fund.capital.leaving import Parts, taken
from fund.ledger.belonging import Side
from fund.ledger.hand_rules import JOURNAL
from fund.ledger.undo_rules import BETWEEN_PARTNERS, kind_of
from kernel.allocation import allocate

MARK = "mark"
# A sale, write-off or delivery, and a purchase that was taken back with what it was valued at since.
_LEAVING = frozenset({"disposal", "lot"})
_RELEASES = {"payable": "expense", "receivable": "earned"}
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


class Act(NamedTuple):
    """An act of a day as it takes effect on one; marks of a day are one act."""

    act: str
    first: date
    on: date
    is_reversal: bool


def is_fact(act: str) -> bool:
    """Whether an act is shared out among the partners, and does not pass something from one to another."""
    return kind_of(act) not in BETWEEN_PARTNERS


def is_past_of(side: Side, span: Span, *, numbers: Mapping[str, int], transfers: Iterable[str]) -> bool:
    """Whether a side belongs to what a close shares anew as of its due date.

    `numbers` are those of the closes that stand, by act; `transfers` the acts of those by the due date.
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


def opened(sides: Iterable[Side], on: date, *, stood: Parts | None = None) -> dict[int, int]:
    """What each carries of a holding's value above cost when a day begins, of all sides of that place, or of those of
    the day where it is told what `stood` the day before.

    What is shared anew as of the day counts already; an interest passes as it ends.
    """
    found = dict(stood or {})
    for one in sides:
        if one.on < on or (one.on == on and kind_of(one.act) == "close" and own_day(one) != on):
            found[one.partner_id] = found.get(one.partner_id, 0) - one.amount
    return found


def wanted(
    sides: Sequence[Side], weigh: Callable[[date], Parts], *, carried: Parts | None = None
) -> dict[tuple[date, date], tuple[dict[int, int], dict[int, int]]]:
    """Of acts at one place, by their day and that on which they take effect, how they lie and how they are to lie.

    What leaves a holding of its value above cost goes by what is `carried` of it, where that is told: then the acts
    are those of one day.
    """
    found: dict[tuple[date, date], tuple[dict[int, int], dict[int, int]]] = {}
    for one, (parts, shared) in wanted_by_act(sides, weigh, carried=carried).items():
        lies, shall = found.setdefault((one.first, one.on), ({}, {}))
        add_parts(lies, parts)
        add_parts(shall, shared)
    return found


def wanted_by_act(
    sides: Sequence[Side], weigh: Callable[[date], Parts], *, carried: Parts | None = None
) -> dict[Act, tuple[Parts, Parts]]:
    """The same act by act."""
    acts = _acts(sides)
    shared = _shared(acts, weigh, carried)
    return {one: (parts, shared[one]) for one, parts in acts.items()}


def left_of(sides: Sequence[Side], weigh: Callable[[date], Parts]) -> dict[int, int]:
    """What each partner still bears (negative) or has by acts at one place, as they are to lie."""
    found: dict[int, int] = {}
    for parts in _shared(_acts(sides), weigh).values():
        add_parts(found, parts)
    return found


def _acts(sides: Sequence[Side]) -> dict[Act, dict[int, int]]:
    """What is shared out among the partners, act by act in the order of the books."""
    acts: dict[Act, dict[int, int]] = {}
    for one in sides:
        if is_fact(one.act):
            # Marks of a day are one: a later one is led back to by what an earlier one moves on its day.
            act = MARK if kind_of(one.act) == MARK else one.act
            parts = acts.setdefault(Act(act, one.first, one.on, one.is_reversal), {})
            parts[one.partner_id] = parts.get(one.partner_id, 0) + one.amount
    return acts


def _shared(
    acts: Mapping[Act, dict[int, int]], weigh: Callable[[date], Parts], carried: Parts | None = None
) -> dict[Act, dict[int, int]]:
    """Each act as it is shared by the weights of its day, one after the other as they were written down.

    What reverses a whole act lies as that does. What is released of another act goes by what each bears of that, while
    all share as on its day. Entries made by hand and reversals of a part stay as they are.
    """
    found: dict[Act, dict[int, int]] = {}
    began: dict[str, date] = {}
    left: dict[str, dict[int, int]] = {}
    gone = 0
    for one, parts in acts.items():
        amount, of = sum(parts.values()), _released(one.act) or one.act
        original = Act(one.act, one.first, one.first, False)
        if kind_of(one.act) == JOURNAL or (
            one.is_reversal and sum(acts.get(original, {}).values()) != -amount
        ):
            shall = parts
        elif one.is_reversal:
            shall = {key: -part for key, part in found[original].items()}
            gone += amount if kind_of(one.act) in _LEAVING and one.on == one.first else 0
        elif carried is not None and kind_of(one.act) in _LEAVING:
            # What was taken of each though it is nothing in all: then all of the holding left.
            is_all = not amount and any(parts.values())
            [shall] = taken([amount], carried, weigh(one.first), before=gone, is_all=is_all)
            gone += amount
        elif of in began and of != one.act:
            shall = spread(amount, weights_of_release(left[of], weigh(began[of]), weigh(one.first)))
        else:
            shall = spread(amount, weigh(one.first))
            began.setdefault(of, one.first)
        found[one] = shall
        add_parts(left.setdefault(of, {}), shall)
    return found


def weights_of_release(left: Parts, then: Parts, now: Parts) -> Parts:
    """By what a release goes back to the partners: by what is `left` to each of what is released, so that nothing is
    once all of it is; by the shares of the day where they are others than `then`, for others bear it by now.
    """
    if then != now:
        return now
    sign = 1 if sum(left.values()) > 0 else -1
    return {key: left[key] * sign for key in then if left.get(key, 0) * sign > 0} or now


def _released(act: str) -> str | None:
    """The act of which this one releases a part: of "payable:EXP-3.2" it is "expense:EXP-3"."""
    of = _RELEASES.get(kind_of(act))
    return f"{of}:{act.partition(':')[2].rpartition('.')[0]}" if of else None


def add_parts(to: dict[int, int], more: Parts, sign: int = 1) -> None:
    """Add what comes to each partner to what is there."""
    for key, amount in more.items():
        to[key] = to.get(key, 0) + sign * amount
