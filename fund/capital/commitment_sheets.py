"""What was promised, and at which close, as others see it."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from fund.capital.premiums import CloseBasis


@dataclass(frozen=True)
class CommitmentSheet:
    """What a partner has promised, at which close; it counts no more from the day on which that was `undone_on`."""

    id: int
    fund_id: int
    partner_id: int
    amount: int
    effective_on: date
    close_number: int
    recorded_at: datetime
    undone_on: date | None = None


@dataclass(frozen=True)
class CloseSheet:
    """A closing; a later one with the call that settles it, when there is anything to settle, and on which basis."""

    id: int
    fund_id: int
    number: int
    closed_on: date
    due_on: date | None
    interest_rate: Fraction | None
    call_id: int | None
    undone_on: date | None = None
    basis: CloseBasis = CloseBasis.COST
