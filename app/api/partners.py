"""Partners of a fund. A partner's people see their own partner and no other."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.schemas import REFUSALS, Body, Out
from app.api.whose import FundDep
from app.deps import ApiActor, Now, TxDep
from fund.charter.rules import Language
from fund.partners import actions, queries
from fund.partners.rules import PartnerKind
from kernel.identity.rules import Role

router = APIRouter(prefix="/api/v1/partners", tags=["partners"], responses=REFUSALS)
READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.LP_USER)


class PartnerOut(Out):
    """A partner."""

    id: int
    code: str
    name_zh: str
    name_en: str
    kind: PartnerKind
    bears_fee: bool
    bears_carry: bool
    language: Language
    admitted_on: date


class BankOut(Out):
    """Where a partner is paid; the number is masked for all who do not pay."""

    bank_name: str
    account_name: str
    account_no: str
    since_on: date
    is_masked: bool


class PartnerIn(Body):
    """A party to be admitted; a limited partner bears the carry unless said otherwise."""

    code: Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[A-Za-z0-9-]+$", examples=["LP06"])]
    party_id: Annotated[int, Field(examples=[9])]
    kind: PartnerKind = PartnerKind.LIMITED
    bears_fee: bool = True
    bears_carry: bool | None = None
    language: Language = Language.BOTH
    admitted_on: date


@router.get("")
def listed(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[PartnerOut]:
    """The partners that the actor may know of, the general partner last."""
    actor.require(*READERS)
    found = queries.partners(tx, fund_id=fund.id, actor=actor)
    return [PartnerOut.model_validate(sheet) for sheet in found]


@router.post("", status_code=201)
def admit(body: PartnerIn, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep) -> PartnerOut:
    """Admit a party as a partner; what it commits is said in a close."""
    return PartnerOut.of(actions.admit(tx, actor, fund_id=fund.id, **body.model_dump(), now=now))


@router.get("/{code}")
def one(code: str, tx: TxDep, actor: ApiActor, fund: FundDep) -> PartnerOut:
    """One partner."""
    actor.require(*READERS)
    return PartnerOut.model_validate(queries.partner_by_code(tx, fund_id=fund.id, code=code, actor=actor))


@router.get("/{code}/bank")
def bank(code: str, tx: TxDep, actor: ApiActor, fund: FundDep) -> BankOut | None:
    """Where the partner is paid, and since when unchanged."""
    actor.require(*READERS)
    partner = queries.partner_by_code(tx, fund_id=fund.id, code=code, actor=actor)
    found = queries.bank(tx, actor, partner_id=partner.id)
    return BankOut.model_validate(found) if found else None
