"""Carry in escrow: what is held for whom, and its releases: drafted, approved by somebody else and so paid."""

from datetime import date, datetime
from typing import Annotated, Any

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
from app.api.whose import BOOK_READERS, AsOf, FundDep, KnownAt
from app.deps import ApiActor, TxDep
from fund.capital import escrow_releases as acts
from fund.charter.carry_rules import EscrowTest
from fund.charter.queries import FundSheet, terms
from fund.givebacks.escrow import held, held_for, release_by_code, releases
from fund.givebacks.escrow_rules import ReleaseState
from fund.partners.queries import codes_in_order

router = APIRouter(prefix="/api/v1/carry/escrow", tags=["capital"], responses=REFUSALS)


class HeldOut(Out):
    """What is held of the carry that one partner bore."""

    partner: str
    amount: MoneyField


class EscrowOut(Out):
    """The charter's share and test of the day, and what lies on the escrow account by partner."""

    as_of: date
    share: FractionField
    test: EscrowTest
    held: MoneyField
    partners: list[HeldOut]


class ReleaseOut(Out):
    """A release: `held` and what partners were `lacking` of contributions and hurdle, as the test found them."""

    code: str
    state: ReleaseState
    test: EscrowTest
    released_on: date
    amount: MoneyField
    held: MoneyField
    lacking: MoneyField
    note: str
    prepared_name: str
    approved_name: str | None
    paid_at: datetime | None
    cancelled_on: date | None
    cancel_reason: str | None


class ReleaseIn(Body):
    """What is to be released; without an amount all that is held."""

    model_config = example(
        released_on="2028-05-08", amount={"amount": "500000.00", "currency": "CNY"}, note="门槛收益已返还"
    )

    released_on: date
    amount: AmountIn | None = None
    note: Annotated[str, Field(max_length=400)] = ""


@router.get("")
def escrow(tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf, known_at: KnownAt = None) -> EscrowOut:
    """What is held in escrow, as of a day and as known at an instant."""
    actor.require(*BOOK_READERS)
    asked: dict[str, Any] = {"fund_id": fund.id, "as_of": as_of, "known_at": known_at}
    charter = terms(tx, **asked)
    codes = codes_in_order(tx, fund_id=fund.id)
    found = {
        "as_of": as_of,
        "share": charter.carry_escrow,
        "test": charter.escrow_test,
        "held": held(tx, **asked),
        "partners": [
            {"partner": codes[key], "amount": amount} for key, amount in held_for(tx, **asked).items()
        ],
    }
    return EscrowOut.of(found, fund.currency)


@router.get("/releases")
def listed(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    state: ReleaseState | None = None,
    after: After = None,
    limit: Limit = LIMIT,
) -> PageOut[ReleaseOut]:
    """Releases from escrow, newest first."""
    actor.require(*BOOK_READERS)
    page = releases(tx, fund_id=fund.id, actor=actor, state=state, after=after, limit=limit)
    return PageOut(items=[ReleaseOut.of(row, fund.currency) for row in page.items], next=page.next)


@router.post("/releases", status_code=201, response_model=ReleaseOut)
def draft(body: ReleaseIn, once: OnceDep, fund: FundDep) -> object:
    """Draft a release, if the charter's test of that day allows it; nothing is booked before it is approved."""

    def act() -> ReleaseOut:
        sheet = acts.draft_release(
            once.tx,
            once.actor,
            fund_id=fund.id,
            amount=None if body.amount is None else body.amount.minor(),
            released_on=body.released_on,
            note=body.note,
            now=once.now,
        )
        return ReleaseOut.of(sheet, fund.currency)

    return once.answer(act)


@router.get("/releases/{code}")
def one(code: str, tx: TxDep, actor: ApiActor, fund: FundDep) -> ReleaseOut:
    """One release from escrow."""
    actor.require(*BOOK_READERS)
    return ReleaseOut.of(release_by_code(tx, fund_id=fund.id, code=code, actor=actor), fund.currency)


@router.post("/releases/{code}/approval", status_code=201, response_model=ReleaseOut)
def approve(code: str, once: OnceDep, fund: FundDep) -> object:
    """Approve a draft that somebody else prepared, and pay it to the general partner."""

    def act() -> ReleaseOut:
        sheet = acts.approve_release(once.tx, once.actor, release_id=_key(once, code, fund), now=once.now)
        return ReleaseOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/releases/{code}/cancellation", status_code=201, response_model=ReleaseOut)
def cancel(code: str, body: ReasonIn, once: OnceDep, fund: FundDep) -> object:
    """Withdraw a draft; nothing was booked."""

    def act() -> ReleaseOut:
        key = _key(once, code, fund)
        sheet = acts.cancel_release(once.tx, once.actor, release_id=key, reason=body.reason, now=once.now)
        return ReleaseOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/releases/{code}/reversal", status_code=201, response_model=ReleaseOut)
def undo(code: str, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take a release back by reversals; it counts until the day of effect."""

    def act() -> ReleaseOut:
        sheet = acts.undo_release(
            once.tx,
            once.actor,
            release_id=_key(once, code, fund),
            reason=body.reason,
            undone_on=body.on,
            now=once.now,
        )
        return ReleaseOut.of(sheet, fund.currency)

    return once.answer(act)


def _key(once: Once, code: str, fund: FundSheet) -> int:
    return release_by_code(once.tx, fund_id=fund.id, code=code, actor=once.actor).id
