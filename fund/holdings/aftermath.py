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
from fund.holdings import postings
from fund.holdings.bookings import parts_in
from fund.holdings.leaving import positions_of, taken_on
from fund.holdings.models import Holding
from fund.holdings.position import Position
from fund.holdings.postings import Act
from fund.holdings.resting import check_shared_alike, shared_since
from fund.holdings.rules import split
from fund.ledger.actions import post, reverse_entries
from fund.partners.queries import partners
from kernel.db import Tx
from kernel.identity.rules import Actor


class Aftermath:
    """What disposals took and marks gave on each day since one, as the record and the books have it when this is made;
    `follow` comes once the act is written down.
    """

    def __init__(self, tx: Tx, *, holding: Holding, since: date) -> None:
        self._tx, self._holding, self._since = tx, holding, since
        self._names = {partner.id: partner.code for partner in partners(tx, fund_id=holding.fund_id)}
        positions = positions_of(tx, holding=holding)
        self._took = {
            day: taken_on(tx, holding=holding, positions=positions, on=day)
            for day in self.days_left(positions)
        }
        self._shared = shared_since(tx, holding=holding, since=since)
        self._gave = {day: self._given(positions, day) for day in self._days_marked(positions)}

    def days_left(self, positions: Sequence[Position]) -> list[date]:
        """The days since that on which something leaves."""
        found = {lost.sold_on for position in positions for lost in position.disposals}
        return sorted(day for day in found if day >= self._since)

    def follow(self, actor: Actor, act: Act, *, now: datetime) -> None:
        """Book what is taken and given on each day now that the act is written down, and was not before.

        Refused: income or realised gains of that day or later that would have been shared otherwise.
        """
        check_shared_alike(self._tx, holding=self._holding, shared=self._shared)
        positions = positions_of(self._tx, holding=self._holding)
        for day in sorted({*self.days_left(positions), *self._gave}):
            on = replace(act, on=day)
            self.take(actor, on, positions, now=now)
            for name, gives in self._given(positions, day).items() if day in self._gave else ():
                self._book(actor, on, name, more(self._gave[day].get(name, {}), gives), None, now)

    def take(self, actor: Actor, act: Act, positions: Sequence[Position], *, now: datetime) -> None:
        """What disposals take on the day of `act`, once all is booked of the days before."""
        took = self._took.get(act.on, {})
        for name, (lost, takes) in taken_on(
            self._tx, holding=self._holding, positions=positions, on=act.on
        ).items():
            _, had = took.get(name, (lost, {}))
            self._book(actor, act, name, more(takes, had), lost.undone_on, now)

    def _book(
        self, actor: Actor, act: Act, name: str, gains: Parts, undone_on: date | None, now: datetime
    ) -> None:
        """Book what comes to each partner by an act of that name, which was taken back since or not."""
        own = act
        if name != act.act:
            own = replace(act, act=name, reference=f"{act.reference}/{name.replace(':', '-')}")
        fund_id = self._holding.fund_id
        entries = post(
            self._tx, actor, fund_id=fund_id, postings=postings.revaluation(own, "", gains), now=now
        )
        if entries and undone_on is not None:
            facts: dict[str, Any] = {"reason": act.memo, "effective_on": undone_on, "now": now}
            reverse_entries(self._tx, actor, fund_id=fund_id, entries=entries, **facts)

    def _given(self, positions: Sequence[Position], day: date) -> dict[str, dict[int, int]]:
        """What the marks of a day give to each partner, by their acts."""
        parts = parts_in(self._tx, holding=self._holding, on=day, names=self._names)
        return {
            f"mark:{mark.mark_id}": split(position.gained_on(day), parts, on=day)
            for position in positions
            for mark in position.marks
            if mark.marked_on == day
        }

    def _days_marked(self, positions: Sequence[Position]) -> set[date]:
        found = {mark.marked_on for position in positions for mark in position.marks}
        return {day for day in found if day >= self._since}
