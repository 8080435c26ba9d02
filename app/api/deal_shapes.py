"""The shapes of deals in requests and answers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from app.api.schemas import (
    Body,
    FractionField,
    MoneyField,
    MoneyIn,
    Out,
    example,
)
from pipeline.channel.rules import ChainPosition
from pipeline.deals.rules import Origin, PassReason, Stage, Status


class CardOut(Out):
    """A deal at a glance."""

    code: str
    name: str
    technology: str
    sector: str
    origin: Origin
    stage: Stage
    status: Status
    amount: MoneyField | None
    score: Decimal | None
    trl: int | None
    mrl: int | None
    days_in_stage: int
    limit_days: int | None
    owner: str
    next_step: str
    next_step_on: date | None
    next_step_late: bool
    conflict_note: str
    interested: list[str]
    moves: list[Stage]
    version: int


class ColumnOut(Out):
    """A stage with how many deals stand there and for how much."""

    stage: Stage
    limit_days: int | None
    count: int
    total: MoneyField | None
    cards: list[CardOut]


class BoardOut(Out):
    """All stages in their order."""

    columns: list[ColumnOut]
    count: int
    total: MoneyField | None


class DealOut(Out):
    """One deal. `version` goes back as `If-Match` with an edit."""

    id: int
    code: str
    name: str
    technology: str
    sector: str
    chain_position: ChainPosition | None
    development_stage: str
    city: str
    origin: Origin
    round_name: str
    instrument: str
    amount: MoneyField | None
    pre_money: MoneyField | None
    stage: Stage
    status: Status
    entered_stage_at: datetime
    pass_reason: PassReason | None
    pass_note: str
    next_step: str
    next_step_on: date | None
    score: FractionField | None
    conflict_note: str
    spinout_id: int | None
    achievement_id: int | None
    trl: int | None
    mrl: int | None
    version: int


class EventOut(Out):
    """One thing that happened to a deal."""

    number: int
    kind: str
    from_stage: Stage | None
    to_stage: Stage
    pass_reason: PassReason | None
    reason: str
    actor_name: str
    at: datetime


class FunnelOut(Out):
    """How many deals of one origin stand at one stage with one status."""

    origin: Origin
    stage: Stage
    status: Status
    count: int
    amount: MoneyField


class DealFacts(Body):
    """What a deal says of itself; what is left out stays as it is."""

    name: Annotated[str | None, Field(min_length=1, max_length=160, examples=["氢储运合金 A 轮"])] = None
    technology: Annotated[str | None, Field(max_length=400)] = None
    sector: Annotated[str | None, Field(max_length=80)] = None
    chain_position: ChainPosition | None = None
    development_stage: Annotated[str | None, Field(max_length=80)] = None
    city: Annotated[str | None, Field(max_length=80)] = None
    origin: Origin | None = None
    round_name: Annotated[str | None, Field(max_length=80)] = None
    instrument: Annotated[str | None, Field(max_length=80)] = None
    amount: MoneyIn | None = None
    pre_money: MoneyIn | None = None
    owner_id: int | None = None
    next_step: Annotated[str | None, Field(max_length=400)] = None
    next_step_on: date | None = None
    spinout_id: int | None = None
    achievement_id: int | None = None

    def given(self) -> dict[str, object]:
        """The facts that were sent, amounts in whole minor units."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        return {name: value.minor() if isinstance(value, MoneyIn) else value for name, value in sent.items()}


class NewDeal(DealFacts):
    """A deal to be registered."""

    name: Annotated[str, Field(min_length=1, max_length=160, examples=["氢储运合金 A 轮"])]
    origin: Origin
    code: Annotated[str | None, Field(max_length=16, pattern=r"^[A-Za-z0-9-]+$", examples=["D26-041"])] = None


class MoveIn(Body):
    """Where to. Gated moves are made by the room that proves the gate."""

    model_config = example(to="screening")

    to: Stage
    reason: Annotated[str | None, Field(max_length=400)] = None


class PassIn(Body):
    """Why the fund lets the deal go."""

    model_config = example(kind="price_too_high", reason="估值高于可比公司")

    kind: PassReason
    reason: Annotated[str, Field(max_length=400)] = ""


class InterestIn(Body):
    """An enterprise that wants to know of this deal, or to test it with us."""

    model_config = example(party_id=3, is_co_diligence=True)

    party_id: int
    is_co_diligence: bool = False
    note: Annotated[str, Field(max_length=400)] = ""
