"""Exits: how the fund left a company, by which decision, and into whose industrial chain."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.schemas import LIMIT, REFUSALS, After, Body, Limit, MoneyField, Out, PageOut, example
from app.api.whose import FundDep
from app.deps import ApiActor, Now, TxDep
from pipeline.deals.queries import deal_by_code
from pipeline.stewardship import actions, queries
from pipeline.stewardship.rules import ExitKind

router = APIRouter(prefix="/api/v1", tags=["exits"], responses=REFUSALS)


class ExitOut(Out):
    """An exit; `invested`, `realised` and `gain` are what the holding tells on that day."""

    deal: str
    name: str
    holding: str
    motion_id: int
    kind: ExitKind
    counterparty_id: int | None
    counterparty_zh: str
    counterparty_en: str
    into_partner_chain: bool
    exited_on: date
    invested: MoneyField
    realised: MoneyField
    gain: MoneyField
    note: str
    recorded_by: str
    recorded_at: datetime


class ExitIn(Body):
    """How the fund left the company, and the motion that decided on it.

    `into_partner_chain`: the company, or what it makes, went into the industrial chain of the counterparty.
    """

    model_config = example(
        motion_id=41,
        kind="sale_to_lp",
        exited_on="2026-10-09",
        counterparty_id=5,
        into_partner_chain=True,
        note="按投决会决议全部转让",
    )

    motion_id: int
    kind: ExitKind
    exited_on: date
    counterparty_id: int | None = None
    into_partner_chain: bool = False
    note: Annotated[str, Field(max_length=2000)] = ""


@router.get("/exits")
def listed(
    tx: TxDep, actor: ApiActor, fund: FundDep, after: After = None, limit: Limit = LIMIT
) -> PageOut[ExitOut]:
    """The exits of the fund that the actor may see, newest first."""
    page = queries.exits(tx, actor=actor, fund_id=fund.id, after=after, limit=limit)
    return PageOut(items=[ExitOut.of(sheet) for sheet in page.items], next=page.next)


@router.get("/deals/{code}/exit")
def one(code: str, tx: TxDep, actor: ApiActor) -> ExitOut:
    """How the fund left the company of a deal."""
    about = deal_by_code(tx, code=code, actor=actor)
    return ExitOut.of(queries.exit_of(tx, actor=actor, deal_id=about.id))


@router.post("/deals/{code}/exit", status_code=201)
def record(code: str, body: ExitIn, tx: TxDep, actor: ApiActor, now: Now) -> ExitOut:
    """Record the exit once nothing of the company is held any more; the deal moves to its last stage."""
    about = deal_by_code(tx, code=code, actor=actor)
    return ExitOut.of(actions.record_exit(tx, actor, deal_id=about.id, **body.model_dump(), now=now))
