"""Whether a statement that was taken in by mistake may be withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kernel.errors import Conflict, Invalid, NotFound, Problem
from kernel.money import format_amount

# So many lines that stand in the way are named; a whole year's would be no sentence any more.
MOST_NAMED = 5


def _n(says: str) -> str:
    return says


class StatementUnknown(NotFound):
    code = "bank_statement_unknown"
    says = "There is no such bank statement."


class StatementWithdrawn(Conflict):
    code = "bank_statement_withdrawn"
    says = "The statement {filename} was withdrawn on {on} before."


class LineWithdrawn(Conflict):
    code = "bank_line_withdrawn"
    says = "The statement of this line was withdrawn; nothing can be made of it."


class StatementMatched(Conflict):
    code = "bank_statement_matched"
    says = "{count} lines of {filename} stand in the books: free them first, then withdraw the statement."


class WithdrawalReasonMissing(Invalid):
    code = "bank_withdrawal_reason_missing"
    says = "Say why the statement is withdrawn."


class WithdrawalOutOfTime(Invalid):
    code = "bank_withdrawal_out_of_time"
    says = "A statement taken in on {first} is withdrawn on that day or later, until {last}; not on {on}."


LINE = _n("{on} {amount} {name}")


@dataclass(frozen=True)
class Standing:
    """A line that is matched with a payment in the books: its day, its amount as the bank signs it, whose it is."""

    on: date
    amount: int
    name: str


def check_withdrawal(
    filename: str,
    *,
    withdrawn_on: date | None,
    standing: Sequence[Standing],
    reason: str,
    on: date,
    taken_on: date,
    today: date,
) -> None:
    """Refuse to withdraw a statement twice, without a reason, for a day before it was taken in or to come, or while
    a line of it is matched with a payment that stands in the books; the refusal names the first of those lines.
    """
    if withdrawn_on is not None:
        raise StatementWithdrawn(filename=filename, on=withdrawn_on)
    if not reason.strip():
        raise WithdrawalReasonMissing()
    if not taken_on <= on <= today:
        facts = {"on": on, "first": taken_on, "last": today}
        raise WithdrawalOutOfTime(problems=[Problem("on", WithdrawalOutOfTime.says, facts)], **facts)
    if standing:
        named = [
            Problem("", LINE, {"on": one.on, "amount": format_amount(one.amount), "name": one.name})
            for one in standing[:MOST_NAMED]
        ]
        raise StatementMatched(problems=named, count=len(standing), filename=filename)
