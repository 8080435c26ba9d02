"""Funds and their terms, version by version."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from app.api.edits import VersionDep
from app.api.schemas import LIMIT, REFUSALS, After, Body, Out, PageOut
from app.api.schemas import Limit as PageLimit
from app.api.term_shapes import TermsIn, TermsOut, terms_out
from app.api.undo import ReasonIn
from app.deps import ApiActor, Now, TxDep
from fund.capital.promises import withdraw_terms
from fund.charter import queries
from fund.ledger.opening import open_with_books
from fund.watch.amending import amend_terms
from kernel.identity.rules import Role
from kernel.paging import sliced

router = APIRouter(prefix="/api/v1/funds", tags=["funds"], responses=REFUSALS)
READERS = (
    Role.MANAGER,
    Role.ANALYST,
    Role.ACCOUNTANT,
    Role.AUDITOR,
    Role.COMMITTEE,
    Role.LP_USER,
)

TermsVersion = Annotated[int, Path(ge=1, le=10_000, description="The version of the terms")]


class FundOut(Out):
    """A fund; `is_example` marks an invented one, which every page and document then says."""

    id: int
    code: str
    name_zh: str
    name_en: str
    currency: str
    is_example: bool


class FundIn(Body):
    """A fund to be opened with its first terms, in force from the first close unless said otherwise."""

    code: Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[A-Za-z0-9-]+$", examples=["AF1"])]
    name_zh: Annotated[str, Field(min_length=1, max_length=160, examples=["成果转化一号基金（有限合伙）"])]
    name_en: Annotated[str, Field(max_length=160)] = ""
    is_example: bool = False
    effective_on: date | None = None
    terms: TermsIn


class AmendmentIn(Body):
    """The whole terms as they are from a day on, and why they change."""

    effective_on: Annotated[date, Field(examples=["2027-07-01"])]
    note: Annotated[str, Field(min_length=1, max_length=400, examples=["合伙人会议 2027-06-15 决议"])]
    terms: TermsIn
    planned: Annotated[
        bool, Field(description="Limits may name labels that no holding carries yet; refused otherwise")
    ] = False


@router.get("")
def listed(tx: TxDep, actor: ApiActor, after: After = None, limit: PageLimit = LIMIT) -> PageOut[FundOut]:
    """All funds."""
    actor.require(*READERS)
    page = sliced(queries.funds(tx), lambda sheet: sheet.code, after=after, limit=limit)
    return PageOut(items=[FundOut.of(sheet) for sheet in page.items], next=page.next)


@router.post("", status_code=201)
def opened(body: FundIn, tx: TxDep, actor: ApiActor, now: Now) -> FundOut:
    """Open a fund under its first terms, with its chart of accounts."""
    said = body.model_dump(exclude={"terms"})
    terms = body.terms.terms()
    return FundOut.of(open_with_books(tx, actor, **said, currency=terms.currency, terms=terms, now=now))


@router.get("/{code}")
def one(code: str, tx: TxDep, actor: ApiActor) -> FundOut:
    """One fund."""
    actor.require(*READERS)
    return FundOut.model_validate(queries.fund_by_code(tx, code=code))


@router.get("/{code}/terms")
def terms(code: str, tx: TxDep, actor: ApiActor) -> list[TermsOut]:
    """Every version of the fund's terms, oldest first; a version holds from its effective day, unless withdrawn."""
    actor.require(*READERS)
    fund = queries.fund_by_code(tx, code=code)
    return [terms_out(fund, sheet) for sheet in queries.written_versions(tx, fund_id=fund.id, actor=actor)]


@router.post("/{code}/terms", status_code=201)
def amend(
    code: str, body: AmendmentIn, tx: TxDep, actor: ApiActor, now: Now, version: VersionDep
) -> TermsOut:
    """Write the next version of the terms; `If-Match` names the version that was read."""
    fund = queries.fund_by_code(tx, code=code)
    written = amend_terms(
        tx,
        actor,
        fund_id=fund.id,
        terms=body.terms.terms(),
        effective_on=body.effective_on,
        note=body.note,
        planned=body.planned,
        read=version,
        now=now,
    )
    found = queries.versions(tx, fund_id=fund.id)
    return terms_out(fund, next(sheet for sheet in found if sheet.version == written))


@router.post("/{code}/terms/{version}/withdrawal", status_code=201)
def withdraw(
    code: str, version: TermsVersion, body: ReasonIn, tx: TxDep, actor: ApiActor, now: Now
) -> TermsOut:
    """Withdraw a version that does not hold yet, the last one first; refused once something was worked out under it."""
    fund = queries.fund_by_code(tx, code=code)
    found = withdraw_terms(tx, actor, fund_id=fund.id, version=version, reason=body.reason, now=now)
    return terms_out(fund, found)
