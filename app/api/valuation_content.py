"""What a valuation file says, as it is answered: in the words, and with the money, in which it is sent."""

from datetime import date
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, Field

from app.api.schemas import FractionField, MoneyField, Out, exact
from fund.holdings.mark_rules import Technique
from fund.valuations.file import RightsMethod


def _as_yuan(value: object) -> object:
    return exact(value / 100) if isinstance(value, Fraction) else value


PerShare = Annotated[
    str,
    BeforeValidator(_as_yuan),
    Field(description="The currency's whole unit for a share, as an exact number"),
]


class WeighedOut(Out):
    """A technique, its weight and what it gives; null: what the class rights give."""

    technique: Technique
    weight: FractionField
    value: MoneyField | None
    why: str


class InputOut(Out):
    """A figure that went in, its source, and the day it is of."""

    name: str
    value: str
    source: str
    on: date


class QuotedOut(Out):
    """A calibration by its number, the parameter at the mark, and why it moved."""

    number: int
    now: FractionField
    why: str


class PlannedOut(Out):
    """A milestone with its evidence."""

    what: str
    what_en: str
    due_on: date
    met_on: date | None
    evidence: str


class FutureOut(Out):
    """A scenario: proceeds for all classes in `years`, discounted at `rate`; in a listing all are converted."""

    name: str
    probability: FractionField
    proceeds: MoneyField
    years: FractionField
    rate: FractionField
    is_converted: bool


class ClassTermsOut(Out):
    """A class of shares by its rights; `strike` is what an option pays for a share."""

    name: str
    shares: FractionField
    invested: MoneyField
    multiple: FractionField
    is_participating: bool
    cap_multiple: FractionField | None
    seniority: int
    strike: PerShare


class ConvertingOut(Out):
    """A class that converts otherwise than its document states."""

    name: str
    stated: FractionField
    used: FractionField


class OnRecordOut(Out):
    """The set of class rights on record that the file took over."""

    number: int
    effective_on: date
    source: str
    conversions: list[ConvertingOut]


class RightsOut(Out):
    """A cap table and the method by which its classes are valued; shares and prices as common shares."""

    method: RightsMethod
    classes: list[ClassTermsOut]
    held: str
    held_shares: FractionField
    equity: MoneyField | None
    volatility: FractionField | None
    years: FractionField | None
    rate: FractionField | None
    priced: str
    price: PerShare | None
    record: OnRecordOut | None


class SynergyOut(Out):
    """The answer about interested partners, and what was left out of the value."""

    exists: bool
    left_out: str


class ContentOut(Out):
    """Everything behind one mark that the mark itself does not say."""

    techniques: list[WeighedOut]
    inputs: list[InputOut]
    quoted: list[QuotedOut]
    milestones: list[PlannedOut]
    readiness: int | None
    readiness_source: str
    scenarios: list[FutureOut]
    rights: RightsOut | None
    synergy: SynergyOut | None
    assisted_by: str
