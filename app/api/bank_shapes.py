"""What the API takes and answers about the bank's statements."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from app.api.schemas import AmountIn, Body, MoneyField, Out, example
from fund.bank.match_rules import Clue, Proposal
from fund.bank.reconciliation import DifferenceKind
from fund.bank.rules import (
    BillPart,
    BookedPart,
    EarnedPart,
    InterestPart,
    LineState,
    MatchKind,
    Part,
    ReceiptPart,
    check_target,
)

Aside = Literal["bank_interest", "bank_fee", "own_transfer", "to_be_returned", "set_aside"]


class BankStatementOut(Out):
    """A file that was imported; `known` of its lines had been imported before and were left alone.

    `withdrawn_on` is null while it counts.
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


class MatchOut(Out):
    """What a part of a line is; `item` is the payment in the books, null where it was only set aside."""

    id: int
    kind: MatchKind
    item: str | None
    amount: MoneyField
    reason: str
    recorded_by: str
    recorded_at: datetime
    stands: bool
    released_because: str


class BankLineOut(Out):
    """A line: positive where money came in. The account on the other side is told by its last four digits.

    The state of a line whose statement was withdrawn is `withdrawn`; it counts for nothing.
    """

    id: int
    statement_id: int
    account: str
    booked_on: date
    amount: MoneyField
    balance: MoneyField | None
    name: str
    account_no: str
    memo: str
    reference: str
    state: LineState
    open: MoneyField
    matches: list[MatchOut]


class ProposedCallOut(Out):
    """A part of the money for one call, or for the interest on the default `default_id`."""

    call_id: int
    call: str
    amount: MoneyField
    default_id: int | None


class ProposalOut(Out):
    """What a line may be: a partner's money on calls, the payment `item` in the books, a bill that it pays or income
    earned that it brings (by reference); `score` sums the clues.
    """

    partner_id: int | None
    calls: list[ProposedCallOut]
    item: str | None
    bill: str | None
    earned: str | None
    covers: MoneyField
    score: int
    clues: list[Clue]
    is_exact: bool


class ProposedOut(Out):
    """An open line and what it may be, the likeliest first."""

    line: BankLineOut
    proposals: list[ProposalOut]


class PartIn(Body):
    """A part of a line: money on a call, interest on a default, a payment that is booked already (`item`), or what it
    books itself: the payment of an expense that is owed (`bill`), income `earned` that came in; both by reference.
    """

    amount: AmountIn
    call_id: int | None = None
    default_id: int | None = None
    partner_id: int | None = None
    item: Annotated[str | None, Field(max_length=100, examples=["expense:EXP-2026-014"])] = None
    bill: Annotated[str | None, Field(max_length=64, examples=["EXP-2026-015"])] = None
    earned: Annotated[str | None, Field(max_length=64, examples=["DIV-2026-01"])] = None

    def part(self) -> Part:
        """As the room takes it; refused when it names several. One of no name is a payment, refused later."""
        check_target(self.call_id, self.default_id, self.item, self.bill, self.earned)
        if self.bill is not None:
            return BillPart(self.bill, self.amount.minor())
        if self.earned is not None:
            return EarnedPart(self.earned, self.amount.minor())
        if self.partner_id is not None and self.item is None:
            if self.call_id is not None:
                return ReceiptPart(self.call_id, self.partner_id, self.amount.minor())
            if self.default_id is not None:
                return InterestPart(self.default_id, self.partner_id, self.amount.minor())
        return BookedPart(self.item or "", self.amount.minor())


class AcceptIn(Body):
    """What a line is for."""

    model_config = example(
        parts=[{"call_id": 4, "partner_id": 2, "amount": {"amount": "6000000.00", "currency": "CNY"}}]
    )

    parts: Annotated[list[PartIn], Field(max_length=50)]


class AsideIn(Body):
    """What is open of a line without a payment in the books; interest and fees of the bank are booked by it."""

    model_config = example(kind="bank_interest", reason="三季度结息")

    kind: Aside
    reason: Annotated[str, Field(min_length=1, max_length=400)]


class RefusedOut(Out):
    """A line that one exact proposal explains, and why it could not be accepted."""

    line_id: int
    code: str
    detail: str


class AcceptedOut(Out):
    """The lines that were accepted, and those that were refused."""

    accepted: list[int]
    refused: list[RefusedOut]


class BankDifferenceOut(Out):
    """One part of what lies between bank and books."""

    kind: DifferenceKind
    on: date
    amount: MoneyField
    about: str
    line_id: int | None
    item: str | None


class ReconciliationOut(Out):
    """Bank and books at the end of a day; the differences sum to bank less books. No balance before the first line."""

    as_of: date
    first_on: date | None
    bank: MoneyField | None
    is_stated: bool
    books: MoneyField
    difference: MoneyField
    differences: list[BankDifferenceOut]


def proposal_out(one: Proposal, currency: str) -> ProposalOut:
    """A proposal as the API writes it."""
    calls = [ProposedCallOut.of({**vars(owed), "amount": part}, currency) for owed, part in one.calls]
    facts = {
        name: getattr(one, name) for name in ("partner_id", "item", "covers", "score", "clues", "is_exact")
    }
    due = None if one.due is None else one.due.reference
    owes = one.due is not None and one.due.left < 0
    facts |= {"calls": calls, "bill": due if owes else None, "earned": None if owes else due}
    return ProposalOut.of(facts, currency)
