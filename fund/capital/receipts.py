"""Money that comes in on calls, and its undoing."""

from datetime import date, datetime

from sqlmodel import select

from fund.capital.acts import locked_call
from fund.capital.bank_references import check_reference_free
from fund.capital.inflows import asked, receipt, receipts
from fund.capital.models import Call, Receipt
from fund.capital.rules import (
    CallState,
    ReceiptUnknown,
    check_reason,
    check_receipt,
)
from fund.capital.sheets import Asked, ReceiptSheet
from fund.ledger.actions import post, reverse_entries
from fund.ledger.rules import Account, Posting
from fund.ledger.stamps import stamp
from fund.ledger.undone import standing
from fund.partners.queries import codes_in_order
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.errors import Conflict, Invalid
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing


class NotCalled(Invalid):
    code = "partner_not_called"
    says = "{partner} owes nothing on {call}."


class ReceivedOutOfTime(Invalid):
    code = "received_out_of_time"
    says = "Money received on {received_on} cannot be booked on {call}: expected {first} to {last}."


class ReceiptReversed(Conflict):
    code = "receipt_reversed"
    says = "The receipt {reference} has been reversed before."


class SetOffStands(Conflict):
    code = "receipt_set_off"
    says = "{reference} was set off against a distribution and is no payment; take that distribution back."


class AlreadySettled(Conflict):
    code = "equalisation_settled"
    says = "{call} was paid on to the earlier partners on {settled_on}."


def receive(
    tx: Tx,
    actor: Actor,
    *,
    call_id: int,
    partner_id: int,
    amount: int,
    received_on: date,
    bank_reference: str,
    now: datetime,
) -> ReceiptSheet:
    """Book money of a partner's on a call, in one part or several; contributions are paid before interest.

    Refused: more than the partner still owes on the call, a bank reference that is booked already, a day before
    the notice or after that of `now`, a call that is not issued.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    call = locked_call(tx, call_id=call_id, needed=[CallState.ISSUED])
    partner = codes_in_order(tx, fund_id=call.fund_id).get(partner_id, str(partner_id))
    line = next((one for one in asked(tx, call_id=call_id, partner_ids=[partner_id]) if one.amount > 0), None)
    if line is None:
        raise NotCalled(partner=partner, call=call.code)
    bank_reference = bank_reference.strip()
    check_receipt(
        call=call.code,
        partner=partner,
        outstanding=line.outstanding,
        amount=amount,
        bank_reference=bank_reference,
    )
    _check_day(call, received_on, now)
    check_reference_free(tx, fund_id=call.fund_id, reference=bank_reference)
    row = Receipt(
        fund_id=call.fund_id,
        call_id=call_id,
        partner_id=partner_id,
        amount=amount,
        interest=_interest_in(tx, call_id, line, amount),
        received_on=received_on,
        bank_reference=bank_reference,
        reference=f"{call.code}/{partner}/receipt-{_count(tx, call_id, partner_id) + 1}",
        recorded_by=actor.name,
        recorded_at=stamp(tx, fund_id=call.fund_id, now=now),
    )
    tx.add(row)
    tx.flush()
    post(tx, actor, fund_id=call.fund_id, postings=_postings(row), now=now)
    detail = {"partner": partner, "amount": amount, "reference": row.reference}
    record(tx, actor, action="call.received", subject=f"call:{call_id}", detail=detail, now=now)
    return receipt(tx, receipt_id=row.key)


def reverse_receipt(
    tx: Tx, actor: Actor, *, receipt_id: int, reason: str, reversed_on: date, now: datetime
) -> ReceiptSheet:
    """Undo a receipt in the books; its bank reference is free again.

    Refused: no reason, a receipt reversed before, one of an equalisation that was paid on, one that was set off, a
    locked period, money that has been spent since.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    check_reason(reason)
    call_id = tx.exec(select(Receipt.call_id).where(Receipt.id == receipt_id)).one_or_none()
    if call_id is None:
        raise ReceiptUnknown()
    call = locked_call(tx, call_id=call_id, needed=[CallState.ISSUED])
    wanted = select(Receipt).where(Receipt.id == receipt_id)
    row = tx.exec(wanted.execution_options(populate_existing=True)).one()
    if row.reversed_on is not None:
        raise ReceiptReversed(reference=row.reference)
    if row.distribution_id is not None:
        raise SetOffStands(reference=row.reference)
    if call.settled_on is not None:
        raise AlreadySettled(call=call.code, settled_on=call.settled_on)
    row.reversed_on, row.reverse_reason = max(reversed_on, row.received_on), reason
    tx.flush()
    reverse_entries(
        tx,
        actor,
        fund_id=row.fund_id,
        entries=standing(tx, fund_id=row.fund_id, act=f"receipt:{row.key}"),
        reason=reason,
        effective_on=row.reversed_on,
        now=now,
    )
    row.reversed_at = stamp(tx, fund_id=row.fund_id, now=now)
    tx.flush()
    detail = {"reference": row.reference, "amount": row.amount, "reason": reason}
    record(tx, actor, action="call.receipt_reversed", subject=f"call:{call_id}", detail=detail, now=now)
    return receipt(tx, receipt_id=receipt_id)


def _interest_in(tx: Tx, call_id: int, line: Asked, amount: int) -> int:
    """How much of a receipt is interest or premium: what goes beyond the contributions still open.

    A receipt that stands may hold some while contributions are open: an earlier one was reversed.
    """
    paid = sum(
        one.amount - one.interest
        for one in receipts(tx, call_id=call_id)
        if one.partner_id == line.partner_id and one.reversed_on is None
    )
    return max(0, amount - max(0, line.in_money - paid))


def _check_day(call: Call, received_on: date, now: datetime) -> None:
    first, last = call.notice_on or call.due_on, day_in_beijing(now)
    if not first <= received_on <= last:
        raise ReceivedOutOfTime(received_on=received_on, call=call.code, first=first, last=last)


def _count(tx: Tx, call_id: int, partner_id: int) -> int:
    wanted = select(Receipt.id).where(Receipt.call_id == call_id, Receipt.partner_id == partner_id)
    return len(tx.exec(wanted).all())


def _postings(row: Receipt) -> list[Posting]:
    parts = [
        ("", Account.CONTRIBUTIONS_RECEIVABLE, row.amount - row.interest),
        ("/interest", Account.EQUALISATION_PAYABLE, row.interest),
    ]
    return [
        Posting(
            reference=f"{row.reference}{suffix}",
            effective_on=row.received_on,
            debit=Account.CASH,
            credit=credit,
            amount=amount,
            memo=row.bank_reference,
            act=f"receipt:{row.key}",
            credit_partner_id=row.partner_id,
        )
        for suffix, credit, amount in parts
        if amount
    ]
