"""What the books say once a mark is put in force, or put in the place of another: they are led from the record without
it to that with it, day by day.

On its own day, and on those of later marks, the value above cost moves by itself and goes by the partners' parts of
the day. What a later sale took of it is more or less by the mark: that is the sale's, and comes back with it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from fund.capital.leaving import Parts, leaves, more
from fund.holdings import postings
from fund.holdings.bookings import act_of, carried_by, parts_in
from fund.holdings.leaving import LeavingDay, leaving_day
from fund.holdings.models import Holding, HoldingMark
from fund.holdings.position import Disposal, Position, Valued
from fund.holdings.postings import Act
from fund.holdings.rules import split
from fund.ledger.actions import post, reverse_entries
from kernel.db import Tx
from kernel.identity.rules import Actor

Left = Sequence[tuple[Disposal, int]]


def follow_mark(
    tx: Tx, actor: Actor, *, holding: Holding, mark: HoldingMark, before: Position, now: datetime
) -> None:
    """Book the movement of the unrealised gain from the record without the mark to that with it."""
    after = before.with_mark(Valued(mark.key, mark.marked_on, mark.value))
    days = [day for day in sorted({*before.days, *after.days}) if day >= mark.marked_on]
    ended = {day: carried_by(tx, holding=holding, on=day) for day in days if not after.is_marked_on(day)}
    left = {day: lost for day in days if (lost := after.leaving(day))}
    stood = {day: _day(tx, holding, day, lost) for day, lost in left.items()}
    for day in days:
        step = f"MARK-{mark.number}" + ("" if day == mark.marked_on else f"/{day.isoformat()}")
        act = act_of(tx, holding=holding, step=step, act=f"mark:{mark.key}", on=day, memo=mark.reason)
        if day in stood:
            _take(tx, actor, holding, act, stood[day], before.leaving(day), left[day], now)
        if after.is_marked_on(day):
            # As if the marks had been written down in the order of their days, each by the shares of its own.
            parts = parts_in(tx, holding=holding, on=day, names=act.names)
            gained = more(*(split(one.gained_on(day), parts, on=day) for one in (before, after)))
        else:
            gained = _gained(tx, holding, act, ended[day], after.gained_on(day) - before.gained_on(day))
        post(tx, actor, fund_id=holding.fund_id, postings=postings.revaluation(act, "", gained), now=now)


def _take(
    tx: Tx,
    actor: Actor,
    holding: Holding,
    act: Act,
    stood: LeavingDay,
    before: Left,
    after: Left,
    now: datetime,
) -> None:
    """Book what the disposals of a day take by the mark beyond what they took, each in its own name; what was taken
    back since comes back likewise.

    Where they take as much as before, not every partner need: what each carries may differ by a minor unit by then.
    """
    took = stood.taken([amount for _, amount in before])
    takes = _day(tx, holding, act.on, after).taken([amount for _, amount in after])
    for (lost, _), had, has in zip(after, took, takes, strict=True):
        own = replace(act, act=lost.act, reference=f"{act.reference}/{lost.act.replace(':', '-')}")
        booked = postings.revaluation(own, "", more(has, had))
        entries = post(tx, actor, fund_id=holding.fund_id, postings=booked, now=now)
        if entries and lost.undone_on is not None:
            facts: dict[str, Any] = {"reason": act.memo, "effective_on": lost.undone_on, "now": now}
            reverse_entries(tx, actor, fund_id=holding.fund_id, entries=entries, **facts)


def _gained(tx: Tx, holding: Holding, act: Act, ended: Parts, amount: int) -> dict[int, int]:
    """What each has of a movement on a day without a mark of its own: by what of the mark it carries by then."""
    if not amount:
        return {}
    # A close may have shared it anew since, or an interest passed.
    carried = more(ended, carried_by(tx, holding=holding, on=act.on))
    parts = parts_in(tx, holding=holding, on=act.on, names=act.names)
    return {partner_id: -part for partner_id, part in leaves(-amount, carried, parts).items()}


def _day(tx: Tx, holding: Holding, on: date, left: Left) -> LeavingDay:
    return leaving_day(tx, holding=holding, on=on, acts={lost.act for lost, _ in left})
