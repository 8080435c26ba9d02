"""To whom a part goes back that is released of an expense or of income, whatever was written down first."""

from collections.abc import Collection
from datetime import date

from fund.capital.own_days import left_of, spread, weights_of_release
from fund.capital.participation import shares_of_day
from fund.ledger.belonging import Place, partners_sides
from kernel.db import Tx


def released_parts(
    tx: Tx, *, fund_id: int, place: Place, acts: Collection[str], began_on: date, on: date, amount: int
) -> dict[int, int]:
    """Each partner's part of `amount`, released on a day of what began on another: minor units, none of nil.

    By what each bears or has at the place by `acts` (what is released, and its releases so far), as those who share by
    now were to share in them; a partner that joined by a close written down since is among them. Where the shares of
    the two days differ, by those of the day.
    """

    def weigh(day: date) -> dict[int, int]:
        return shares_of_day(tx, fund_id=fund_id, on=day, holding_id=place[1])

    left = left_of(partners_sides(tx, fund_id=fund_id, places=[place], acts=acts), weigh)
    parts = spread(amount, weights_of_release(left, weigh(began_on), weigh(on)))
    return {key: part for key, part in parts.items() if part}
