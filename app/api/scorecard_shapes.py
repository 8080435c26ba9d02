"""The shapes of scorecards and screening rounds in requests and answers."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.api.schemas import Body, FractionField, FractionIn, Out
from pipeline.screening.rules import Audience, RoundState

Points = Annotated[int, Field(ge=0, le=1000)]
Key = Annotated[str, Field(min_length=1, max_length=60)]
Words = Annotated[str, Field(min_length=1, max_length=400)]


class CriterionOut(Out):
    """What is scored: 0 to `top` whole points; fewer than `minimum` points knock the deal out."""

    key: str
    audience: Audience
    label_zh: str
    label_en: str
    weight: FractionField
    top: int
    minimum: int | None


class ShareOut(Out):
    """What an audience's total weighs, and whether a round needs it."""

    weight: FractionField
    is_required: bool


class CardOut(Out):
    """One version of a scorecard."""

    id: int
    name: str
    version: int
    effective_on: date
    pass_mark: FractionField
    spread_limit: FractionField
    shares: dict[Audience, ShareOut]
    criteria: list[CriterionOut]


class CriterionIn(Body):
    """A criterion; the weights of an audience's criteria add up to one."""

    key: Annotated[Key, Field(examples=["team"])]
    audience: Audience
    label_zh: Annotated[str, Field(min_length=1, max_length=80, examples=["团队"])]
    label_en: Annotated[str, Field(min_length=1, max_length=80, examples=["Team"])]
    weight: Annotated[FractionIn, Field(examples=["0.4"])]
    top: Annotated[int, Field(ge=1, le=100, examples=[5])]
    minimum: Annotated[int | None, Field(ge=1, le=100)] = None


class ShareIn(Body):
    """The weight of an audience; the weights of all audiences add up to one."""

    weight: Annotated[FractionIn, Field(examples=["0.4"])]
    is_required: bool = True


class CardIn(Body):
    """A scorecard to be published as the next version of its name; running rounds keep theirs."""

    name: Annotated[str, Field(min_length=1, max_length=60, examples=["standard"])]
    effective_on: date
    pass_mark: Annotated[FractionIn, Field(examples=["60"])]
    spread_limit: Annotated[FractionIn, Field(examples=["30"])]
    shares: Annotated[dict[Audience, ShareIn], Field(min_length=1)]
    criteria: Annotated[list[CriterionIn], Field(min_length=1, max_length=100)]


class RoundIn(Body):
    """The scorecard by name; the version in force today is used."""

    scorecard: Annotated[str, Field(min_length=1, max_length=60, examples=["standard"])]


class ScorerIn(Body):
    """Who scores, and for whom."""

    user_id: Annotated[int, Field(examples=[7])]
    audience: Audience


class ExcuseIn(Body):
    """Who will not score after all, and why."""

    user_id: Annotated[int, Field(examples=[7])]
    reason: Annotated[Words, Field(examples=["在外出差"])]


class ScoresIn(Body):
    """One's points for every criterion of one's audience; sealed and final once they are in."""

    points: Annotated[dict[Key, Points], Field(max_length=100, examples=[{"team": 4, "finance": 3}])]
    comment: Annotated[str, Field(max_length=2000)] = ""


class AbandonIn(Body):
    """Why the round ends without a result."""

    reason: Annotated[Words, Field(examples=["项目方撤回"])]


class ScorerOut(Out):
    """A scorer's place in a round."""

    user_id: int
    name: str
    audience: Audience
    party_id: int | None
    has_submitted: bool
    excuse: str


class SheetOut(Out):
    """A sheet that the reader may see, with its exact total of 100."""

    name: str
    audience: Audience
    points: dict[str, int]
    total: FractionField
    comment: str
    recorded_at: datetime


class KnockOutOut(Out):
    """A criterion that fell below its minimum on somebody's sheet."""

    key: str
    points: int
    minimum: int


class ResultOut(Out):
    """What a round came to: exact totals of 100, the spread in points, and whether the deal passes."""

    total: FractionField
    by_audience: dict[Audience, FractionField]
    spread: FractionField
    is_spread_wide: bool
    knock_outs: list[KnockOutOut]
    passes: bool
    concluded_at: datetime


class RoundOut(Out):
    """A round as the reader may see it: sheets of others stay sealed, `result` is null while it runs."""

    id: int
    deal: str
    deal_name: str
    technology: str
    number: int
    state: RoundState
    opened_at: datetime
    card: CardOut
    seats: list[ScorerOut]
    sheets: list[SheetOut]
    result: ResultOut | None
