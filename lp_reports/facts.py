"""The facts a report is made of: fund, partner, document, performance, capital account, calls.

Money is whole minor units of the fund's currency. Ratios and rates are decimals, rounded once when frozen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Text:
    """A wording in both languages; an empty English text falls back to the Chinese one."""

    zh: str
    en: str = ""


@dataclass(frozen=True)
class Rate:
    """An annual rate and its status (that of the solver, or under_a_year); `modified` only beside several roots."""

    status: str
    value: Decimal | None = None
    roots: tuple[Decimal, ...] = ()
    modified: Decimal | None = None


@dataclass(frozen=True)
class Periods:
    """One amount over the quarter, the calendar year and since inception."""

    qtd: int
    ytd: int
    itd: int


@dataclass(frozen=True)
class Fund:
    code: str
    name: Text
    currency: str
    is_example: bool
    manager: Text
    size: int
    first_close_on: date
    final_close_on: date | None
    commitment_period_ends_on: date
    term_ends_on: date
    fee_rate: Decimal
    fee_basis: str
    hurdle: Decimal
    compounding: str
    catch_up: Decimal
    carry: Decimal
    notice_business_days: int = 10
    """Figures frozen before this was among them were printed with ten."""


@dataclass(frozen=True)
class Partner:
    code: str
    name: Text
    kind: str
    commitment: int
    share: Decimal
    admitted_on: date


@dataclass(frozen=True)
class Document:
    """What this file is: its number, its version and the period it covers."""

    number: str
    version: int
    quarter: str
    starts_on: date
    ends_on: date
    frozen_at: datetime
    supersedes: str | None = None
    restates: str | None = None


@dataclass(frozen=True)
class KeyFigures:
    """The partner's position on one day; multiples on paid-in capital, pic on commitment."""

    as_of: date
    paid_in: int
    distributed: int
    nav: int
    unfunded: int
    net_irr: Rate
    tvpi: Decimal | None
    dpi: Decimal | None
    rvpi: Decimal | None
    pic: Decimal | None


@dataclass(frozen=True)
class Previous:
    """The report before this one, as it was published."""

    number: str
    quarter: str
    sha256: str
    figures: KeyFigures


@dataclass(frozen=True)
class Change:
    """One thing that differs from the last report; amounts are the fund's, before and after."""

    kind: str
    subject: Text
    on: date | None = None
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True)
class Column:
    """One column of the performance table."""

    irr: Rate
    tvpi: Decimal | None
    dpi: Decimal | None
    rvpi: Decimal | None


@dataclass(frozen=True)
class PeriodReturn:
    """A period's multiple on opening value and money paid in; annualised only from one year upwards."""

    code: str
    starts_on: date
    ends_on: date
    days: int
    multiple: Decimal | None
    annual: Rate | None


@dataclass(frozen=True)
class Performance:
    gross: Column
    fund_net: Column
    yours: Column
    periods: tuple[PeriodReturn, ...]


@dataclass(frozen=True)
class Step:
    """One step of a bridge: a signed amount; opening and closing steps are totals."""

    code: str
    amount: int


@dataclass(frozen=True)
class CurvePoint:
    """The partner's cumulative position at a quarter's end."""

    quarter: str
    paid_in: int
    distributed: int
    nav: int
    tvpi: Decimal | None
    dpi: Decimal | None


@dataclass(frozen=True)
class Line:
    """A line of the capital account or of the commitment reconciliation: the partner's part and the fund's total."""

    code: str
    yours: Periods
    fund: Periods


@dataclass(frozen=True)
class CallLine:
    number: str
    due_on: date
    investment: int
    fee: int
    expense: int
    received: int
    received_on: date | None


@dataclass(frozen=True)
class DistributionLine:
    number: str
    paid_on: date
    amount: int
    recallable: int


@dataclass(frozen=True)
class Tier:
    """A further tier of the waterfall: above a multiple or a return, a higher carry."""

    measure: str
    threshold: Decimal
    carry: Decimal


@dataclass(frozen=True)
class Clawback:
    """The formula of the clawback for one partner, were everything sold for its value; `worthless` for nothing."""

    received: int
    entitled: int
    excess: int
    shortfall: int
    taxes: int
    due: int
    worthless: int


@dataclass(frozen=True)
class Carry:
    """Carry: form, roll-forward beside the fund's, what would be given back (None: none), the fund's escrow."""

    form: str
    tiers: tuple[Tier, ...]
    lines: tuple[Line, ...]
    clawback: Clawback | None
    is_ended: bool
    received: int
    potential: int
    actual: int
    escrow_share: Decimal = Decimal(0)
    escrow: int = 0


@dataclass(frozen=True)
class ExpectedCall:
    """An estimate of the partner's calls in a coming quarter."""

    quarter: str
    fee: int
    investment: int


@dataclass(frozen=True)
class FeeWorking:
    """The partner's fee of the quarter at one rate: rate / 4 x basis x days / days of the quarter."""

    rate: Decimal
    quarter_days: int
    commitment: int
    commitment_days: int
    invested: int
    invested_days: int
    amount: int


@dataclass(frozen=True)
class Capped:
    """Organisation costs of the whole fund at the end of the quarter: the cap, what was borne, what is left."""

    cap: int
    used: int
    left: int


@dataclass(frozen=True)
class Owed:
    """What others owe the fund of costs that it paid, all of one kind: charged, settled, and still owed."""

    code: str
    charged: int
    settled: int
    left: int


@dataclass(frozen=True)
class Fees:
    """What being run costs: the fee and what was taken off it, expenses by category, and the offsets left."""

    workings: tuple[FeeWorking, ...]
    charged: tuple[Line, ...]
    expenses: tuple[Line, ...]
    offsets: tuple[Line, ...]
    cap: Capped | None = None
    owed: tuple[Owed, ...] = ()
    """Figures frozen before these were set out have neither."""


@dataclass(frozen=True)
class Restated:
    """A line of the superseded version and of this one."""

    code: str
    before: int
    after: int
