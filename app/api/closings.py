"""Closing: the conditions of an approval, tranches, exceptions from limits, and the money going out."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query

from app.api.closing_shapes import (
    ClosingIn,
    ClosingOut,
    EvidenceIn,
    ExceptionIn,
    ExceptionOut,
    PlansIn,
    PreviewOut,
    ProgressOut,
    SettlementIn,
    TrancheOut,
)
from app.api.once import OnceDep
from app.api.schemas import REFUSALS
from app.api.undo import ReasonIn
from app.api.whose import AsOf, FundDep
from app.deps import ApiActor, LanguageDep, Now, TxDep
from app.languages import Language, fault
from kernel.errors import Problem
from kernel.money import Money
from pipeline.closing import actions, preparation, queries
from pipeline.closing.preparation import Plan
from pipeline.committee.counting import send_to_closing
from pipeline.deals.queries import deal_by_code

router = APIRouter(prefix="/api/v1", tags=["closing"], responses=REFUSALS)
Amount = Annotated[str, Query(pattern=r"^[0-9]{1,13}(\.[0-9]{1,2})?$", examples=["20000000"])]
Tranche = Annotated[int, Query(ge=1, le=50)]
TrancheInPath = Annotated[int, Path(ge=1, le=50)]


@router.post("/deals/{code}/closing", status_code=204)
def to_closing(code: str, tx: TxDep, actor: ApiActor, now: Now) -> None:
    """Send a deal on whose approval still holds: for one that was on hold or incomplete when votes were counted."""
    about = deal_by_code(tx, code=code, actor=actor)
    send_to_closing(tx, actor, deal_id=about.id, now=now)


@router.get("/deals/{code}/conditions")
def conditions(code: str, tx: TxDep, actor: ApiActor) -> list[ProgressOut]:
    """The conditions of the deal's newest approval, and how far each has come."""
    actor.require(*queries.READERS)
    about = deal_by_code(tx, code=code, actor=actor)
    return [ProgressOut.of(sheet) for sheet in queries.progress(tx, deal_id=about.id)]


@router.post("/conditions/{condition_id}/evidence", status_code=204)
def satisfy(condition_id: int, body: EvidenceIn, tx: TxDep, actor: ApiActor, now: Now) -> None:
    """Say how a condition was met; somebody else confirms it."""
    preparation.satisfy_condition(
        tx, actor, condition_id=condition_id, says=body.says, documents=body.documents, now=now
    )


@router.post("/conditions/{condition_id}/confirmation", status_code=204)
def confirm(condition_id: int, tx: TxDep, actor: ApiActor, now: Now) -> None:
    """Confirm the evidence that somebody else gave."""
    preparation.confirm_condition(tx, actor, condition_id=condition_id, now=now)


@router.post("/conditions/{condition_id}/return", status_code=204)
def send_back(condition_id: int, body: ReasonIn, tx: TxDep, actor: ApiActor, now: Now) -> None:
    """Return evidence that does not do, with a reason."""
    preparation.return_condition(tx, actor, condition_id=condition_id, reason=body.reason, now=now)


@router.get("/deals/{code}/tranches")
def tranches(code: str, tx: TxDep, actor: ApiActor, fund: FundDep) -> list[TrancheOut]:
    """The planned tranches, in order."""
    actor.require(*queries.READERS)
    about = deal_by_code(tx, code=code, actor=actor)
    return [TrancheOut.of(sheet, fund.currency) for sheet in queries.tranches(tx, deal_id=about.id)]


@router.post("/deals/{code}/tranches", status_code=201)
def plan(code: str, body: PlansIn, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep) -> list[TrancheOut]:
    """Plan the tranches of an approved deal, once."""
    about = deal_by_code(tx, code=code, actor=actor)
    plans = [Plan(one.amount.minor(), one.says, one.due_on) for one in body.tranches]
    planned = preparation.plan_tranches(tx, actor, deal_id=about.id, plans=plans, now=now)
    return [TrancheOut.of(sheet, fund.currency) for sheet in planned]


@router.get("/deals/{code}/closing-preview")
def preview(
    code: str,
    amount: Amount,
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    language: LanguageDep,
    on: AsOf,
    tranche: Tranche = 1,
) -> PreviewOut:
    """What a payment would do; `problems` are everything that blocks it. Nothing changes."""
    about = deal_by_code(tx, code=code, actor=actor)
    sheet = queries.preview(
        tx,
        actor=actor,
        deal_id=about.id,
        amount=Money.parse(amount, fund.currency).amount,
        on=on,
        tranche=tranche,
    )
    own = {name: getattr(sheet, name) for name in PreviewOut.model_fields}
    return PreviewOut.of(own | {"problems": _blocks(sheet.problems, language)}, fund.currency)


@router.get("/deals/{code}/exceptions")
def exceptions(code: str, tx: TxDep, actor: ApiActor, fund: FundDep) -> list[ExceptionOut]:
    """The exceptions from limits that were asked for a deal."""
    actor.require(*queries.READERS)
    about = deal_by_code(tx, code=code, actor=actor)
    return [ExceptionOut.of(sheet, fund.currency) for sheet in queries.exceptions(tx, deal_id=about.id)]


@router.post("/deals/{code}/exceptions", status_code=201)
def ask(code: str, body: ExceptionIn, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep) -> ExceptionOut:
    """Ask for leave to exceed the limits that a payment would break."""
    about = deal_by_code(tx, code=code, actor=actor)
    sheet = preparation.ask_exception(
        tx, actor, deal_id=about.id, amount=body.amount.minor(), on=body.on, reason=body.reason, now=now
    )
    return ExceptionOut.of(sheet, fund.currency)


@router.post("/exceptions/{exception_id}/approval", status_code=201)
def approve(exception_id: int, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep) -> ExceptionOut:
    """Approve an exception that somebody else asked for."""
    sheet = preparation.approve_exception(tx, actor, exception_id=exception_id, now=now)
    return ExceptionOut.of(sheet, fund.currency)


@router.get("/deals/{code}/closings")
def closings(code: str, tx: TxDep, actor: ApiActor, fund: FundDep) -> list[ClosingOut]:
    """What was closed of a deal, in order."""
    actor.require(*queries.READERS)
    about = deal_by_code(tx, code=code, actor=actor)
    return [ClosingOut.of(sheet, fund.currency) for sheet in queries.closings(tx, deal_id=about.id)]


@router.post("/deals/{code}/closings", status_code=201, response_model=ClosingOut)
def close(code: str, body: ClosingIn, once: OnceDep, fund: FundDep) -> object:
    """Close a tranche: opens or adds to the holding, books it and drafts a call for what is short, all or nothing."""

    def act() -> ClosingOut:
        about = deal_by_code(once.tx, code=code, actor=once.actor)
        facts = {name: getattr(body, name) for name in ClosingIn.model_fields} | {
            "amount": body.amount.minor()
        }
        sheet = actions.close(once.tx, once.actor, deal_id=about.id, **facts, now=once.now)
        return ClosingOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/deals/{code}/closings/{tranche}/settlement", status_code=201, response_model=ClosingOut)
def settle(code: str, tranche: TrancheInPath, body: SettlementIn, once: OnceDep, fund: FundDep) -> object:
    """Pay what a closing still owed once the called money is there."""

    def act() -> ClosingOut:
        about = deal_by_code(once.tx, code=code, actor=once.actor)
        sheet = actions.settle(
            once.tx, once.actor, deal_id=about.id, tranche=tranche, on=body.on, now=once.now
        )
        return ClosingOut.of(sheet, fund.currency)

    return once.answer(act)


def _blocks(problems: Sequence[Problem], language: Language) -> list[dict[str, str]]:
    return [{"where": one.where, "what": fault(language, one)} for one in problems]
