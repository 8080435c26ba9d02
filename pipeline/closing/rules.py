"""When the fund's money may go out for a deal. Pure.

The approval of the committee stands behind every payment: it names the papers, the most that may be paid, the
last day and the conditions. The limits of the charter are checked before the money, not after.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from kernel.money import format_amount


class ClosingBlocked(Conflict):
    code = "closing_blocked"
    says = "{deal} cannot be closed:"


class LimitExceeded(Conflict):
    code = "limit_exceeded"
    says = "{deal} would exceed the fund's limits; a second person can approve an exception:"


class DirectLimitExceeded(Conflict):
    code = "direct_limit_exceeded"
    says = "Buying more of {holding} would exceed the fund's limits; take it through its deal and an exception there:"


class DirectMandateBroken(Conflict):
    code = "direct_mandate_broken"
    says = "What partners' mandates ask holds back buying more of {holding}:"


class DirectReasonMissing(Invalid):
    code = "direct_reason_missing"
    says = "Say why this is bought without a closing."


class TranchePaid(Conflict):
    code = "tranche_paid_differently"
    says = "Tranche {tranche} of {deal} was closed on {closed_on} for {amount}; it is not paid twice."


class TranchesInvalid(Invalid):
    code = "tranches_invalid"
    says = "Tranches are positive amounts that sum to no more than was approved, {approved}."


class TranchesFixed(Conflict):
    code = "tranches_fixed"
    says = "The tranches of {deal} are planned already."


class SamePerson(Forbidden):
    code = "same_person"
    says = "{act} needs a second person, not the one who asked for it."


class EvidenceMissing(Invalid):
    code = "condition_evidence_missing"
    says = "Say how the condition is satisfied."


class ConditionNotWaiting(Conflict):
    code = "condition_not_waiting"
    says = "Condition {number} is {state}; nothing waits to be confirmed."


class ConditionSatisfied(Conflict):
    code = "condition_satisfied_already"
    says = "Condition {number} is {state} already."


class ExceptionNotNeeded(Conflict):
    code = "exception_not_needed"
    says = "{deal} keeps every limit; there is nothing to except."


class ExceptionUnknown(NotFound):
    code = "exception_unknown"
    says = "There is no such exception waiting for approval."


class ClosingUnknown(NotFound):
    code = "closing_unknown"
    says = "Tranche {tranche} of {deal} has not been closed."


class CashMissing(Conflict):
    code = "cash_missing"
    says = "{needed} is still to be paid for {deal}, but the fund has {cash}."


@dataclass(frozen=True)
class Approved:
    """What the committee approved: at most `amount` minor units until `expires_on`, on unchanged papers or not."""

    amount: int
    expires_on: date
    papers_unchanged: bool


@dataclass(frozen=True)
class Payment:
    """A payment as it is about to be made. `paid` is what earlier tranches took; `planned` this tranche's plan.

    `is_ready`: the deal is active and at closing, or held and waiting for a further tranche.
    """

    amount: int
    on: date
    paid: int
    planned: int | None
    open_conditions: tuple[str, ...]
    is_ready: bool = True


@dataclass(frozen=True)
class Breach:
    """A limit that a payment would break: shares as exact fractions, before and with the payment."""

    dimension: str
    key: str
    before: Fraction
    share: Fraction
    maximum: Fraction


def check_direct(*, reason: str) -> None:
    """Refuse a purchase without a closing for which no reason is written down."""
    if not reason.strip():
        raise DirectReasonMissing


def blocking(approved: Approved | None, payment: Payment) -> list[Problem]:
    """Everything that keeps the money back, limits apart."""
    if approved is None:
        return [Problem("approval", "there is no approval of the committee")]
    problems = _approval(approved, payment) + _amount(approved, payment)
    return problems + [Problem(says, "is not satisfied and confirmed") for says in payment.open_conditions]


def _approval(approved: Approved, payment: Payment) -> list[Problem]:
    problems = [] if payment.is_ready else [Problem("stage", "the deal is not active at closing")]
    # What was begun in time may be finished: only the first payment has to keep the date.
    if payment.paid == 0 and payment.on > approved.expires_on:
        problems.append(Problem("approval", "lapsed on {on}", {"on": approved.expires_on}))
    if not approved.papers_unchanged:
        problems.append(Problem("papers", "are not those that were voted on"))
    return problems


def _amount(approved: Approved, payment: Payment) -> list[Problem]:
    problems = []
    if payment.amount <= 0:
        problems.append(Problem("amount", "must be above zero"))
    left = approved.amount - payment.paid
    if payment.amount > left:
        facts = {"amount": format_amount(payment.amount), "left": format_amount(left)}
        problems.append(
            Problem("amount", "{amount} is more than the {left} that is left of the approval", facts)
        )
    if payment.planned is not None and payment.amount != payment.planned:
        facts = {"planned": format_amount(payment.planned)}
        problems.append(Problem("amount", "the tranche is planned as {planned}", facts))
    return problems


def left_to_pay(
    approved: int, *, expires_on: date, planned: Mapping[int, int], closed: Mapping[int, int], on: date
) -> int:
    """What an approval still binds the fund to pay on a day: the planned tranches that are not closed, or what is left
    of it where none are planned. Past its last day an approval binds only if it was begun: what was begun in time may
    be finished. Tranches by number, in minor units.
    """
    if on > expires_on and not closed:
        return 0
    if planned:
        return sum(amount for number, amount in planned.items() if number not in closed)
    return max(approved - sum(closed.values()), 0)


def uncovered(breaches: Sequence[Breach], excepted: Mapping[tuple[str, str], Fraction]) -> list[Breach]:
    """The breaches that no approved exception covers: each covers a key up to the share that was approved."""
    return [
        breach
        for breach in breaches
        if breach.share > excepted.get((breach.dimension, breach.key), Fraction(0))
    ]


def breach_problems(breaches: Sequence[Breach]) -> list[Problem]:
    """Breaches in words: "this deal takes hydrogen to 27 % against a limit of 25 %"."""
    says = "this deal takes {key} to {share} % against a limit of {maximum} %"
    return [
        Problem(
            breach.dimension.replace("_", " "),
            says,
            {"key": breach.key, "share": percent(breach.share), "maximum": percent(breach.maximum)},
        )
        for breach in breaches
    ]


def percent(share: Fraction) -> str:
    """A share in percent, rounded half up to two decimals, without trailing zeros: 27/100 -> "27"."""
    hundredths = int(share * 10_000 + Fraction(1, 2))
    whole, part = divmod(hundredths, 100)
    return f"{whole}.{part:02}".rstrip("0").rstrip(".")


def check_tranches(amounts: Sequence[int], approved: int) -> None:
    """Refuse a plan of no tranches, of amounts that are not positive, or of more than was approved."""
    if not amounts or min(amounts) <= 0 or sum(amounts) > approved:
        raise TranchesInvalid(approved=format_amount(approved))


def check_second(act: str, first: int | None, second: int | None) -> None:
    """Refuse an approval by whoever asked for it, and by nobody in particular."""
    if second is None or second == first:
        raise SamePerson(act=act)


def shortfall(amount: int, cash: int) -> int:
    """What is missing to pay `amount` out of `cash`; cash below zero counts as none."""
    return max(0, amount - max(0, cash))
