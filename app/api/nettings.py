"""Nettings: a call and a distribution of one day as one act. A partner's people see their own part once told."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.once import Once, OnceDep
from app.api.schemas import LIMIT, REFUSALS, After, Body, Limit, MoneyField, Out, PageOut, example
from app.api.undo import ReasonIn, UndoIn
from app.api.whose import FundDep
from app.deps import ApiActor, TxDep
from fund.capital import nettings as acts
from fund.capital.inflows import call_by_code
from fund.capital.netted import netting_by_code, nettings
from fund.capital.outflows import distribution_by_code
from fund.charter.queries import FundSheet
from fund.nettings.rules import NettingState
from kernel.identity.rules import Role

router = APIRouter(prefix="/api/v1/nettings", tags=["capital"], responses=REFUSALS)
READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.LP_USER)


class NettingPartOut(Out):
    """One partner's part. `distributed` is gross and the sum of the three kinds, `withheld` the tax on it; `set_off`
    needs no money: the partner pays `to_pay` or is paid `to_get`.
    """

    partner_id: int
    called: MoneyField
    distributed: MoneyField
    return_of_capital: MoneyField
    income: MoneyField
    gain: MoneyField
    withheld: MoneyField
    set_off: MoneyField
    to_pay: MoneyField
    to_get: MoneyField


class NettingOut(Out):
    """A netting with every part that the actor may see; the sums are of those parts."""

    code: str
    state: NettingState
    on: date
    call: str
    purpose: str
    distribution: str
    source: str
    recallable: bool
    called: MoneyField
    distributed: MoneyField
    withheld: MoneyField
    set_off: MoneyField
    to_pay: MoneyField
    to_get: MoneyField
    prepared_name: str
    approved_name: str | None
    issued_at: datetime | None
    settled_at: datetime | None
    cancelled_on: date | None
    cancel_reason: str | None
    parts: list[NettingPartOut]


class NettingIn(Body):
    """The codes of a call and a distribution of the same day, both drafted or approved."""

    model_config = example(call="CALL-004", distribution="DIST-002")

    call: Annotated[str, Field(min_length=1, max_length=20)]
    distribution: Annotated[str, Field(min_length=1, max_length=20)]


@router.get("")
def listed(
    tx: TxDep, actor: ApiActor, fund: FundDep, after: After = None, limit: Limit = LIMIT
) -> PageOut[NettingOut]:
    """Nettings, newest first."""
    actor.require(*READERS)
    page = nettings(tx, fund_id=fund.id, actor=actor, after=after, limit=limit)
    return PageOut(items=[NettingOut.of(row, fund.currency) for row in page.items], next=page.next)


@router.post("", status_code=201, response_model=NettingOut)
def join(body: NettingIn, once: OnceDep, fund: FundDep) -> object:
    """Join a call and a distribution; the call counts first, so the distribution may be drafted anew."""

    def act() -> NettingOut:
        call = call_by_code(once.tx, fund_id=fund.id, code=body.call, actor=once.actor)
        paid = distribution_by_code(once.tx, fund_id=fund.id, code=body.distribution, actor=once.actor)
        sheet = acts.join(once.tx, once.actor, call_id=call.id, distribution_id=paid.id, now=once.now)
        return NettingOut.of(sheet, fund.currency)

    return once.answer(act)


@router.get("/{code}")
def one(code: str, tx: TxDep, actor: ApiActor, fund: FundDep) -> NettingOut:
    """One netting with every part that the actor may see."""
    actor.require(*READERS)
    return NettingOut.of(netting_by_code(tx, fund_id=fund.id, code=code, actor=actor), fund.currency)


@router.post("/{code}/approval", status_code=201, response_model=NettingOut)
def approve(code: str, once: OnceDep, fund: FundDep) -> object:
    """Approve both at once; refused for whoever joined them or prepared what is approved now."""

    def act() -> NettingOut:
        sheet = acts.approve_netting(once.tx, once.actor, netting_id=_key(once, code, fund), now=once.now)
        return NettingOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/{code}/issue", status_code=201, response_model=NettingOut)
def issue(code: str, once: OnceDep, fund: FundDep) -> object:
    """Give one notice of both; the call is booked as of its due date."""

    def act() -> NettingOut:
        sheet = acts.issue_netting(once.tx, once.actor, netting_id=_key(once, code, fund), now=once.now)
        return NettingOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/{code}/settlement", status_code=201, response_model=NettingOut)
def settle(code: str, once: OnceDep, fund: FundDep) -> object:
    """On the day: book the distribution, set off what partners owe on the call, pay the rest."""

    def act() -> NettingOut:
        sheet = acts.settle_netting(once.tx, once.actor, netting_id=_key(once, code, fund), now=once.now)
        return NettingOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/{code}/parting", status_code=201, response_model=NettingOut)
def part(code: str, body: ReasonIn, once: OnceDep, fund: FundDep) -> object:
    """Part the two before notice is given; each goes on by itself."""

    def act() -> NettingOut:
        key = _key(once, code, fund)
        sheet = acts.part_netting(once.tx, once.actor, netting_id=key, reason=body.reason, now=once.now)
        return NettingOut.of(sheet, fund.currency)

    return once.answer(act)


@router.post("/{code}/reversal", status_code=201, response_model=NettingOut)
def undo(code: str, body: UndoIn, once: OnceDep, fund: FundDep) -> object:
    """Take an issued or settled netting back as a whole: distribution, set-offs and call."""

    def act() -> NettingOut:
        sheet = acts.undo_netting(
            once.tx,
            once.actor,
            netting_id=_key(once, code, fund),
            reason=body.reason,
            undone_on=body.on,
            now=once.now,
        )
        return NettingOut.of(sheet, fund.currency)

    return once.answer(act)


def _key(once: Once, code: str, fund: FundSheet) -> int:
    return netting_by_code(once.tx, fund_id=fund.id, code=code, actor=once.actor).id
