"""Partners that do not pay: the terms of default, notices, interest in from them and on to the others."""

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.once import OnceDep
from app.api.schemas import REFUSALS, AmountIn, Body, FractionField, FractionIn, MoneyField, Out, example
from app.api.undo import UndoIn
from app.api.whose import BOOK_READERS, AsOf, FundDep
from app.deps import ApiActor, TxDep
from fund.defaults import actions, queries, sharing
from fund.defaults.promise_rules import Remedies, Remedy
from fund.defaults.rules import DefaultState, DefaultTerms
from kernel.identity.rules import Role

router = APIRouter(prefix="/api/v1", tags=["capital"], responses=REFUSALS)


class DefaultTermsOut(Out):
    """What the charter says of partners that do not pay, from a day on: days to cure, interest a year, remedies."""

    effective_on: date
    cure_days: int
    rate: FractionField
    remedies: list[Remedy]
    forfeit: FractionField
    note: str
    recorded_by: str


class DefaultTermsIn(Body):
    """A new version of the terms of default; notices given before keep those of their day."""

    model_config = example(effective_on="2026-10-01", cure_days=10, rate="0.08", note="合伙协议第 4.6 条")

    effective_on: date
    cure_days: Annotated[int, Field(ge=-1000, le=1000)]
    rate: FractionIn
    remedies: Annotated[list[Remedy], Field(max_length=len(Remedy))] = []
    forfeit: Annotated[
        FractionIn, Field(description="The most of an interest that a forfeiture may take")
    ] = Fraction(0)
    note: Annotated[str, Field(max_length=400)] = ""


class InterestOut(Out):
    """Interest that came in on a default; it counts no more from the day on which it was undone."""

    number: int
    amount: MoneyField
    received_on: date
    bank_reference: str
    undone_on: date | None


class DefaultOut(Out):
    """A default on a day: what is owed, what interest has run and come in, and what cures it."""

    id: int
    call_id: int
    call: str
    partner_id: int
    due_on: date
    noticed_on: date
    cure_until: date
    rate: FractionField
    owed: MoneyField
    interest: MoneyField
    interest_paid: MoneyField
    to_cure: MoneyField
    state: DefaultState
    came: list[InterestOut]
    withdrawn_because: str
    recorded_at: datetime


class NoticeIn(Body):
    """A partner that has not paid a call."""

    model_config = example(call_id=4, partner_id=2, noticed_on="2026-10-12")

    call_id: int
    partner_id: int
    noticed_on: date


class InterestIn(Body):
    """Interest that came in."""

    model_config = example(
        amount={"amount": "1200.00", "currency": "CNY"}, received_on="2026-10-20", bank_reference="20261020-7"
    )

    amount: AmountIn
    received_on: date
    bank_reference: Annotated[str, Field(min_length=1, max_length=60)]


class WithdrawalIn(Body):
    """Why a notice is withdrawn."""

    model_config = example(reason="款项当日已到账")

    reason: Annotated[str, Field(min_length=1, max_length=400)]


class PayOnIn(Body):
    """The day on which the partners are paid."""

    model_config = example(paid_on="2026-10-21")

    paid_on: date


class OwedInterestOut(Out):
    """Interest on defaults that a partner is owed, or was paid."""

    partner_id: int
    amount: MoneyField


class InterestBackOut(Out):
    """From which day the payment counts no more."""

    undone_on: date


class PaidOnOut(Out):
    """What each partner was paid."""

    paid: list[OwedInterestOut]


@router.get("/default-terms")
def terms(tx: TxDep, actor: ApiActor, fund: FundDep) -> list[DefaultTermsOut]:
    """Every version of the terms of default, the newest first."""
    actor.require(*BOOK_READERS)
    return [_terms(one) for one in queries.versions(tx, fund_id=fund.id)]


@router.post("/default-terms", status_code=201, response_model=DefaultTermsOut)
def set_terms(body: DefaultTermsIn, once: OnceDep, fund: FundDep) -> object:
    """Write down the terms of default from a day on."""

    def act() -> DefaultTermsOut:
        given = Remedies(tuple(body.remedies), body.forfeit)
        promised = DefaultTerms(body.cure_days, Fraction(body.rate), given)
        sheet = actions.set_terms(
            once.tx,
            once.actor,
            fund_id=fund.id,
            terms=promised,
            effective_on=body.effective_on,
            note=body.note,
            now=once.now,
        )
        return _terms(sheet)

    return once.answer(act)


@router.get("/defaults")
def listed(tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf) -> list[DefaultOut]:
    """The defaults of which notice was given, as they stand on a day; a partner's people see their own."""
    actor.require(*BOOK_READERS, Role.LP_USER)
    found = queries.defaults(tx, fund_id=fund.id, as_of=as_of, actor=actor)
    return [DefaultOut.of(one, fund.currency) for one in found]


@router.post("/defaults", status_code=201, response_model=DefaultOut)
def give_notice(body: NoticeIn, once: OnceDep, fund: FundDep) -> object:
    """Give a partner notice that it is in default on a call."""

    def act() -> DefaultOut:
        facts = body.model_dump()
        return DefaultOut.of(actions.give_notice(once.tx, once.actor, **facts, now=once.now), fund.currency)

    return once.answer(act)


@router.post("/defaults/{default_id}/withdrawal", status_code=201, response_model=DefaultOut)
def withdraw(default_id: int, body: WithdrawalIn, once: OnceDep, fund: FundDep) -> object:
    """Withdraw a notice that was given by mistake."""

    def act() -> DefaultOut:
        sheet = actions.withdraw_notice(
            once.tx, once.actor, default_id=default_id, reason=body.reason, now=once.now
        )
        return DefaultOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/defaults/{default_id}/interest", status_code=201, response_model=DefaultOut)
def receive(default_id: int, body: InterestIn, once: OnceDep, fund: FundDep) -> object:
    """Book interest that came in; it is owed to the other partners at once."""

    def act() -> DefaultOut:
        sheet = actions.receive_interest(
            once.tx,
            once.actor,
            default_id=default_id,
            amount=body.amount.minor(),
            received_on=body.received_on,
            bank_reference=body.bank_reference,
            now=once.now,
        )
        return DefaultOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/defaults/{default_id}/interest/{number}/reversal", status_code=201, response_model=DefaultOut)
def undo_interest(default_id: int, number: int, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take interest back, unless it was paid on."""

    def act() -> DefaultOut:
        sheet = actions.undo_interest(
            once.tx,
            once.actor,
            default_id=default_id,
            number=number,
            reason=body.reason,
            undone_on=body.on,
            now=once.now,
        )
        return DefaultOut.of(sheet, fund.currency)

    return once.answer(act)


@router.get("/default-interest")
def owed(tx: TxDep, actor: ApiActor, fund: FundDep, as_of: AsOf) -> list[OwedInterestOut]:
    """What each partner is owed of the interest on defaults at the end of a day."""
    actor.require(*BOOK_READERS)
    return _by_partner(sharing.payable_by_partner(tx, fund_id=fund.id, as_of=as_of), fund.currency)


@router.post("/default-interest/payments", status_code=201, response_model=PaidOnOut)
def pay_on(body: PayOnIn, once: OnceDep, fund: FundDep) -> object:
    """Pay every partner what it is owed of the interest on defaults."""

    def act() -> PaidOnOut:
        paid = sharing.pay_on(once.tx, once.actor, fund_id=fund.id, paid_on=body.paid_on, now=once.now)
        return PaidOnOut(paid=_by_partner(paid, fund.currency))

    return once.answer(act)


@router.post("/default-interest/payments/{number}/reversal", status_code=201, response_model=InterestBackOut)
def undo_pay_on(number: int, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take a payment of interest to the partners back."""

    def act() -> InterestBackOut:
        on = sharing.undo_pay_on(
            once.tx,
            once.actor,
            fund_id=fund.id,
            number=number,
            reason=body.reason,
            undone_on=body.on,
            now=once.now,
        )
        return InterestBackOut(undone_on=on)

    return once.answer(act)


def _terms(sheet: queries.TermsSheet) -> DefaultTermsOut:
    terms = sheet.terms
    facts = {
        "cure_days": terms.cure_days,
        "rate": terms.rate,
        "remedies": terms.remedies.named,
        "forfeit": terms.remedies.forfeit,
    }
    return DefaultTermsOut.of({**vars(sheet), **facts})


def _by_partner(amounts: Mapping[int, int], currency: str) -> list[OwedInterestOut]:
    return [OwedInterestOut.of({"partner_id": key, "amount": one}, currency) for key, one in amounts.items()]
