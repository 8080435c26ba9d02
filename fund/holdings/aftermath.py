"""What follows for later days from what is written down late of a holding.

The books know what each partner has in a holding and not in its instruments. So a purchase, a sale, a mark or an undo
as of a day may change what disposals of that day and later take from each, and by what parts later marks were shared.
Each is led to what it would be had everything been written down by days: the difference is booked in its own name, on
its own day, and comes back with it. Income and realised gains may be with the partners already; where they would
differ, the act is refused.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from fund.capital.leaving import Parts, more
from fund.capital.shared_since import check_shared_alike, shared_since
from fund.holdings import postings
from fund.holdings.bookings import parts_in
from fund.holdings.leaving import positions_of, taken_on
from fund.holdings.models import Holding
from fund.holdings.position import Position
from fund.holdings.postings import Act
from fund.holdings.rules import split
from fund.ledger.actions import post, reverse_entries
from kernel.db import Tx
from kernel.errors import Conflict
from kernel.identity.rules import Actor


class CameBackSince(Conflict):
    code = "sale_came_back_since"
    says = (
        "What {holding} is worth moved on {on}, when a sale was taken back, and was shared by what each had paid for "
        "it; this would change what that was. Book it as of a later day."
    )


class Departures:
    """What disposals took from each partner on each day since one, as the record (`positions`) and the books have it
    when this is made; `follow` comes day by day once the act is written down.
    """

    def __init__(self, tx: Tx, *, holding: Holding, positions: Sequence[Position], since: date) -> None:
        self._tx, self._holding, self._since = tx, holding, since
        self._took = {
            day: taken_on(tx, holding=holding, positions=positions, on=day) for day in self.days(positions)
        }

    def days(self, positions: Sequence[Position]) -> list[date]:
        """The days since that on which something leaves."""
        found = {lost.sold_on for position in positions for lost in position.disposals}
        return sorted(day for day in found if day >= self._since)

    def follow(self, actor: Actor, act: Act, positions: Sequence[Position], *, now: datetime) -> None:
        """Book what disposals take on the day of `act` and did not before; all of the days before is booked."""
        takes = taken_on(self._tx, holding=self._holding, positions=positions, on=act.on)
        for name, (lost, parts) in takes.items():
            _, had = self._took.get(act.on, {}).get(name, (lost, {}))
            entries = _book_gains(
                self._tx, actor, act, name, more(parts, had), holding=self._holding, now=now
            )
            if entries and lost.undone_on is not None:
                facts: dict[str, Any] = {"reason": act.memo, "effective_on": lost.undone_on, "now": now}
                reverse_entries(self._tx, actor, fund_id=self._holding.fund_id, entries=entries, **facts)


class Aftermath:
    """The same with what later marks gave to each partner, and what else was shared by the parts that each had.

    For what may change those parts: what is bought or sold, or taken back.
    """

    def __init__(self, tx: Tx, *, holding: Holding, since: date) -> None:
        self._tx, self._holding = tx, holding
        positions = positions_of(tx, holding=holding)
        self._departures = Departures(tx, holding=holding, positions=positions, since=since)
        self._shared = shared_since(tx, fund_id=holding.fund_id, holding_id=holding.key, since=since)
        days = {day for position in positions for day in _moved_by_itself(position, since)}
        self._parts = {day: parts_in(tx, holding=holding, on=day) for day in days}

    def follow(self, actor: Actor, act: Act, *, now: datetime) -> None:
        """Book what is taken and given on each day now that the act is written down, and was not before.

        Refused: income or realised gains of that day or later, or a movement on the day on which a sale came back, that
        would have been shared otherwise.
        """
        check_shared_alike(self._tx, fund_id=self._holding.fund_id, shared=self._shared)
        positions = positions_of(self._tx, holding=self._holding)
        for day in sorted({*self._departures.days(positions), *self._parts}):
            on = replace(act, on=day)
            self._departures.follow(actor, on, positions, now=now)
            if day in self._parts:
                self._lead_marks(actor, on, positions, self._parts[day], now)

    def _lead_marks(
        self, actor: Actor, act: Act, positions: Sequence[Position], then: Parts, now: datetime
    ) -> None:
        """Lead what moved by itself on a day from the parts of before to those of now."""
        parts = parts_in(self._tx, holding=self._holding, on=act.on)
        for position in positions:
            gained = position.gained_on(act.on)
            moved = more(*(split(gained, by, on=act.on) for by in (then, parts)))
            if not moved:
                continue
            if not position.is_marked_on(act.on):
                raise CameBackSince(holding=self._holding.code, on=act.on)
            mark = next(one for one in position.marks if one.marked_on == act.on)
            name = f"mark:{mark.mark_id}"
            _book_gains(self._tx, actor, act, name, moved, holding=self._holding, now=now)


def _book_gains(
    tx: Tx, actor: Actor, act: Act, name: str, gains: Parts, *, holding: Holding, now: datetime
) -> Sequence[Any]:
    """Book what comes to each partner by the act of that name, which is `act` itself or one that it leads on."""
    own = act
    if name != act.act:
        own = replace(act, act=name, reference=f"{act.reference}/{name.replace(':', '-')}")
    return post(tx, actor, fund_id=holding.fund_id, postings=postings.revaluation(own, "", gains), now=now)


def _moved_by_itself(position: Position, since: date) -> list[date]:
    """The days since one on which the value above cost moved, and not by what left or came back alone."""
    return [day for day in position.days if day >= since and position.gained_on(day)]
