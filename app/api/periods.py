"""Locked periods of the books, and opening one again."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.once import OnceDep
from app.api.schemas import REFUSALS, Body, MoneyField, Out, QuarterIn
from app.api.whose import BOOK_READERS, AskedQuarter, FundDep, KnownAt
from app.deps import ApiActor, TxDep
from fund.ledger import actions, queries
from fund.partners.queries import codes_in_order
from fund.results.ilpa import assertions
from kernel.identity.rules import Role
from kernel.periods import Quarter

router = APIRouter(prefix="/api/v1/quarters", tags=["entries"], responses=REFUSALS)


class LockOut(Out):
    """A period that was locked or opened again, by whom and why; nothing takes effect up to `through`."""

    quarter: str
    through: date
    reopened: bool
    reason: str
    recorded_by: str
    recorded_at: datetime


class DifferenceOut(Out):
    """Where an assertion does not hold: the row of the template, whose (null: the fund's), the column, both figures."""

    row: int
    partner: str | None
    period: str
    one: MoneyField
    other: MoneyField


class AssertionOut(Out):
    """An ILPA assertion over a quarter; nothing of the quarter is published while one does not hold."""

    code: str
    holds: bool
    broken: list[DifferenceOut]


class ReopeningIn(Body):
    """The first quarter to be open again, and why."""

    quarter: QuarterIn
    reason: Annotated[str, Field(min_length=1, max_length=400, examples=["审计调整：补记托管费"])]


@router.get("/locks")
def locks(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[LockOut]:
    """Every lock and every reopening, oldest first."""
    actor.require(*BOOK_READERS)
    return [LockOut.of(sheet) for sheet in queries.locks(tx, fund_id=fund.id)]


@router.get("/assertions")
def quarter_assertions(
    tx: TxDep, actor: ApiActor, fund: FundDep, quarter: AskedQuarter, known_at: KnownAt = None
) -> list[AssertionOut]:
    """The ILPA assertions over a quarter's rows, computed from the books: which hold, and where one does not."""
    actor.require(Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR)
    found = assertions(tx, fund_id=fund.id, quarter=quarter, known_at=known_at)
    codes = codes_in_order(tx, fund_id=fund.id)
    return [
        AssertionOut.of(
            {
                "code": one.code,
                "holds": one.holds,
                "broken": [vars(at) | {"partner": codes.get(at.partner_id or 0)} for at in one.broken],
            },
            fund.currency,
        )
        for one in found
    ]


@router.post("/reopening", status_code=201, response_model=LockOut)
def reopen(body: ReopeningIn, once: OnceDep, fund: FundDep) -> object:
    """Open a quarter and everything after it again; the manager's word and a reason, both kept."""

    def act() -> LockOut:
        quarter = Quarter.parse(body.quarter)
        actions.reopen_period(
            once.tx, once.actor, fund_id=fund.id, quarter=quarter, reason=body.reason, now=once.now
        )
        return LockOut.of(queries.locks(once.tx, fund_id=fund.id)[-1])

    return once.answer(act)
