"""What a notice to one partner says, frozen: read once, kept as canonical JSON, drawn from nothing else.

Money is whole minor units of the fund's currency, and never below zero but where a roll-forward subtracts: whether the
partner pays or is paid stands in `pays`. Of other partners it holds nothing but the fund's sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from pydantic import TypeAdapter

from lp_reports.canonical import written
from lp_reports.facts import Text
from lp_reports.rules import NoticeKind

FORMAT = 1
NO_NOTE = Text("")


@dataclass(frozen=True)
class Figure:
    """One line of a table: the partner's part beside the fund's total. `note` says what it is for."""

    code: str
    yours: int
    fund: int
    note: Text = NO_NOTE
    is_sum: bool = False


@dataclass(frozen=True)
class Table:
    """Lines that sum to their last."""

    code: str
    lines: tuple[Figure, ...]


@dataclass(frozen=True)
class Moved:
    """Something of the partner's that the act moves, before and after it."""

    code: str
    before: int
    after: int


@dataclass(frozen=True)
class Account:
    """Where money goes to, and since when that is unchanged. A partner's own shows the last four digits only."""

    bank: str
    name: str
    number: str
    since: date


@dataclass(frozen=True)
class Default:
    """What the charter says of a partner that does not pay by the day."""

    cure_days: int
    rate: Fraction


@dataclass(frozen=True)
class Layer:
    """Capital that is still out, since when, and the preferred return on it by the day; the partner's own."""

    since: date
    capital: int
    preferred: int


@dataclass(frozen=True)
class Tier:
    """One tier of the waterfall: what it would take in full, and how it was divided; a further one has a threshold."""

    code: str
    due: int | None
    lp: int
    gp: int
    fund_due: int | None
    fund_lp: int
    fund_gp: int
    measure: str = ""
    threshold: Fraction | None = None
    carry: Fraction | None = None


@dataclass(frozen=True)
class Deal:
    """What the partner paid in for a deal, and what of that has to come back first; without a name shared costs."""

    name: Text
    contributed: int
    counted: int
    is_at_hand: bool


@dataclass(frozen=True)
class Waterfall:
    """The working of a distribution for the partner, beside the fund's sums of all who bear carry.

    `without_carry` is what the fund distributed to partners that bear none.
    """

    on: date
    form: str
    hurdle: Fraction
    compounding: str
    catch_up: Fraction
    carry: Fraction
    before: tuple[Figure, ...]
    layers: tuple[Layer, ...]
    tiers: tuple[Tier, ...]
    distributed: int
    fund_distributed: int
    without_carry: int
    deals: tuple[Deal, ...] = ()


@dataclass(frozen=True)
class Notice:
    """Everything that one notice prints.

    `on` is the day by which the partner pays or on which it is paid, `given_on` that of the notice, `frozen_at` the
    instant of the act. `reference` is what the payment should name, so that it is recognised.
    """

    format: int
    kind: NoticeKind
    number: str
    act: str
    frozen_at: datetime
    given_on: date
    on: date
    fund: Text
    fund_id: int
    fund_code: str
    currency: str
    is_example: bool
    manager: Text
    partner_code: str
    partner: Text
    purpose: Text
    pays: bool
    amount: int
    fund_amount: int
    tables: tuple[Table, ...]
    moved: tuple[Moved, ...]
    account: Account | None
    reference: str
    default: Default | None = None
    notice_days: int | None = None
    is_recallable: bool = False
    waterfall: Waterfall | None = None


_FORM: TypeAdapter[Notice] = TypeAdapter(Notice)


def dumps(notice: Notice) -> bytes:
    """Canonical JSON; equal notices are equal bytes."""
    return written(_FORM, notice)


def loads(content: bytes) -> Notice:
    """The notice of saved bytes; a reprint is drawn from these and from nothing else."""
    return _FORM.validate_json(content)
