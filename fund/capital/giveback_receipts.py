"""Money that comes in when partners give distributions back, and its undoing."""

from datetime import date, datetime

from sqlmodel import select

from fund.capital.bank_references import check_reference_free
from fund.capital.indemnities import BOOKERS, locked_indemnity, receipt_act, told
from fund.capital.receipts import NotCalled, ReceivedOutOfTime
from fund.capital.rules import check_reason, check_receipt
from fund.indemnities.models import Indemnity, IndemnityReceipt
from fund.indemnities.queries import IndemnitySheet, indemnity
from fund.indemnities.rules import IndemnityReceiptUnknown, IndemnityState
from fund.ledger.actions import post
from fund.ledger.rules import Account, Posting
from fund.ledger.stamps import stamp
from fund.ledger.undoing import undo
from fund.partners.queries import codes_in_order
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.instants import day_in_beijing


def receive_giveback(
    tx: Tx,
    actor: Actor,
    *,
    indemnity_id: int,
    partner_id: int,
    amount: int,
    received_on: date,
    bank_reference: str,
    now: datetime,
) -> IndemnitySheet:
    """Book money of a partner's on a giveback, in one part or several.

    Refused: a partner without a part, more than it still has to give back, a bank reference that is booked already, a
    day before the notice or to come, a giveback of which no notice was given.
    """
    actor.require(*BOOKERS)
    row = locked_indemnity(tx, indemnity_id=indemnity_id, needed=[IndemnityState.APPROVED])
    sheet = indemnity(tx, indemnity_id=row.key)
    partner = codes_in_order(tx, fund_id=row.fund_id).get(partner_id, str(partner_id))
    line, reference = sheet.line(partner_id), bank_reference.strip()
    if line is None:
        raise NotCalled(partner=partner, call=row.code)
    check_receipt(
        call=row.code,
        partner=partner,
        outstanding=line.outstanding,
        amount=amount,
        bank_reference=reference,
    )
    _check_day(row, received_on, now)
    check_reference_free(tx, fund_id=row.fund_id, reference=reference)
    made = IndemnityReceipt(
        fund_id=row.fund_id,
        indemnity_id=row.key,
        partner_id=partner_id,
        amount=amount,
        received_on=received_on,
        bank_reference=reference,
        recorded_by=actor.name,
        recorded_at=stamp(tx, fund_id=row.fund_id, now=now),
    )
    tx.add(made)
    if sheet.came + amount == row.amount:
        row.state = IndemnityState.RECEIVED
    tx.flush()
    post(tx, actor, fund_id=row.fund_id, postings=[_posting(row, made, partner)], now=now)
    return told(tx, actor, row=row, action="indemnity.received", now=now)


def reverse_giveback_receipt(
    tx: Tx, actor: Actor, *, receipt_id: int, reason: str, reversed_on: date, now: datetime
) -> IndemnitySheet:
    """Undo a receipt in the books; its bank reference is free again, and the partner owes it again.

    Refused: no reason, a receipt reversed before, a locked period, money that has been spent since.
    """
    actor.require(*BOOKERS)
    check_reason(reason)
    wanted = select(IndemnityReceipt).where(IndemnityReceipt.id == receipt_id)
    found = tx.exec(wanted).one_or_none()
    if found is None:
        raise IndemnityReceiptUnknown()
    live = [IndemnityState.APPROVED, IndemnityState.RECEIVED]
    row = locked_indemnity(tx, indemnity_id=found.indemnity_id, needed=live)
    made = tx.exec(wanted.execution_options(populate_existing=True)).one()
    if made.reversed_on is not None:
        raise IndemnityReceiptUnknown()
    act = receipt_act(row.key, made.key)
    on = undo(tx, actor, fund_id=row.fund_id, act=act, reason=reason, effective_on=reversed_on, now=now)
    at = stamp(tx, fund_id=row.fund_id, now=now)
    made.reversed_on, made.reversed_at, made.reverse_reason = on, at, reason.strip()
    row.state = IndemnityState.APPROVED
    tx.flush()
    return told(tx, actor, row=row, action="indemnity.receipt_reversed", now=now)


def _check_day(row: Indemnity, received_on: date, now: datetime) -> None:
    first, last = row.notice_on or row.due_on, day_in_beijing(now)
    if not first <= received_on <= last:
        raise ReceivedOutOfTime(received_on=received_on, call=row.code, first=first, last=last)


def _posting(row: Indemnity, made: IndemnityReceipt, partner: str) -> Posting:
    return Posting(
        reference=f"{row.code}/{partner}/receipt-{made.key}",
        effective_on=made.received_on,
        debit=Account.CASH,
        credit=Account.CONTRIBUTIONS_RECEIVABLE,
        amount=made.amount,
        memo=made.bank_reference,
        act=receipt_act(row.key, made.key),
        credit_partner_id=made.partner_id,
    )
