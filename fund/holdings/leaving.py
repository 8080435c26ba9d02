"""What partners bear of the value above cost that leaves a holding on a day, as the books say what each carries of it.

`fund.capital.leaving` has the rule. Where an interest passed on that very day, nobody can say whether it did before or
after: then what each carries at the end of the day decides.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fund.capital.leaving import Parts, leaves, taken
from fund.capital.own_days import is_leaving, opened
from fund.capital.queries import participation
from fund.holdings.bookings import carried_by
from fund.holdings.models import Holding
from fund.ledger.belonging import partners_sides
from fund.ledger.rules import Account
from kernel.db import Tx


@dataclass(frozen=True)
class LeavingDay:
    """What each carries of the value above cost as a day begins (None: it cannot be told) and as it ends, each
    partner's part in the holding, and what acts that are not asked about take on it.
    """

    begins: Parts | None
    ends: Parts
    parts: Parts
    others: int

    def taken(self, amounts: Sequence[int]) -> list[dict[int, int]]:
        """What each of the disposals asked about takes from each partner; `amounts` are in their order."""
        if self.begins is None:
            return [leaves(amount, self.ends, self.parts) if amount else {} for amount in amounts]
        return taken(amounts, self.begins, self.parts, before=self.others)


def leaving_day(tx: Tx, *, holding: Holding, on: date, acts: Collection[str] = ()) -> LeavingDay:
    """A day of a holding as the books have it, to ask what `acts` take on it."""
    place = (Account.UNREALISED_APPRECIATION.value, holding.key)
    sides = partners_sides(tx, fund_id=holding.fund_id, places=[place], on=on)
    return LeavingDay(
        opened(sides, on, stood=carried_by(tx, holding=holding, on=on - timedelta(days=1))),
        carried_by(tx, holding=holding, on=on),
        participation(tx, fund_id=holding.fund_id, as_of=on, holding_id=holding.key),
        sum(one.amount for one in sides if is_leaving(one, on) and one.act not in acts),
    )
