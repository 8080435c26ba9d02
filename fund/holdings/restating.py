"""What the books say once a mark is put in force, or put in the place of another: they are led from the record without
it to that with it, day by day.

On its own day, and on those of later marks, the value above cost moves by itself and goes by the partners' parts of
the day. What a later sale took of it is more or less by the mark: that is the sale's, and comes back with it.
"""

from datetime import datetime

from fund.capital.leaving import Parts, leaves, more
from fund.holdings import postings
from fund.holdings.aftermath import Departures
from fund.holdings.bookings import act_of, parts_in
from fund.holdings.leaving import carried_within, positions_of
from fund.holdings.models import Holding, HoldingMark
from fund.holdings.position import Position, Valued
from fund.holdings.postings import Act
from fund.holdings.rules import split
from fund.ledger.actions import post
from kernel.db import Tx
from kernel.identity.rules import Actor


def follow_mark(
    tx: Tx,
    actor: Actor,
    *,
    holding: Holding,
    mark: HoldingMark,
    before: Position,
    departures: Departures,
    now: datetime,
) -> None:
    """Book the movement of the unrealised gain from the record without the mark to that with it; `departures` was made
    without it.
    """
    after = before.with_mark(Valued(mark.key, mark.marked_on, mark.value))
    own = {day for day in {*before.days, *after.days} if day >= mark.marked_on}
    ended = {day: carried_within(tx, holding=holding, on=day) for day in own if not after.is_marked_on(day)}
    positions = positions_of(tx, holding=holding)
    for day in sorted({*own, *departures.days(positions)}):
        step = f"MARK-{mark.number}" + ("" if day == mark.marked_on else f"/{day.isoformat()}")
        act = act_of(tx, holding=holding, step=step, act=f"mark:{mark.key}", on=day, memo=mark.reason)
        departures.follow(actor, act, positions, now=now)
        if after.is_marked_on(day):
            # As if the marks had been written down in the order of their days, each by the shares of its own.
            parts = parts_in(tx, holding=holding, on=day)
            gained = more(*(split(one.gained_on(day), parts, on=day) for one in (before, after)))
        elif day in own:
            gained = _gained(tx, holding, act, ended[day], after.gained_on(day) - before.gained_on(day))
        else:
            continue
        post(tx, actor, fund_id=holding.fund_id, postings=postings.revaluation(act, "", gained), now=now)


def _gained(tx: Tx, holding: Holding, act: Act, ended: Parts, amount: int) -> dict[int, int]:
    """What each has of a movement on a day without a mark of its own: by what of the mark it carries by then."""
    if not amount:
        return {}
    # A close may have shared it anew since, or an interest passed on a day before.
    carried = more(ended, carried_within(tx, holding=holding, on=act.on))
    parts = parts_in(tx, holding=holding, on=act.on)
    return {partner_id: -part for partner_id, part in leaves(-amount, carried, parts).items()}
