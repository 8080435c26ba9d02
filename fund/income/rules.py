"""Income that is earned before it is received: what may be booked, received and released of it. Pure.

It counts on the day on which it is earned (bank interest at a quarter's end, a dividend declared). From then on it is
received, whole or in parts, or what never comes is released in the period in which that is known.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

from fund.fees.accrual_rules import Settled, open_from
from fund.ledger.chart import Account
from kernel.errors import Conflict, Invalid, NotFound, Problem
from kernel.money import format_amount


class EarnedKind(StrEnum):
    """What kind of income it is; each has an account of its own."""

    DIVIDEND = "dividend"
    INTEREST = "interest"
    OTHER = "other"


ACCOUNTS: Mapping[EarnedKind, Account] = {
    EarnedKind.DIVIDEND: Account.DIVIDEND_INCOME,
    EarnedKind.INTEREST: Account.INTEREST_INCOME,
    EarnedKind.OTHER: Account.OTHER_INCOME,
}


class IncomeWay(StrEnum):
    """What became of it: money that came in, or it never comes."""

    RECEIVED = "received"
    RELEASED = "released"


class EarnedInvalid(Invalid):
    code = "earned_income_invalid"
    says = "This income cannot be booked as earned."


class EarnedTaken(Conflict):
    code = "earned_income_taken"
    says = "The income {reference} is booked already."


class EarnedUnknown(NotFound):
    code = "earned_income_unknown"
    says = "There is no income {reference} booked as earned."


class EarnedGone(Conflict):
    code = "earned_income_taken_back"
    says = "{reference} was taken back on {on}; nothing of it is to come."


class EarnedStands(Conflict):
    code = "earned_income_stands"
    says = "{reference} stands in the books; an import takes nothing back."


class AboveEarned(Conflict):
    code = "above_earned"
    says = "Of {reference} {open} is still to come from {on} on; {amount} is more."


class IncomeSettlementInvalid(Invalid):
    code = "income_settlement_invalid"
    says = "What is to come of {reference} is received or released from {first} to {last} with an amount above zero."


class IncomeReasonMissing(Invalid):
    code = "income_release_reason_missing"
    says = "Say why it never comes."


class IncomeSettlementUnknown(NotFound):
    code = "income_settlement_unknown"
    says = "There is no receipt or release {number} of {reference}."


class EarnedSettled(Conflict):
    code = "earned_income_settled"
    says = "Receipts or releases of {reference} stand; take those back first."


class EarnedSettledUntil(Invalid):
    code = "earned_income_settled_until"
    says = "Something of {reference} counted as received or released until {first}; take it back from that day on."


def check_earned(
    *,
    reference: str,
    kind: EarnedKind,
    amount: int,
    payer: str,
    earned_on: date,
    today: date,
    of_holding: bool,
) -> None:
    """Refuse income without a name, an amount or a payer, earned on a day to come; a dividend comes from a holding,
    other income from none.
    """
    problems = []
    if not reference.strip():
        problems.append(Problem("reference", "This is needed."))
    if amount <= 0:
        problems.append(Problem("amount", "expected an amount above zero"))
    if not payer.strip() and not of_holding:
        problems.append(Problem("payer", "say who pays"))
    if earned_on > today:
        says = "{on} is still to come; expected {today} at the latest"
        problems.append(Problem("earned_on", says, {"on": earned_on, "today": today}))
    if kind is EarnedKind.DIVIDEND and not of_holding:
        problems.append(Problem("holding", "say which holding declared the dividend"))
    if kind is EarnedKind.OTHER and of_holding:
        problems.append(Problem("kind", "a holding pays dividends and interest"))
    if problems:
        raise EarnedInvalid(problems=problems)


def check_income_settlement(
    *,
    reference: str,
    amount: int,
    whole: int,
    settled: Sequence[Settled],
    on: date,
    first: date,
    today: date,
    reason: str | None,
) -> None:
    """Refuse nothing, a day before it was earned or to come, more than is still to come, a release without a `reason`.

    A receipt has None for a reason.
    """
    if amount <= 0 or not first <= on <= today:
        raise IncomeSettlementInvalid(reference=reference, first=first, last=today)
    if reason is not None and not reason.strip():
        raise IncomeReasonMissing(problems=[Problem("reason", IncomeReasonMissing.says)])
    left = open_from(whole, settled, on)
    if amount > left:
        raise AboveEarned(reference=reference, open=format_amount(left), on=on, amount=format_amount(amount))


def check_earned_back(*, reference: str, settled: Sequence[Settled], on: date) -> None:
    """Refuse to take income back while something of it is received or released, or from a day on which it was."""
    if any(one.undone_on is None for one in settled):
        raise EarnedSettled(reference=reference)
    first = max((one.undone_on for one in settled if one.undone_on), default=date.min)
    if on < first:
        facts = {"reference": reference, "first": first}
        raise EarnedSettledUntil(problems=[Problem("on", EarnedSettledUntil.says, facts)], **facts)
