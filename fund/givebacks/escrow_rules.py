"""Carry that is kept in escrow: how much of a payment, when it may be released, and whose it is. Pure.

Escrow secures the clawback. It is earned and not paid: the general partner's capital, on an account at the bank of its
own. Amounts in minor units.
"""

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from math import floor

from fund.charter.carry_rules import EscrowTest
from kernel.allocation import allocate
from kernel.errors import Conflict, Invalid, NotFound
from kernel.money import format_amount


class ReleaseState(StrEnum):
    """draft -> paid by whoever approves it; a draft can be withdrawn, what was paid taken back."""

    DRAFT = "draft"
    PAID = "paid"
    CANCELLED = "cancelled"


class EscrowReleaseUnknown(NotFound):
    code = "escrow_release_unknown"
    says = "There is no such release of carry from escrow."


class ReleaseNotPositive(Invalid):
    code = "escrow_release_not_positive"
    says = "The amount to be released is {amount}; expected more than nil."


class NothingInEscrow(Conflict):
    code = "escrow_empty"
    says = "Nothing is held in escrow on that day."


class AboveEscrow(Conflict):
    code = "escrow_release_above_held"
    says = "{held} is held in escrow; {amount} cannot be released."


class HurdleNotBack(Conflict):
    code = "escrow_hurdle_not_back"
    says = (
        "Partners still lack {lacking} of contributions and hurdle; until they have it nothing is released."
    )


class ClawbackComesFirst(Conflict):
    code = "escrow_clawback_first"
    says = "{owed} is owed back to partners; it is returned before anything is released."


class EscrowNotAtEnd(Conflict):
    code = "escrow_not_at_end"
    says = "The charter releases escrow at the fund's end; the term runs and something is still held."


class EscrowReleased(Conflict):
    code = "escrow_released"
    says = "Carry of {distribution} was kept in escrow and released or returned since; take that back first."


def kept(received: int, *, share: Fraction) -> int:
    """What of a payment of carry goes into escrow, rounded down."""
    return floor(received * share)


def by_partner(amount: int, weights: Mapping[int, int]) -> dict[int, int]:
    """An amount of escrow by the partners that bear it, in proportion to `weights`; nothing where there is none."""
    parts = allocate(amount, list(weights.values())) if amount else [0] * len(weights)
    return {key: part for key, part in zip(weights, parts, strict=True) if part}


def check_amount(amount: int, *, held: int) -> None:
    """Refuse to release nothing, or more than is held."""
    if held <= 0:
        raise NothingInEscrow()
    if amount <= 0:
        raise ReleaseNotPositive(amount=format_amount(amount))
    if amount > held:
        raise AboveEscrow(held=format_amount(held), amount=format_amount(amount))


def check_test(test: EscrowTest, *, lacking: int, is_ended: bool, owed: int) -> None:
    """Refuse what the charter's test does not allow: `lacking` is what partners lack of contributions and hurdle,
    `owed` what would have to be given back were everything sold for its value.
    """
    if owed > 0:
        raise ClawbackComesFirst(owed=format_amount(owed))
    if test is EscrowTest.HURDLE and lacking > 0:
        raise HurdleNotBack(lacking=format_amount(lacking))
    if test is EscrowTest.END and not is_ended:
        raise EscrowNotAtEnd()
