"""What partners bear of the value above cost that leaves a holding, as the books say what each carries of it.

`fund.capital.leaving` has the rule. An interest passes as its day ends: what leaves on it is taken from the seller.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from fund.capital.leaving import Parts, taken
from fund.capital.own_days import add_parts, opened
from fund.holdings.bookings import carried_by, parts_in
from fund.holdings.models import Holding
from fund.holdings.position import Disposal, Position
from fund.holdings.records import records
from fund.ledger.belonging import partners_sides
from fund.ledger.rules import Account
from fund.ledger.undo_rules import kind_of
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
    return opened(sides, on, stood=carried_by(tx, holding=holding, on=on - timedelta(days=1)))


def carried_within(tx: Tx, *, holding: Holding, on: date) -> dict[int, int]:
    """What each carries of the value above cost once a day is over, but for the interests that pass as it ends."""
    place = (Account.UNREALISED_APPRECIATION.value, holding.key)
    found = carried_by(tx, holding=holding, on=on)
    for side in partners_sides(tx, fund_id=holding.fund_id, places=[place], on=on):
        if kind_of(side.act) == "transfer":
            add_parts(found, {side.partner_id: side.amount})
    return found
