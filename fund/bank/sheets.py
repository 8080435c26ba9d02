"""Statements, their lines and what these were found to be, as others see them. Amounts in minor units."""

from dataclasses import dataclass
from datetime import date, datetime

from fund.bank.match_rules import Proposal
from fund.bank.rules import LineState, MatchKind, state_of


@dataclass(frozen=True)
class StatementSheet:
    """A file that was imported: how many lines were new and how many were `known` before.

    `withdrawn_on` is None while it counts; else it says since when it does not, `withdrawn_because` why, by whom.
    """

    id: int
    account: str
    filename: str
    sha256: str
    first_on: date
    last_on: date
    lines: int
    known: int
    recorded_by: str
    recorded_at: datetime
    withdrawn_on: date | None
    withdrawn_because: str
    withdrawn_by: str


@dataclass(frozen=True)
class MatchSheet:
    """What a part of a line is. `stands` is False once it was released, or what it names was taken back."""

    id: int
    line_id: int
    kind: MatchKind
    item: str | None
    amount: int
    reason: str
    recorded_by: str
    recorded_at: datetime
    stands: bool
    released_because: str

    @property
    def act(self) -> str:
        """The act of the books behind it, if any; of a receipt the item names the partner too."""
        item = self.item or ""
        return item.rpartition("/")[0] if self.kind is MatchKind.RECEIPT else item


@dataclass(frozen=True)
class LineSheet:
    """A line: `amount` is positive where money came in; the account on the other side by its last four digits.

    Of a line whose statement was withdrawn nothing is open and nothing stands.
    """

    id: int
    statement_id: int
    account: str
    booked_on: date
    amount: int
    balance: int | None
    name: str
    account_no: str
    memo: str
    reference: str
    is_withdrawn: bool
    matches: tuple[MatchSheet, ...]

    @property
    def matched(self) -> int:
        """How much of it is accounted for, signed as the amount."""
        return sum(one.amount for one in self.matches if one.stands)

    @property
    def open(self) -> int:
        """What is still to be accounted for, signed as the amount."""
        return 0 if self.is_withdrawn else self.amount - self.matched

    @property
    def state(self) -> LineState:
        """How much of it is accounted for, in a word."""
        return LineState.WITHDRAWN if self.is_withdrawn else state_of(self.amount, self.matched)


@dataclass(frozen=True)
class Proposed:
    """A line of which something is open, and what it may be."""

    line: LineSheet
    proposals: tuple[Proposal, ...]

    @property
    def exact(self) -> Proposal | None:
        """The proposal that nothing else comes near, if there is one."""
        return next((one for one in self.proposals if one.is_exact), None)
