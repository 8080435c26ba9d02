"""Funds and their terms, version by version."""

from datetime import date, datetime
from fractions import Fraction

from fastapi import APIRouter

from app.api.schemas import REFUSALS, MoneyOut, Out, money
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
    maximum: str
    basis: Basis


class TermsOut(Out):
    """What the fund promised; rates are exact decimal strings (0.08 is 8 %)."""

    version: int
    effective_on: date
    recorded_at: datetime
    note: str
    size: MoneyOut
    first_close_on: date
    final_close_on: date
    commitment_period_ends_on: date
    term_ends_on: date
    fee_rate: str
    fee_basis: FeeBasis
    hurdle: str
    compounding: Compounding
    catch_up: str
    carry: str
    notice_business_days: int
    limits: list[LimitOut]


def exact(value: Fraction) -> str:
    """A fraction as a decimal string where it has one, else as "2/3"."""
    scaled = value * 10**10
    if scaled.denominator != 1:
        return f"{value.numerator}/{value.denominator}"
    sign, digits = "-" if value < 0 else "", f"{abs(scaled.numerator):011d}"
    return f"{sign}{digits[:-10]}.{digits[-10:]}".rstrip("0").rstrip(".")


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
    said = sheet.terms
    return TermsOut(
        version=sheet.version,
        effective_on=sheet.effective_on,
        recorded_at=sheet.recorded_at,
        note=sheet.note,
        size=money(said.size, fund.currency),
        first_close_on=said.first_close_on,
        final_close_on=said.final_close_on,
        commitment_period_ends_on=said.commitment_period_ends_on,
        term_ends_on=said.term_ends_on,
        fee_rate=exact(said.fee_rate),
        fee_basis=said.fee_basis,
        hurdle=exact(said.hurdle),
        compounding=said.compounding,
        catch_up=exact(said.catch_up),
        carry=exact(said.carry),
        notice_business_days=said.notice_business_days,
        limits=[
            LimitOut(
                dimension=limit.dimension, key=limit.key, maximum=exact(limit.maximum), basis=limit.basis
            )
            for limit in said.limits
        ],
    )
