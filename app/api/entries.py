"""The books: entries, accounts and the trial balance, as of any day and as known at any instant."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from app.api.once import OnceDep
from app.api.schemas import LIMIT, REFUSALS, After, Body, Limit, MoneyField, Out, PageOut
from app.api.whose import AsOf, FundDep, KnownAt
from app.deps import ApiActor, TxDep
from fund.ledger import actions, queries
from kernel.identity.rules import Role

router = APIRouter(prefix="/api/v1", tags=["entries"], responses=REFUSALS)
READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.LP_USER)


class EntryOut(Out):
    """One move of a positive amount from the credited to the debited account."""

    number: int
    reference: str
    effective_on: date
    recorded_at: datetime
    debit: str
    credit: str
    amount: MoneyField
    debit_partner_id: int | None
    credit_partner_id: int | None
    holding_id: int | None
    act: str
    memo: str
    reverses: str | None
    reversed_by: str | None


class AccountRowOut(Out):
    """An account with its balance on the side where it lies."""

    code: str
    name_zh: str
    name_en: str
    debit: MoneyField
    credit: MoneyField


class TrialBalanceOut(Out):
    """Every account with a balance; `total` is debits less credits and is zero."""

    as_of: date
    rows: list[AccountRowOut]
    debit: MoneyField
    credit: MoneyField
    total: MoneyField


class ReversalIn(Body):
    """Why an entry is undone, and from which day."""

    reference: Annotated[str, Field(min_length=1, max_length=160, examples=["EXP-012/LP01"])]
    reason: Annotated[str, Field(min_length=1, max_length=400)]
    effective_on: date


@router.get("/entries")
def listed(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    account: Annotated[str | None, Query(max_length=4, examples=["1000"])] = None,
    act: Annotated[str | None, Query(max_length=64, examples=["call:4"])] = None,
    partner_id: int | None = None,
    after: After = None,
    limit: Limit = LIMIT,
) -> PageOut[EntryOut]:
    """The entries that the actor may read, newest first."""
    actor.require(*READERS)
    page = queries.journal(
        tx,
        fund_id=fund.id,
        actor=actor,
        act=act,
        account=account,
        partner_id=partner_id,
        after=after,
        limit=limit,
    )
    return PageOut(items=[EntryOut.of(sheet) for sheet in page.items], next=page.next)


@router.get("/entries/{reference:path}")
def one(reference: str, tx: TxDep, actor: ApiActor, fund: FundDep) -> EntryOut:
    """One entry with its reversal, if it has one."""
    actor.require(*READERS)
    return EntryOut.of(queries.entry(tx, fund_id=fund.id, reference=reference, actor=actor))


@router.post("/entries/reversals", status_code=201, response_model=EntryOut)
def reverse(body: ReversalIn, once: OnceDep, fund: FundDep) -> object:
    """Undo an entry by the same amount the other way; the original stays."""

    def act() -> EntryOut:
        undone = actions.reverse(once.tx, once.actor, fund_id=fund.id, **body.model_dump(), now=once.now)
        return EntryOut.of(queries.entry(once.tx, fund_id=fund.id, reference=undone.reference))

    return once.answer(act)


@router.get("/trial-balance")
def trial_balance(
    tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf, known_at: KnownAt = None
) -> TrialBalanceOut:
    """Every account with a balance, as of a day and as known at an instant."""
    actor.require(Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR)
    sheet = queries.trial_balance(tx, fund_id=fund.id, as_of=as_of, known_at=known_at)
    return TrialBalanceOut.of(sheet, fund.currency)
