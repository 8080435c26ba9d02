"""Distributions, each with its step-by-step working per partner."""

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BeforeValidator, Field, ValidationInfo

from app.api.once import OnceDep
from app.api.schemas import (
    LIMIT,
    REFUSALS,
    After,
    Body,
    FractionField,
    FractionIn,
    Limit,
    MoneyField,
    MoneyIn,
    Out,
    PageOut,
    example,
    money,
)
from app.api.undo import ReasonIn
from app.api.whose import FundDep
from app.deps import ApiActor, TxDep
from fund.capital import distributions as acts
from fund.capital.outflows import distribution_by_code, distributions
from fund.capital.sharing import DistributionState
from fund.capital.sheets import DistributionSheet
from fund.deliveries.rules import LONGEST, Offer
from fund.holdings import in_kind
from kernel.identity.rules import Role

router = APIRouter(prefix="/api/v1/distributions", tags=["capital"], responses=REFUSALS)
READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.LP_USER)


class DistributionRowOut(Out):
    """A distribution in a list."""

    code: str
    state: DistributionState
    source: str
    pay_on: date
    recallable: bool
    amount: MoneyField
    return_of_capital: MoneyField
    income: MoneyField
    gain: MoneyField
    prepared_name: str
    approved_name: str | None
    paid_at: datetime | None
    cancel_reason: str | None


class WithheldOut(Out):
    """Of what income and gain which shares are withheld, and why."""

    income: MoneyField
    gain: MoneyField
    income_rate: FractionField
    gain_rate: FractionField
    reason: str


class DeliveryOut(Out):
    """The units offered and the price of the day in yuan; units that nobody gets whole stay with the fund."""

    instrument: str
    units: int
    price: FractionField
    price_source: str


# What is a number and no money in a working: the holding of a deal.
PLAIN = frozenset({"deal"})


def _working(found: Mapping[str, Any] | None, info: ValidationInfo) -> dict[str, Any] | None:
    """A working as it is kept, its amounts as money in the currency of the answer."""
    if found is None:
        return None
    currency = (info.context or {}).get("currency") or "CNY"

    def told(name: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: told(key, one) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [told(name, one) for one in value]
        if isinstance(value, int) and not isinstance(value, bool) and name not in PLAIN:
            return money(value, currency).model_dump()
        return value

    return {key: told(key, one) for key, one in found.items()}


class PartnerDistributionOut(Out):
    """One partner's part; `working` shows every step of the waterfall, its amounts as money.

    `net` is distributed: `withheld` of it goes to the tax office, `units` worth `in_kind` are handed over, `set_off`
    pays what the partner owes on a call, and `paid` goes to the partner's own account.
    """

    partner_id: int
    gross: MoneyField
    carry: MoneyField
    carry_received: MoneyField
    escrowed: MoneyField
    net: MoneyField
    return_of_capital: MoneyField
    income: MoneyField
    gain: MoneyField
    withheld: MoneyField
    units: int
    in_kind: MoneyField
    set_off: MoneyField
    paid: MoneyField
    tax: WithheldOut | None
    working: Annotated[dict[str, Any] | None, BeforeValidator(_working)]


class DistributionOut(DistributionRowOut):
    """A distribution with every line that the actor may see."""

    delivery: DeliveryOut | None
    lines: list[PartnerDistributionOut]


class DistributionIn(Body):
    """A distribution to be drafted, typed; somebody else approves it."""

    source: Annotated[str, Field(min_length=1, max_length=400, examples=["转让轧制智能 H03 股权"])]
    pay_on: date
    return_of_capital: MoneyIn | None = None
    income: MoneyIn | None = None
    gain: MoneyIn | None = None
    holding_id: int | None = None
    recallable: bool = False


class InKindIn(Body):
    """Units of a holding to be distributed at the price of the day; somebody else approves it."""

    model_config = Body.model_config | example(
        holding_id=3,
        units=500000,
        price="25.07",
        price_source="上交所 2026-09-30 收盘价",
        pay_on="2026-09-30",
        source="分配氢材科技股票",
    )

    holding_id: Annotated[int, Field(ge=1, le=2**63 - 1)]
    instrument: Annotated[str, Field(max_length=64)] = ""
    units: Annotated[int, Field(ge=1, le=10**12)]
    price: FractionIn
    price_source: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    pay_on: date
    source: Annotated[str, Field(min_length=1, max_length=400)]
    recallable: bool = False


@router.get("")
def listed(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    state: DistributionState | None = None,
    after: After = None,
    limit: Limit = LIMIT,
) -> PageOut[DistributionRowOut]:
    """Distributions, newest first."""
    actor.require(*READERS)
    page = distributions(tx, fund_id=fund.id, actor=actor, state=state, after=after, limit=limit)
    return PageOut(items=[DistributionRowOut.of(row, fund.currency) for row in page.items], next=page.next)


@router.post("", status_code=201, response_model=DistributionOut)
def draft(body: DistributionIn, once: OnceDep, fund: FundDep) -> object:
    """Draft a distribution through the waterfall; more than the cash in the bank is refused."""

    def act() -> DistributionOut:
        typed: dict[str, Any] = {
            name: value.minor() if value else 0
            for name, value in (
                ("return_of_capital", body.return_of_capital),
                ("income", body.income),
                ("gain", body.gain),
            )
        }
        sheet = acts.draft_distribution(
            once.tx,
            once.actor,
            fund_id=fund.id,
            pay_on=body.pay_on,
            source=body.source,
            holding_id=body.holding_id,
            recallable=body.recallable,
            now=once.now,
            **typed,
        )
        return distribution_out(sheet, fund.currency)

    return once.answer(act)


@router.post("/in-kind", status_code=201, response_model=DistributionOut)
def draft_in_kind(body: InKindIn, once: OnceDep, fund: FundDep) -> object:
    """Draft a distribution of shares at the price of the day; whole units to each partner, the rest in cash."""

    def act() -> DistributionOut:
        sheet = in_kind.draft_in_kind(
            once.tx,
            once.actor,
            fund_id=fund.id,
            holding_id=body.holding_id,
            offer=Offer(body.instrument, body.units, Fraction(body.price), body.price_source),
            pay_on=body.pay_on,
            source=body.source,
            recallable=body.recallable,
            now=once.now,
        )
        return distribution_out(sheet, fund.currency)

    return once.answer(act)


@router.get("/{code}")
def one(code: str, tx: TxDep, actor: ApiActor, fund: FundDep) -> DistributionOut:
    """One distribution with the working of every line that the actor may see."""
    actor.require(*READERS)
    return distribution_out(distribution_by_code(tx, fund_id=fund.id, code=code, actor=actor), fund.currency)


@router.post("/{code}/approval", status_code=201, response_model=DistributionOut)
def approve(code: str, once: OnceDep, fund: FundDep) -> object:
    """Approve a draft that somebody else prepared."""

    def act() -> DistributionOut:
        key = distribution_by_code(once.tx, fund_id=fund.id, code=code, actor=once.actor).id
        sheet = acts.approve_distribution(once.tx, once.actor, distribution_id=key, now=once.now)
        return distribution_out(sheet, fund.currency)

    return once.answer(act)


@router.post("/{code}/payment", status_code=201, response_model=DistributionOut)
def pay(code: str, once: OnceDep, fund: FundDep) -> object:
    """Pay an approved distribution; it is booked partner by partner."""

    def act() -> DistributionOut:
        key = distribution_by_code(once.tx, fund_id=fund.id, code=code, actor=once.actor).id
        sheet = in_kind.pay_distribution(once.tx, once.actor, distribution_id=key, now=once.now)
        return distribution_out(sheet, fund.currency)

    return once.answer(act)


@router.post("/{code}/cancellation", status_code=201, response_model=DistributionOut)
def cancel(code: str, body: ReasonIn, once: OnceDep, fund: FundDep) -> object:
    """Withdraw a distribution that is not paid."""

    def act() -> DistributionOut:
        key = distribution_by_code(once.tx, fund_id=fund.id, code=code, actor=once.actor).id
        sheet = acts.cancel_distribution(
            once.tx, once.actor, distribution_id=key, reason=body.reason, now=once.now
        )
        return distribution_out(sheet, fund.currency)

    return once.answer(act)


def distribution_out(sheet: DistributionSheet, currency: str) -> DistributionOut:
    """A distribution as the API writes it."""
    own = {name: getattr(sheet.distribution, name) for name in DistributionRowOut.model_fields}
    return DistributionOut.of(own | {"lines": sheet.lines, "delivery": sheet.delivery}, currency)
