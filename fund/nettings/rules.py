"""A call and a distribution of one day as one act: who pays or is paid the difference, and what may be joined. Pure.

Both stay what they are, each with its own rules and its own gross amounts. What a partner owes on the call and is due
of the distribution is set off up to the lesser of the two; only the difference is money. Amounts in minor units.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kernel.errors import Conflict, NotFound


class NettingState(StrEnum):
    """draft -> approved -> issued -> settled; cancelled where the two were parted or the whole was taken back."""

    DRAFT = "draft"
    APPROVED = "approved"
    ISSUED = "issued"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class NettingUnknown(NotFound):
    code = "netting_unknown"
    says = "There is no such netting."


class JoinedAlready(Conflict):
    code = "netting_joined_already"
    says = "{what} is joined in {netting} already."


class Joined(Conflict):
    code = "joined_in_netting"
    says = "{what} is joined in {netting}; it goes on, is paid and taken back there only, or the two are parted first."


class DaysApart(Conflict):
    code = "netting_days_apart"
    says = "{call} is due on {due_on} and {distribution} is paid on {pay_on}; only what falls on one day is netted."


class NotADrawdown(Conflict):
    code = "netting_not_a_drawdown"
    says = "{call} gives money back or settles a later close; only a call for money is netted."


class SharesNotNetted(Conflict):
    code = "netting_of_shares"
    says = "{distribution} hands over shares; only money is netted with a call."


class NothingToSetOff(Conflict):
    code = "netting_nothing_to_set_off"
    says = "No partner both pays on {call} and is paid of {distribution}; there is nothing to set off."


class NettingToCome(Conflict):
    code = "netting_to_come"
    says = "{netting} is settled on {on}, which is still to come."


class NettingOpen(Conflict):
    code = "netting_not_settled"
    says = "{netting} is announced and not settled; until then nobody is late on {call}."


class SetOffOfMore(Conflict):
    code = "set_off_of_interest"
    says = "What is owed on {call} includes interest of a later close; only a call for money is set off."


class SetOffUsed(Conflict):
    code = "set_off_used"
    says = (
        "{reference} was set off on {on}; take that distribution back first, or end the right on a later day."
    )


@dataclass(frozen=True)
class NettingPart:
    """One partner's part: what is called of it, what is distributed to it by kinds, and the tax withheld of that."""

    partner_id: int
    called: int
    return_of_capital: int
    income: int
    gain: int
    withheld: int

    @property
    def distributed(self) -> int:
        """The gross distribution."""
        return self.return_of_capital + self.income + self.gain

    @property
    def due(self) -> int:
        """What is due to the partner after tax."""
        return self.distributed - self.withheld

    @property
    def set_off(self) -> int:
        """What needs no money to pass."""
        return min(self.called, self.due)

    @property
    def net(self) -> int:
        """What the partner pays (positive) or is paid (negative)."""
        return self.called - self.due

    @property
    def to_pay(self) -> int:
        """What the partner pays in money."""
        return max(self.net, 0)

    @property
    def to_get(self) -> int:
        """What the partner is paid in money."""
        return max(-self.net, 0)


def check_joinable(
    *, call: str, distribution: str, due_on: date, pay_on: date, is_drawdown: bool, hands_over: bool
) -> None:
    """Refuse a pair that cannot be one act."""
    if not is_drawdown:
        raise NotADrawdown(call=call)
    if hands_over:
        raise SharesNotNetted(distribution=distribution)
    if due_on != pay_on:
        raise DaysApart(call=call, due_on=due_on, distribution=distribution, pay_on=pay_on)


def set_off(owed: Mapping[int, int], due: Mapping[int, int]) -> dict[int, int]:
    """By partner, the lesser of what it owes and what is due to it; partners with nothing of either left out."""
    lesser = {key: min(amount, due.get(key, 0)) for key, amount in owed.items()}
    return {key: amount for key, amount in lesser.items() if amount > 0}


def check_something(parts: Mapping[int, int], *, call: str, distribution: str) -> None:
    """Refuse to join where nobody's amounts meet: two separate notices say the same."""
    if not parts:
        raise NothingToSetOff(call=call, distribution=distribution)


def check_day(*, netting: str, on: date, today: date) -> None:
    """Refuse to settle before the day itself."""
    if today < on:
        raise NettingToCome(netting=netting, on=on)
