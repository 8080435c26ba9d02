"""Follow-on reserves: what is kept back for a company, how much of it is left, and whether the fund's money reaches.

A reserve is a plan, not a booking. A purchase after the day of the plan draws on it; a new plan replaces the old one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from fund.fees.ahead_rules import FeeAhead
from kernel.errors import Invalid, NotFound, Problem
from kernel.periods import Quarter

LONGEST = 500


@dataclass(frozen=True)
class ReservePlan:
    """What is to be kept back for a holding, minor units, and the quarter in which it is expected to be needed."""

    amount: int
    expected: Quarter
    note: str


@dataclass(frozen=True)
class Needed:
    """What is still kept back for a company, and by when."""

    expected: Quarter
    amount: int


@dataclass(frozen=True)
class QuarterAhead:
    """A quarter to come: its fee, what is needed in it for companies, and what is left after it, minor units."""

    quarter: Quarter
    fee: int
    needed: int
    left: int


class ReserveInvalid(Invalid):
    code = "reserve_invalid"
    says = "This reserve cannot be planned."


class HoldingUnheld(NotFound):
    code = "holding_unheld"
    says = "{holding} is not held on {on}, so nothing is kept back for it."


def check_plan(plan: ReservePlan, *, on: date, term_ends_on: date, size: int) -> None:
    """Refuse with ReserveInvalid, naming each fault."""
    if problems := list(_faults(plan, on, term_ends_on, size)):
        raise ReserveInvalid(problems=problems)


def _faults(plan: ReservePlan, on: date, term_ends_on: date, size: int) -> Iterator[Problem]:
    if not 0 <= plan.amount <= size:
        yield Problem("amount", "expected from nothing to the fund's size")
    first, last = Quarter.containing(on), Quarter.containing(term_ends_on)
    if not first <= plan.expected <= last:
        says = "expected a quarter from {first} to {last}, got {value}"
        facts = {"first": str(first), "last": str(last), "value": str(plan.expected)}
        yield Problem("expected", says, facts)
    if len(plan.note) > LONGEST:
        yield Problem("note", "expected at most {longest} characters", {"longest": LONGEST})


def still_kept(*, planned: int, invested_since: int) -> int:
    """What of a reserve is left after what was invested since; more invested than planned leaves nothing."""
    return max(planned - invested_since, 0)


def quarters_ahead(
    needed: Sequence[Needed], *, after: Quarter, fees: Sequence[FeeAhead], cost: int = 0, available: int
) -> tuple[QuarterAhead, ...]:
    """From the quarter after `after` to the last in which something is needed; below zero the money does not reach.

    `fees` are of the quarters after `after`, on invested cost where the terms say so: `cost` and what is needed before.
    What was expected earlier and is still kept back is needed in the first of them. The last quarter's `left` is
    available less all fees up to then less all that is kept back.
    """
    if not needed:
        return ()
    first = after.next
    last = max(first, *(one.expected for one in needed))
    found: list[QuarterAhead] = []
    quarter, left = first, available
    while quarter <= last:
        here = sum(one.amount for one in needed if max(one.expected, first) == quarter)
        fee = fees[len(found)].fee(cost) if len(found) < len(fees) else 0
        left -= fee + here
        cost += here
        found.append(QuarterAhead(quarter, fee, here, left))
        quarter = quarter.next
    return tuple(found)
