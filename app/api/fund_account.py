"""The account that partners pay to: prepared by one person, in force once another has approved it."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.schemas import REFUSALS, Body, ChangeDecision, Out, example
from app.api.whose import BOOK_READERS, FundDep
from app.deps import ApiActor, Now, TxDep
from fund.bank.account import decide_account, fund_account, propose_account, waiting_account
from kernel.identity.rules import Role

router = APIRouter(prefix="/api/v1/fund-account", tags=["bank"], responses=REFUSALS)


class FundAccountOut(Out):
    """An account of the fund, and since when it is unchanged; partners read it on every notice."""

    bank_name: str
    account_name: str
    account_no: str
    since_on: date


class FundAccountChangeOut(FundAccountOut):
    """New details that wait for somebody other than their preparer."""

    id: int
    reason: str
    prepared_name: str
    recorded_at: datetime


class FundAccountIn(Body):
    """The account that partners are to pay to, and how that was confirmed."""

    model_config = Body.model_config | example(
        bank_name="某银行北京分行",
        account_name="成果转化一号基金（有限合伙）",
        account_no="0200000000000000001",
        since_on="2026-10-01",
        reason="与托管行核对开户许可证",
    )

    bank_name: Annotated[str, Field(min_length=1, max_length=160)]
    account_name: Annotated[str, Field(min_length=1, max_length=160)]
    account_no: Annotated[str, Field(min_length=8, max_length=80)]
    since_on: date
    reason: Annotated[str, Field(min_length=1, max_length=400)]


@router.get("")
def in_force(tx: TxDep, actor: ApiActor, fund: FundDep) -> FundAccountOut | None:
    """The account in force, if any."""
    actor.require(*BOOK_READERS, Role.LP_USER)
    found = fund_account(tx, fund_id=fund.id)
    return FundAccountOut.of(found) if found else None


@router.get("/change")
def waiting(tx: TxDep, actor: ApiActor, fund: FundDep) -> FundAccountChangeOut | None:
    """The change that waits for a decision, if any."""
    actor.require(*BOOK_READERS)
    found = waiting_account(tx, fund_id=fund.id)
    return FundAccountChangeOut.of(found) if found else None


@router.post("/change", status_code=201)
def propose(body: FundAccountIn, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep) -> FundAccountChangeOut:
    """Prepare the account that partners pay to; it holds once somebody else has approved it."""
    found = propose_account(tx, actor, fund_id=fund.id, **body.model_dump(), now=now)
    return FundAccountChangeOut.of(found)


@router.post("/change/approval", status_code=201)
def approve(
    body: ChangeDecision, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep
) -> FundAccountOut | None:
    """Put the change that somebody else has prepared in force; answers with the account that holds now."""
    decide_account(tx, actor, fund_id=fund.id, change_id=body.change, is_approved=True, now=now)
    return in_force(tx, actor, fund)


@router.post("/change/refusal", status_code=201)
def refuse(
    body: ChangeDecision, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep
) -> FundAccountOut | None:
    """Turn the change down; the account stays as it was."""
    decide_account(tx, actor, fund_id=fund.id, change_id=body.change, is_approved=False, now=now)
    return in_force(tx, actor, fund)
