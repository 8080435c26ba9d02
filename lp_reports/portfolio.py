"""The facts of the portfolio: holdings, the page of each company, relations, exposure and limits.

Money is whole minor units of the fund's currency, at fund level unless a field is called `yours`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lp_reports.facts import Rate, Step, Text


@dataclass(frozen=True)
class Exit:
    """How a company was left, and when; `chain` is whose industrial chain it went into: yours, a partner's or none."""

    kind: str
    on: date
    chain: str = ""


@dataclass(frozen=True)
class Investment:
    """One holding as the schedule prints it, fund level; `yours` is the partner's part of the value."""

    code: str
    name: Text
    sector: Text
    chain_position: Text
    stage: Text
    origin: Text
    city: Text
    acquired_on: date
    status: str
    ownership: Decimal | None
    cost: int
    realised: int
    value: int
    previous_value: int
    yours: int
    moic: Decimal | None
    irr: Rate
    left: Exit | None = None
    """None as well in figures that were frozen before exits were told."""


@dataclass(frozen=True)
class Milestone:
    what: Text
    due_on: date
    met_on: date | None


@dataclass(frozen=True)
class ValuePoint:
    """Cost still invested and value of one holding at a quarter's end."""

    quarter: str
    cost: int
    value: int


@dataclass(frozen=True)
class Company:
    """The page of one company; `code` names its line in the schedule."""

    code: str
    does: Text
    founders: tuple[Text, ...]
    readiness_entry: int | None
    readiness_now: int | None
    readiness_target: int | None
    manufacturing: int | None
    milestones: tuple[Milestone, ...]
    bridge: tuple[Step, ...]
    history: tuple[ValuePoint, ...]
    technique: Text
    reason: Text
    marked_on: date | None
    help_wanted: tuple[Text, ...]


@dataclass(frozen=True)
class Age:
    """How old the value of a holding is; `code` names its line in the schedule.

    `days_allowed`: by the valuation policy, None where there was none. `since`: days after the mark on which something
    happened that may have changed the value; what happened is not told. `unchanged`: why the last mark left the value
    as it was.
    """

    code: str
    transacted_on: date | None
    valued_on: date | None
    days_allowed: int | None
    is_old: bool
    since: tuple[date, ...]
    is_unchanged: bool
    unchanged: Text

    @property
    def is_stale(self) -> bool:
        return self.is_old or bool(self.since)


@dataclass(frozen=True)
class BackTested:
    """What was received at an exit against the last mark before it, for the quantity that left; whole fund."""

    code: str
    left_on: date
    price: int
    marked_on: date
    mark: int
    ratio: Decimal | None


@dataclass(frozen=True)
class RelatedParty:
    """A relation or transaction to be told; other partners are never named."""

    subject: Text
    relation: Text
    handling: Text
    on: date | None
    amount: int | None


@dataclass(frozen=True)
class Recusal:
    """A member who stood aside: `who` is a capacity, never the name of another partner."""

    motion: str
    subject: Text
    who: Text
    reason: Text
    on: date


@dataclass(frozen=True)
class Slice:
    """A part of the portfolio under one key of one dimension: value and its share of the whole."""

    key: Text
    value: int
    share: Decimal


@dataclass(frozen=True)
class Exposure:
    dimension: str
    slices: tuple[Slice, ...]
    concentration: Decimal | None


@dataclass(frozen=True)
class MandateLine:
    """A clause of the partner's own mandate: the figure against it, and whether it is kept; a veto has neither."""

    number: int
    measure: str
    dimension: str | None
    key: Text
    wording: str
    bound: str
    basis: str
    asked: Decimal | None
    above: int | None
    current: Decimal | None
    kept: bool | None
    effect: str


@dataclass(frozen=True)
class Reinvested:
    """A claim of reinvestment of the partner's own that stands."""

    company: Text
    kind: str
    place: str
    amount: int
    whole: int
    on: date


@dataclass(frozen=True)
class VetoSaid:
    """A veto of the partner's own that was asked about in the quarter, or before and is still exercised."""

    subject: str
    company: Text
    amount: int
    asked_on: date
    state: str
    answered_on: date | None


@dataclass(frozen=True)
class Mandate:
    """The partner's own mandate at the end of the quarter."""

    clauses: tuple[MandateLine, ...] = ()
    reinvested: tuple[Reinvested, ...] = ()
    vetoes: tuple[VetoSaid, ...] = ()


@dataclass(frozen=True)
class ChainLine:
    """A company in the partner's industrial chain; `code` names its line in the schedule.

    `share` is of the portfolio's value. `dependence` is the part of the company's revenue of `year` that came from the
    partner's group, `resting` the part of its value that rests on it; None where no revenue is on record.
    """

    code: str
    roles: tuple[str, ...]
    value: int
    share: Decimal
    year: int | None
    dependence: Decimal | None
    resting: int | None


@dataclass(frozen=True)
class Chain:
    """What of the portfolio lies in the partner's industrial chain: its group is customer, supplier or shareholder.

    `told` is the value of the companies whose revenue is on record, `resting` what of it rests on the group.
    """

    lines: tuple[ChainLine, ...]
    value: int
    share: Decimal
    told: int
    resting: int


@dataclass(frozen=True)
class Limit:
    """A limit of the charter, the figure against it, and the basis both are measured on."""

    dimension: str
    key: Text
    current: Decimal
    maximum: Decimal
    basis: str
    is_minimum: bool = False
