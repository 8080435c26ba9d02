"""Transfers of interests between partners: drafted, approved by somebody else and so booked, taken back."""

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
from app.api.whose import FundDep
from app.deps import ApiActor, TxDep
from fund.capital.transfers import cancel_transfer, draft_transfer
from fund.charter.queries import FundSheet
from fund.defaults.transfers import undo_transfer
from fund.fees.transfers import Passes, approve_transfer, passes
from fund.interests.corrections import corrections, of_capital
from fund.interests.queries import TransferSheet, transfer_by_code, transfers
from fund.interests.rules import TransferState, Words
from kernel.db import Tx
from kernel.identity.rules import Role

router = APIRouter(prefix="/api/v1/interest-transfers", tags=["capital"], responses=REFUSALS)
READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.LP_USER)


class TransferRowOut(Out):
    """A transfer in a list. `commitment` is what of the seller's commitment passes; the price is the parties' own."""

    code: str
    state: TransferState
    seller_id: int
    buyer_id: int
    effective_on: date
    commitment: MoneyField
    price: MoneyField
    capital: MoneyField | None
    prepared_name: str
    approved_name: str | None
    approved_at: datetime | None
    cancelled_on: date | None
    cancel_reason: str | None


class PassesOut(Out):
    """What passes: paid in and received to date, unfunded, capital net of carry accrued, the fee from that day on."""

    contributed: MoneyField
    distributed: MoneyField
    unfunded: MoneyField
    carry: MoneyField
    capital: MoneyField
    fee: MoneyField


class CorrectionOut(Out):
    """Capital that came to the buyer on an account (negative: went back), since something of before was corrected."""

    reference: str
    effective_on: date
    account: str
    holding_id: int | None
    amount: MoneyField
    recorded_at: datetime


class TransferOut(TransferRowOut):
    """A transfer with its grounds; the seller's whole commitment and the share are not for the buyer to read."""

    committed: MoneyField | None
    share: FractionField | None
    reason: str
    consent: str
    consented_on: date
    are_related: bool
    related_note: str
    passes: PassesOut | None
    corrections: list[CorrectionOut]


class TransferIn(Body):
    """An interest, or a part of it, that is to pass: `commitment` is the part of what the seller has committed."""

    model_config = example(
        seller_id=2,
        buyer_id=6,
        commitment={"amount": "20000000.00", "currency": "CNY"},
        price={"amount": "21500000.00", "currency": "CNY"},
        effective_on="2026-08-14",
        reason="集团内部重组",
        consent="普通合伙人同意函 2026-07",
        consented_on="2026-08-01",
        related_note="受让方为转让方全资子公司，按净值作价",
    )

    seller_id: int
    buyer_id: int
    commitment: AmountIn
    price: AmountIn
    effective_on: date
    reason: Annotated[str, Field(min_length=1, max_length=400)]
    consent: Annotated[str, Field(min_length=1, max_length=400)]
    consented_on: date
    related_note: Annotated[str, Field(max_length=400)] = ""


@router.get("")
def listed(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    state: TransferState | None = None,
    after: After = None,
    limit: Limit = LIMIT,
) -> PageOut[TransferRowOut]:
    """Transfers of interests, newest first; a partner finds those in which it takes part."""
    actor.require(*READERS)
    page = transfers(tx, fund_id=fund.id, actor=actor, state=state, after=after, limit=limit)
    return PageOut(items=[TransferRowOut.of(row, fund.currency) for row in page.items], next=page.next)


@router.post("", status_code=201, response_model=TransferOut)
def draft(body: TransferIn, once: OnceDep, fund: FundDep) -> object:
    """Draft a transfer; the answer shows what would pass. Nothing is booked until somebody else approves."""

    def act() -> TransferOut:
        sheet = draft_transfer(
            once.tx,
            once.actor,
            fund_id=fund.id,
            seller_id=body.seller_id,
            buyer_id=body.buyer_id,
            commitment=body.commitment.minor(),
            price=body.price.minor(),
            effective_on=body.effective_on,
            words=Words(body.reason, body.consent, body.consented_on, body.related_note),
            now=once.now,
        )
        return _out(once.tx, sheet, fund)

    return once.answer(act)


@router.get("/{code}")
def one(code: str, tx: TxDep, actor: ApiActor, fund: FundDep) -> TransferOut:
    """One transfer with what passes or has passed by it."""
    actor.require(*READERS)
    return _out(tx, transfer_by_code(tx, fund_id=fund.id, code=code, actor=actor), fund)


@router.post("/{code}/approval", status_code=201, response_model=TransferOut)
def approve(code: str, once: OnceDep, fund: FundDep) -> object:
    """Approve a draft that somebody else prepared; it is booked as of its day, with the fee split by days."""

    def act() -> TransferOut:
        key = _key(once, code, fund)
        return _out(
            once.tx,
            approve_transfer(once.tx, once.actor, transfer_id=key, now=once.now),
            fund,
        )

    return once.answer(act)


@router.post("/{code}/cancellation", status_code=201, response_model=TransferOut)
def cancel(code: str, body: ReasonIn, once: OnceDep, fund: FundDep) -> object:
    """Withdraw a draft; nothing was booked."""

    def act() -> TransferOut:
        key, why = _key(once, code, fund), body.reason
        sheet = cancel_transfer(once.tx, once.actor, transfer_id=key, reason=why, now=once.now)
        return _out(once.tx, sheet, fund)

    return once.answer(act)


@router.post("/{code}/reversal", status_code=201, response_model=TransferOut)
def undo(code: str, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take a booked transfer back by reversals; it counts until the day of effect."""

    def act() -> TransferOut:
        sheet = undo_transfer(
            once.tx,
            once.actor,
            transfer_id=_key(once, code, fund),
            reason=body.reason,
            undone_on=body.on,
            now=once.now,
        )
        return _out(once.tx, sheet, fund)

    return once.answer(act)


def _key(once: Once, code: str, fund: FundSheet) -> int:
    return transfer_by_code(once.tx, fund_id=fund.id, code=code, actor=once.actor).id


def _out(tx: Tx, sheet: TransferSheet, fund: FundSheet) -> TransferOut:
    own = {name: getattr(sheet, name) for name in TransferOut.model_fields if hasattr(sheet, name)}
    found: Passes | None = passes(tx, sheet=sheet)
    since = of_capital(corrections(tx, transfer_id=sheet.id))
    return TransferOut.of(own | {"passes": found, "corrections": since}, fund.currency)
