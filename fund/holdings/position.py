"""What the fund holds of one instrument, from its record of purchases, disposals and approved marks. Pure.

Cost is relieved at average per lot: a disposal of a part of the quantity takes that same part of every lot.
A mark says the value of all that is held at the end of its day. From one mark to the next the value moves with
the record alone: a purchase adds its cost, a disposal takes its part of the value. Amounts are whole minor
units; quantities are exact (shares, or yuan of registered capital).
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from operator import attrgetter
from typing import NamedTuple

from kernel.allocation import allocate


class DisposalKind(StrEnum):
    """How something left the portfolio: sold, written off, or its purchase taken back at its cost."""

    SALE = "sale"
    WRITE_OFF = "write_off"
    UNDONE = "undone"


class Status(StrEnum):
    """Where a holding stands."""

    HELD = "held"
    PARTLY_REALISED = "partly_realised"
    REALISED = "realised"
    WRITTEN_OFF = "written_off"


@dataclass(frozen=True)
class Lot:
    """A purchase: what it bought and cost, or what is left of both."""

    id: int
    bought_on: date
    quantity: Fraction
    cost: int


@dataclass(frozen=True)
class Relief:
    """What a disposal takes from a lot."""

    lot_id: int
    quantity: Fraction
    cost: int


@dataclass(frozen=True)
class Disposal:
    """A sale or write-off, and what it takes of the lots.

    A purchase that was taken back leaves like a sale of its lot at cost, but it was never invested and brought
    nothing. A disposal that was taken back itself counts until `undone_on`.
    """

    sold_on: date
    kind: DisposalKind
    quantity: Fraction
    proceeds: int
    reliefs: tuple[Relief, ...]
    undone_on: date | None = None
    act: str = ""

    def counts_on(self, day: date) -> bool:
        """Whether it counts at the end of a day."""
        return self.sold_on <= day and not (self.undone_on is not None and self.undone_on <= day)

    @property
    def lot_id(self) -> int:
        """The lot whose purchase was taken back."""
        return self.reliefs[0].lot_id

    @property
    def cost(self) -> int:
        """The cost of what left."""
        return sum(relief.cost for relief in self.reliefs)


class Valued(NamedTuple):
    """An approved mark in force: the value of all that is held at the end of the day."""

    mark_id: int
    marked_on: date
    value: int


@dataclass(frozen=True)
class Position:
    """The record of one instrument, each part in the order of its days."""

    lots: tuple[Lot, ...] = ()
    disposals: tuple[Disposal, ...] = ()
    marks: tuple[Valued, ...] = ()

    def until(self, day: date) -> "Position":
        """The record as it stood at the end of `day`."""
        return Position(
            self.lots[: bisect_right(self.lots, day, key=attrgetter("bought_on"))],
            tuple(disposal for disposal in self.disposals if disposal.counts_on(day)),
            self.marks[: bisect_right(self.marks, day, key=attrgetter("marked_on"))],
        )

    def after(self, disposal: Disposal) -> "Position":
        """The record with one more disposal, later than all."""
        return replace(self, disposals=(*self.disposals, disposal))

    def with_mark(self, valued: Valued) -> "Position":
        """The record with that mark in force, in the place of another of its day."""
        others = [mark for mark in self.marks if mark.marked_on != valued.marked_on]
        return replace(self, marks=tuple(sorted([*others, valued], key=lambda mark: mark.marked_on)))

    def without_mark(self, day: date) -> "Position":
        """The record without the mark of `day`."""
        return replace(self, marks=tuple(mark for mark in self.marks if mark.marked_on != day))

    @property
    def days(self) -> list[date]:
        """The days at the end of which it may stand otherwise than the day before."""
        found = {lot.bought_on for lot in self.lots} | {one.sold_on for one in self.disposals}
        found |= {one.undone_on for one in self.disposals if one.undone_on is not None}
        return sorted(found | {mark.marked_on for mark in self.marks})

    @property
    def quantity(self) -> Fraction:
        """What is held."""
        bought = sum((lot.quantity for lot in self.lots), Fraction(0))
        return bought - sum((disposal.quantity for disposal in self.disposals), Fraction(0))

    @property
    def invested(self) -> int:
        """All that was ever paid; what was taken back was not."""
        return sum(lot.cost for lot in self.kept)

    @property
    def kept(self) -> list[Lot]:
        """The purchases that were not taken back."""
        undone = {
            relief.lot_id
            for disposal in self.disposals
            if disposal.kind is DisposalKind.UNDONE
            for relief in disposal.reliefs
        }
        return [lot for lot in self.lots if lot.id not in undone]

    @property
    def left(self) -> list[Disposal]:
        """The sales and write-offs."""
        return [disposal for disposal in self.disposals if disposal.kind is not DisposalKind.UNDONE]

    @property
    def cost(self) -> int:
        """The cost of what is held."""
        return sum(lot.cost for lot in self.lots) - sum(disposal.cost for disposal in self.disposals)

    @property
    def proceeds(self) -> int:
        """All that disposals brought."""
        return sum(disposal.proceeds for disposal in self.left)

    @property
    def mark(self) -> Valued | None:
        """The latest mark."""
        return self.marks[-1] if self.marks else None

    @property
    def value(self) -> int:
        """The value of what is held: the latest mark carried on, or cost while there is none."""
        opening, bought, sold = self.since_mark()
        return opening + bought - sold

    @property
    def unrealised(self) -> int:
        """What the value is above (below: negative) the cost."""
        return self.value - self.cost

    def leaving(self, day: date) -> list[tuple[Disposal, int]]:
        """What each disposal of a day, one after the other, takes of the value above cost, before marks of the day."""
        stood = self.until(day)
        at = replace(
            stood.without_mark(day), disposals=tuple(one for one in stood.disposals if one.sold_on < day)
        )
        found = []
        for lost in (one for one in stood.disposals if one.sold_on == day):
            left = at.after(lost)
            found.append((lost, at.unrealised - left.unrealised))
            at = left
        return found

    def coming_back(self, day: date) -> int:
        """What comes back of the value above cost by disposals of before that are taken back on a day."""
        undone = [one for one in self.disposals if one.undone_on == day and one.sold_on < day]
        on = {one.sold_on for one in undone}
        return sum(amount for sold_on in on for one, amount in self.leaving(sold_on) if one in undone)

    def gained_on(self, day: date) -> int:
        """By what the value above cost moved on a day by itself, and not by what left or came back on it."""
        moved = self.until(day).unrealised - self.until(day - timedelta(days=1)).unrealised
        return moved + sum(amount for _, amount in self.leaving(day)) - self.coming_back(day)

    def is_marked_on(self, day: date) -> bool:
        """Whether it was marked on a day."""
        return any(mark.marked_on == day for mark in self.marks)

    def since_mark(self) -> tuple[int, int, int]:
        """The value at the latest mark, what was bought since at cost, and what left since at value.

        A disposal takes a part of every lot there is; a lot of its own day from which none has taken yet came after.
        """
        marked_on = self.mark.marked_on if self.mark else date.min
        opening = self.mark.value if self.mark else 0
        lots = [lot for lot in self.lots if lot.bought_on > marked_on]
        if not self.disposals:
            return opening, sum(lot.cost for lot in lots), 0
        # What was bought since is carried at cost, so that its purchase is taken back at cost; a lot that the mark
        # has valued leaves with its part of that value.
        before = {lot.id for lot in self.lots if lot.bought_on <= marked_on}
        held = sum((lot.quantity for lot in self.lots if lot.bought_on <= marked_on), Fraction(0))
        bought, sold = 0, 0
        touched: set[int] = set()
        for disposal in self.disposals:
            touched |= {relief.lot_id for relief in disposal.reliefs}
            if disposal.sold_on <= marked_on:
                held -= disposal.quantity
                continue
            while lots and (lots[0].bought_on < disposal.sold_on or lots[0].id in touched):
                held, bought = held + lots[0].quantity, bought + lots.pop(0).cost
            held -= disposal.quantity
            if disposal.kind is DisposalKind.UNDONE and disposal.lot_id not in before:
                sold += disposal.cost
            else:
                sold += allocate(opening + bought - sold, [disposal.quantity, held])[0]
        return opening, bought + sum(lot.cost for lot in lots), sold

    @property
    def last_change_on(self) -> date | None:
        """The day of the latest purchase or disposal, or of the latest as of which one was taken back."""
        days = [lot.bought_on for lot in self.lots]
        days += [one.undone_on or one.sold_on for one in self.disposals if one.undone_on != one.sold_on]
        return max(days, default=None)

    def open_lots(self) -> list[Lot]:
        """What is left of each lot, in the order of purchase; lots used up are left out."""
        taken: dict[int, list[Relief]] = {}
        for disposal in self.disposals:
            for relief in disposal.reliefs:
                taken.setdefault(relief.lot_id, []).append(relief)
        left = [
            replace(
                lot,
                quantity=lot.quantity
                - sum((relief.quantity for relief in taken.get(lot.id, [])), Fraction(0)),
                cost=lot.cost - sum(relief.cost for relief in taken.get(lot.id, [])),
            )
            for lot in self.lots
        ]
        return [lot for lot in left if lot.quantity]


def dispose(
    position: Position, *, kind: DisposalKind, quantity: Fraction, proceeds: int, on: date
) -> Disposal:
    """The disposal of `quantity` out of a position that holds at least as much.

    The same part of every lot goes. Cost goes in the proportion quantity : rest, by largest remainder, so that a
    disposal of all takes exactly all.
    """
    cost = allocate(position.cost, [quantity, position.quantity - quantity])[0]
    lots = position.open_lots()
    part = quantity / position.quantity
    costs = allocate(cost, [lot.cost for lot in lots]) if cost else [0] * len(lots)
    reliefs = tuple(Relief(lot.id, lot.quantity * part, paid) for lot, paid in zip(lots, costs, strict=True))
    return Disposal(on, kind, quantity, proceeds, reliefs)


def taken_back(lot: Lot, *, on: date) -> Disposal:
    """A purchase taken back: its whole lot leaves at its cost."""
    relief = Relief(lot.id, lot.quantity, lot.cost)
    return Disposal(on, DisposalKind.UNDONE, lot.quantity, lot.cost, (relief,), act=f"lot:{lot.id}")


def status(positions: Sequence[Position]) -> Status:
    """Where a holding of several instruments stands: held, sold in part, sold, or written off to nothing."""
    disposals = [disposal for position in positions for disposal in position.left]
    if not disposals:
        return Status.HELD
    if any(position.quantity for position in positions):
        return Status.PARTLY_REALISED
    written_off = all(disposal.kind is DisposalKind.WRITE_OFF for disposal in disposals)
    return Status.WRITTEN_OFF if written_off else Status.REALISED
