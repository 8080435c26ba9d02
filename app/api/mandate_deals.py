"""Mandates beside deals: every clause as a deal would leave it, vetoes asked and answered, claims of reinvestment."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.mandate_lines import MandateLineOut
from app.api.mandate_shapes import (
    ClaimEndIn,
    ClaimIn,
    ClaimOut,
    VetoAnswerIn,
    VetoOut,
)
from app.api.results import partner_asked
from app.api.schemas import REFUSALS
from app.api.whose import AsOf, FundDep, ToldOn
from app.deps import ApiActor, Now, TxDep
from fund.holdings.queries import holding_by_code
from fund.mandates import claims as claiming
from fund.mandates import vetoes as asking
from fund.mandates.claim_rules import ClaimFacts
from fund.mandates.claimed import ClaimSheet, claims
from fund.mandates.vetoes import questions
from fund.partners.queries import partner_by_code, partners
from kernel.identity.rules import Role
from kernel.money import Money
from pipeline.closing import queries
from pipeline.closing.vetoes import ask_about
from pipeline.deals.queries import deal_by_code

router = APIRouter(prefix="/api/v1", tags=["mandates"], responses=REFUSALS)
Amount = Annotated[str, Query(pattern=r"^[0-9]{1,13}(\.[0-9]{1,2})?$", examples=["20000000"])]
READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.LP_USER)


@router.get("/deals/{code}/mandates")
def beside_deal(
    code: str, amount: Amount, tx: TxDep, actor: ApiActor, fund: FundDep, on: AsOf
) -> list[MandateLineOut]:
    """What partners' mandates say to paying `amount` for a deal on a day, as the closing asks before the money."""
    about = deal_by_code(tx, code=code, actor=actor)
    paid = Money.parse(amount, fund.currency).amount
    sheet = queries.preview(tx, actor=actor, deal_id=about.id, amount=paid, on=on)
    return [MandateLineOut.of(one, fund.currency) for one in sheet.mandates]


@router.post("/deals/{code}/vetoes", status_code=201)
def ask(code: str, tx: TxDep, actor: ApiActor, fund: FundDep, now: Now) -> list[VetoOut]:
    """Ask every partner whose veto covers the deal and who was not asked about as much."""
    about = deal_by_code(tx, code=code, actor=actor)
    return [VetoOut.of(one, fund.currency) for one in ask_about(tx, actor, deal_id=about.id, now=now)]


@router.get("/vetoes")
def vetoes(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[VetoOut]:
    """The questions about vetoes and what was answered; a partner's people read their own."""
    actor.require(*READERS)
    own = None if actor.reach == "all" else sorted(actor.partner_ids)
    return [VetoOut.of(one, fund.currency) for one in questions(tx, fund_id=fund.id, partner_ids=own)]


@router.post("/vetoes/{question_id}/answers", status_code=201)
def answer(
    question_id: int, body: VetoAnswerIn, tx: TxDep, actor: ApiActor, fund: FundDep, now: Now
) -> VetoOut:
    """Say whether a veto is exercised, as the partner's own person, or as a manager from the partner's document."""
    facts = body.model_dump() | {"document": body.document or ""}
    return VetoOut.of(asking.answer(tx, actor, question_id=question_id, **facts, now=now), fund.currency)


@router.get("/reinvestments")
def reinvestments(
    tx: TxDep, actor: ApiActor, fund: FundDep, as_of: ToldOn, partner: str | None = None
) -> list[ClaimOut]:
    """The claims of reinvestment that stand; a partner's people read their own."""
    actor.require(*READERS)
    whose = partner_asked(tx, actor, fund, partner) if partner else None
    found = claims(tx, fund_id=fund.id, as_of=as_of, partner_id=whose, actor=actor)
    codes = {one.id: one.code for one in partners(tx, fund_id=fund.id)}
    return [_claim(one, codes[one.partner_id], fund.currency) for one in found]


@router.post("/partners/{code}/reinvestments", status_code=201)
def claim(code: str, body: ClaimIn, tx: TxDep, actor: ApiActor, fund: FundDep, now: Now) -> ClaimOut:
    """Take down what counts as reinvested for a partner, with its evidence; no plant is counted twice."""
    whose = partner_by_code(tx, fund_id=fund.id, code=code, actor=actor)
    held = holding_by_code(tx, fund_id=fund.id, code=body.company, as_of=body.claimed_on, actor=actor)
    facts = ClaimFacts(
        body.kind, body.place, body.amount.minor(), body.whole.minor(), body.claimed_on, body.document
    )
    sheet = claiming.claim(
        tx, actor, partner_id=whose.id, company_id=held.party_id, facts=facts, note=body.note, now=now
    )
    return _claim(sheet, whose.code, fund.currency)


@router.post("/reinvestments/{claim_id}/withdrawal", status_code=201)
def withdraw(
    claim_id: int, body: ClaimEndIn, tx: TxDep, actor: ApiActor, fund: FundDep, now: Now
) -> ClaimOut:
    """Let a claim stand no longer."""
    sheet = claiming.withdraw(tx, actor, claim_id=claim_id, **body.model_dump(), now=now)
    codes = {one.id: one.code for one in partners(tx, fund_id=fund.id)}
    return _claim(sheet, codes[sheet.partner_id], fund.currency)


def _claim(one: ClaimSheet, partner: str, currency: str) -> ClaimOut:
    facts = {name: getattr(one.facts, name) for name in ClaimFacts.__dataclass_fields__}
    own = {name: getattr(one, name) for name in ("id", "company", "company_en", "note", "withdrawn_on")}
    return ClaimOut.of({"partner": partner, **own, **facts}, currency)
