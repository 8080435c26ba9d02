"""Passing on what the newcomers of a later close have paid to the earlier partners, and taking that back."""

from datetime import date, datetime

from fund.capital.acts import locked_call
from fund.capital.inflows import call_sheet
from fund.capital.models import Call
from fund.capital.payable import check_paid_up
from fund.capital.receipts import AlreadySettled
from fund.capital.rules import CallKind, CallState
from fund.capital.sheets import CallSheet, PartnerCall
from fund.ledger.actions import post
from fund.ledger.cash import check_cash
from fund.ledger.rules import Account, Posting
from fund.ledger.undoing import undo
from fund.ledger.undone import undone_acts
from fund.partners.queries import codes_in_order
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.errors import Conflict
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.money import format_amount


class NotAnEqualisation(Conflict):
    code = "not_an_equalisation"
    says = "{call} is not the equalisation of a later close."


class NotFullyReceived(Conflict):
    code = "equalisation_not_received"
    says = "{outstanding} of {call} is still outstanding; it is paid on once all of it has come in."


class PaidBeforeReceived(Conflict):
    code = "paid_before_received"
    says = "The last money on {call} came in on {came}; it cannot be paid on before, on {paid_on}."


class NotSettled(Conflict):
    code = "equalisation_not_settled"
    says = "{call} has not been paid on; there is nothing to take back."


def pay_equalisation(tx: Tx, actor: Actor, *, call_id: int, paid_on: date, now: datetime) -> CallSheet:
    """Pay what the newcomers of a later close have paid in, interest or premium included, on to the earlier partners.

    Refused: another kind of call, one paid on before, as long as anything of it is outstanding or an earlier partner
    is in arrears, a day to come, without the cash.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    call = locked_call(tx, call_id=call_id, needed=[CallState.ISSUED])
    sheet = call_sheet(tx, call_id=call_id)
    if call.kind is not CallKind.EQUALISATION:
        raise NotAnEqualisation(call=call.code)
    if call.settled_on is not None:
        raise AlreadySettled(call=call.code, settled_on=call.settled_on)
    if sheet.outstanding:
        raise NotFullyReceived(call=call.code, outstanding=format_amount(sheet.outstanding))
    came = max((line.received_on for line in sheet.lines if line.received_on), default=paid_on)
    if paid_on < came:
        raise PaidBeforeReceived(call=call.code, came=came, paid_on=paid_on)
    owed = sum(-line.amount for line in sheet.lines if line.amount < 0)
    check_cash(tx, fund_id=call.fund_id, amount=owed, on=paid_on, today=day_in_beijing(now))
    earlier = {line.partner_id for line in sheet.lines if line.amount < 0}
    check_paid_up(tx, fund_id=call.fund_id, partner_ids=earlier, on=paid_on)
    call.settled_on = paid_on
    tx.flush()
    codes, turn = codes_in_order(tx, fund_id=call.fund_id), _turn(tx, call)
    postings = [
        posting for line in sheet.lines for posting in _passed_on(line, call, codes[line.partner_id], turn)
    ]
    post(tx, actor, fund_id=call.fund_id, postings=postings, now=now)
    detail = {"code": call.code, "paid_on": paid_on.isoformat()}
    record(tx, actor, action="call.equalisation_paid", subject=f"call:{call_id}", detail=detail, now=now)
    return call_sheet(tx, call_id=call_id)


def undo_equalisation(
    tx: Tx, actor: Actor, *, call_id: int, reason: str, undone_on: date, now: datetime
) -> CallSheet:
    """Take the payment to the earlier partners back, as if the bank had returned it; it can be paid again.

    Refused: another kind of call, one that was not paid on, no reason, a locked period.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    call = locked_call(tx, call_id=call_id, needed=[CallState.ISSUED])
    if call.kind is not CallKind.EQUALISATION:
        raise NotAnEqualisation(call=call.code)
    if call.settled_on is None:
        raise NotSettled(call=call.code)
    act = _act(call, _turn(tx, call))
    undo(tx, actor, fund_id=call.fund_id, act=act, reason=reason, effective_on=undone_on, now=now)
    call.settled_on = None
    tx.flush()
    detail = {"code": call.code, "reason": reason}
    record(tx, actor, action="call.equalisation_undone", subject=f"call:{call_id}", detail=detail, now=now)
    return call_sheet(tx, call_id=call_id)


def _turn(tx: Tx, call: Call) -> int:
    """Which payment this is: 1, or one more than were taken back."""
    undone = undone_acts(tx, kind="equalisation", fund_id=call.fund_id)
    return 1 + sum(act.split("/")[0] == f"equalisation:{call.key}" for act in undone)


def _act(call: Call, turn: int) -> str:
    return f"equalisation:{call.key}" + (f"/{turn}" if turn > 1 else "")


def _passed_on(line: PartnerCall, call: Call, partner: str, turn: int) -> list[Posting]:
    """A newcomer's interest leaves its account for the clearing account; an earlier partner's comes out of it.

    So does a premium. What the earlier partner then has to its credit, all together, is paid; what a newcomer has,
    since holdings are below cost, settles its contribution.
    """
    payable, clearing, own = Account.EQUALISATION_PAYABLE, Account.BETWEEN_PARTNERS, line.partner_id
    moves: list[tuple[str, Account, Account, int, int | None, int | None]] = []
    for what, amount in (("interest", line.interest), ("premium", line.premium)):
        if amount > 0:
            moves.append((f"{what}-passed", payable, clearing, amount, own, None))
        if amount < 0:
            moves.append((f"{what}-due", clearing, payable, -amount, None, own))
    if line.set_off:
        owed = Account.CONTRIBUTIONS_RECEIVABLE
        moves.append(("premium-set-off", payable, owed, line.set_off, own, own))
    if line.amount < 0:
        moves.append(("back-paid", payable, Account.CASH, -line.amount, own, None))
    return [
        Posting(
            reference=f"{call.code}/{partner}/{step}" + (f"-{turn}" if turn > 1 else ""),
            effective_on=call.settled_on or call.due_on,
            debit=debit,
            credit=credit,
            amount=amount,
            memo=call.purpose,
            act=_act(call, turn),
            debit_partner_id=debit_partner,
            credit_partner_id=credit_partner,
        )
        for step, debit, credit, amount, debit_partner, credit_partner in moves
    ]
