"""Calls, receipts and distributions as others see them: frozen, amounts in minor units."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fund.capital.rules import CallKind, CallState, ItemKind
from fund.capital.sharing import DistributionState
from fund.deliveries.queries import DeliverySheet
from fund.deliveries.rules import Part
from fund.withholding.queries import WithheldSheet


@dataclass(frozen=True)
class ItemSheet:
    """One thing that money is called for, the whole fund's amount."""

    position: int
    kind: ItemKind
    amount: int
    memo: str
    holding_id: int | None
    excused: tuple[int, ...]


@dataclass(frozen=True)
class Asked:
    """What one partner was asked for on a call, and what came of it.

    `amount` is what it pays (negative: what it gets back), interest and premium included.
    """

    partner_id: int
    investment: int
    expense: int
    fee: int
    interest: int
    premium: int
    amount: int
    received: int
    received_on: date | None
    outstanding: int

    @property
    def outside(self) -> int:
        """What passes between partners by a later close, outside commitment and contributions."""
        return self.interest + self.premium

    @property
    def within(self) -> int:
        """What touches the commitment: the contribution (negative: what comes back of it)."""
        return self.amount - self.outside

    @property
    def in_money(self) -> int:
        """What comes in for the contribution; where holdings are below cost, less than the contribution."""
        return self.amount - max(0, self.outside)

    @property
    def set_off(self) -> int:
        """What of a newcomer's contribution is settled by what the earlier partners leave it, and not paid."""
        return max(0, min(-self.outside, self.within))


@dataclass(frozen=True)
class PartnerCall(Asked):
    """One partner's part of a call, and what may be called of the partner; what is outside touches no commitment:
    unfunded_after = unfunded_before - investment - expense - fee.
    """

    unfunded_before: int
    unfunded_after: int


@dataclass(frozen=True)
class CallRow:
    """A call in a list. `amount` is what is asked of all who pay."""

    id: int
    fund_id: int
    number: int
    code: str
    kind: CallKind
    state: CallState
    purpose: str
    amount: int
    due_on: date
    notice_on: date | None
    is_loaded: bool
    prepared_by: int | None
    prepared_name: str
    approved_by: int | None
    approved_name: str | None
    issued_at: datetime | None
    settled_on: date | None
    cancelled_on: date | None
    cancelled_at: datetime | None
    cancel_reason: str | None
    recorded_at: datetime

    def counts_on(self, day: date, *, known_at: datetime | None = None) -> bool:
        """Whether it stands at the end of a day, as known at an instant: issued, and not withdrawn by then."""
        issued = self.notice_on is not None and _known(self.issued_at, known_at)
        return issued and not _gone(self.cancelled_on, self.cancelled_at, day, known_at)


@dataclass(frozen=True)
class CallSheet:
    """A call with its items and its partners' parts: all of them, or just the reader's own."""

    call: CallRow
    items: tuple[ItemSheet, ...]
    lines: tuple[PartnerCall, ...]

    @property
    def id(self) -> int:
        """The call's id."""
        return self.call.id

    @property
    def received(self) -> int:
        """What has come in on the parts shown."""
        return sum(line.received for line in self.lines)

    @property
    def outstanding(self) -> int:
        """What is still owed on the parts shown."""
        return sum(line.outstanding for line in self.lines)

    def line(self, partner_id: int) -> PartnerCall:
        """The part of one partner, which must be among those shown."""
        return next(line for line in self.lines if line.partner_id == partner_id)


@dataclass(frozen=True)
class ReceiptSheet:
    """Money that came in, or was set off against a distribution; `reference` is its entry in the books."""

    id: int
    call_id: int
    call: str
    partner_id: int
    amount: int
    interest: int
    received_on: date
    bank_reference: str
    reference: str
    recorded_by: str
    recorded_at: datetime
    reversed_on: date | None
    reverse_reason: str | None
    distribution_id: int | None = None

    @property
    def is_set_off(self) -> bool:
        """Whether it was set off and not paid."""
        return self.distribution_id is not None


@dataclass(frozen=True)
class DueLine:
    """What a partner owes on a call that is due by a day; `days_late` counts from the due date.

    `to_set_off` of it needs no money: a netting that was issued with the call will settle it.
    """

    call_id: int
    call: str
    partner_id: int
    due_on: date
    amount: int
    outstanding: int
    days_late: int
    to_set_off: int = 0

    @property
    def to_pay(self) -> int:
        """What is to be paid in money."""
        return self.outstanding - self.to_set_off


@dataclass(frozen=True)
class DistributionRow:
    """A distribution in a list, by what it is."""

    id: int
    fund_id: int
    number: int
    code: str
    state: DistributionState
    source: str
    pay_on: date
    holding_id: int | None
    recallable: bool
    amount: int
    return_of_capital: int
    income: int
    gain: int
    prepared_by: int | None
    prepared_name: str
    approved_by: int | None
    approved_name: str | None
    paid_at: datetime | None
    cancelled_on: date | None
    cancelled_at: datetime | None
    cancel_reason: str | None
    recorded_at: datetime

    def counts_on(self, day: date, *, known_at: datetime | None = None) -> bool:
        """Whether it stands at the end of a day, as known at an instant: paid by then, and not yet taken back."""
        paid = self.pay_on <= day and _known(self.paid_at, known_at)
        return paid and not _gone(self.cancelled_on, self.cancelled_at, day, known_at)


@dataclass(frozen=True)
class PartnerDistribution:
    """One partner's part: net = gross - carry + carry_received - escrowed, which the three kinds sum to.

    `working` follows the partner's waterfall step by step (see `workings.working_json`); None without carry. `tax` is
    what is withheld of the net and goes to the tax office, `part` what is handed over in kind, `set_off` what pays what
    the partner owes on calls: all are distributed.
    """

    partner_id: int
    gross: int
    carry: int
    carry_received: int
    net: int
    return_of_capital: int
    income: int
    gain: int
    working: dict[str, Any] | None
    tax: WithheldSheet | None = None
    escrowed: int = 0
    part: Part | None = None
    set_off: int = 0

    @property
    def withheld(self) -> int:
        """The tax that is kept back."""
        return 0 if self.tax is None else self.tax.amount

    @property
    def due(self) -> int:
        """What is due to the partner in money."""
        return self.net - self.withheld - self.in_kind

    @property
    def paid(self) -> int:
        """What the partner's own account receives."""
        return self.due - self.set_off

    @property
    def units(self) -> int:
        """The whole units handed over."""
        return 0 if self.part is None else self.part.units

    @property
    def in_kind(self) -> int:
        """What the units handed over are worth."""
        return 0 if self.part is None else self.part.value


@dataclass(frozen=True)
class DistributionSheet:
    """A distribution with its partners' parts: all of them, or just the reader's own."""

    distribution: DistributionRow
    lines: tuple[PartnerDistribution, ...]
    delivery: DeliverySheet | None = None

    @property
    def id(self) -> int:
        """The distribution's id."""
        return self.distribution.id

    def line(self, partner_id: int) -> PartnerDistribution:
        """The part of one partner, which must be among those shown."""
        return next(line for line in self.lines if line.partner_id == partner_id)


@dataclass(frozen=True)
class AccrualSheet:
    """Carry that a partner would bear on a day; `moved` is what that changed in the books."""

    partner_id: int
    accrued_on: date
    capital: int
    target: int
    moved: int
    working: dict[str, Any]


def _known(at: datetime | None, known_at: datetime | None) -> bool:
    return at is not None and (known_at is None or at <= known_at)


def _gone(on: date | None, at: datetime | None, day: date, known_at: datetime | None) -> bool:
    return on is not None and on <= day and _known(at, known_at)
