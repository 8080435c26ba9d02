"""The fund's term sheet, version by version, as figures and words and as a PDF."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Response

from app.api.funds import READERS
from app.api.schemas import REFUSALS, Out
from app.deps import ApiActor, Now, TxDep
from app.printing import Printed
from fund.charter.queries import fund_by_code
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.instants import day_in_beijing
from lp_reports.term_sheet import TermSheet, document, read_sheet

router = APIRouter(prefix="/api/v1/funds", tags=["funds"], responses=REFUSALS)
Version = Annotated[int, Path(ge=1, le=10_000, description="The version of the terms")]


class TextOut(Out):
    """A wording in both languages."""

    zh: str
    en: str


class TermOut(Out):
    """A term with its clause; `was` is its value in the version before, where it differs."""

    number: str
    title: TextOut
    value: TextOut
    says: TextOut
    formula: TextOut | None
    example: TextOut | None
    was: TextOut | None


class TermLimitOut(Out):
    """A limit; `is_new` and `is_gone` compare with the version before."""

    number: str
    says: TextOut
    is_new: bool
    is_gone: bool


class TermSheetOut(Out):
    """A version of the terms to be held against the contract; side letters are not in it."""

    fund: str
    version: int
    effective_on: date
    before: int | None
    sha256: str
    terms: list[TermOut]
    limits: list[TermLimitOut]
    defaults: list[TermOut]


@router.get("/{code}/terms/{version}/sheet")
def sheet(code: str, version: Version, tx: TxDep, actor: ApiActor, now: Now) -> TermSheetOut:
    """Every term of a version with its clause, formula, worked example and what changed."""
    found = _read(tx, actor, code, version, day_in_beijing(now))
    return TermSheetOut(
        fund=found.fund.code,
        version=found.version.version,
        effective_on=found.version.effective_on,
        before=found.before.version if found.before else None,
        sha256=found.sha256,
        terms=[TermOut.model_validate(one) for one in found.terms],
        limits=[TermLimitOut.model_validate(one) for one in found.limits],
        defaults=[TermOut.model_validate(one) for one in found.defaults],
    )


@router.get("/{code}/terms/{version}/sheet.pdf", response_class=Response)
def printed_sheet(code: str, version: Version, tx: TxDep, actor: ApiActor, now: Now) -> Response:
    """The same as a PDF in Chinese and English; the same version prints to the same bytes."""
    found = _read(tx, actor, code, version, day_in_beijing(now))
    return Printed(document(found), name=f"{found.fund.code}-terms-v{version}")


def _read(tx: Tx, actor: Actor, code: str, version: int, today: date) -> TermSheet:
    actor.require(*READERS)
    return read_sheet(tx, fund=fund_by_code(tx, code=code), version=version, today=today)
