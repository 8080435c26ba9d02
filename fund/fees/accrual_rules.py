"""An expense that is owed before it is paid: what may be paid of it, what is released, and who gets that back. Pure.

It counts on the day on which it was incurred. From then on it is paid, whole or in parts, or what turns out not to be
owed is released in the period in which that is known. A bill that is higher is a further expense.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from fund.fees.recovery_rules import BROKEN_DEAL_ROW, ExpenseRecovered
from fund.fees.rules import rounded
from kernel.errors import Conflict, Invalid, NotFound, Problem
from kernel.money import format_amount


class SettlementWay(StrEnum):
    """What became of something owed: money that left the bank, or it turned out not to be owed."""

    PAID = "paid"
    RELEASED = "released"


class NotOwed(Conflict):
    code = "expense_not_owed"
    says = "{reference} was paid on the day it was incurred; nothing of it is owed."


class AccrualGone(Conflict):
    code = "expense_taken_back"
    says = "{reference} was taken back on {on}; nothing of it is owed."


class AboveOwed(Conflict):
    code = "above_owed"
    says = "Of {reference} {owed} is owed from {on} on; {amount} is more."


class SettlementInvalid(Invalid):
    code = "expense_settlement_invalid"
    says = "What is owed of {reference} is paid or released from {first} to {last} with an amount above zero."


class ReleaseReasonMissing(Invalid):
    code = "release_reason_missing"
    says = "Say why it is not owed after all."


class SettlementUnknown(NotFound):
    code = "expense_settlement_unknown"
    says = "There is no payment or release {number} of {reference}."


class ExpenseSettled(Conflict):
    code = "expense_settled"
    says = "Payments or releases of {reference} stand; take those back first."


class SettledUntil(Invalid):
    code = "expense_settled_until"
    says = (
        "Something of {reference} counted as paid or released until {first}; take it back from that day on."
    )


class AccrualToCome(Invalid):
    code = "accrual_to_come"
    says = "{on} is still to come; what is owed is booked on the day it is incurred, {today} at the latest."


@dataclass(frozen=True)
class Settled:
    """A payment or release; it counts from its day until it was undone. `recoverable` of a release was others' part."""

    number: int
    way: StrEnum
    amount: int
    settled_on: date
    recoverable: int = 0
    undone_on: date | None = None

    def counts(self, on: date) -> bool:
        """Whether it counts on a day."""
        return self.settled_on <= on and (self.undone_on is None or on < self.undone_on)


@dataclass(frozen=True)
class Outstanding(ABC):
    """Something owed or to come from a day on, as it stands `as_of` a day: an expense, or income. Minor units."""

    settled: tuple[Settled, ...]
    as_of: date

    @property
    @abstractmethod
    def whole(self) -> int:
        """How much it was on its first day."""

    @property
    @abstractmethod
    def began_on(self) -> date:
        """The day on which it was incurred or earned."""

    @property
    @abstractmethod
    def gone_on(self) -> date | None:
        """The day from which it counts no more because it was taken back."""

    @property
    def counts(self) -> bool:
        """Whether it counts on the day."""
        return self.began_on <= self.as_of and (self.gone_on is None or self.as_of < self.gone_on)

    @property
    def open(self) -> int:
        """What is left of it; nothing before it began or after it was taken back."""
        return open_on(self.whole, self.settled, self.as_of) if self.counts else 0

    @property
    def least(self) -> int:
        """The least that is left of it on any day; below nil only where more was settled than there was."""
        return 0 if self.gone_on else open_from(self.whole, self.settled, self.began_on)

    @property
    def days_open(self) -> int:
        """For how many days it has stood."""
        return (self.as_of - self.began_on).days

    def settled_by(self, way: StrEnum) -> int:
        """How much of it was settled in that way by the day."""
        return sum(one.amount for one in self.settled if one.way is way and one.counts(self.as_of))


def open_on(amount: int, settled: Iterable[Settled], on: date) -> int:
    """What is still owed of `amount` on a day."""
    return amount - sum(one.amount for one in settled if one.counts(on))


def open_from(amount: int, settled: Sequence[Settled], on: date) -> int:
    """The least that is owed on a day or any later one: a payment that is booked late leaves none of them below nil."""
    days = {on, *(one.settled_on for one in settled if one.settled_on > on)}
    return min(open_on(amount, settled, day) for day in days)


def check_accrual_day(on: date, *, today: date) -> None:
    """Refuse to owe something from a day to come."""
    if on > today:
        facts = {"on": on, "today": today}
        raise AccrualToCome(problems=[Problem("incurred_on", AccrualToCome.says, facts)], **facts)


def check_settlement(
    *, reference: str, amount: int, owed: int, on: date, first: date, today: date, reason: str | None
) -> None:
    """Refuse nothing, a day before the expense or to come, more than is owed, a release without a `reason`.

    `owed` is the least that is owed from the day on; a payment has None for a reason.
    """
    if amount <= 0 or not first <= on <= today:
        raise SettlementInvalid(reference=reference, first=first, last=today)
    if reason is not None and not reason.strip():
        raise ReleaseReasonMissing(problems=[Problem("reason", ReleaseReasonMissing.says)])
    if amount > owed:
        raise AboveOwed(reference=reference, owed=format_amount(owed), on=on, amount=format_amount(amount))


def check_taken_back(*, reference: str, settled: Sequence[Settled], on: date) -> None:
    """Refuse to take an owed expense back while something of it is paid or released, or from a day on which it was."""
    if any(one.undone_on is None for one in settled):
        raise ExpenseSettled(reference=reference)
    first = max((one.undone_on for one in settled if one.undone_on), default=date.min)
    if on < first:
        facts = {"reference": reference, "first": first}
        raise SettledUntil(problems=[Problem("on", SettledUntil.says, facts)], **facts)


def released_of_others(
    row: int, amount: int, *, whole: int, owed_back: int, of_others: int, of_all: int
) -> int:
    """How much of a release of `amount` others owe back no more.

    `whole` is the expense and `owed_back` what others were to bear of it; `of_all` and `of_others` are what is left of
    both. Of organisation costs what is above the cap falls first; of a dead deal each bears its share of what remains.
    """
    if row != BROKEN_DEAL_ROW:
        return min(amount, of_others)
    stays = rounded((of_all - amount) * Fraction(owed_back, whole))
    # The fund's own part cannot fall by more than is left of it.
    return min(max(of_others - stays, amount - (of_all - of_others), 0), amount, of_others)


def check_still_owed_back(*, reference: str, left: int, settled: int) -> None:
    """Refuse a release after which others would have settled more than they owe."""
    if settled > left:
        raise ExpenseRecovered(reference=reference)
