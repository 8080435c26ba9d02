"""The management fee, partner by partner, and what an expense is.

For a quarter, in advance: fee = rate / 4 * base * days / days of the quarter, summed over the stretches of the
quarter on which the base is the same, rounded half up to the fen once per partner. A stretch shorter than the quarter
is a stub by actual days (domain: 2 % of 100m is 500,000.00 a quarter; 50 of 90 days are 277,777.78).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from fund.charter.rules import FeeBasis, Terms
from kernel.errors import Conflict, Invalid, NotFound
from kernel.money import format_amount
from kernel.periods import Quarter

# Expense accounts are 5000 + the row of the ILPA reporting template; the management fee has a room of its own.
FIRST_EXPENSE_ROW = 36
LAST_EXPENSE_ROW = 57


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
    """Some days of a quarter on which the fee is charged on one kind of base."""

    days: int
    on_commitment: bool


@dataclass(frozen=True)
class Working:
    """How one partner's fee came about; printed under the fee."""

    rate: Fraction
    quarter_days: int
    commitment: int
    commitment_days: int
    invested: int
    invested_days: int
    amount: int


def stretches(terms: Terms, quarter: Quarter) -> tuple[Stretch, ...]:
    """The stretches of `quarter` on which a fee runs, in order.

    With the usual basis commitments count up to and including the last day of the commitment period, and invested
    cost from the day after. Refused: a quarter wholly before the first close or after the term.
    """
    start = max(quarter.starts_on, terms.first_close_on)
    end = min(quarter.ends_on, terms.term_ends_on)
    if start > end:
        raise NoFeeYet(quarter=quarter, starts_on=terms.first_close_on, ends_on=terms.term_ends_on)
    if terms.fee_basis is not FeeBasis.COMMITMENT_THEN_INVESTED:
        return (Stretch((end - start).days + 1, terms.fee_basis is FeeBasis.COMMITMENT),)
    turn = terms.commitment_period_ends_on + timedelta(days=1)
    before = Stretch(max((min(end + timedelta(days=1), turn) - start).days, 0), on_commitment=True)
    after = Stretch((end - start).days + 1 - before.days, on_commitment=False)
    return tuple(stretch for stretch in (before, after) if stretch.days)


def first_day(terms: Terms, quarter: Quarter) -> date:
    """The day on which the fee for `quarter` takes effect: it is paid in advance."""
    return max(quarter.starts_on, terms.first_close_on)


def fee(
    rate: Fraction, quarter: Quarter, found: Sequence[Stretch], *, commitment: int, invested: int
) -> Working:
    """One partner's fee for `quarter` on its commitment and its share of invested cost, in minor units."""
    on_commitment = sum(stretch.days for stretch in found if stretch.on_commitment)
    on_invested = sum(stretch.days for stretch in found if not stretch.on_commitment)
    weighted = commitment * on_commitment + invested * on_invested
    exact = rate / 4 * weighted / quarter.days
    return Working(
        rate=rate,
        quarter_days=quarter.days,
        commitment=commitment,
        commitment_days=on_commitment,
        invested=invested,
        invested_days=on_invested,
        amount=rounded(exact),
    )


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


# How the entries of other acts begin; an expense of such a name would stand in their way.
TAKEN_NAMES = ("FEE", "CALL-", "DIST-", "CLOSE-", "CLOSING-", "CARRY")


def is_free_reference(reference: str) -> bool:
    """Whether an expense may be called that."""
    return bool(reference.strip()) and not reference.upper().startswith(TAKEN_NAMES)


def is_expense_row(row: int) -> bool:
    """Whether partnership expenses may be booked under this row of the ILPA reporting template."""
    return FIRST_EXPENSE_ROW <= row <= LAST_EXPENSE_ROW
