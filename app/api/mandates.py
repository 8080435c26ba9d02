"""Partners' mandates: what each asks of the portfolio, answered clause by clause."""

from datetime import date
from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.results import PartnerCode, partner_asked
from app.api.schemas import REFUSALS, AmountIn, Body, FractionField, FractionIn, MoneyOut, Out, example, money
from app.api.whose import FundDep, KnownAt, ToldOn
from app.deps import ApiActor, Now, TxDep
from fund.charter.rules import Basis, Dimension
from fund.mandates import actions
from fund.mandates.queries import Answer, ClauseSheet, answers, clauses
from fund.mandates.rules import LONGEST, Bound, ClauseTerms, Consequence, Measure
from fund.partners.queries import partner_by_code
from pipeline.closing.promised import promised

router = APIRouter(prefix="/api/v1", tags=["results"], responses=REFUSALS)
Told = Annotated[str, Field(max_length=LONGEST)]


class ClauseIn(Body):
    """A clause: a part of what is invested is at least, or at most, a share.

    `chain`: the companies in the partner's industrial chain. `label`: what lies under `key` of `dimension`, several
    keys with `|` between them. `largest`: the fullest key of `dimension`. `reinvestment`: the claims of reinvestment
    that stand, of what is invested (`cost`) or of the partner's own commitment (`commitments`). `veto`: the partner is
    asked about deals under `key` of `dimension`, of a `competitor` of its group, of more than `above`; all that is
    named must be so. `effect` says whether a deal that breaks the clause, or a veto that nobody has answered, is held
    back or warned about.
    """

    model_config = Body.model_config | example(
        measure="label",
        bound="at_least",
        share="0.6",
        basis="cost",
        dimension="stage",
        key="种子期",
        wording="早期项目不低于 60%",
        effective_on="2026-01-01",
    )

    measure: Measure
    bound: Bound = Bound.AT_MOST
    share: FractionIn = Fraction(1)
    basis: Basis = Basis.COST
    dimension: Dimension | None = None
    key: Told = ""
    effect: Consequence = Consequence.WARNS
    competitor: bool = False
    above: AmountIn | None = None
    wording: Annotated[str, Field(max_length=LONGEST, description="The clause as it is written")] = ""
    effective_on: date
    planned: Annotated[
        bool, Field(description="The label may be one that no holding carries yet; refused otherwise")
    ] = False


class ClauseEndIn(Body):
    """The last day of a clause, and why it ends."""

    model_config = Body.model_config | example(ended_on="2026-12-31", reason="补充协议取消该条")

    ended_on: date
    reason: Told


class ClauseOut(Out):
    """A clause of a mandate; `ended_on` is its last day, if it has one."""

    partner: str
    number: int
    effective_on: date
    ended_on: date | None
    measure: Measure
    bound: Bound
    share: FractionField
    basis: Basis
    dimension: Dimension | None
    key: str
    wording: str
    effect: Consequence
    competitor: bool
    above: MoneyOut | None


class AnswerOut(ClauseOut):
    """A clause with what stands against it: `amount` of `base` is `current`, exact."""

    current: FractionField
    amount: MoneyOut
    base: MoneyOut
    found: Annotated[str, Field(description="The fullest key, where the largest is asked for")]
    kept: bool


@router.get("/results/mandate")
def mandate(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    as_of: ToldOn,
    partner: PartnerCode = None,
    known_at: KnownAt = None,
) -> list[AnswerOut]:
    """Every clause in force, kept or not, with its figure; a partner's people read their own clauses and no others, and
    of what is held alone: what is approved and not paid is counted for the house.
    """
    partner_id = partner_asked(tx, actor, fund, partner)
    unpaid = promised(tx, fund_id=fund.id, on=as_of)
    found = answers(
        tx, fund_id=fund.id, partner_id=partner_id, as_of=as_of, known_at=known_at, promised=unpaid
    )
    return [_answer(one, fund.currency) for one in found]


@router.get("/partners/{code}/mandate")
def of_partner(code: str, tx: TxDep, actor: ApiActor, fund: FundDep, as_of: ToldOn) -> list[ClauseOut]:
    """The clauses of a partner's mandate in force on a day, vetoes among them."""
    whose = partner_asked(tx, actor, fund, code)
    found = clauses(tx, fund_id=fund.id, as_of=as_of, actor=actor)
    own = [one for one in found if one.partner_id == whose]
    return [ClauseOut.model_validate(_clause(one, code, fund.currency)) for one in own]


@router.post("/partners/{code}/mandate", status_code=201)
def add_clause(code: str, body: ClauseIn, tx: TxDep, actor: ApiActor, fund: FundDep, now: Now) -> ClauseOut:
    """Take down one clause of a partner's mandate."""
    partner = partner_by_code(tx, fund_id=fund.id, code=code, actor=actor)
    said = {name: getattr(body, name) for name in ClauseTerms.__dataclass_fields__}
    terms = ClauseTerms(**said | {"above": body.above.minor() if body.above else None})
    found = actions.add_clause(
        tx,
        actor,
        partner_id=partner.id,
        terms=terms,
        effective_on=body.effective_on,
        planned=body.planned,
        now=now,
    )
    return ClauseOut.model_validate(_clause(found, partner.code, fund.currency))


@router.post("/partners/{code}/mandate/{number}/end", status_code=201)
def end_clause(
    code: str, number: int, body: ClauseEndIn, tx: TxDep, actor: ApiActor, fund: FundDep, now: Now
) -> ClauseOut:
    """Let a clause end; what was answered before stays."""
    partner = partner_by_code(tx, fund_id=fund.id, code=code, actor=actor)
    found = actions.end_clause(tx, actor, partner_id=partner.id, number=number, **body.model_dump(), now=now)
    return ClauseOut.model_validate(_clause(found, partner.code, fund.currency))


def _clause(one: ClauseSheet, code: str, currency: str) -> dict[str, object]:
    own = {name: getattr(one, name) for name in ("number", "effective_on", "ended_on")}
    said = {name: getattr(one.terms, name) for name in ClauseTerms.__dataclass_fields__}
    above = money(one.terms.above, currency) if one.terms.above is not None else None
    return {"partner": code, **own, **said, "above": above}


def _answer(one: Answer, currency: str) -> AnswerOut:
    figures = {
        "current": one.figure.share,
        "amount": money(one.figure.amount, currency),
        "base": money(one.figure.base, currency),
        "found": one.figure.key,
        "kept": one.kept,
    }
    return AnswerOut.model_validate(_clause(one.clause, one.partner.code, currency) | figures)
