"""What may become of a line of a bank statement. Amounts in minor units: in is positive, out negative."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kernel.errors import Conflict, Invalid, NotFound
from kernel.money import format_amount

# What is told of a fund with one bank account, which is most of them.
MAIN_ACCOUNT = "main"
LONGEST_REFERENCE = 56


class MatchKind(StrEnum):
    """What a part of a line was found to be."""

    RECEIPT = "receipt"
    BOOKED = "booked"
    INTEREST = "bank_interest"
    FEE = "bank_fee"
    TRANSFER = "own_transfer"
    RETURNED = "to_be_returned"
    OTHER = "set_aside"
    BILL = "bill_paid"
    EARNED = "income_received"


# What may be said of a whole line without naming anything in the books.
ASIDE = (MatchKind.INTEREST, MatchKind.FEE, MatchKind.TRANSFER, MatchKind.RETURNED, MatchKind.OTHER)


class LineState(StrEnum):
    """How much of a line is accounted for."""

    OPEN = "open"
    PARTLY = "partly"
    MATCHED = "matched"
    WITHDRAWN = "withdrawn"


class StatementKnown(Conflict):
    code = "bank_statement_known"
    says = "This very file was imported as {filename} on {on}; nothing was imported again."


class NothingNew(Conflict):
    code = "bank_statement_nothing_new"
    says = "Each of the {count} lines in {filename} is known already; nothing was imported again."


class AccountInvalid(Invalid):
    code = "bank_account_invalid"
    says = "Name the fund's own account in at most {limit} characters."


class LineUnknown(NotFound):
    code = "bank_line_unknown"
    says = "There is no such line of a bank statement."


class MatchUnknown(NotFound):
    code = "bank_match_unknown"
    says = "There is no such part of a bank line, or it was released before."


class ItemUnknown(NotFound):
    code = "bank_item_unknown"
    says = "The books hold no payment {item}, or it was taken back."


class PartsInvalid(Invalid):
    code = "bank_parts_invalid"
    says = "Say what the line is for: at least one part, each with an amount above zero."


class PartUnclear(Invalid):
    code = "bank_part_unclear"
    says = (
        "A part of a line is one thing: a call, a default, a bill that is owed, income that was earned or a payment "
        "that is booked already; name one of them."
    )


class AboveLine(Conflict):
    code = "bank_parts_above_line"
    says = "Of this line {open} is open; {amount} is too much."


class AboveItem(Conflict):
    code = "bank_part_above_item"
    says = "Of the payment {item} {open} is not matched yet; {amount} is too much."


class WrongWay(Conflict):
    code = "bank_line_wrong_way"
    says = "This line shows money going the other way."


class SeveralPayers(Invalid):
    code = "bank_line_several_payers"
    says = "One line is one payer's money: all its receipts must be of the same partner."


class LineSettled(Conflict):
    code = "bank_line_settled"
    says = "Nothing of this line is open any more."


class AsideReasonMissing(Invalid):
    code = "bank_reason_missing"
    says = "Say why: a reason is needed here."


class AccountUnknown(Conflict):
    code = "bank_account_unknown"
    says = (
        "No statement of an account {account} was taken in yet, only of {known}. "
        "Say so if it is another account of the fund."
    )


class StatementOutOfTime(Invalid):
    code = "bank_statement_out_of_time"
    says = "The statement has a line of {on}; the fund's lines lie from {first} to {last}."


@dataclass(frozen=True)
class ReceiptPart:
    """A part of a line that is a partner's money on a call, to be booked as a receipt."""

    call_id: int
    partner_id: int
    amount: int


@dataclass(frozen=True)
class BookedPart:
    """A part of a line that is in the books already: the payment `item`."""

    item: str
    amount: int


@dataclass(frozen=True)
class InterestPart:
    """A part of a line that is a partner's interest on a default, to be booked as such."""

    default_id: int
    partner_id: int
    amount: int


@dataclass(frozen=True)
class BillPart:
    """A part of a line that went out and pays the expense that is owed under `reference`; booked as its payment."""

    reference: str
    amount: int


@dataclass(frozen=True)
class EarnedPart:
    """A part of a line that is income earned under `reference` coming in; booked as received."""

    reference: str
    amount: int


Part = ReceiptPart | InterestPart | BookedPart | BillPart | EarnedPart


def state_of(amount: int, matched: int) -> LineState:
    """How much of a line of `amount` is accounted for."""
    if not matched:
        return LineState.OPEN
    return LineState.MATCHED if matched == amount else LineState.PARTLY


def check_target(*targets: int | str | None) -> None:
    """Refuse a part that names more than one thing that it is for."""
    if sum(one is not None for one in targets) > 1:
        raise PartUnclear()


def check_parts(parts: Sequence[Part], *, open_amount: int) -> None:
    """Refuse parts that do not fit the line: none, empty ones, more than is open, receipts or income of a line that
    went out, bills of one that came in, receipts of several payers. Amounts of parts are positive whichever way the
    line goes.
    """
    if not open_amount:
        raise LineSettled()
    if not parts or any(part.amount <= 0 for part in parts):
        raise PartsInvalid()
    receipts = [part for part in parts if isinstance(part, ReceiptPart | InterestPart)]
    coming = bool(receipts) or any(isinstance(part, EarnedPart) for part in parts)
    if coming and open_amount < 0:
        raise WrongWay()
    if open_amount > 0 and any(isinstance(part, BillPart) for part in parts):
        raise WrongWay()
    if len({part.partner_id for part in receipts}) > 1:
        raise SeveralPayers()
    total = sum(part.amount for part in parts)
    if total > abs(open_amount):
        raise AboveLine(open=format_amount(abs(open_amount)), amount=format_amount(total))


def check_item(item: str, *, left: int, amount: int, is_in: bool) -> None:
    """Refuse to match a payment the other way, or more of it than is `left` (signed as in the books)."""
    if (left > 0) is not is_in and left:
        raise WrongWay()
    if amount > abs(left):
        raise AboveItem(item=item, open=format_amount(abs(left)), amount=format_amount(amount))


def check_aside(kind: MatchKind, *, reason: str, open_amount: int) -> None:
    """Refuse to set a line aside without a reason, once nothing of it is open, or as what it cannot be."""
    if not open_amount:
        raise LineSettled()
    if kind not in ASIDE or not reason.strip():
        raise AsideReasonMissing()
    if (kind is MatchKind.INTEREST and open_amount < 0) or (kind is MatchKind.FEE and open_amount > 0):
        raise WrongWay()


def check_account(account: str) -> str:
    """The name of the fund's own account, without blanks around it."""
    plain = account.strip()
    if not plain or len(plain) > 40:
        raise AccountInvalid(limit=40)
    return plain


def check_known(account: str, *, known: Collection[str], is_new: bool) -> None:
    """Refuse an account that nobody opened on purpose; the first statement names the fund's first one."""
    if known and account not in known and not is_new:
        raise AccountUnknown(account=account, known=", ".join(known))


def check_days(days: Iterable[date], *, first: date, last: date) -> None:
    """Refuse lines from before the fund or of a day to come."""
    for on in days:
        if not first <= on <= last:
            raise StatementOutOfTime(on=on, first=first, last=last)


def receipt_reference(reference: str, *, line_id: int, number: int) -> str:
    """The bank reference under which part `number` of a line is booked: the bank's own, told apart from the second on.

    The first keeps it bare, so that money booked by hand under the same reference is never booked again.
    """
    own = reference or f"BANK-{line_id}"
    return own if number == 1 else f"{own}/{number}"
