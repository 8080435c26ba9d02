"""What the books' movements mean: the capital account, its bridge, its curve, returns over periods. Pure.

Movements are credit-positive and come by quarter and account, for one partner or for all of them. Every row of a
capital account therefore has the sign of its effect on wealth, and opening + rows = closing in every column.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from fund.ledger.chart import EXPENSE_ACCOUNTS, FEE_ACCOUNTS, Account
from kernel.errors import Conflict, Forbidden, NotFound
from kernel.periods import Quarter
from valuation import multiples
from valuation.irr import Rate, xirr

Moved = Mapping[Quarter, Mapping[str, int]]


class Period(StrEnum):
    """The columns of a capital account: quarter, calendar year and since inception, each to the same day."""

    QTD = "qtd"
    YTD = "ytd"
    ITD = "itd"


# So many days without a level are named; of the others the number is told.
DAYS_SHOWN = 6
OPENING, CLOSING = "opening", "closing"
# Stands for a holding where an entry names none; rows are numbered from 1.
NO_HOLDING = 0

# Each row between opening and closing, and the accounts it is read from.
ROWS: Mapping[str, tuple[Account, ...]] = {
    "contributions": (Account.CONTRIBUTIONS,),
    "given_back": (Account.GIVEN_BACK,),
    "distributions": (Account.DISTRIBUTIONS,),
    "management_fee": FEE_ACCOUNTS,
    "expenses": EXPENSE_ACCOUNTS,
    "income": (Account.DIVIDEND_INCOME, Account.INTEREST_INCOME, Account.OTHER_INCOME),
    "realised": (Account.REALISED_GAIN,),
    "unrealised": (Account.UNREALISED_GAIN,),
    "carry_accrued": (Account.CARRY_ACCRUED,),
    "carry_earned": (Account.CARRY_EARNED, Account.CARRY_ESCROWED, Account.CARRY_RETURNED),
    "transfers": (Account.TRANSFERS,),
}
ROW_OF: Mapping[str, str] = {account: row for row, accounts in ROWS.items() for account in accounts}
PAID_IN = (*ROWS["contributions"], *ROWS["given_back"])


class FundFiguresClosed(Forbidden):
    code = "fund_figures_closed"
    says = "The whole fund's figures are read from its published reports; here you may read your own."


class FigureUnknown(NotFound):
    code = "figure_unknown"
    says = "There is no figure {figure}; expected one of {known}."


class IndexDayMissing(Conflict):
    code = "index_day_missing"
    says = "Index {index} has no level for {days}; none is made up from its neighbours."


class NothingToCompare(Conflict):
    code = "nothing_to_compare"
    says = "Nothing was paid in by {as_of}; there is nothing to compare with an index."


@dataclass(frozen=True)
class Periods:
    """One amount over the quarter, the calendar year and since inception, in minor units."""

    qtd: int
    ytd: int
    itd: int

    def __add__(self, other: "Periods") -> "Periods":
        return Periods(self.qtd + other.qtd, self.ytd + other.ytd, self.itd + other.itd)

    def of(self, period: Period) -> int:
        """The amount over one of the periods."""
        return {Period.QTD: self.qtd, Period.YTD: self.ytd, Period.ITD: self.itd}[period]


NOTHING = Periods(0, 0, 0)


@dataclass(frozen=True)
class Row:
    """One line: a row of the capital account by its code, or an account by its number."""

    code: str
    amounts: Periods


@dataclass(frozen=True)
class Step:
    """One step of the bridge from opening to closing value: a signed amount."""

    code: str
    amount: int


@dataclass(frozen=True)
class Point:
    """The position at the end of a quarter: sums since inception, and multiples on what was paid in."""

    quarter: Quarter
    paid_in: int
    distributed: int
    nav: int
    tvpi: float | None
    dpi: float | None


@dataclass(frozen=True)
class Flow:
    """Money from (negative) or to (positive) the investor on a day; `reference` is the entry it comes from.

    The last one of a series is what is still there, valued on its last day: it has no entry of its own. `part` says
    what a contribution was called for, or a distribution is, where that is on record; `act` is that of a holding, whose
    entries are several.
    """

    on: date
    amount: int
    kind: str
    reference: str | None
    part: str = ""
    act: str = ""


@dataclass(frozen=True)
class Ratios:
    """Multiples of paid-in capital, None where there is nothing to divide by."""

    tvpi: float | None
    dpi: float | None
    rvpi: float | None
    pic: float | None


def since(period: Period, quarter: Quarter) -> date | None:
    """The first day of a period that ends with `quarter`; None for since inception."""
    return {Period.QTD: quarter.starts_on, Period.YTD: quarter.year_starts_on, Period.ITD: None}[period]


def account_rows(moved: Moved, quarter: Quarter) -> tuple[Row, ...]:
    """The capital account: opening, every row in order, closing."""
    rows = dict.fromkeys(ROWS, NOTHING)
    for row in details(moved, quarter):
        rows[ROW_OF[row.code]] += row.amounts
    year = Quarter(quarter.year, 1)
    opening = Periods(value_before(moved, quarter), value_before(moved, year), 0)
    closing = sum(rows.values(), start=opening)
    named = [Row(code, amounts) for code, amounts in rows.items()]
    return (Row(OPENING, opening), *named, Row(CLOSING, closing))


def details(moved: Moved, quarter: Quarter) -> tuple[Row, ...]:
    """Every account of capital that ever moved, by its number: what the rows are made of."""
    found: dict[str, Periods] = {}
    for at, accounts in moved.items():
        if at > quarter:
            continue
        for account in accounts.keys() & ROW_OF.keys():
            amount = accounts[account]
            in_quarter, in_year = at == quarter, at.year == quarter.year
            part = Periods(amount if in_quarter else 0, amount if in_year else 0, amount)
            found[account] = found.get(account, NOTHING) + part
    return tuple(Row(account, found[account]) for account in sorted(found))


def value_before(moved: Moved, quarter: Quarter) -> int:
    """The value with which a quarter opens: everything that moved before it."""
    earlier = [accounts for at, accounts in moved.items() if at < quarter]
    return sum(amount for accounts in earlier for account, amount in accounts.items() if account in ROW_OF)


def bridge(rows: Iterable[Row], period: Period) -> tuple[Step, ...]:
    """From opening to closing value, the two carries in one step."""
    steps: dict[str, int] = {}
    for row in rows:
        code = "carry" if row.code.startswith("carry_") else row.code
        steps[code] = steps.get(code, 0) + row.amounts.of(period)
    return tuple(Step(code, amount) for code, amount in steps.items())


def curve(
    moved: Moved, through: Quarter, passed: Mapping[Quarter, tuple[int, int]] | None = None
) -> tuple[Point, ...]:
    """The position at the end of every quarter from the first movement on, none left out.

    `passed` is what transfers of interests add to paid in and to distributed.
    """
    if not moved or min(moved) > through:
        return ()
    points, quarter = [], min(moved)
    paid_in = distributed = nav = 0
    while quarter <= through:
        accounts = moved.get(quarter, {})
        came, went = (passed or {}).get(quarter, (0, 0))
        paid_in += came + sum(accounts.get(account, 0) for account in PAID_IN)
        distributed += went - accounts.get(Account.DISTRIBUTIONS, 0)
        nav += sum(amount for account, amount in accounts.items() if account in ROW_OF)
        found = ratios(paid_in=paid_in, distributed=distributed, nav=nav, committed=0)
        points.append(Point(quarter, paid_in, distributed, nav, found.tvpi, found.dpi))
        quarter = quarter.next
    return tuple(points)


def ratios(*, paid_in: int, distributed: int, nav: int, committed: int) -> Ratios:
    """TVPI, DPI, RVPI and PIC; a multiple of nothing does not exist."""
    pic = multiples.pic(paid_in, committed) if committed > 0 and paid_in >= 0 else None
    if paid_in <= 0 or distributed < 0:
        return Ratios(None, None, None, pic)
    return Ratios(
        multiples.tvpi(distributed, nav, paid_in),
        multiples.dpi(distributed, paid_in),
        multiples.rvpi(nav, paid_in),
        pic,
    )


def moic(*, invested: int, realised: int, value: int) -> float | None:
    """What came back and what is still there, on what was invested; None while nothing was."""
    return multiples.moic(realised, value, invested) if invested > 0 else None


def with_value(flows: Sequence[Flow], *, on: date, value: int) -> tuple[Flow, ...]:
    """The flows in the order of their days, and at the end what is still there: nothing, too, if all was lost."""
    ordered = sorted(flows, key=lambda flow: flow.on)
    is_lost = bool(ordered) and all(flow.amount < 0 for flow in ordered)
    return (*ordered, Flow(on, value, "value", None)) if value or is_lost else tuple(ordered)


def rate(flows: Sequence[Flow]) -> Rate:
    """The internal rate of return of the flows, actual/365."""
    return xirr([flow.on for flow in flows], [flow.amount for flow in flows])


def is_full_year(starts_on: date, ends_on: date) -> bool:
    """Whether a year has passed: what is shorter is not annualised in a report [GIPS]."""
    is_leap_day = (starts_on.month, starts_on.day) == (2, 29)
    year = starts_on.year + 1
    anniversary = date(year, 3, 1) if is_leap_day else starts_on.replace(year=year)
    return ends_on >= anniversary


def is_payout(flow: Flow) -> bool:
    """Whether the fund paid the investor: a distribution, a recallable one too, and not what a buyer paid for it."""
    return flow.kind == "distribution"


def is_paid_in(flow: Flow) -> bool:
    """Whether it was asked of the investor on notice: a contribution, or a distribution to be given back."""
    return flow.kind in ("contribution", "giveback")


def has_full_year(flows: Collection[Flow], as_of: date) -> bool:
    """Whether a year has passed since the first flow."""
    return is_full_year(min((flow.on for flow in flows), default=as_of), as_of)


def over(
    flows: Sequence[Flow], *, starts_on: date, ends_on: date, opening: int, closing: int
) -> tuple[Flow, ...]:
    """The flows of a stretch of time, the opening value as money put in on its first day."""
    within = [flow for flow in flows if starts_on <= flow.on <= ends_on]
    entered = [Flow(starts_on - timedelta(days=1), -opening, "value", None)] if opening else []
    return with_value([*entered, *within], on=ends_on, value=closing)


def multiple_of(flows: Sequence[Flow]) -> float | None:
    """What the flows gave per unit put in; None when nothing was put in."""
    put_in = -sum(flow.amount for flow in flows if flow.amount < 0)
    return sum(flow.amount for flow in flows if flow.amount > 0) / put_in if put_in else None


def index_days(flows: Iterable[Flow], *, valued_on: date) -> tuple[date, ...]:
    """The days on which an index must have a level to be compared with: those of the flows, and of the value."""
    return tuple(sorted({flow.on for flow in flows} | {valued_on}))


def missing_days(days: Iterable[date], known: Collection[date]) -> tuple[date, ...]:
    """The days on which an index has no level; none is made up from its neighbours."""
    return tuple(day for day in days if day not in known)


def days_shown(days: Sequence[date]) -> str:
    """Days as they are listed: the first of them, and how many more there are."""
    shown = ", ".join(day.isoformat() for day in days[:DAYS_SHOWN])
    return shown if len(days) <= DAYS_SHOWN else f"{shown} (+{len(days) - DAYS_SHOWN})"
