"""The shapes of valuation files: what is sent, what is answered, and the way between them and the room's values."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field, JsonValue

from app.api.holdings import CausesIn, MilestoneIn
from app.api.schemas import AmountIn, Body, FractionIn, MoneyField, MoneyIn, Out, example
from app.api.valuation_content import ContentOut
from fund.holdings.mark_rules import Causes, Technique
from fund.valuations.file import (
    MOST_CLASSES,
    ClassTerms,
    File,
    Future,
    Input,
    Planned,
    Quoted,
    Rights,
    RightsMethod,
    Synergy,
    Weighed,
)

Name = Annotated[str, Field(min_length=1, max_length=200)]
Told = Annotated[str, Field(max_length=4000)]
Level = Annotated[int, Field(ge=1, le=9)]
MOST = 50


def minor_of(amount: AmountIn | None) -> int | None:
    """The amount in minor units, if there is one."""
    return None if amount is None else amount.minor()


class WeighedIn(Body):
    """A technique, its weight and what it gives; without a value it takes what the class rights give."""

    technique: Technique
    weight: Annotated[FractionIn, Field(examples=["0.75"])]
    value: AmountIn | None = None
    why: Told

    def said(self) -> Weighed:
        """The room's value."""
        return Weighed(self.technique, self.weight, minor_of(self.value), self.why)


class InputIn(Body):
    """A figure that went in, its source, and the day it is of: not after the mark."""

    name: Name
    value: Name
    source: Name
    on: date

    def said(self) -> Input:
        """The room's value."""
        return Input(self.name, self.value, self.source, self.on)


class PlannedIn(MilestoneIn):
    """A milestone with its evidence: how it is known to be met, or why the value bears that it was missed."""

    evidence: Told = ""

    def said(self) -> Planned:
        """The room's value."""
        return Planned(self.what, self.due_on, self.met_on, self.what_en, self.evidence)


class FutureIn(Body):
    """A scenario: proceeds for all classes in `years`, discounted at `rate`; in a listing all are converted."""

    name: Name
    probability: FractionIn
    proceeds: AmountIn
    years: FractionIn = Field(default="0", validate_default=True)
    rate: FractionIn = Field(default="0", validate_default=True)
    is_converted: bool = False

    def said(self) -> Future:
        """The room's value."""
        return Future(
            self.name, self.probability, self.proceeds.minor(), self.years, self.rate, self.is_converted
        )


class ClassIn(Body):
    """A class of shares by its rights; `strike` is what an option pays for a share, in yuan."""

    name: Name
    shares: FractionIn
    invested: AmountIn = AmountIn(amount="0")
    multiple: FractionIn = Field(default="1", validate_default=True)
    is_participating: bool = False
    cap_multiple: FractionIn | None = None
    seniority: Annotated[int, Field(ge=0, le=99)] = 0
    strike: FractionIn = Field(default="0", validate_default=True)

    def said(self) -> ClassTerms:
        """The room's value."""
        return ClassTerms(
            self.name,
            self.shares,
            self.invested.minor(),
            self.multiple,
            self.is_participating,
            self.cap_multiple,
            self.seniority,
            self.strike * 100,
        )


class RightsIn(Body):
    """A cap table and the method by which its classes are valued; `price` is yuan for a share of `priced`.

    Without `classes` those on record for the company on the day of the mark are taken, and kept in the file;
    `held_shares` and `price` are then of shares as issued. With `classes` all three are as common shares.
    """

    method: RightsMethod
    classes: Annotated[list[ClassIn], Field(max_length=MOST_CLASSES)] = []
    held: Name
    held_shares: FractionIn
    equity: AmountIn | None = None
    volatility: FractionIn | None = None
    years: FractionIn | None = None
    rate: FractionIn | None = None
    priced: Annotated[str, Field(max_length=200)] = ""
    price: FractionIn | None = None

    def said(self) -> Rights:
        """The room's value."""
        return Rights(
            self.method,
            tuple(one.said() for one in self.classes),
            self.held,
            self.held_shares,
            minor_of(self.equity),
            self.volatility,
            self.years,
            self.rate,
            self.priced,
            None if self.price is None else self.price * 100,
        )


class QuotedIn(Body):
    """A calibration by its number, the parameter now, and why it moved."""

    number: Annotated[int, Field(ge=1, le=10_000)]
    now: FractionIn
    why: Told = ""

    def said(self) -> Quoted:
        """The room's value."""
        return Quoted(self.number, self.now, self.why)


class SynergyIn(Body):
    """Whether an interested partner has a synergy or premium, and what of it was left out of the value."""

    exists: bool
    left_out: Told = ""

    def said(self) -> Synergy:
        """The room's value."""
        return Synergy(self.exists, self.left_out)


FILE: dict[str, JsonValue] = {
    "techniques": [
        {
            "technique": "milestones",
            "weight": "1",
            "value": {"amount": "20000000.00", "currency": "CNY"},
            "why": "首台样机决定价值",
        }
    ],
    "inputs": [{"name": "上轮价格", "value": "20 元/股", "source": "投资协议", "on": "2026-03-20"}],
    "synergy": {"exists": False},
}


class FileIn(Body):
    """Everything behind one mark: weights sum to 1, probabilities sum to 1, every input has a source and a day."""

    model_config = Body.model_config | example(**FILE)

    techniques: Annotated[list[WeighedIn], Field(min_length=1, max_length=9)]
    inputs: Annotated[list[InputIn], Field(max_length=MOST)]
    quoted: Annotated[list[QuotedIn], Field(max_length=MOST)] = []
    milestones: Annotated[list[PlannedIn], Field(max_length=MOST)] = []
    readiness: Annotated[
        Level | None,
        Field(description="Left out where the achievement was assessed: the file takes that level over"),
    ] = None
    readiness_source: Told = ""
    scenarios: Annotated[list[FutureIn], Field(max_length=MOST)] = []
    rights: RightsIn | None = None
    synergy: SynergyIn | None = None
    assisted_by: Annotated[str, Field(max_length=1000, description="What assisted automatically, if any")] = (
        ""
    )

    def said(self) -> File:
        """The room's value."""
        return File(
            techniques=tuple(one.said() for one in self.techniques),
            inputs=tuple(one.said() for one in self.inputs),
            quoted=tuple(one.said() for one in self.quoted),
            milestones=tuple(one.said() for one in self.milestones),
            readiness=self.readiness,
            readiness_source=self.readiness_source,
            scenarios=tuple(one.said() for one in self.scenarios),
            rights=self.rights.said() if self.rights else None,
            synergy=self.synergy.said() if self.synergy else None,
            assisted_by=self.assisted_by,
        )


class ValuationIn(Body):
    """A mark together with its file; the technique of the mark is the one that weighs most."""

    model_config = Body.model_config | example(
        marked_on="2026-06-30",
        value={"amount": "20000000.00", "currency": "CNY"},
        reason="首台样机通过测试",
        file=FILE,
    )

    marked_on: date
    value: MoneyIn
    file: FileIn
    instrument: Annotated[str | None, Field(max_length=32)] = None
    calibration: Told = ""
    reason: Told = ""
    causes: CausesIn | None = None
    ownership: FractionIn | None = None
    is_permanent_loss: bool = False
    supersedes_id: int | None = None

    def facts(self) -> dict[str, Any]:
        """What the action is told."""
        facts = self.model_dump(exclude={"value", "causes", "file", "ownership"})
        causes = self.causes and Causes(
            **{name: getattr(self.causes, name).minor() for name in CausesIn.model_fields}
        )
        more = {"value": self.value.minor(), "file": self.file.said(), "causes": causes}
        return facts | more | {"ownership": self.ownership}


class StepOut(Out):
    """The proceeds from `above` to `up_to` (null: without end), and how a further yuan of them is divided."""

    above: MoneyField
    up_to: MoneyField | None
    parts: dict[str, float]
    happens: list[tuple[str, str]]
    worth: MoneyField | None


class FoundOut(Out):
    """The working of class rights; a price of a share is in minor units."""

    equity: MoneyField | None
    values: dict[str, MoneyField]
    per_share: dict[str, str]
    steps: list[StepOut]
    held: MoneyField
    elasticity: str | None


class FileOut(Out):
    """A valuation file as handed in, with its working.

    `sha256` is the fingerprint of how it is kept: mark, number, value, content and working in whole minor units.
    """

    mark_id: int
    number: int
    effective_on: date
    weighted: MoneyField
    content: ContentOut
    found: FoundOut | None
    interested: list[str]
    sha256: str
    prepared_by: str
    recorded_at: datetime
