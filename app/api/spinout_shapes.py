"""The shapes of companies, their cap tables and the transfer of rights in requests and answers."""

from datetime import date
from typing import Annotated

from pydantic import Field

from app.api.schemas import AmountIn, Body, FractionField, FractionIn, MoneyField, Out, example
from pipeline.spinouts.rules import Appraisal, Form, Route

Text = Annotated[str, Field(max_length=400)]
Words = Annotated[str, Field(min_length=1, max_length=1000)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
Day = Annotated[date, Field(ge=date(1950, 1, 1), le=date(2199, 12, 31), examples=["2026-10-09"])]
Achievements = Annotated[list[Annotated[str, Field(max_length=16)]], Field(max_length=20)]


class SpinoutLineOut(Out):
    """A company in a list."""

    code: str
    party_id: int
    sector: str
    city: str


class FounderOut(Out):
    """A founder with the share held at founding."""

    party_id: int
    name_zh: str
    name_en: str
    share: FractionField
    role: str
    is_inventor: bool


class SpinoutOut(Out):
    """A company with its founders and achievements. `version` goes back as `If-Match` with an edit."""

    id: int
    code: str
    party_id: int
    name_zh: str
    name_en: str
    form: Form
    founded_on: date | None
    city: str
    sector: str
    business: str
    registered_capital: MoneyField | None
    version: int
    achievements: list[str]
    founders: list[FounderOut]


class FounderIn(Body):
    """A founder; `share` is a fraction of the company."""

    party_id: int
    share: Annotated[FractionIn, Field(examples=["0.6"])]
    role: Annotated[str, Field(max_length=80)] = ""
    is_inventor: bool = False


Founders = Annotated[list[FounderIn], Field(max_length=100)]


class FoundersIn(Body):
    """All founders of a company; their shares sum to exactly 100.00 %."""

    model_config = example(
        founders=[
            {"party_id": 31, "share": "0.6", "role": "首席科学家", "is_inventor": True},
            {"party_id": 32, "share": "0.4", "role": "总经理"},
        ]
    )

    founders: Founders


class SpinoutFacts(Body):
    """What is known of a company; what is left out stays as it is. `achievements` are codes."""

    form: Form | None = None
    founded_on: Day | None = None
    city: Text | None = None
    sector: Text | None = None
    business: Annotated[str | None, Field(max_length=4000)] = None
    registered_capital: AmountIn | None = None
    achievements: Annotated[Achievements | None, Field(examples=[["A-001"]])] = None

    def given(self) -> dict[str, object]:
        """The company's own facts that were sent, amounts in whole minor units."""
        sent = {name: getattr(self, name) for name in self.model_fields_set - {"achievements"}}
        return {name: value.minor() if isinstance(value, AmountIn) else value for name, value in sent.items()}


class SpinoutIn(Body):
    """A company to be registered; `party_id` is the company as an organisation on record."""

    code: Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[A-Za-z0-9-]+$", examples=["C26-011"])]
    party_id: int
    form: Form = Form.LIMITED_COMPANY
    founded_on: Day | None = None
    city: Text = ""
    sector: Text = ""
    business: Annotated[str, Field(max_length=4000)] = ""
    registered_capital: AmountIn | None = None
    achievements: Achievements = []
    founders: Founders = []


class HolderOut(Out):
    """What one holder owns of one class; `ownership` is its share of the whole company."""

    holder_id: int
    share_class: str
    units: int
    ownership: FractionField


class MovementIn(Body):
    """Units of one class gained by a holder, or lost below zero; in a limited company fen of registered capital."""

    model_config = example(
        holder_party_id=31, share_class="普通股", units=6_000_000_00, effective_on="2026-10-09"
    )

    holder_party_id: int
    share_class: Annotated[str, Field(min_length=1, max_length=40)]
    units: Annotated[int, Field(ge=-(10**15), le=10**15)]
    effective_on: Day
    memo: Text = ""


class ShareIn(Body):
    """What one party gets of the right; `share` is a fraction of the net income or shares."""

    party_id: int
    share: Annotated[FractionIn, Field(examples=["0.7"])]
    is_inventor: bool = False


class TermsIn(Body):
    """How the price was found, the price, and who gets what; the shares sum to exactly 100.00 %."""

    model_config = example(
        route="agreement",
        price={"amount": "8600000.00", "currency": "CNY"},
        shares=[
            {"party_id": 31, "share": "0.7", "is_inventor": True},
            {"party_id": 5, "share": "0.3", "is_inventor": False},
        ],
    )

    route: Route
    price: AmountIn | None = None
    shares: Annotated[list[ShareIn], Field(min_length=1, max_length=100)]


class RightsIn(TermsIn):
    """The transfer of an achievement's rights (`achievement` is its code) into the company as equity."""

    model_config = example(
        achievement="A-001",
        route="agreement",
        price={"amount": "8600000.00", "currency": "CNY"},
        shares=[
            {"party_id": 31, "share": "0.7", "is_inventor": True},
            {"party_id": 5, "share": "0.3", "is_inventor": False},
        ],
    )

    achievement: Annotated[str, Field(min_length=1, max_length=16)]


class NoticeIn(Body):
    """A public notice of the achievement and the intended price; at least 15 days."""

    model_config = example(
        price={"amount": "8600000.00", "currency": "CNY"}, starts_on="2026-10-09", ends_on="2026-10-25"
    )

    price: AmountIn
    starts_on: Day
    ends_on: Day


class ObjectionIn(Body):
    """An objection received while the notice runs."""

    received_on: Day
    objector: Annotated[Name, Field(examples=["材料学院"])]
    says: Annotated[Words, Field(examples=["另一项专利未列入"])]


class HandlingIn(Body):
    """How an objection was handled; one that is upheld needs a new notice."""

    handling: Annotated[Words, Field(examples=["核查后予以说明"])]
    is_upheld: bool = False
    handled_on: Day


class AppraisalIn(Body):
    """The appraisal report (`done`), or the reason why none is needed (`waived`)."""

    appraisal: Appraisal
    says: Annotated[Words, Field(examples=["资产评估报字〔2026〕第 17 号"])]


class ScreenIn(Body):
    """The key-technology and secrecy screen."""

    is_clear: bool
    screened_by: Annotated[Name, Field(examples=["保密办公室"])]
    screened_on: Day


class BookingIn(Body):
    """The day on which the right becomes equity."""

    booked_on: Day


class MissingOut(Out):
    """One thing that still keeps a right from being booked."""

    where: str
    what: str


class NoticeOut(Out):
    """The newest public notice."""

    achievement: str
    price: MoneyField
    starts_on: date
    ends_on: date


class ObjectionOut(Out):
    """An objection to the newest notice; `handled_on` once it was dealt with."""

    id: int
    received_on: date
    objector: str
    says: str
    handled_on: date | None
    handling: str
    is_upheld: bool


class ShareOut(Out):
    """What one party gets of the right."""

    party_id: int
    name_zh: str
    name_en: str
    share: FractionField
    is_inventor: bool


class RightsOut(Out):
    """The transfer of one achievement's rights, what is on record about it, and what is still missing."""

    id: int
    achievement: str
    route: Route
    price: MoneyField | None
    booked_on: date | None
    shares: list[ShareOut]
    notice: NoticeOut | None
    objections: list[ObjectionOut]
    appraisal: Appraisal | None
    appraisal_says: str
    secrecy_screened_on: date | None
    secrecy_clear: bool
    missing: list[MissingOut]
