"""Partners give distributions back to pay a liability of the fund: drafted, approved with notice, received, undone."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.once import Once, OnceDep
from app.api.schemas import (
    LIMIT,
    REFUSALS,
    After,
    AmountIn,
    Body,
    FractionField,
    Limit,
    MoneyField,
    Out,
    PageOut,
    example,
)
from app.api.undo import ReasonIn, UndoIn
from app.api.whose import AsOf, FundDep
from app.deps import ApiActor, TxDep
from fund.capital import giveback_receipts as receipts
from fund.capital import indemnities as acts
from fund.charter.queries import FundSheet, terms
from fund.indemnities.queries import indemnities, indemnity_by_code
from fund.indemnities.rules import IndemnityReceiptUnknown, IndemnityState
from kernel.identity.rules import Role

router = APIRouter(prefix="/api/v1/indemnities", tags=["capital"], responses=REFUSALS)
STAFF = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR)


class GivebackLineOut(Out):
    """One partner's part: of what it had `received` and `given` back before, `within` was still in the period, and
    the cap left `most` of that.
    """

    partner_id: int
    received: MoneyField
    given: MoneyField
    within: MoneyField
    most: MoneyField
    amount: MoneyField
    came: MoneyField
    outstanding: MoneyField


class GivebackReceiptOut(Out):
    """Money that a partner gave back; the bank's reference is told to who sees the whole fund."""

    id: int
    partner_id: int
    amount: MoneyField
    received_on: date
    bank_reference: str | None
    reversed_on: date | None
    reverse_reason: str | None


class IndemnityOut(Out):
    """A giveback with the charter's term that it was worked out by, and the lines that the actor may see."""

    code: str
    state: IndemnityState
    amount: MoneyField
    reason: str
    worked_on: date
    due_on: date
    notice_on: date | None
    cap: FractionField
    months: int | None
    restores: bool
    prepared_name: str
    approved_name: str | None
    approved_at: datetime | None
    cancelled_on: date | None
    cancel_reason: str | None
    lines: list[GivebackLineOut]
    receipts: list[GivebackReceiptOut]


class ReachOut(Out):
    """How far one partner can be asked."""

    partner_id: int
    received: MoneyField
    given: MoneyField
    within: MoneyField
    most: MoneyField


class ReachesOut(Out):
    """How far partners can be asked by a notice of a day, under the charter's term of that day (no cap: nothing)."""

    as_of: date
    cap: FractionField | None
    months: int | None
    restores: bool
    left: MoneyField
    partners: list[ReachOut]


class IndemnityIn(Body):
    """What the fund has to pay, and by when partners give it back."""

    model_config = example(
        amount={"amount": "2000000.00", "currency": "CNY"},
        reason="退出项目的保证赔偿",
        due_on="2026-11-02",
    )

    amount: AmountIn
    reason: Annotated[str, Field(min_length=1, max_length=400)]
    due_on: date


class GivebackReceiptIn(Body):
    """Money of one partner's, as the bank's statement says."""

    model_config = example(
        partner_id=2,
        amount={"amount": "1200000.00", "currency": "CNY"},
        received_on="2026-11-02",
        bank_reference="20261102-0007",
    )

    partner_id: int
    amount: AmountIn
    received_on: date
    bank_reference: Annotated[str, Field(min_length=1, max_length=60)]


@router.get("")
def listed(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    state: IndemnityState | None = None,
    after: After = None,
    limit: Limit = LIMIT,
) -> PageOut[IndemnityOut]:
    """Givebacks, newest first; a partner finds those of which it was given notice, with its own line."""
    actor.require(*STAFF, Role.LP_USER)
    page = indemnities(tx, fund_id=fund.id, actor=actor, state=state, after=after, limit=limit)
    return PageOut(items=[IndemnityOut.of(row, fund.currency) for row in page.items], next=page.next)


@router.get("/reach")
def reach(tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf) -> ReachesOut:
    """How much partners could be asked to give back by a notice of a day, today unless said otherwise."""
    actor.require(*STAFF)
    charter, found = terms(tx, fund_id=fund.id, as_of=as_of), acts.reaches(tx, fund_id=fund.id, on=as_of)
    told = {
        "as_of": as_of,
        "cap": charter.giveback_cap,
        "months": charter.giveback_months,
        "restores": charter.giveback_restores,
        "left": sum(one.most for one in found),
        "partners": found,
    }
    return ReachesOut.of(told, fund.currency)


@router.post("", status_code=201, response_model=IndemnityOut)
def draft(body: IndemnityIn, once: OnceDep, fund: FundDep) -> object:
    """Work out what each partner gives back were notice given today; nothing is booked before it is approved."""

    def act() -> IndemnityOut:
        sheet = acts.draft_indemnity(
            once.tx,
            once.actor,
            fund_id=fund.id,
            amount=body.amount.minor(),
            reason=body.reason,
            due_on=body.due_on,
            now=once.now,
        )
        return IndemnityOut.of(sheet, fund.currency)

    return once.answer(act)


@router.get("/{code}")
def one(code: str, tx: TxDep, actor: ApiActor, fund: FundDep) -> IndemnityOut:
    """One giveback with the lines and receipts that the actor may see."""
    actor.require(*STAFF, Role.LP_USER)
    return IndemnityOut.of(indemnity_by_code(tx, fund_id=fund.id, code=code, actor=actor), fund.currency)


@router.post("/{code}/approval", status_code=201, response_model=IndemnityOut)
def approve(code: str, once: OnceDep, fund: FundDep) -> object:
    """Approve a draft that somebody else prepared: notice is given today, and what is due is booked."""

    def act() -> IndemnityOut:
        key = _key(once, code, fund)
        sheet = acts.approve_indemnity(once.tx, once.actor, indemnity_id=key, now=once.now)
        return IndemnityOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/{code}/cancellation", status_code=201, response_model=IndemnityOut)
def cancel(code: str, body: ReasonIn, once: OnceDep, fund: FundDep) -> object:
    """Withdraw a draft; nothing was booked."""

    def act() -> IndemnityOut:
        key = _key(once, code, fund)
        sheet = acts.cancel_indemnity(once.tx, once.actor, indemnity_id=key, reason=body.reason, now=once.now)
        return IndemnityOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/{code}/receipts", status_code=201, response_model=IndemnityOut)
def receive(code: str, body: GivebackReceiptIn, once: OnceDep, fund: FundDep) -> object:
    """Book money of a partner's, all of its part or some."""

    def act() -> IndemnityOut:
        sheet = receipts.receive_giveback(
            once.tx,
            once.actor,
            indemnity_id=_key(once, code, fund),
            partner_id=body.partner_id,
            amount=body.amount.minor(),
            received_on=body.received_on,
            bank_reference=body.bank_reference,
            now=once.now,
        )
        return IndemnityOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/{code}/receipts/{receipt_id}/reversal", status_code=201, response_model=IndemnityOut)
def reverse(code: str, receipt_id: int, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take one receipt back; the partner owes it again."""

    def act() -> IndemnityOut:
        sheet = indemnity_by_code(once.tx, fund_id=fund.id, code=code, actor=once.actor)
        if receipt_id not in {one.id for one in sheet.receipts}:
            raise IndemnityReceiptUnknown()
        told = receipts.reverse_giveback_receipt(
            once.tx,
            once.actor,
            receipt_id=receipt_id,
            reason=body.reason,
            reversed_on=body.on,
            now=once.now,
        )
        return IndemnityOut.of(told, fund.currency)

    return once.answer(act)


@router.post("/{code}/reversal", status_code=201, response_model=IndemnityOut)
def undo(code: str, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take a giveback back by reversals with all that came in on it; it counts until the day of effect."""

    def act() -> IndemnityOut:
        sheet = acts.undo_indemnity(
            once.tx,
            once.actor,
            indemnity_id=_key(once, code, fund),
            reason=body.reason,
            undone_on=body.on,
            now=once.now,
        )
        return IndemnityOut.of(sheet, fund.currency)

    return once.answer(act)


def _key(once: Once, code: str, fund: FundSheet) -> int:
    return indemnity_by_code(once.tx, fund_id=fund.id, code=code, actor=once.actor).id
