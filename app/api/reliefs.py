"""What is taken off the management fee: offsets recognised and applied, waivers and rebates."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from app.api.fees import Reference
from app.api.once import Once, OnceDep
from app.api.schemas import (
    REFUSALS,
    AmountIn,
    Body,
    FractionField,
    MoneyField,
    Out,
    QuarterIn,
    example,
)
from app.api.undo import UndoIn
from app.api.undoing import UndoneOut
from app.api.whose import BOOK_READERS, AskedQuarter, FundDep, KnownAt
from app.deps import ApiActor, TxDep
from fund.charter.queries import FundSheet
from fund.fees import reliefs as acts
from fund.fees.relief_rules import LONGEST, OFFSET_ROWS, OffsetKind, ReliefInvalid, ReliefKind
from fund.fees.unapplied import Offsets, ReliefSheet, offsets, reliefs
from fund.partners.queries import partner_by_code, partners
from fund.results.rules import Period, since
from kernel.errors import Problem
from kernel.identity.rules import Role
from kernel.periods import Quarter

router = APIRouter(prefix="/api/v1/fees", tags=["fees"], responses=REFUSALS)
Reason = Annotated[str, Field(min_length=1, max_length=LONGEST)]


class OffsetIn(Body):
    """A fee that the manager or its people received from a company; the terms say how much of it is set off."""

    model_config = Body.model_config | example(
        reference="OFFSET-2026-01",
        kind="directors",
        received={"amount": "120000.00", "currency": "CNY"},
        received_on="2026-03-31",
        reason="氢材科技支付的董事费",
    )

    reference: Reference
    kind: OffsetKind
    received: AmountIn
    received_on: date
    holding_id: Annotated[int | None, Field(ge=1, le=2**63 - 1)] = None
    reason: Reason


class PartIn(Body):
    """A partner's part."""

    partner: Annotated[str, Field(min_length=1, max_length=64, examples=["LP01"])]
    amount: AmountIn


class ReliefIn(Body):
    """A waiver (the manager does not take it) or a rebate (it pays it back) of the fee of a quarter, by partner."""

    model_config = Body.model_config | example(
        reference="WAIVER-2026-01",
        kind="waiver",
        quarter="2026Q2",
        effective_on="2026-06-30",
        parts=[{"partner": "LP01", "amount": {"amount": "50000.00", "currency": "CNY"}}],
        reason="首期合伙人管理费减免",
    )

    reference: Reference
    kind: Literal[ReliefKind.WAIVER, ReliefKind.REBATE]
    quarter: QuarterIn
    effective_on: date
    parts: Annotated[list[PartIn], Field(min_length=1, max_length=1000)]
    reason: Reason


class PartOut(Out):
    """A partner's part."""

    partner_id: int
    amount: MoneyField


class ReliefOut(Out):
    """An offset, waiver or rebate; `is_approved` is null until somebody other than its preparer has decided."""

    reference: str
    kind: ReliefKind
    effective_on: date
    amount: MoneyField
    reason: str
    quarter: str | None
    offset_kind: OffsetKind | None
    ilpa_row: int | None
    holding_id: int | None
    received: MoneyField | None
    share: FractionField | None
    prepared_name: str
    recorded_at: datetime
    is_approved: bool | None
    decided_name: str | None
    undone_on: date | None
    parts: list[PartOut]


class RollForwardOut(Out):
    """Offsets not applied yet: opening + recognised - applied = closing; `partner` null is the whole fund."""

    partner: str | None
    period: Period
    opening: MoneyField
    recognised: MoneyField
    applied: MoneyField
    closing: MoneyField


@router.get("/reliefs")
def listed(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[ReliefOut]:
    """Offsets, waivers and rebates by day; a partner's people see their own parts of what was approved."""
    actor.require(*BOOK_READERS, Role.LP_USER)
    return [relief_out(one, fund) for one in reliefs(tx, fund_id=fund.id, actor=actor)]


@router.get("/offsets")
def roll_forward(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    quarter: AskedQuarter,
    known_at: KnownAt = None,
) -> list[RollForwardOut]:
    """What of the offsets is not applied yet, for the fund and by partner, in the quarter, the year and the life."""
    actor.require(*BOOK_READERS)
    known = offsets(tx, fund_id=fund.id, known_at=known_at)
    whose = [(None, None), *((one.id, one.code) for one in partners(tx, fund_id=fund.id))]
    return [rolled_out(known, key, code, quarter, period, fund) for key, code in whose for period in Period]


@router.post("/offsets", status_code=201, response_model=ReliefOut)
def propose_offset(body: OffsetIn, once: OnceDep, fund: FundDep) -> object:
    """Write down a fee that the manager received; it is set off once somebody else approves, against the next fee."""

    def act() -> ReliefOut:
        facts = body.model_dump(exclude={"received"})
        sheet = acts.propose_offset(
            once.tx, once.actor, fund_id=fund.id, received=body.received.minor(), **facts, now=once.now
        )
        return relief_out(sheet, fund)

    return once.answer(act)


@router.post("/reliefs", status_code=201, response_model=ReliefOut)
def propose(body: ReliefIn, once: OnceDep, fund: FundDep) -> object:
    """Prepare a waiver or a rebate; it is booked once somebody else approves."""

    def act() -> ReliefOut:
        amounts: dict[int, int] = {}
        for part in body.parts:
            key = partner_by_code(once.tx, fund_id=fund.id, code=part.partner, actor=once.actor).id
            if key in amounts:
                raise ReliefInvalid(problems=[Problem("parts", "each partner has one part")])
            amounts[key] = part.amount.minor()
        sheet = acts.propose_relief(
            once.tx,
            once.actor,
            fund_id=fund.id,
            reference=body.reference,
            kind=body.kind,
            quarter=Quarter.parse(body.quarter),
            amounts=amounts,
            effective_on=body.effective_on,
            reason=body.reason,
            now=once.now,
        )
        return relief_out(sheet, fund)

    return once.answer(act)


@router.post("/reliefs/{reference}/approval", status_code=201, response_model=ReliefOut)
def approve(reference: str, once: OnceDep, fund: FundDep) -> object:
    """Approve what somebody else prepared: a waiver or rebate is booked, an offset counts against the next fee."""
    return once.answer(_decided(once, fund, reference, is_approved=True))


@router.post("/reliefs/{reference}/refusal", status_code=201, response_model=ReliefOut)
def refuse(reference: str, once: OnceDep, fund: FundDep) -> object:
    """Turn it down; nothing is booked."""
    return once.answer(_decided(once, fund, reference, is_approved=False))


@router.post("/reliefs/{reference}/reversal", status_code=201, response_model=UndoneOut)
def undo(reference: str, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take an approved one back; an offset that a fee has used is refused until that fee is taken back."""

    def act() -> UndoneOut:
        on = acts.undo_relief(
            once.tx,
            once.actor,
            fund_id=fund.id,
            reference=reference,
            reason=body.reason,
            undone_on=body.on,
            now=once.now,
        )
        return UndoneOut(what=reference, undone_on=on)

    return once.answer(act)


def _decided(once: Once, fund: FundSheet, reference: str, *, is_approved: bool) -> Callable[[], ReliefOut]:
    def act() -> ReliefOut:
        sheet = acts.decide_relief(
            once.tx, once.actor, fund_id=fund.id, reference=reference, is_approved=is_approved, now=once.now
        )
        return relief_out(sheet, fund)

    return act


def relief_out(sheet: ReliefSheet, fund: FundSheet) -> ReliefOut:
    """One as the API writes it."""
    parts = [{"partner_id": key, "amount": amount} for key, amount in sheet.parts.items()]
    row = OFFSET_ROWS[sheet.offset_kind] if sheet.offset_kind else None
    return ReliefOut.of(vars(sheet) | {"parts": parts, "ilpa_row": row}, fund.currency)


def rolled_out(
    known: Offsets, key: int | None, code: str | None, quarter: Quarter, period: Period, fund: FundSheet
) -> RollForwardOut:
    """One line of the roll-forward."""
    rolled = known.over(key, since=since(period, quarter), as_of=quarter.ends_on)
    amounts = {
        "opening": rolled.opening,
        "recognised": rolled.added,
        "applied": rolled.applied,
        "closing": rolled.closing,
    }
    return RollForwardOut.of({"partner": code, "period": period} | amounts, fund.currency)
