"""What follows when a partner does not pay a call: when notice may be given, what interest runs, when it is cured.

Interest is simple, actual/365, on what is still owed of the contributions, from the due date to each payment.
It is no contribution and no income: it goes to the partners whose money stood in meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from fund.defaults.promise_rules import NO_REMEDIES, Remedies, remedy_faults
from kernel.errors import Conflict, Invalid, NotFound, Problem
from kernel.money import format_amount, format_percent

LONGEST_CURE = 366
YEAR = 365


class DefaultState(StrEnum):
    """Where a default stands on a day."""

    CURING = "curing"
    PAST_CURE = "past_cure"
    CURED = "cured"
    WITHDRAWN = "withdrawn"


# A notice in one of these still asks the partner for money.
UNCURED = frozenset({DefaultState.CURING, DefaultState.PAST_CURE})


class DefaultTermsInvalid(Invalid):
    code = "default_terms_invalid"
    says = "These terms of default cannot be promised."


class DefaultTermsUnknown(NotFound):
    code = "default_terms_unknown"
    says = "The fund has no terms of default on {as_of}; write them down before a notice is given."


class DefaultTermsTooEarly(Conflict):
    code = "default_terms_too_early"
    says = "Terms of default take effect from {effective_on}; the version before from {latest}. Take a later day."


class DefaultUnknown(NotFound):
    code = "default_unknown"
    says = "There is no such default."


class NotInDefault(Conflict):
    code = "not_in_default"
    says = "{partner} owes nothing on {call} that was due before {on}."


class NoticeGiven(Conflict):
    code = "default_notice_given"
    says = "Notice of this default was given on {noticed_on}."


class NoticeToCome(Invalid):
    code = "default_notice_to_come"
    says = "A notice is given today or has been given since the due date: expected {first} to {last}, got {noticed_on}."


class NoticeTooEarly(Conflict):
    code = "default_notice_too_early"
    says = "{call} is due on {due_on}; notice of a default on it can be given from {first} on."


class DefaultWithdrawn(Conflict):
    code = "default_withdrawn"
    says = "This notice or its call was withdrawn; nothing more can be booked on it."


class DefaultHasInterest(Conflict):
    code = "default_has_interest"
    says = "{amount} of interest has come in on this default; take it back before the notice is withdrawn."


class DefaultHasRemedy(Conflict):
    code = "default_has_remedy"
    says = "A remedy of this default is carried out; take it back before the notice is withdrawn."


class InterestInvalid(Invalid):
    code = "default_interest_invalid"
    says = "Interest needs an amount above zero and the bank's own reference; got {amount} and “{reference}”."


class AboveInterest(Conflict):
    code = "above_default_interest"
    says = "Of the interest up to {on} {owed} is owed; {amount} is too much."


class InterestOutOfTime(Invalid):
    code = "default_interest_out_of_time"
    says = "Interest received on {on} cannot be booked: expected {first} to {last}."


class NothingToPassOn(Conflict):
    code = "default_nothing_to_pass_on"
    says = "Nothing of this default's interest waits to be passed on to the other partners."


class InterestPassedOn(Conflict):
    code = "default_interest_passed_on"
    says = "This interest was paid on to the other partners; take that payment back first."


class DefaultReasonMissing(Invalid):
    code = "default_reason_missing"
    says = "Say why: a reason is needed here."


@dataclass(frozen=True)
class DefaultTerms:
    """What the charter says of a partner that does not pay: days to cure from the notice, interest, remedies."""

    cure_days: int
    rate: Fraction
    remedies: Remedies = NO_REMEDIES


@dataclass(frozen=True)
class Payment:
    """A payment of contributions on the call, interest apart."""

    on: date
    amount: int


def check_terms(terms: DefaultTerms) -> None:
    """Refuse terms that cannot be promised, each fault named."""
    problems = []
    if not 1 <= terms.cure_days <= LONGEST_CURE:
        says = "expected 1 to {most} days"
        problems.append(Problem("cure_days", says, {"most": LONGEST_CURE}))
    if not 0 <= terms.rate <= 1:
        says = "expected from 0 % to 100 %, got {rate}"
        problems.append(Problem("rate", says, {"rate": format_percent(terms.rate)}))
    problems += remedy_faults(terms.remedies)
    if problems:
        raise DefaultTermsInvalid(problems=problems)


def check_notice(*, call: str, partner: str, owed: int, due_on: date, noticed_on: date, today: date) -> None:
    """Refuse a notice about nothing overdue, from a day to come or not after the due date."""
    first = due_on + timedelta(days=1)
    if today < first:
        raise NoticeTooEarly(call=call, due_on=due_on, first=first)
    if not first <= noticed_on <= today:
        raise NoticeToCome(first=first, last=today, noticed_on=noticed_on)
    if owed <= 0:
        raise NotInDefault(partner=partner, call=call, on=noticed_on)


def cure_until(noticed_on: date, terms: DefaultTerms) -> date:
    """The last day on which it can be cured."""
    return noticed_on + timedelta(days=terms.cure_days)


def interest(
    *, principal: int, due_on: date, payments: Sequence[Payment], rate: Fraction, until: date
) -> int:
    """The interest that has run by the end of `until`, to the fen, half up.

    `principal` is what was called for contributions; what was paid by the due date earns none.
    """
    owed, since, whole = principal, due_on, Fraction(0)
    for payment in sorted(payments, key=lambda one: one.on):
        if payment.on > until:
            break
        on = max(payment.on, due_on)
        whole += owed * (on - since).days
        owed, since = owed - payment.amount, on
    if until > since:
        whole += owed * (until - since).days
    exact = whole * rate / YEAR
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def state_of(
    *, principal_owed: int, interest_owed: int, until: date, today: date, is_withdrawn: bool
) -> DefaultState:
    """Where a default stands: cured once principal and interest are paid, whenever that is."""
    if is_withdrawn:
        return DefaultState.WITHDRAWN
    if principal_owed <= 0 and interest_owed <= 0:
        return DefaultState.CURED
    return DefaultState.CURING if today <= until else DefaultState.PAST_CURE


def check_interest(*, amount: int, owed: int, reference: str, on: date, first: date, today: date) -> None:
    """Refuse interest that is empty, unnamed, of a day to come or before the notice, or more than has run."""
    if amount <= 0 or not reference.strip():
        raise InterestInvalid(amount=format_amount(amount), reference=reference)
    if not first <= on <= today:
        raise InterestOutOfTime(on=on, first=first, last=today)
    if amount > owed:
        raise AboveInterest(on=on, owed=format_amount(max(owed, 0)), amount=format_amount(amount))
