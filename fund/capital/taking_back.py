"""Taking a later close back as one act, as long as nothing rests on it."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from fund.capital.acts import lock_capital
from fund.capital.commitment_sheets import CloseSheet
from fund.capital.gone_closes import check_taken_back_on, taken_back_from
from fund.capital.inflows import receipts
from fund.capital.models import Call
from fund.capital.queries import closes, commitment_sheets
from fund.capital.rules import CallHasReceipts, CallState
from fund.capital.shared_without import share_without
from fund.ledger.stamps import stamp
from fund.ledger.undo_rules import AlreadyUndone, check_reversal_day, kind_of
from fund.ledger.undoing import undo
from fund.ledger.undone import standing, standing_of
from fund.partners.queries import codes_in_order
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.errors import Conflict, NotFound
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.money import format_amount


class CloseUnknown(NotFound):
    code = "close_unknown"
    says = "There is no close {number}."


class FirstCloseStands(Conflict):
    code = "first_close_stands"
    says = "Close {number} is the first; only a later close is taken back."


class LaterCloseStands(Conflict):
    code = "later_close_stands"
    says = "Close {later} was settled on top of close {number}; take that back first."


class EqualisationPaid(Conflict):
    code = "equalisation_paid_on"
    says = "{call} was paid on to the earlier partners on {settled_on}; take that payment back first."


class CloseRestedOn(Conflict):
    code = "close_rested_on"
    says = "{reference}, booked as of {on}, counts {partner} in since the close; take that back first."


def take_close_back(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    number: int,
    fee_acts: Collection[str] = (),
    reason: str,
    undone_on: date,
    now: datetime,
) -> CloseSheet:
    """Undo a later close: its commitments, its call, what was shared anew, and the newcomers' part in `fee_acts`.

    It never counted: it is taken back as of its own day, or the first one not settled, and each entry on its own day
    or that one; a day before that is taken as it. Carry is worked out anew at every close of a quarter. Refused: the
    first close, one before another, one whose call has receipts or is paid on, anything booked since that counts a
    newcomer in, a later day or one to come.
    """
    actor.require(Role.MANAGER)
    lock_capital(tx, fund_id=fund_id)
    sheet = _close(tx, fund_id, number)
    since = taken_back_from(tx, fund_id=fund_id, close=sheet)
    check_reversal_day(undone_on, latest=max(since, day_in_beijing(now)))
    check_taken_back_on(undone_on, number=number, since=since)
    call = _call(tx, sheet)
    found = commitment_sheets(tx, fund_id=fund_id)
    newcomers = {one.partner_id for one in found if one.close_number == number}
    act, called = f"close:{sheet.id}", f"call:{sheet.call_id}"
    _check_nothing_rests_on_it(tx, fund_id, newcomers, {act, called, *fee_acts})
    named = standing_of(tx, fund_id=fund_id, partner_ids=newcomers)
    undo(
        tx,
        actor,
        fund_id=fund_id,
        act=act,
        reason=reason,
        effective_on=since,
        may_be_empty=True,
        also=[*standing(tx, fund_id=fund_id, act=called), *(one for one in named if one.act in fee_acts)],
        each_on_its_day=True,
        now=now,
    )
    if call is not None:
        _cancel(tx, call, since, reason, now)
    facts: dict[str, Any] = {"newcomers": newcomers, "since": since, "reason": reason, "now": now}
    share_without(tx, actor, fund_id=fund_id, number=number, **facts)
    detail = {"close": number, "undone_on": since.isoformat(), "reason": reason}
    record(tx, actor, action="capital.close_undone", subject=f"fund:{fund_id}", detail=detail, now=now)
    return _sheet(tx, fund_id, number)


def _cancel(tx: Tx, call: Call, on: date, reason: str, now: datetime) -> None:
    call.state, call.cancelled_on, call.cancel_reason = CallState.CANCELLED, on, reason
    call.cancelled_at = stamp(tx, fund_id=call.fund_id, now=now)
    tx.flush()


def _close(tx: Tx, fund_id: int, number: int) -> CloseSheet:
    sheet = _sheet(tx, fund_id, number)
    if sheet.due_on is None:
        raise FirstCloseStands(number=number)
    if sheet.undone_on is not None:
        raise AlreadyUndone(undone_on=sheet.undone_on)
    for later in closes(tx, fund_id=fund_id):
        if later.number > number and later.undone_on is None:
            raise LaterCloseStands(later=later.number, number=number)
    return sheet


def _sheet(tx: Tx, fund_id: int, number: int) -> CloseSheet:
    found = [one for one in closes(tx, fund_id=fund_id) if one.number == number]
    if not found:
        raise CloseUnknown(number=number)
    return found[0]


def _call(tx: Tx, sheet: CloseSheet) -> Call | None:
    """The call that settles the close, while no money has passed on it."""
    if sheet.call_id is None:
        return None
    call = tx.get_one(Call, sheet.call_id, populate_existing=True)
    if call.settled_on is not None:
        raise EqualisationPaid(call=call.code, settled_on=call.settled_on)
    received = sum(one.amount for one in receipts(tx, call_id=call.key) if one.reversed_on is None)
    if received:
        raise CallHasReceipts(call=call.code, received=format_amount(received))
    return call


def _check_nothing_rests_on_it(
    tx: Tx, fund_id: int, newcomers: Collection[int], own: Collection[str]
) -> None:
    """Refuse while an entry of another act names a newcomer: it was shared out with the newcomer counted in."""
    codes = codes_in_order(tx, fund_id=fund_id)
    for entry in standing_of(tx, fund_id=fund_id, partner_ids=newcomers):
        if entry.act not in own and kind_of(entry.act) != "carry":
            sides = (entry.debit_partner_id, entry.credit_partner_id)
            partner = next(codes[one] for one in sides if one is not None and one in newcomers)
            raise CloseRestedOn(reference=entry.reference, on=entry.effective_on, partner=partner)
