"""The management fee, partner by partner, and what an expense is.

For a quarter, in advance: fee = rate / 4 * base * days / days of the quarter, summed over the stretches of the
quarter on which rate and base are the same, rounded half up to the fen once per partner. A stretch shorter than the
quarter is a stub by actual days (domain: 2 % of 100m is 500,000.00 a quarter; 50 of 90 days are 277,777.78).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import zip_longest

from fund.charter.rules import FeeBasis, Terms
from fund.ledger.hand_rules import TAKEN_NAMES
from fund.side_letters.rules import LetterTerms
from kernel.errors import Conflict, Invalid, NotFound
from kernel.money import format_amount
from kernel.periods import Quarter

# Expense accounts are 5000 + the row of the ILPA reporting template; the management fee has a room of its own.
EXPENSE_ROWS = range(36, 58)
# What borrowing costs: a registered venture fund does not borrow, and the template's rows stay nil.
BORROWING_ROWS = range(46, 50)


class NoFeeYet(Conflict):
    code = "no_fee_in_quarter"
    says = "No management fee falls into {quarter}: the fund runs from {starts_on} to {ends_on}."


class FeeTooEarly(Conflict):
    code = "fee_too_early"
    says = "The fee of {quarter} is not charged yet: {latest} at the latest."


class FeeUnknown(NotFound):
    code = "fee_unknown"
    says = "No management fee has been charged for {quarter}."


class FeeNotPayable(Conflict):
    code = "fee_not_payable"
    says = "{payable} of the fee is payable; {amount} is more than that or not above zero."


class FeeAsDue(Conflict):
    code = "fee_as_due"
    says = "The fee of {quarter} is what its terms and bases make of it today; there is nothing to adjust."


class FeePaid(Conflict):
    code = "fee_paid"
    says = "{paid} of the fee is paid and only {payable} is still payable; take the payment back first."


class ExpenseUnknown(NotFound):
    code = "expense_unknown"
    says = "There is no expense {reference}."


class PaymentUnknown(NotFound):
    code = "fee_payment_unknown"
    says = "There is no payment {reference} of the fee."


class ExpenseInvalid(Invalid):
    code = "expense_invalid"
    says = "This expense cannot be booked."


class ExpenseTaken(Conflict):
    code = "expense_taken"
    says = "The expense {reference} is booked already."


@dataclass(frozen=True)
class Stretch:
    """Some days of a quarter on which one rate is charged on one base: commitment, paid-in or invested money."""

    days: int
    rate: Fraction
    base: FeeBasis


@dataclass(frozen=True)
class Working:
    """How one partner's fee came about; printed under the fee. One per rate, counted by `position`."""

    position: int
    rate: Fraction
    quarter_days: int
    commitment: int
    commitment_days: int
    invested: int
    invested_days: int
    amount: int


def stretches(versions: Sequence[Terms], quarter: Quarter) -> tuple[Stretch, ...]:
    """The stretches of `quarter` on which a fee runs, in order; `versions` are the terms in force within it.

    Each version holds from its own day until the next. With the usual basis commitments count up to and including
    the last day of the commitment period, and invested cost from the day after. Nothing runs before the first
    close or after the term.
    """
    found: list[Stretch] = []
    since = quarter.starts_on
    for terms, following in zip_longest(versions, versions[1:]):
        next_on = following.effective_on if following else None
        until = min(quarter.ends_on, next_on - timedelta(days=1)) if next_on else quarter.ends_on
        for one in _within(terms, max(since, terms.first_close_on), min(until, terms.term_ends_on)):
            if found and (found[-1].rate, found[-1].base) == (one.rate, one.base):
                found[-1] = replace(one, days=found[-1].days + one.days)
            else:
                found.append(one)
        since = until + timedelta(days=1)
    return tuple(found)


def own_terms(
    versions: Sequence[Terms], letters: Sequence[tuple[date, LetterTerms]], quarter: Quarter
) -> tuple[Terms, ...]:
    """`versions` with the rate that one partner's letters make of theirs, cut where a letter takes effect.

    `letters` are its versions by effective day, in their order; before the first the charter's rate holds.
    """
    days = {quarter.starts_on, *(one.effective_on for one in versions[1:] if one.effective_on)}
    days |= {on for on, _ in letters if quarter.starts_on < on <= quarter.ends_on}
    found = []
    for day in sorted(days):
        begun = [one for one in versions if one.effective_on and one.effective_on <= day]
        terms = begun[-1] if begun else versions[0]
        letter = [said for on, said in letters if on <= day]
        rate = letter[-1].rate(terms.fee_rate) if letter else terms.fee_rate
        found.append(replace(terms, fee_rate=rate, effective_on=day))
    return tuple(found)


def _within(terms: Terms, start: date, end: date) -> list[Stretch]:
    """The stretches from `start` to `end` under one version of the terms."""
    days = max((end - start).days + 1, 0)
    if terms.fee_basis is FeeBasis.COMMITMENT_THEN_INVESTED:
        turn = terms.commitment_period_ends_on + timedelta(days=1)
        before = min(max((turn - start).days, 0), days)
        parts = [(before, FeeBasis.COMMITMENT), (days - before, FeeBasis.INVESTED)]
    else:
        parts = [(days, terms.fee_basis)]
    return [Stretch(count, terms.fee_rate, base) for count, base in parts if count]


def after(found: Sequence[Stretch], days: int) -> tuple[Stretch, ...]:
    """The stretches without their first `days`."""
    left = []
    for one in found:
        gone = min(days, one.days)
        days -= gone
        if one.days > gone:
            left.append(replace(one, days=one.days - gone))
    return tuple(left)


def taken_off(workings: Sequence[Working], *, behind: int) -> tuple[Working, ...]:
    """What somebody no longer owes, as lines of its own behind the first so many: bases and amounts turned."""
    return tuple(
        replace(
            one,
            position=behind + one.position,
            commitment=-one.commitment,
            invested=-one.invested,
            amount=-one.amount,
        )
        for one in workings
    )


def put_on(workings: Sequence[Working], *, behind: int) -> tuple[Working, ...]:
    """The same for whoever owes it instead."""
    return tuple(replace(one, position=behind + one.position) for one in workings)


def check_runs(found: Sequence[Stretch], versions: Sequence[Terms], quarter: Quarter) -> None:
    """Refuse a fee for a quarter in which none runs."""
    if not found:
        starts_on, ends_on = versions[0].first_close_on, versions[-1].term_ends_on
        raise NoFeeYet(quarter=quarter, starts_on=starts_on, ends_on=ends_on)


def first_day(versions: Sequence[Terms], quarter: Quarter) -> date:
    """The day on which the fee for `quarter` takes effect: it is paid in advance."""
    return max(quarter.starts_on, min(terms.first_close_on for terms in versions))


def fee(quarter: Quarter, found: Sequence[Stretch], bases: Mapping[FeeBasis, int]) -> tuple[Working, ...]:
    """One partner's fee for `quarter` on its `bases` in minor units; rounded once, so that the workings sum to it."""
    workings: list[Working] = []
    exact = Fraction(0)
    for position, line in enumerate(_by_rate(found), start=1):
        on_commitment = sum(one.days for one in line if one.base is FeeBasis.COMMITMENT)
        others = [one for one in line if one.base is not FeeBasis.COMMITMENT]
        other = bases.get(others[0].base if others else FeeBasis.INVESTED, 0)
        on_other = sum(one.days for one in others)
        commitment = bases.get(FeeBasis.COMMITMENT, 0)
        before = rounded(exact)
        exact += line[0].rate / 4 * (commitment * on_commitment + other * on_other) / quarter.days
        workings.append(
            Working(
                position=position,
                rate=line[0].rate,
                quarter_days=quarter.days,
                commitment=commitment,
                commitment_days=on_commitment,
                invested=other,
                invested_days=on_other,
                amount=rounded(exact) - before,
            )
        )
    return tuple(workings)


def _by_rate(found: Sequence[Stretch]) -> list[list[Stretch]]:
    """Stretches that follow each other at one rate, on commitments and at most one base beside them."""
    lines: list[list[Stretch]] = []
    for one in found:
        beside = {other.base for other in (*lines[-1], one)} - {FeeBasis.COMMITMENT} if lines else set()
        if lines and lines[-1][0].rate == one.rate and len(beside) <= 1:
            lines[-1].append(one)
        else:
            lines.append([one])
    return lines


def paid_days(
    fees: Sequence[tuple[date, int]], called: Sequence[tuple[date, int]]
) -> list[list[tuple[date, int]]]:
    """On which days each of `fees` (day due and amount, oldest first) was paid, with each day's amount as weight.

    Money `called` for fees pays the oldest first. What nothing was called for counts from the day it was due.
    """
    waiting = list(called)
    found = []
    for on, amount in fees:
        parts: list[tuple[date, int]] = []
        left = amount
        while left and waiting:
            day, there = waiting.pop(0)
            taken = min(left, there)
            parts.append((day, taken))
            left -= taken
            if taken < there:
                waiting.insert(0, (day, there - taken))
        if left or not parts:
            parts.append((on, left or 1))
        found.append(parts)
    return found


def rounded(exact: Fraction) -> int:
    """To the nearest whole minor unit, halves away from zero."""
    size = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return -size if exact < 0 else size


def check_payment(amount: int, *, payable: int) -> None:
    """Refuse to pay more of the fee than is payable, or nothing. Amounts in minor units."""
    if not 0 < amount <= payable:
        raise FeeNotPayable(payable=format_amount(payable), amount=format_amount(amount))


def check_not_paid(amount: int, *, payable: int, paid: int) -> None:
    """Refuse to take a fee back of which more is paid than would be charged without it. Amounts in minor units."""
    if amount > payable:
        raise FeePaid(paid=format_amount(paid), payable=format_amount(payable))


def check_charge(quarter: Quarter, *, today: date) -> None:
    """Refuse a fee for more than the quarter that comes next."""
    latest = Quarter.containing(today).next
    if latest < quarter:
        raise FeeTooEarly(quarter=quarter, latest=latest)


def is_free_reference(reference: str) -> bool:
    """Whether an expense may be called that."""
    return bool(reference.strip()) and not reference.upper().startswith(TAKEN_NAMES)


def is_expense_row(row: int) -> bool:
    """Whether partnership expenses may be booked under this row of the ILPA reporting template."""
    return row in EXPENSE_ROWS
