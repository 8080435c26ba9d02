"""What was shared with the newcomers of a later close, once that is taken back.

A close that is taken back never counted. Whatever stands and names its newcomers is taken back before it; but what was
taken back as of a later day than its own stood until then, and they in it. It is shared anew without them on its own
day, under its own act, and goes with it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from fund.capital.leaving import Parts, more
from fund.capital.own_days import is_fact, wanted_by_act
from fund.capital.participation import shares_of_day
from fund.capital.shared_anew import ABOVE_COST, SHARED_ANEW, VALUE, between, carried_at, in_turn
from fund.ledger.actions import post, reverse_entries
from fund.ledger.belonging import Place, Side, partners_sides
from fund.partners.queries import codes_in_order
from kernel.db import Tx
from kernel.identity.rules import Actor

Gone = Mapping[str, date]
"""By act, the day as of which it was taken back."""


def share_without(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    number: int,
    newcomers: Collection[int],
    since: date,
    reason: str,
    now: datetime,
) -> None:
    """Share what stood until a later day anew without the newcomers of the close of that number, who count no more.

    What is of days before `since`, when they did count, stays as it is. Refused: as `post`.
    """
    named = partners_sides(tx, fund_id=fund_id, accounts=SHARED_ANEW, partner_ids=newcomers)
    until = {one.act: one.on for one in named if one.is_reversal and one.on > one.first >= since}
    places = {one.place for one in named if one.act in until and is_fact(one.act)}
    values = {(VALUE, place[1]) for place in places if place[0] in ABOVE_COST}
    sides = partners_sides(tx, fund_id=fund_id, places={*places, *values}) if places else []
    codes = codes_in_order(tx, fund_id=fund_id)
    for place in sorted(places, key=in_turn):
        for of in sorted({one.first for one in named if one.place == place and one.act in until}):
            for act, parts in _moves(tx, fund_id, place, of, sides, until).items():
                name = f"CLOSE-{number}/gone/{act}"
                said: dict[str, Any] = {"on": of, "act": act, "memo": reason}
                postings = [
                    between(
                        place,
                        partner_id=key,
                        amount=amount,
                        reference=f"{name}/{codes[key]}/{place[0]}",
                        **said,
                    )
                    for key, amount in parts.items()
                ]
                entries = post(tx, actor, fund_id=fund_id, postings=postings, now=now)
                facts: dict[str, Any] = {"effective_on": until[act], "reason": reason, "now": now}
                reverse_entries(tx, actor, fund_id=fund_id, entries=entries, **facts)


def _moves(
    tx: Tx, fund_id: int, place: Place, of: date, sides: Sequence[Side], until: Gone
) -> dict[str, Parts]:
    """What comes to each partner by the acts of a day at a place, now that others share in them."""

    def weigh(day: date) -> Parts:
        return shares_of_day(tx, fund_id=fund_id, on=day, holding_id=place[1])

    carried = carried_at(sides, place, of) if place[0] in ABOVE_COST else None
    here = [one for one in sides if one.place == place and one.first == of]
    found = wanted_by_act(here, weigh, carried=carried)
    moves = {
        one.act: more(lies, shall)
        for one, (lies, shall) in found.items()
        if one.on == of and not one.is_reversal and one.act in until
    }
    return {act: parts for act, parts in moves.items() if parts}
