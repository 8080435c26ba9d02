"""What partners bear of the value above cost that leaves a holding, as the books say what each carries of it.

`fund.capital.leaving` has the rule. Where an interest passed on the very day, nobody can say whether it did before or
after: then what each carries at the end of the day decides.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from fund.capital.leaving import Parts, taken
from fund.capital.own_days import add_parts, is_leaving, opened
from fund.holdings.bookings import carried_by, parts_in
from fund.holdings.models import Holding
from fund.holdings.position import Disposal, Position
from fund.holdings.records import records
from fund.ledger.belonging import partners_sides
from fund.ledger.rules import Account
from kernel.db import Tx


def positions_of(tx: Tx, *, holding: Holding) -> list[Position]:
    """The records of all instruments, in the order of their codes: so nothing hangs on which was bought first."""
    found = records(tx, holding_ids=[holding.key])[holding.key]
    return [one.position for one in sorted(found, key=lambda one: one.instrument.code)]


def taken_on(
    tx: Tx, *, holding: Holding, positions: Sequence[Position], on: date
) -> dict[str, tuple[Disposal, dict[int, int]]]:
    """What each disposal of a day that still counts when it ends takes from each partner, by its act."""
    left = [one for position in positions for one in position.leaving(on)]
    if not left:
        return {}
    is_all = not any(position.until(on).quantity for position in positions)
    parts = parts_in(tx, holding=holding, on=on)
    takes = taken([amount for _, amount in left], _carried(tx, holding, on), parts, is_all=is_all)
    return {lost.act: (lost, part) for (lost, _), part in zip(left, takes, strict=True)}


def _carried(tx: Tx, holding: Holding, on: date) -> Parts:
    """What each carries of the value above cost before anything leaves on a day."""
    place = (Account.UNREALISED_APPRECIATION.value, holding.key)
    sides = partners_sides(tx, fund_id=holding.fund_id, places=[place], on=on)
    began = opened(sides, on, stood=carried_by(tx, holding=holding, on=on - timedelta(days=1)))
    if began is not None:
        return began
    ended = carried_by(tx, holding=holding, on=on)
    for side in sides:
        if is_leaving(side, on):
            add_parts(ended, {side.partner_id: side.amount})
    return ended
