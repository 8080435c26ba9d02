"""Tax withheld from distributions: at what rates, what is owed to the tax office, and paying it."""

from datetime import date, datetime
from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.once import OnceDep
from app.api.schemas import REFUSALS, Body, FractionField, FractionIn, MoneyField, Out, example
from app.api.undo import UndoIn
from app.api.whose import BOOK_READERS, FundDep
from app.deps import ApiActor, TxDep
from fund.parties.rules import PartyKind
from fund.partners.queries import codes_in_order, partner_by_code
from fund.withholding import actions, queries
from fund.withholding.rules import LONGEST

router = APIRouter(prefix="/api/v1", tags=["capital"], responses=REFUSALS)


class WithholdingRateOut(Out):
    """What is withheld from a day on, of one partner or of every partner of a kind; the partner's own goes first."""

    partner: str | None
    party_kind: PartyKind | None
    effective_on: date
    income: FractionField
    gain: FractionField
    reason: str
    recorded_by: str


class WithholdingRateIn(Body):
    """Shares of income and gain to be withheld from a day on, of one partner or of every partner of a kind."""

    model_config = Body.model_config | example(
        party_kind="person",
        effective_on="2026-01-01",
        income="0.2",
        gain="0.2",
        reason="个人所得税法第三条：利息、股息、红利与财产转让所得按百分之二十",
    )

    partner: Annotated[str | None, Field(min_length=1, max_length=64)] = None
    party_kind: PartyKind | None = None
    effective_on: date
    income: FractionIn
    gain: FractionIn
    reason: Annotated[str, Field(min_length=1, max_length=LONGEST)]


class OwedTaxOut(Out):
    """Tax withheld from one partner of a paid distribution and not paid to the tax office yet."""

    distribution: str
    partner_id: int
    withheld_on: date
    amount: MoneyField


class TaxPaymentOut(Out):
    """Tax paid to the tax office; it counts no more from the day on which it was taken back."""

    code: str
    paid_on: date
    amount: MoneyField
    memo: str
    distributions: list[str]
    recorded_by: str
    recorded_at: datetime
    undone_on: date | None


class TaxPaymentIn(Body):
    """The distributions whose withheld tax is paid, all of it."""

    model_config = Body.model_config | example(
        distributions=["DIST-001"], paid_on="2026-10-15", memo="完税证明 2026-1015"
    )

    distributions: Annotated[list[Annotated[str, Field(max_length=64)]], Field(min_length=1, max_length=100)]
    paid_on: date
    memo: Annotated[str, Field(max_length=LONGEST)] = ""


@router.get("/withholding-rates")
def rates(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[WithholdingRateOut]:
    """Every rate at which tax is withheld, in the order in which it was written down."""
    actor.require(*BOOK_READERS)
    codes = codes_in_order(tx, fund_id=fund.id)
    return [_rate(one, codes) for one in queries.rates(tx, fund_id=fund.id)]


@router.post("/withholding-rates", status_code=201, response_model=WithholdingRateOut)
def set_rate(body: WithholdingRateIn, once: OnceDep, fund: FundDep) -> object:
    """Write down what is withheld from a day on; distributions drafted from then on keep to it."""

    def act() -> WithholdingRateOut:
        partner = (
            partner_by_code(once.tx, fund_id=fund.id, code=body.partner, actor=once.actor)
            if body.partner is not None
            else None
        )
        sheet = actions.set_rate(
            once.tx,
            once.actor,
            fund_id=fund.id,
            partner_id=None if partner is None else partner.id,
            party_kind=body.party_kind,
            effective_on=body.effective_on,
            income=Fraction(body.income),
            gain=Fraction(body.gain),
            reason=body.reason,
            now=once.now,
        )
        return _rate(sheet, {} if partner is None else {partner.id: partner.code})

    return once.answer(act)


@router.get("/withheld-taxes")
def owed(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[OwedTaxOut]:
    """Tax that was withheld and waits to be paid to the tax office."""
    actor.require(*BOOK_READERS)
    return [OwedTaxOut.of(one, fund.currency) for one in queries.owed(tx, fund_id=fund.id)]


@router.get("/tax-payments")
def payments(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[TaxPaymentOut]:
    """Every payment to the tax office, the newest first."""
    actor.require(*BOOK_READERS)
    return [TaxPaymentOut.of(one, fund.currency) for one in queries.payments(tx, fund_id=fund.id)]


@router.post("/tax-payments", status_code=201, response_model=TaxPaymentOut)
def pay(body: TaxPaymentIn, once: OnceDep, fund: FundDep) -> object:
    """Pay the tax office all that was withheld from the distributions named."""

    def act() -> TaxPaymentOut:
        facts = body.model_dump()
        sheet = actions.pay_tax(once.tx, once.actor, fund_id=fund.id, **facts, now=once.now)
        return TaxPaymentOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/tax-payments/{code}/reversal", status_code=201, response_model=TaxPaymentOut)
def undo(code: str, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take a payment to the tax office back; the tax is owed again."""

    def act() -> TaxPaymentOut:
        sheet = actions.undo_tax_payment(
            once.tx,
            once.actor,
            fund_id=fund.id,
            code=code,
            reason=body.reason,
            undone_on=body.on,
            now=once.now,
        )
        return TaxPaymentOut.of(sheet, fund.currency)

    return once.answer(act)


def _rate(sheet: queries.RateSheet, codes: dict[int, str]) -> WithholdingRateOut:
    own = {"partner": codes.get(sheet.rate.partner_id or 0), "recorded_by": sheet.recorded_by}
    return WithholdingRateOut.of({**vars(sheet.rate), **own})
