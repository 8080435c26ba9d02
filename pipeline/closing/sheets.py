"""What the closing's queries answer with: frozen sheets."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from fund.results.exposure_rules import LimitCheck
from kernel.errors import Problem
from pipeline.closing.rules import Breach
from pipeline.committee.mandates import MandateLine
from pipeline.committee.sheets import ConditionSheet


@dataclass(frozen=True)
class ConditionProgress:
    """A condition and how far it has come: "open", "satisfied" by one person, "confirmed" by another."""

    condition: ConditionSheet
    state: str
    says: str
    documents: tuple[str, ...]
    satisfied_by: str
    confirmed_by: str

    @property
    def is_confirmed(self) -> bool:
        """Whether it no longer blocks the money."""
        return self.state == "confirmed"


@dataclass(frozen=True)
class TrancheSheet:
    """A planned tranche; `closed_on` once it was paid."""

    number: int
    amount: int
    says: str
    due_on: date | None
    closed_on: date | None


@dataclass(frozen=True)
class ExceptionSheet:
    """Leave to exceed limits; `approved_by` is empty until a second person has approved it."""

    id: int
    deal_id: int
    amount: int
    breaches: tuple[Breach, ...]
    reason: str
    asked_by: str
    approved_by: str
    recorded_at: datetime


@dataclass(frozen=True)
class ClosingSheet:
    """A closed tranche. Amounts are minor units; `payable` waits for the call until `settled_on`."""

    id: int
    deal_id: int
    tranche: int
    motion_id: int
    holding_id: int
    amount: int
    closed_on: date
    instrument: str
    quantity: Fraction
    payable: int
    call_id: int | None
    settled_on: date | None
    recorded_by: str


@dataclass(frozen=True)
class Preview:
    """What a payment would do before it is made: everything that blocks it, the limits, the mandates, the cash."""

    amount: int
    on: date
    approved: int | None
    paid: int
    expires_on: date | None
    problems: tuple[Problem, ...]
    limits: tuple[LimitCheck, ...]
    breaches: tuple[Breach, ...]
    mandates: tuple[MandateLine, ...]
    cash: int
    shortfall: int
