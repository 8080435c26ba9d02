"""The financial statements: which account stands on which line, and by what the statements tie to each other. Pure.

Amounts are whole minor units. Assets are debit-positive; everything else has the sign of its effect on wealth, so
an expense and a distribution are negative and every total is a plain sum.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction

from fund.ledger.chart import CHART, EXPENSE_ACCOUNTS, FEE_ACCOUNTS, Account, Kind
from fund.results.rules import ROW_OF, ROWS
from kernel.errors import Invalid, NotFound

INCOME = ROWS["income"]
EXPENSES: tuple[Account, ...] = (*FEE_ACCOUNTS, *EXPENSE_ACCOUNTS)
GAINS = (Account.REALISED_GAIN, Account.UNREALISED_GAIN)
HELD = (Account.INVESTMENTS_AT_COST, Account.UNREALISED_APPRECIATION)

BOUGHT, SOLD, OTHER = "investments_bought", "investments_sold", "other_cash"
# The lines of the statement of cash flows, and the accounts on whose other side the cash stands.
OPERATING: Mapping[str, tuple[Account, ...]] = {
    BOUGHT: HELD,
    SOLD: GAINS,
    "income_received": (Account.INCOME_RECEIVABLE, *INCOME),
    "fee_paid": (Account.MANAGEMENT_FEE_PAYABLE, *FEE_ACCOUNTS),
    "expenses_paid": (Account.ACCOUNTS_PAYABLE, Account.EXPENSES_RECOVERABLE, *EXPENSE_ACCOUNTS),
    OTHER: (),
}
FINANCING: Mapping[str, tuple[Account, ...]] = {
    "contributions_received": (Account.CONTRIBUTIONS_RECEIVABLE, Account.CONTRIBUTIONS),
    "distributions_paid": (Account.DISTRIBUTIONS_PAYABLE,),
    "distributions_returned": (Account.DISTRIBUTIONS,),
    "carry_escrow": (Account.CARRY_ESCROW_CASH,),
    "tax_withheld_paid": (Account.TAX_WITHHELD,),
    "equalisation": (Account.EQUALISATION_PAYABLE,),
    "default_interest": (Account.DEFAULT_INTEREST_PAYABLE,),
}
CASH_LINES = (*OPERATING, *FINANCING)
_CASH_LINE_OF: Mapping[str, str] = {
    account: line for line, accounts in {**OPERATING, **FINANCING}.items() for account in accounts
}
# What partners have paid before it was due stands on the account of what they owe, but is owed to them.
PAID_AHEAD = "paid_ahead"


class PeriodReversed(Invalid):
    code = "statement_period_reversed"
    says = "The period begins on {since} and ends before that, on {as_of}."


class LineUnknown(NotFound):
    code = "statement_line_unknown"
    says = "There is no line {line} in the statements; expected an account or one of {known}."


@dataclass(frozen=True)
class Standing:
    """What stood on an account on the day before the period, and what stands there at its end."""

    code: str
    opening: int
    closing: int


@dataclass(frozen=True)
class Line:
    """What one account, or one line of cash flows, moved by in the period."""

    code: str
    amount: int


@dataclass(frozen=True)
class CapitalRow:
    """One partner's capital, or all partners' together: from opening over what moved it to closing."""

    opening: int = 0
    contributions: int = 0
    given_back: int = 0
    distributions: int = 0
    management_fee: int = 0
    expenses: int = 0
    income: int = 0
    realised: int = 0
    unrealised: int = 0
    carry: int = 0
    transfers: int = 0
    closing: int = 0

    @property
    def operations(self) -> int:
        """The part in what the fund earned: income and gains, less fees and expenses."""
        return self.management_fee + self.expenses + self.income + self.realised + self.unrealised

    @property
    def rolled(self) -> int:
        """What the opening and the moves come to; the closing is read from the accounts by itself."""
        passed = self.contributions + self.given_back + self.distributions + self.transfers
        return self.opening + passed + self.carry + self.operations

    def __add__(self, other: "CapitalRow") -> "CapitalRow":
        return CapitalRow(*(getattr(self, name) + getattr(other, name) for name in COLUMNS))


COLUMNS = tuple(one.name for one in fields(CapitalRow))


@dataclass(frozen=True)
class HeldRow:
    """One holding in the schedule of investments: its cost and its fair value in the books."""

    holding_id: int
    cost: int
    value: int


@dataclass(frozen=True)
class Tie:
    """Two figures that must be the same to the fen; `partner_id` where they are one partner's."""

    code: str
    one: int
    other: int
    partner_id: int | None = None

    @property
    def holds(self) -> bool:
        """Whether they are."""
        return self.one == self.other


@dataclass(frozen=True)
class Statements:
    """The five statements of a fund from `since` to `as_of`; `capital` is by partner."""

    since: date
    as_of: date
    assets: tuple[Standing, ...]
    liabilities: tuple[Standing, ...]
    equity: Standing
    income: tuple[Line, ...]
    expenses: tuple[Line, ...]
    gains: tuple[Line, ...]
    capital: Mapping[int, CapitalRow]
    operating: tuple[Line, ...]
    financing: tuple[Line, ...]
    cash: Standing
    held: tuple[HeldRow, ...]

    @property
    def total_assets(self) -> Standing:
        """All assets."""
        return together("assets", self.assets)

    @property
    def total_liabilities(self) -> Standing:
        """All liabilities."""
        return together("liabilities", self.liabilities)

    @property
    def net_assets(self) -> Standing:
        """Assets less liabilities."""
        ours, owed = self.total_assets, self.total_liabilities
        return Standing("net_assets", ours.opening - owed.opening, ours.closing - owed.closing)

    @property
    def net_income(self) -> int:
        """Income less fees and expenses."""
        return total(self.income) + total(self.expenses)

    @property
    def operations(self) -> int:
        """The net increase (decrease: negative) in net assets from operations."""
        return self.net_income + total(self.gains)

    @property
    def partners(self) -> CapitalRow:
        """All partners together."""
        return sum(self.capital.values(), start=CapitalRow())

    @property
    def cash_moved(self) -> int:
        """What cash moved by, in the statement of cash flows."""
        return total(self.operating) + total(self.financing)

    @property
    def held_in_all(self) -> HeldRow:
        """The schedule's total."""
        return HeldRow(0, sum(row.cost for row in self.held), sum(row.value for row in self.held))


def total(lines: Iterable[Line]) -> int:
    """The sum of some lines."""
    return sum(line.amount for line in lines)


def together(code: str, rows: Iterable[Standing]) -> Standing:
    """Some standings as one."""
    found = tuple(rows)
    return Standing(code, sum(row.opening for row in found), sum(row.closing for row in found))


def check_period(since: date, as_of: date) -> None:
    """Refuse a period that ends before it begins."""
    if as_of < since:
        raise PeriodReversed(since=since, as_of=as_of)


def standing_line(account: str, amount: int) -> str:
    """The line on which a partner's balance (credit-positive) stands: its account's, or that of what was paid ahead."""
    is_ahead = account == Account.CONTRIBUTIONS_RECEIVABLE and amount > 0
    return PAID_AHEAD if is_ahead else account


def standings(kind: Kind, opening: Mapping[str, int], closing: Mapping[str, int]) -> tuple[Standing, ...]:
    """The lines of assets or of liabilities, from balances that are credit-positive."""
    sign = -1 if kind is Kind.ASSET else 1
    found = sorted({code for code in (*opening, *closing) if _kind(code) is kind})
    return tuple(Standing(code, sign * opening.get(code, 0), sign * closing.get(code, 0)) for code in found)


def _kind(line: str) -> Kind:
    return Kind.LIABILITY if line == PAID_AHEAD else CHART[Account(line)].kind


def lines(accounts: Sequence[Account], moved: Mapping[str, int]) -> tuple[Line, ...]:
    """The accounts of these that moved."""
    return tuple(Line(account.value, moved[account]) for account in accounts if moved.get(account))


def capital_row(opening: int, moved: Mapping[str, int], closing: int) -> CapitalRow:
    """One partner's capital from what its accounts moved by."""
    columns: dict[str, int] = {}
    for account, amount in moved.items():
        row = ROW_OF[account]
        column = "carry" if row.startswith("carry_") else row
        columns[column] = columns.get(column, 0) + amount
    return CapitalRow(opening=opening, closing=closing, **columns)


def cash_line(against: str, *, is_payment: bool, of_holding: bool) -> str:
    """The line of cash flows on which money against an account stands.

    What came in at cost for a holding is part of its sale; a purchase that was reversed is a smaller purchase, and so
    is one that is owed in part, until the rest is paid.
    """
    if of_holding and against == Account.ACCOUNTS_PAYABLE:
        return BOUGHT
    line = _CASH_LINE_OF.get(against, OTHER)
    return SOLD if line == BOUGHT and not is_payment else line


def shares(found: Statements) -> dict[int, Fraction | None]:
    """Every holding's part of the net assets, exact; None while there are no net assets."""
    whole = found.net_assets.closing
    return {row.holding_id: Fraction(row.value, whole) if whole > 0 else None for row in found.held}


def ties(found: Statements) -> tuple[Tie, ...]:
    """Every pair of figures that must be the same for the statements to be one account of the fund."""
    whole, net, held = found.partners, found.net_assets, found.held_in_all
    booked = {row.code: row.closing for row in found.assets}
    cost = booked.get(Account.INVESTMENTS_AT_COST, 0)
    return (
        Tie("net_assets_opening", net.opening, found.equity.opening),
        Tie("net_assets_closing", net.closing, found.equity.closing),
        Tie("change_in_capital", found.operations + whole.rolled - whole.operations, found.equity.closing),
        Tie("operations_shared", found.operations, whole.operations),
        Tie("partners_opening", whole.opening, found.equity.opening),
        Tie("partners_closing", whole.closing, found.equity.closing),
        *(
            Tie("partner_rolls", row.rolled, row.closing, key)
            for key, row in found.capital.items()
            if row.rolled != row.closing
        ),
        Tie("carry_between_partners", whole.carry, 0),
        Tie("transfers_between_partners", whole.transfers, 0),
        Tie("cash", found.cash.opening + found.cash_moved, found.cash.closing),
        Tie("schedule_cost", held.cost, cost),
        Tie("schedule_value", held.value, cost + booked.get(Account.UNREALISED_APPRECIATION, 0)),
    )
