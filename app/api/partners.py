"""Partners of a fund. A partner's people see their own partner and no other."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.schemas import LIMIT, REFUSALS, After, Body, ChangeDecision, Limit, Out, PageOut, example
from app.api.whose import BOOK_READERS, FundDep
from app.deps import ApiActor, Now, TxDep
from fund.charter.queries import FundSheet
from fund.charter.rules import Language
from fund.partners import actions, banking, queries
from fund.partners.rules import PartnerKind
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.paging import sliced

router = APIRouter(prefix="/api/v1/partners", tags=["partners"], responses=REFUSALS)
READERS = (*BOOK_READERS, Role.LP_USER)


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
    unchanged_since: date
    is_masked: bool


class BankChangeOut(Out):
    """New bank details that wait for somebody other than their preparer."""

    id: int
    details: BankOut
    reason: str
    prepared_by: str
    recorded_at: datetime


class BankIn(Body):
    """Where the partner is to be paid, and how that was confirmed."""

    bank_name: Annotated[str, Field(min_length=1, max_length=160, examples=["某银行北京分行"])]
    account_name: Annotated[str, Field(min_length=1, max_length=160)]
    account_no: Annotated[str, Field(min_length=8, max_length=40, examples=["0200000000000000001"])]
    since_on: Annotated[date, Field(examples=["2026-10-01"])]
    reason: Annotated[str, Field(min_length=1, max_length=400, examples=["回拨财务部总机核实"])]


class ContactOut(Out):
    """Somebody who is written to at a partner."""

    id: int
    name: str
    title: str
    email: str
    phone: str
    language: Language
    receives_notices: bool
    receives_reports: bool
    ended_on: date | None


class ContactIn(Body):
    """Somebody to be written to, who can be reached by e-mail or telephone."""

    name: Annotated[str, Field(min_length=1, max_length=80, examples=["何某某"])]
    title: Annotated[str, Field(max_length=80)] = ""
    email: Annotated[str, Field(max_length=160, examples=["he@example.com"])] = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    language: Language = Language.BOTH
    receives_notices: bool = True
    receives_reports: bool = True


class ContactEndIn(Body):
    """From which day on nothing more is sent."""

    ended_on: Annotated[date, Field(examples=["2026-10-01"])]


class LanguageIn(Body):
    """In which languages the partner is written to."""

    model_config = example(language="both")

    language: Language


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
def listed(
    tx: TxDep, actor: ApiActor, fund: FundDep, after: After = None, limit: Limit = LIMIT
) -> PageOut[PartnerOut]:
    """The partners that the actor may know of, the general partner last."""
    actor.require(*READERS)
    found = queries.partners(tx, fund_id=fund.id, actor=actor)
    page = sliced(found, lambda sheet: sheet.code, after=after, limit=limit)
    return PageOut(items=[PartnerOut.of(sheet) for sheet in page.items], next=page.next)


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


@router.get("/{code}/bank/change")
def waiting_change(code: str, tx: TxDep, actor: ApiActor, fund: FundDep) -> BankChangeOut | None:
    """The change of bank details that waits for a decision, if any."""
    actor.require(*BOOK_READERS)
    found = queries.bank_change(tx, actor, partner_id=_id(tx, actor, fund, code))
    return BankChangeOut.model_validate(found) if found else None


@router.post("/{code}/bank/change", status_code=201)
def propose(code: str, body: BankIn, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep) -> BankChangeOut:
    """Prepare new bank details; they hold once somebody else has approved them."""
    partner_id = _id(tx, actor, fund, code)
    found = banking.propose_bank(tx, actor, partner_id=partner_id, **body.model_dump(), now=now)
    return BankChangeOut.model_validate(found)


@router.post("/{code}/bank/change/approval", status_code=201)
def approve(
    code: str, body: ChangeDecision, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep
) -> BankOut | None:
    """Approve the change that somebody else has prepared; answers with where the partner is paid now."""
    return _decide(tx, actor, fund, code, change_id=body.change, is_approved=True, now=now)


@router.post("/{code}/bank/change/refusal", status_code=201)
def refuse(
    code: str, body: ChangeDecision, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep
) -> BankOut | None:
    """Turn the change down; the account stays as it was."""
    return _decide(tx, actor, fund, code, change_id=body.change, is_approved=False, now=now)


@router.get("/{code}/contacts")
def contacts(code: str, tx: TxDep, actor: ApiActor, fund: FundDep) -> list[ContactOut]:
    """Everybody who is or was written to at a partner."""
    actor.require(*READERS)
    found = queries.contacts(tx, partner_id=_id(tx, actor, fund, code), actor=actor)
    return [ContactOut.of(sheet) for sheet in found]


@router.post("/{code}/contacts", status_code=201)
def add_contact(
    code: str, body: ContactIn, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep
) -> ContactOut:
    """Put somebody on record who is written to."""
    partner_id = _id(tx, actor, fund, code)
    return ContactOut.of(actions.add_contact(tx, actor, partner_id=partner_id, **body.model_dump(), now=now))


@router.post("/{code}/contacts/{contact_id}/end", status_code=201)
def end_contact(
    code: str, contact_id: int, body: ContactEndIn, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep
) -> ContactOut:
    """Stop writing to somebody from a day on."""
    partner_id = _id(tx, actor, fund, code)
    sheet = actions.end_contact(
        tx, actor, partner_id=partner_id, contact_id=contact_id, ended_on=body.ended_on, now=now
    )
    return ContactOut.of(sheet)


@router.put("/{code}/language")
def write_in(code: str, body: LanguageIn, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep) -> PartnerOut:
    """Say in which languages the partner is written to; the last word holds, whoever said it."""
    partner_id = _id(tx, actor, fund, code)
    return PartnerOut.of(actions.write_in(tx, actor, partner_id=partner_id, language=body.language, now=now))


def _id(tx: Tx, actor: Actor, fund: FundSheet, code: str) -> int:
    """The partner of that code, if the actor may know of it."""
    return queries.partner_by_code(tx, fund_id=fund.id, code=code, actor=actor).id


def _decide(
    tx: Tx, actor: Actor, fund: FundSheet, code: str, *, change_id: int, is_approved: bool, now: datetime
) -> BankOut | None:
    partner_id = _id(tx, actor, fund, code)
    banking.decide_bank(
        tx, actor, partner_id=partner_id, change_id=change_id, is_approved=is_approved, now=now
    )
    found = queries.bank(tx, actor, partner_id=partner_id)
    return BankOut.model_validate(found) if found else None
