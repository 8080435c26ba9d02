"""Which part of a cost the fund bears, and what others owe back of what it has paid. Pure.

Two costs are not the fund's alone. Organisation costs above the cap of the terms are the manager's. Of the costs of a
deal that came to nothing those who would have invested beside the fund bear the share that was agreed. The fund pays
the whole and books its own part as an expense; the rest is owed back to it and never touches a partner's capital.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from fund.fees.rules import rounded
from kernel.errors import Conflict, Invalid, NotFound, Problem
from kernel.money import format_amount, format_percent

# The rows of the ILPA reporting template that these costs feed.
ORGANISATION_ROW = 43
BROKEN_DEAL_ROW = 53


class RecoveryWay(StrEnum):
    """How what is owed back comes in: money, a smaller payment of the fee, or not at all: the fund bears it."""

    CASH = "cash"
    SET_OFF = "set_off"
    BORNE = "borne"


class RecoveryUnknown(NotFound):
    code = "recovery_unknown"
    says = "There is no settlement {number} of {reference}."


class RecoveryInvalid(Invalid):
    code = "recovery_invalid"
    says = "{reference} can be settled from {first} to {last} with an amount above zero."


class AboveRecoverable(Conflict):
    code = "above_recoverable"
    says = "Of {reference} {owed} is owed back; {amount} is more."


class NotSetOff(Conflict):
    code = "not_set_off"
    says = "{reference} is not owed by the manager; only what the manager owes is set off against its fee."


class NotBorne(Conflict):
    code = "not_borne"
    says = "What {reference} goes beyond the cap stays the manager's; the fund cannot bear it."


class ExpenseRecovered(Conflict):
    code = "expense_recovered"
    says = "Something of {reference} was settled; take that back first."


@dataclass(frozen=True)
class Split:
    """What the fund bears of a cost, and what others owe it back. Minor units."""

    own: int
    others: int


@dataclass(frozen=True)
class Cap:
    """The cap on organisation costs on a day and what of it is used; `cap` None is no cap."""

    cap: int | None
    used: int

    @property
    def left(self) -> int | None:
        """What the fund can still bear."""
        return None if self.cap is None else max(self.cap - self.used, 0)


def cap_of(amount: int | None, share: Fraction | None, *, committed: int) -> int | None:
    """The cap in minor units: the amount, the share of what is committed (a broken fen is not the fund's), or the lower
    of the two.
    """
    found = [] if amount is None else [amount]
    if share is not None:
        found.append(int(share * committed))
    return min(found, default=None)


def split(row: int, amount: int, *, left: int | None, share: Fraction) -> Split:
    """How a cost falls apart: organisation costs by what is `left` of the cap, a dead deal's by the others' share."""
    if row == ORGANISATION_ROW and left is not None:
        return Split(min(amount, left), max(amount - left, 0))
    others = rounded(amount * share) if row == BROKEN_DEAL_ROW else 0
    return Split(amount - others, others)


def sharing_faults(row: int, *, share: Fraction, others: str) -> list[Problem]:
    """What is wrong with a share of others in a cost: they are named, and only a dead deal's costs are shared."""
    faults = []
    if not 0 <= share < 1:
        says = "expected from 0 % to below 100 %, got {share}"
        faults.append(Problem("share", says, {"share": format_percent(share)}))
    if share and row != BROKEN_DEAL_ROW:
        faults.append(Problem("share", "only costs of broken deals (row 53) are shared with others"))
    if bool(share) != bool(others.strip()):
        faults.append(Problem("others", "name who bears a share, together with the share"))
    return faults


def check_recovery(
    *, reference: str, row: int, way: RecoveryWay, amount: int, owed: int, on: date, first: date, today: date
) -> None:
    """Refuse more than is owed back, a day before the cost or to come, and a way that does not fit who owes."""
    if way is RecoveryWay.SET_OFF and row != ORGANISATION_ROW:
        raise NotSetOff(reference=reference)
    if way is RecoveryWay.BORNE and row == ORGANISATION_ROW:
        raise NotBorne(reference=reference)
    if amount <= 0 or not first <= on <= today:
        raise RecoveryInvalid(reference=reference, first=first, last=today)
    if amount > owed:
        raise AboveRecoverable(reference=reference, owed=format_amount(owed), amount=format_amount(amount))
