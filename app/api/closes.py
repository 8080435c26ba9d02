"""Closings at which partners join, with a preview of each; calls from before this software; equalisations paid on."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.calls import CallIn, CallLineOut, CallOut, call_out, items_of
from app.api.commitments import CommitmentOut
from app.api.once import OnceDep
from app.api.schemas import REFUSALS, AmountIn, Body, FractionField, FractionIn, MoneyField, Out, example
from app.api.undo import UndoIn
from app.api.whose import FundDep
from app.close_bases import both_bases
from app.deps import ApiActor, Now, TxDep
from fund.capital import calls as acts
from fund.capital import passing_on, queries
from fund.capital.commitment_sheets import CloseSheet
from fund.capital.inflows import call_by_code, call_sheet
from fund.capital.premiums import CloseBasis
from fund.fees.closes import join, later_close, undo_close
from kernel.db import Tx
from kernel.identity.rules import Role

router = APIRouter(prefix="/api/v1", tags=["capital"], responses=REFUSALS)


class CommitmentIn(Body):
    """What a partner promises at the first close."""

    partner_id: Annotated[int, Field(examples=[2])]
    amount: AmountIn
    closed_on: Annotated[date, Field(examples=["2026-01-15"])]


class NewcomerIn(Body):
    """A partner that joins, and what it promises."""

    partner_id: int
    amount: AmountIn


class CloseIn(Body):
    """A later close: who joins on which day, and by when they pay their share of the earlier calls.

    Without `interest_rate` the charter's rate for later closes holds. `basis` "nav": they pay for the gains that come
    to them instead of interest, where the charter lets a close go by net asset value.
    """

    model_config = example(
        newcomers=[{"partner_id": 4, "amount": {"amount": "80000000.00", "currency": "CNY"}}],
        closed_on="2026-11-20",
        due_on="2026-12-07",
    )

    newcomers: Annotated[list[NewcomerIn], Field(min_length=1, max_length=50)]
    closed_on: date
    due_on: date
    interest_rate: Annotated[FractionIn | None, Field(examples=["0.08"])] = None
    basis: CloseBasis = CloseBasis.COST


class CloseOut(Out):
    """A closing; `call` settles the newcomers with the earlier partners, where there is anything to settle.

    One that was taken back counts no more from `undone_on`.
    """

    number: int
    closed_on: date
    due_on: date | None
    interest_rate: FractionField | None
    basis: CloseBasis
    call: str | None
    undone_on: date | None = None


class ShareOut(Out):
    """A partner's commitment before and after a close."""

    partner_id: int
    before: MoneyField
    after: MoneyField


class PassingOut(Out):
    """Unrealised appreciation that comes to a partner by a close (negative: that it gives up)."""

    partner_id: int
    amount: MoneyField


class BesideOut(Out):
    """What a partner would pay (negative: get back) on either basis; None where that cannot be done."""

    partner_id: int
    cost: MoneyField | None
    nav: MoneyField | None


class ClosePreviewOut(Out):
    """What a close would do: `lines` as on its call (negative: an earlier partner gets it back, interest included).

    `appreciation` is what holdings are worth above cost, shared anew between the partners. `beside` holds both bases
    against each other; `refused` is why the other one cannot be chosen.
    """

    paid_in: MoneyField
    passed_on: MoneyField
    lines: list[CallLineOut]
    shares: list[ShareOut]
    appreciation: list[PassingOut]
    basis: CloseBasis
    beside: list[BesideOut]
    refused: str | None


class HistoryIn(CallIn):
    """A call that was issued before the fund used this software."""

    notice_on: Annotated[
        date, Field(description="The day on which notice was given", examples=["2024-02-01"])
    ]


class PaidOnIn(Body):
    """The day on which the earlier partners were paid."""

    model_config = example(paid_on="2026-12-09")

    paid_on: date


@router.get("/closes")
def listed(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[CloseOut]:
    """The fund's closings in their order."""
    actor.require(Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR)
    return [_close(tx, sheet) for sheet in queries.closes(tx, fund_id=fund.id)]


@router.post("/commitments", status_code=201, response_model=CommitmentOut)
def promise(body: CommitmentIn, once: OnceDep, fund: FundDep) -> object:
    """Take a partner's commitment at the first close, with the fee charged before; later, partners join by a close."""

    def act() -> CommitmentOut:
        sheet = join(
            once.tx,
            once.actor,
            fund_id=fund.id,
            partner_id=body.partner_id,
            amount=body.amount.minor(),
            closed_on=body.closed_on,
            now=once.now,
        )
        return CommitmentOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/closes", status_code=201, response_model=CloseOut)
def close(body: CloseIn, once: OnceDep, fund: FundDep) -> object:
    """Admit partners by a later close; it calls them for their share of every earlier call, with interest."""

    def act() -> CloseOut:
        sheet = later_close(
            once.tx,
            once.actor,
            fund_id=fund.id,
            newcomers=_newcomers(body),
            closed_on=body.closed_on,
            due_on=body.due_on,
            interest_rate=body.interest_rate,
            basis=body.basis,
            now=once.now,
        )
        return _close(once.tx, sheet)

    return once.answer(act)


@router.post("/closes/preview")
def previewed(body: CloseIn, tx: TxDep, actor: ApiActor, now: Now, fund: FundDep) -> ClosePreviewOut:
    """What a close would bring every partner, in figures; nothing of it stays."""
    both = both_bases(
        tx,
        actor,
        fund_id=fund.id,
        newcomers=_newcomers(body),
        closed_on=body.closed_on,
        due_on=body.due_on,
        interest_rate=body.interest_rate,
        basis=body.basis,
        now=now,
    )
    seen = both.seen
    shares = [{"partner_id": key, "before": b, "after": a} for key, (b, a) in seen.shares.items()]
    beside = [{"partner_id": key, "cost": cost, "nav": nav} for key, (cost, nav) in both.beside.items()]
    facts: dict[str, object] = {"basis": seen.basis, "beside": beside}
    facts["refused"] = both.refused.code if both.refused else None
    facts |= {"paid_in": seen.paid_in, "passed_on": seen.passed_on, "lines": seen.lines}
    passing = [{"partner_id": key, "amount": amount} for key, amount in seen.appreciation.items()]
    return ClosePreviewOut.of(facts | {"shares": shares, "appreciation": passing}, fund.currency)


@router.post("/closes/{number}/reversal", status_code=201, response_model=CloseOut)
def reversed_close(number: int, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take a later close back as one act, with its call and the newcomers' fee, while nothing rests on it.

    It never counted: `on` is the day of the close or, where that is settled, the first day that is not; an earlier day
    is taken as that one, a later one is refused with the day to give.
    """

    def act() -> CloseOut:
        sheet = undo_close(
            once.tx,
            once.actor,
            fund_id=fund.id,
            number=number,
            reason=body.reason,
            undone_on=body.on,
            now=once.now,
        )
        return _close(once.tx, sheet)

    return once.answer(act)


@router.post("/calls/history", status_code=201, response_model=CallOut)
def loaded(body: HistoryIn, once: OnceDep, fund: FundDep) -> object:
    """Write down a call that was issued before the fund used this software; receipts can be booked on it at once."""

    def act() -> CallOut:
        sheet = acts.load_call(
            once.tx,
            once.actor,
            fund_id=fund.id,
            items=items_of(body),
            notice_on=body.notice_on,
            due_on=body.due_on,
            purpose=body.purpose,
            now=once.now,
        )
        return call_out(sheet, fund.currency)

    return once.answer(act)


@router.post("/calls/{code}/equalisation-payment", status_code=201, response_model=CallOut)
def pass_on(code: str, body: PaidOnIn, once: OnceDep, fund: FundDep) -> object:
    """Pay what the newcomers of a close have paid in, interest included, on to the earlier partners."""

    def act() -> CallOut:
        found = call_by_code(once.tx, fund_id=fund.id, code=code, actor=once.actor)
        sheet = passing_on.pay_equalisation(
            once.tx, once.actor, call_id=found.id, paid_on=body.paid_on, now=once.now
        )
        return call_out(sheet, fund.currency)

    return once.answer(act)


@router.post("/calls/{code}/equalisation-payment/reversal", status_code=201, response_model=CallOut)
def take_back(code: str, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take that payment back; it can be paid again."""

    def act() -> CallOut:
        found = call_by_code(once.tx, fund_id=fund.id, code=code, actor=once.actor)
        sheet = passing_on.undo_equalisation(
            once.tx, once.actor, call_id=found.id, reason=body.reason, undone_on=body.on, now=once.now
        )
        return call_out(sheet, fund.currency)

    return once.answer(act)


def _newcomers(body: CloseIn) -> dict[int, int]:
    return {one.partner_id: one.amount.minor() for one in body.newcomers}


def _close(tx: Tx, sheet: CloseSheet) -> CloseOut:
    call = call_sheet(tx, call_id=sheet.call_id).call.code if sheet.call_id is not None else None
    own = {
        name: getattr(sheet, name)
        for name in ("number", "closed_on", "due_on", "interest_rate", "basis", "undone_on")
    }
    return CloseOut.of(own | {"call": call})
