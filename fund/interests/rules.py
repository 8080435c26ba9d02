"""What may be transferred of an interest, and how it parts. Pure; amounts in minor units.

An interest is what a partner has committed and all that goes with it. Of it passes the part that the commitment passed
is of the whole: what was paid in and out so far, what stands on each account of capital, the carry accrued. Of a list
of payments parts are rounded on the running total, so that the sum passes as exactly as each of its items: of 33.33 and
33.33, half is 16.67 and 16.66, not 16.67 twice. Each account parts by itself: what is corrected of one moves no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kernel.allocation import allocate
from kernel.errors import Conflict, Invalid, NotFound, Problem
from kernel.money import format_amount


class TransferState(StrEnum):
    """draft -> approved, which books it; a draft can be withdrawn, what is approved taken back."""

    DRAFT = "draft"
    APPROVED = "approved"
    CANCELLED = "cancelled"


class LineKind(StrEnum):
    """What of an interest passes line by line."""

    COMMITMENT = "commitment"
    CONTRIBUTION = "contribution"
    DISTRIBUTION = "distribution"
    GIVEBACK = "giveback"
    BALANCE = "balance"


class TransferUnknown(NotFound):
    code = "transfer_unknown"
    says = "There is no such transfer of an interest."


class TransferInvalid(Invalid):
    code = "transfer_invalid"
    says = "This interest cannot be transferred so."


class TransferToCome(Conflict):
    code = "transfer_to_come"
    says = "{transfer} takes effect on {on}, which is still to come; it is booked on that day or later."


class SellerUnsettled(Conflict):
    code = "transfer_seller_unsettled"
    says = "{call}, due on {due_on}, is not settled with {seller}: it is paid first, or withdrawn and called anew."


class TransferBeforeUndone(Conflict):
    code = "transfer_before_undone"
    says = (
        "{reference}, taken back as of {on}, still counts on the day of the transfer; "
        "let the interest pass on that day or later."
    )


class TransferGoneTooEarly(Conflict):
    code = "transfer_gone_too_early"
    says = (
        "{reference}, taken back as of {on}, still counts on the day from which the transfer would be gone; "
        "take the transfer back as of that day or later."
    )


class TransferRestedOn(Conflict):
    code = "transfer_rested_on"
    says = (
        "{reference}, booked as of {on}, was shared out by who held the interests then; take that back first."
    )


@dataclass(frozen=True)
class Side:
    """A partner as one side of a transfer: on which terms it stands, and what it has committed on the day."""

    partner_id: int
    code: str
    is_general: bool
    terms: tuple[bool, bool]
    admitted_on: date
    committed: int


@dataclass(frozen=True)
class Words:
    """What a transfer says of itself."""

    reason: str
    consent: str
    consented_on: date
    related_note: str


def part_of(amount: int, *, part: int, whole: int) -> int:
    """What of an amount, of any sign, passes with `part` of `whole`."""
    return allocate(amount, [part, whole - part])[0]


def passed(amounts: Sequence[int], *, part: int, whole: int) -> list[int]:
    """What of each amount, of any sign, passes with `part` of `whole`; together exactly the part of their sum."""
    parts, running, gone = [], 0, 0
    for amount in amounts:
        running += amount
        until = part_of(running, part=part, whole=whole)
        parts.append(until - gone)
        gone = until
    return parts


def check_transfer(
    seller: Side,
    buyer: Side,
    *,
    commitment: int,
    price: int,
    on: date,
    words: Words,
    are_related: bool,
) -> None:
    """Refuse a transfer that cannot be, every fault named."""
    problems = [
        *_side_faults(seller, buyer, on),
        *_amount_faults(seller, commitment, price),
        *_word_faults(words, on, are_related),
    ]
    if problems:
        raise TransferInvalid(problems=problems)


def _side_faults(seller: Side, buyer: Side, on: date) -> list[Problem]:
    if seller.partner_id == buyer.partner_id:
        return [Problem("buyer_id", "{partner} is seller and buyer at once", {"partner": buyer.code})]
    problems = [
        Problem(where, "the general partner's interest does not pass in this way")
        for where, side in (("seller_id", seller), ("buyer_id", buyer))
        if side.is_general
    ]
    if seller.terms != buyer.terms and not problems:
        says = (
            "{buyer} stands on other terms of fee or carry than {seller}, which the interest would not keep"
        )
        problems.append(Problem("buyer_id", says, {"buyer": buyer.code, "seller": seller.code}))
    if on < buyer.admitted_on:
        says = "{buyer} is a partner from {on} only"
        problems.append(Problem("buyer_id", says, {"buyer": buyer.code, "on": buyer.admitted_on}))
    return problems


def _amount_faults(seller: Side, commitment: int, price: int) -> list[Problem]:
    problems = []
    if not 0 < commitment <= seller.committed:
        facts = {
            "seller": seller.code,
            "committed": format_amount(seller.committed),
            "amount": format_amount(commitment),
        }
        says = "{seller} has committed {committed} on that day; {amount} of it cannot pass"
        problems.append(Problem("commitment", says, facts))
    if price < 0:
        problems.append(Problem("price", "a price is zero or more"))
    return problems


def _word_faults(words: Words, on: date, are_related: bool) -> list[Problem]:
    problems = []
    if not words.reason.strip():
        problems.append(Problem("reason", "say why"))
    if not words.consent.strip():
        problems.append(Problem("consent", "say by what the general partner consented"))
    if words.consented_on > on:
        says = "the general partner consents before the transfer takes effect, on {on} at the latest"
        problems.append(Problem("consented_on", says, {"on": on}))
    if are_related and not words.related_note.strip():
        says = "seller and buyer are related; say how, and on what the price rests"
        problems.append(Problem("related_note", says))
    return problems
