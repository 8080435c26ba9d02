"""The rights of a company's classes of shares: what is on record from which day, and by which document."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.once import OnceDep
from app.api.schemas import REFUSALS, AmountIn, Body, FractionField, FractionIn, MoneyOut, Out, example, money
from app.api.valuation_shapes import Name
from app.api.valuations import READERS
from app.api.whose import AsOf, FundDep
from app.deps import ApiActor, Now, TxDep
from fund.holdings.queries import holding_by_code
from fund.valuations.conversions import Adjustment
from fund.valuations.file import MOST_CLASSES
from fund.valuations.right_rules import AntiDilution, ClassKind, ClassRights
from fund.valuations.rights import RightsSheet, keep_rights, rights_on, rights_versions
from kernel.instants import day_in_beijing

router = APIRouter(prefix="/api/v1", tags=["valuations"], responses=REFUSALS)
NOTHING = AmountIn(amount="0")
ONE = Field(default="1", validate_default=True)
NONE = Field(default="0", validate_default=True)


class ClassRightsIn(Body):
    """A class with its rights; `strike` is yuan a share, `conversion` the common shares that a share becomes."""

    name: Name
    kind: ClassKind
    shares: Annotated[FractionIn, Field(description="Shares of it; of options the whole pool")]
    invested: AmountIn = NOTHING
    multiple: FractionIn = ONE
    is_participating: bool = False
    cap_multiple: FractionIn | None = None
    seniority: Annotated[int, Field(ge=0, le=99, description="Higher is paid first")] = 0
    conversion: FractionIn = ONE
    anti_dilution: AntiDilution = AntiDilution.NONE
    strike: FractionIn = NONE
    is_exempt: Annotated[
        bool, Field(description="Its issue adjusts no other class, by an exception of the articles")
    ] = False

    def said(self) -> ClassRights:
        """The room's value."""
        return ClassRights(
            self.name,
            self.kind,
            self.shares,
            self.invested.minor(),
            self.multiple,
            self.is_participating,
            self.cap_multiple,
            self.seniority,
            self.conversion,
            self.anti_dilution,
            self.strike * 100,
            self.is_exempt,
        )


class RightsRecordIn(Body):
    """The rights of all classes of the company from a day on, and the document in which they stand."""

    model_config = Body.model_config | example(
        effective_on="2026-03-20",
        source="B 轮股东协议第 5 条",
        classes=[
            {"name": "普通股", "kind": "common", "shares": "6000000"},
            {
                "name": "B",
                "kind": "preferred",
                "shares": "2000000",
                "invested": {"amount": "10000000.00", "currency": "CNY"},
                "is_participating": True,
                "cap_multiple": "3",
                "seniority": 2,
                "anti_dilution": "weighted_average",
            },
            {"name": "期权池", "kind": "options", "shares": "500000", "strike": "1.5"},
        ],
    )

    effective_on: date
    source: Annotated[str, Field(min_length=1, max_length=400)]
    classes: Annotated[list[ClassRightsIn], Field(min_length=1, max_length=MOST_CLASSES)]


class ClassRightsOut(Out):
    """A class with its rights."""

    name: str
    kind: ClassKind
    shares: FractionField
    invested: MoneyOut
    multiple: FractionField
    is_participating: bool
    cap_multiple: FractionField | None
    seniority: int
    conversion: FractionField
    anti_dilution: AntiDilution
    strike: Annotated[FractionField, Field(description="Yuan a share")]
    is_exempt: bool


class RightsRecordOut(Out):
    """One set of rights; of the latest day the highest number holds."""

    number: int
    effective_on: date
    source: str
    classes: list[ClassRightsOut]
    recorded_by: str
    recorded_at: datetime


class AdjustmentOut(Out):
    """A conversion that a cheaper issue changed. Prices are yuan for a common share; `issued` and `base` are common
    shares: those of the issues below the price, and those that counted before (0 of a full ratchet).
    """

    on: date
    name: str
    term: AntiDilution
    issues: list[str]
    money: MoneyOut
    issued: FractionField
    base: FractionField
    price_before: FractionField
    price: FractionField
    conversion_before: FractionField
    conversion: FractionField


@router.get("/holdings/{code}/class-rights")
def versions(code: str, tx: TxDep, actor: ApiActor, fund: FundDep, now: Now) -> list[RightsRecordOut]:
    """Every set of class rights on record of the company, oldest first."""
    actor.require(*READERS)
    today = day_in_beijing(now)
    found = holding_by_code(tx, fund_id=fund.id, code=code, as_of=today, actor=actor)
    return [_told(one, fund.currency) for one in rights_versions(tx, party_id=found.party_id)]


@router.get("/holdings/{code}/conversions")
def converting(code: str, tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf) -> list[AdjustmentOut]:
    """What the anti-dilution terms on record made of the conversions up to a day, with the working, oldest first.
    Files begin with the conversions that result.
    """
    actor.require(*READERS)
    found = holding_by_code(tx, fund_id=fund.id, code=code, as_of=as_of, actor=actor)
    kept = rights_on(tx, party_id=found.party_id, on=as_of)
    return [_adjusted(one, fund.currency) for one in (kept.adjustments if kept else ())]


@router.post("/holdings/{code}/class-rights", status_code=201, response_model=RightsRecordOut)
def keep(code: str, body: RightsRecordIn, once: OnceDep, fund: FundDep) -> object:
    """Put the rights of all classes on record from a day on. Files handed in before keep the rights that they used."""

    def act() -> RightsRecordOut:
        today = day_in_beijing(once.now)
        found = holding_by_code(once.tx, fund_id=fund.id, code=code, as_of=today, actor=once.actor)
        made = keep_rights(
            once.tx,
            once.actor,
            holding=found,
            effective_on=body.effective_on,
            classes=tuple(one.said() for one in body.classes),
            source=body.source,
            now=once.now,
        )
        return _told(made, fund.currency)

    return once.answer(act)


def _adjusted(one: Adjustment, currency: str) -> AdjustmentOut:
    own = {name: getattr(one, name) for name in AdjustmentOut.model_fields if name != "issued"}
    prices = {"price_before": one.price_before / 100, "price": one.price / 100}
    return AdjustmentOut.model_validate(
        own | prices | {"money": money(one.money, currency), "issued": one.shares}
    )


def _told(one: RightsSheet, currency: str) -> RightsRecordOut:
    classes = [
        {name: getattr(given, name) for name in ClassRightsOut.model_fields}
        | {"invested": money(given.invested, currency), "strike": given.strike / 100}
        for given in one.classes
    ]
    own = {name: getattr(one, name) for name in RightsRecordOut.model_fields if name != "classes"}
    return RightsRecordOut.model_validate(own | {"classes": classes})
