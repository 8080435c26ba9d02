"""Funds and their terms, version by version."""

from datetime import date, datetime

from fastapi import APIRouter

from app.api.schemas import REFUSALS, FractionField, MoneyField, Out
from app.deps import ApiActor, TxDep
from fund.charter import queries
from fund.charter.queries import FundSheet, VersionSheet
from fund.charter.rules import Basis, Compounding, Dimension, FeeBasis
from kernel.identity.rules import Role

router = APIRouter(prefix="/api/v1/funds", tags=["funds"], responses=REFUSALS)
READERS = (
    Role.MANAGER,
    Role.ANALYST,
    Role.ACCOUNTANT,
    Role.AUDITOR,
    Role.COMMITTEE,
    Role.LP_USER,
)


class FundOut(Out):
    """A fund; `is_example` marks an invented one, which every page and document then says."""

    id: int
    code: str
    name_zh: str
    name_en: str
    currency: str
    is_example: bool


class LimitOut(Out):
    """No more than `maximum` of `basis` in one `key` (every one when null) of `dimension`."""

    dimension: Dimension
    key: str | None
    maximum: FractionField
    basis: Basis


class TermsOut(Out):
    """What the fund promised; rates are exact decimal strings (0.08 is 8 %)."""

    version: int
    effective_on: date
    recorded_at: datetime
    note: str
    size: MoneyField
    first_close_on: date
    final_close_on: date
    commitment_period_ends_on: date
    term_ends_on: date
    fee_rate: FractionField
    fee_basis: FeeBasis
    hurdle: FractionField
    compounding: Compounding
    catch_up: FractionField
    carry: FractionField
    notice_business_days: int
    limits: list[LimitOut]


@router.get("")
def listed(tx: TxDep, actor: ApiActor) -> list[FundOut]:
    """All funds."""
    actor.require(*READERS)
    return [FundOut.model_validate(sheet) for sheet in queries.funds(tx)]


@router.get("/{code}")
def one(code: str, tx: TxDep, actor: ApiActor) -> FundOut:
    """One fund."""
    actor.require(*READERS)
    return FundOut.model_validate(queries.fund_by_code(tx, code=code))


@router.get("/{code}/terms")
def terms(code: str, tx: TxDep, actor: ApiActor) -> list[TermsOut]:
    """Every version of the fund's terms, oldest first; a version holds from its effective day."""
    actor.require(*READERS)
    fund = queries.fund_by_code(tx, code=code)
    return [terms_out(fund, sheet) for sheet in queries.versions(tx, fund_id=fund.id)]


def terms_out(fund: FundSheet, sheet: VersionSheet) -> TermsOut:
    """One version as the API writes it."""
    said = {name: getattr(sheet.terms, name) for name in TermsOut.model_fields if hasattr(sheet.terms, name)}
    noted = {"effective_on": sheet.effective_on, "recorded_at": sheet.recorded_at, "note": sheet.note}
    return TermsOut.of(said | noted | {"version": sheet.version}, fund.currency)
