"""Money given back that may be called again: how much may be, and what of it is used or expires. Pure.

Calls use recallable money before what was never called, the oldest first. What is not used within the months that the
charter gives it can be called no more. Amounts in whole minor units.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from kernel.errors import Conflict
from kernel.money import format_amount, format_percent
from kernel.periods import months_after


class RecallAboveCap(Conflict):
    code = "recall_above_cap"
    says = (
        "The charter lets {cap} be called again in all ({share} of the commitments); {given} may be already, "
        "{left} is left, and {amount} would be too much."
    )


class RecallTooLate(Conflict):
    code = "recall_too_late"
    says = (
        "Only capital that comes back within {months} months of being paid in may be called again: since {since} "
        "{called} was paid in and {given} has come back like that; {left} is left, and {amount} would be too much."
    )


class RecallAboveFees(Conflict):
    code = "recall_above_fees"
    says = (
        "Beyond its other limits the charter lets amounts equal to fees and expenses be called again: {paid} was paid "
        "in for them, {cap} is the most ({share} of the commitments), {given} may be already, {left} is left, and "
        "{amount} would be too much."
    )


@dataclass(frozen=True)
class Given:
    """Capital given back on a day that may be called again."""

    on: date
    amount: int


@dataclass(frozen=True)
class Called:
    """Money called as of a day."""

    on: date
    amount: int


@dataclass(frozen=True)
class Rolled:
    """What became of recallable money by a day: given = used + expired + left."""

    given: int
    used: int
    expired: int
    left: int

    def closed(self, given: int) -> "Rolled":
        """The same once nothing can be called again any more; `given` is all that was ever given back."""
        return Rolled(given, self.used, given - self.used, 0)


def rolled(given: Iterable[Given], called: Iterable[Called], *, months: int | None, on: date) -> Rolled:
    """The roll-forward up to a day. Of one day what is given back comes before what is called.

    It can still be called on the day that ends its months; without `months` it never expires.
    """
    waiting: list[Given] = []
    whole = used = expired = 0
    events: list[Given | Called] = [*given, *called]
    for event in sorted(events, key=lambda one: (one.on, isinstance(one, Called))):
        if event.on > on:
            break
        waiting, gone = _expire(waiting, months, event.on)
        expired += gone
        if isinstance(event, Given):
            whole += event.amount
            waiting.append(event)
            continue
        left, kept = max(0, event.amount), []
        for one in waiting:
            part = min(left, one.amount)
            left, used = left - part, used + part
            kept.append(replace(one, amount=one.amount - part))
        waiting = kept
    waiting, gone = _expire(waiting, months, on)
    return Rolled(whole, used, expired + gone, sum(one.amount for one in waiting))


def _expire(waiting: list[Given], months: int | None, on: date) -> tuple[list[Given], int]:
    """What is still waiting on a day, and how much has expired before it."""
    if months is None:
        return waiting, 0
    kept = [one for one in waiting if months_after(one.on, months) >= on]
    return kept, sum(one.amount for one in waiting) - sum(one.amount for one in kept)


def check_cap(*, amount: int, given: int, commitments: int, cap: Fraction | None) -> None:
    """Refuse to let more be called again than the charter's share of all commitments, over the fund's life."""
    if cap is None:
        return
    most = int(cap * commitments)
    if given + amount > most:
        raise RecallAboveCap(
            cap=format_amount(most),
            share=format_percent(cap),
            given=format_amount(given),
            left=format_amount(max(0, most - given)),
            amount=format_amount(amount),
        )


def check_within(*, amount: int, called: int, given: int, since: date, months: int) -> None:
    """Refuse to let capital be called again that was not paid in within the charter's months.

    `called` and `given` are what was paid in, and has come back to be called again, from `since` on.
    """
    if given + amount > called:
        raise RecallTooLate(
            months=months,
            since=since,
            called=format_amount(called),
            given=format_amount(given),
            left=format_amount(max(0, called - given)),
            amount=format_amount(amount),
        )


@dataclass(frozen=True)
class Room:
    """What the charter still lets be called again on a day; None is no such limit or term.

    `cap` is the most over the fund's life, of which `within` was given back; `beyond` was given back beyond the limits,
    for which `fees` names the most: as much as was paid in for fees and expenses (`paid`), up to the term's share.
    """

    cap: int | None
    within: int
    fees: int | None
    paid: int
    beyond: int

    @property
    def left(self) -> int | None:
        """What the cap leaves."""
        return None if self.cap is None else max(0, self.cap - self.within)

    @property
    def fees_left(self) -> int | None:
        """What the term about fees and expenses leaves beside it."""
        return None if self.fees is None else max(0, self.fees - self.beyond)


def beyond_limits(
    given: Sequence[Given], called: Sequence[Called], *, cap: int | None, months: int | None
) -> int:
    """How much of what was given back, day by day, neither the cap nor the months would have let be called again."""
    within: list[Given] = []
    for one in sorted(given, key=lambda each: each.on):
        room = one.amount
        if cap is not None:
            room = min(room, cap - sum(each.amount for each in within))
        if months is not None:
            since = months_after(one.on, -months)
            paid = sum(each.amount for each in called if since <= each.on <= one.on)
            room = min(room, paid - sum(each.amount for each in within if each.on >= since))
        within.append(replace(one, amount=max(0, room)))
    return sum(one.amount for one in given) - sum(one.amount for one in within)


def check_fees(*, beyond: int, room: Room, share: Fraction) -> None:
    """Refuse to let more be called again beyond the limits than was paid in for fees and expenses, up to the share.

    `room` is what there is before, `beyond` what would be given back beyond the limits in all.
    """
    most = room.fees or 0
    if beyond > most:
        raise RecallAboveFees(
            paid=format_amount(room.paid),
            cap=format_amount(most),
            share=format_percent(share),
            given=format_amount(room.beyond),
            left=format_amount(max(0, most - room.beyond)),
            amount=format_amount(beyond - room.beyond),
        )
