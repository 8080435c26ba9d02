"""Taking something off the management fee: one person prepares it, another approves it, and it can be taken back."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlmodel import select

from fund.capital.acts import naming_a_holding
from fund.capital.positions import commitments
from fund.charter.queries import terms
from fund.fees.actions import lock_fees
from fund.fees.models import FeeRelief, FeeReliefDecision, FeeReliefLine
from fund.fees.queries import charge_of, payable
from fund.fees.relief_rules import (
    OffsetApplied,
    OffsetKind,
    ReliefDecided,
    ReliefInvalid,
    ReliefKind,
    ReliefNotBooked,
    ReliefTaken,
    check_after_fee,
    check_left,
    check_offset,
    check_paid,
    check_relief,
    check_second,
    check_within,
    free,
    offset_amount,
)
from fund.fees.relief_shares import check_shares, first_days, parts_of
from fund.fees.unapplied import ReliefSheet, applied_by, offsets, relief, standing
from fund.ledger.actions import post
from fund.ledger.chart import FEE_ACCOUNTS, Account
from fund.ledger.locks import locked_through
from fund.ledger.queries import total
from fund.ledger.rules import Posting, ReasonMissing, check_day_open
from fund.ledger.stamps import stamp
from fund.ledger.undo_rules import check_undone_on
from fund.ledger.undoing import undo
from fund.partners.queries import codes_in_order
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.errors import Problem
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.money import format_amount
from kernel.periods import Quarter


def propose_offset(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    reference: str,
    kind: OffsetKind,
    received: int,
    received_on: date,
    holding_id: int | None = None,
    reason: str,
    now: datetime,
) -> ReliefSheet:
    """Write down a fee that the manager received; the terms' share of it is set off once somebody else approves.

    It is split by commitment among the partners that bear the fee. Refused: nothing received or set off, a day to
    come, a holding of another fund, a reference used before, nobody to set it off for.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_fees(tx, fund_id=fund_id)
    share = terms(tx, fund_id=fund_id, as_of=received_on).offset_share
    check_offset(reference=reference, received=received, share=share, reason=reason)
    _check_come(received_on, now)
    amount = offset_amount(received, share)
    promised = commitments(tx, fund_id=fund_id, as_of=received_on)
    check_within(received, committed=sum(promised.values()))
    parts = parts_of(tx, fund_id=fund_id, amount=amount, on=received_on)
    row = FeeRelief(
        fund_id=fund_id,
        reference=reference.strip(),
        kind=ReliefKind.OFFSET,
        effective_on=received_on,
        amount=amount,
        reason=reason.strip(),
        offset_kind=kind,
        holding_id=holding_id,
        received=received,
        share=share,
        prepared_by=actor.user_id,
        prepared_name=actor.name,
        recorded_at=now,
    )
    return _propose(tx, actor, row, parts, now)


def propose_relief(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    reference: str,
    kind: ReliefKind,
    quarter: Quarter,
    amounts: Mapping[int, int],
    effective_on: date,
    reason: str,
    now: datetime,
) -> ReliefSheet:
    """Prepare a waiver or a rebate of the fee of a quarter, by partner; it is booked once somebody else approves.

    Refused: nothing, more than a partner is charged, a day before the fee or to come, a rebate of what is not paid.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_fees(tx, fund_id=fund_id)
    check_relief(reference=reference, amounts=list(amounts.values()), reason=reason)
    if kind is ReliefKind.OFFSET:
        raise ReliefInvalid(problems=[Problem("kind", "an offset is recognised, not given for a quarter")])
    _check_come(effective_on, now)
    row = FeeRelief(
        fund_id=fund_id,
        reference=reference.strip(),
        kind=kind,
        effective_on=effective_on,
        amount=sum(amounts.values()),
        reason=reason.strip(),
        quarter=str(quarter),
        prepared_by=actor.user_id,
        prepared_name=actor.name,
        recorded_at=now,
    )
    _check_relief(tx, row, amounts)
    return _propose(tx, actor, row, amounts, now)


def decide_relief(
    tx: Tx, actor: Actor, *, fund_id: int, reference: str, is_approved: bool, now: datetime
) -> ReliefSheet:
    """Approve what somebody else prepared, or turn it down; a waiver and a rebate are booked then.

    Refused: an approval by the preparer, one that was decided before, a locked day, and what `propose_relief` refuses.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_fees(tx, fund_id=fund_id)
    sheet = relief(tx, fund_id=fund_id, reference=reference)
    if sheet.is_approved is not None:
        raise ReliefDecided(reference=reference)
    if is_approved:
        check_second(reference=reference, preparer_id=sheet.prepared_by, approver_id=actor.user_id)
        check_day_open(sheet.effective_on, locked_through(tx, fund_id=fund_id), what=reference)
        if sheet.kind is ReliefKind.OFFSET:
            check_shares(tx, fund_id=fund_id, sheet=sheet)
        else:
            _check_relief(tx, tx.get_one(FeeRelief, sheet.id), sheet.parts)
    at = stamp(tx, fund_id=fund_id, now=now)
    tx.add(
        FeeReliefDecision(
            relief_id=sheet.id,
            is_approved=is_approved,
            decided_by=actor.user_id,
            decided_name=actor.name,
            decided_at=at,
        )
    )
    tx.flush()
    if is_approved and sheet.kind is not ReliefKind.OFFSET:
        post(tx, actor, fund_id=fund_id, postings=_postings(tx, fund_id, sheet), now=now)
    action = "fee.relief_approved" if is_approved else "fee.relief_refused"
    _told(tx, actor, action, sheet.id, {"reference": reference, "amount": sheet.amount}, now)
    return relief(tx, fund_id=fund_id, reference=reference)


def undo_relief(
    tx: Tx, actor: Actor, *, fund_id: int, reference: str, reason: str, undone_on: date, now: datetime
) -> date:
    """Take an approved offset, waiver or rebate back; entries are reversed, an offset counts no more from that day.

    Refused: one that is not approved or taken back before, an offset that fees have used up, a locked day or one
    before it took effect, no reason.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_fees(tx, fund_id=fund_id)
    sheet = relief(tx, fund_id=fund_id, reference=reference)
    if not sheet.is_approved:
        raise ReliefNotBooked(reference=reference)
    if not reason.strip():
        raise ReasonMissing()
    on = undone_on
    check_undone_on(on, first=sheet.effective_on)
    check_day_open(on, locked_through(tx, fund_id=fund_id), what=reference)
    _check_come(on, now)
    if sheet.kind is ReliefKind.OFFSET and sheet.undone_on is None:
        _check_unapplied(tx, fund_id, sheet, on)
    undo(
        tx,
        actor,
        fund_id=fund_id,
        act=f"relief:{reference}",
        reason=reason,
        effective_on=on,
        may_be_empty=sheet.kind is ReliefKind.OFFSET,
        now=now,
    )
    detail = {"reference": reference, "amount": sheet.amount, "reason": reason}
    _told(tx, actor, "fee.relief_undone", sheet.id, detail, now)
    return on


def _propose(tx: Tx, actor: Actor, row: FeeRelief, parts: Mapping[int, int], now: datetime) -> ReliefSheet:
    known = select(FeeRelief.id).where(FeeRelief.fund_id == row.fund_id, FeeRelief.reference == row.reference)
    if tx.exec(known).first() is not None:
        raise ReliefTaken(reference=row.reference)
    with naming_a_holding(tx, holding_id=row.holding_id):
        tx.add(row)
        tx.flush()
    tx.add_all(
        FeeReliefLine(relief_id=row.key, partner_id=key, amount=amount)
        for key, amount in parts.items()
        if amount
    )
    tx.flush()
    detail = {"reference": row.reference, "kind": row.kind.value, "amount": row.amount, "reason": row.reason}
    _told(tx, actor, "fee.relief_proposed", row.key, detail, now)
    return relief(tx, fund_id=row.fund_id, reference=row.reference)


def _told(tx: Tx, actor: Actor, action: str, key: int, detail: Mapping[str, object], now: datetime) -> None:
    record(tx, actor, action=action, subject=f"fee_relief:{key}", detail=dict(detail), now=now)


def _check_come(on: date, now: datetime) -> None:
    if on > day_in_beijing(now):
        raise ReliefInvalid(problems=[Problem("effective_on", "this day is still to come")])


def _check_relief(tx: Tx, row: FeeRelief, amounts: Mapping[int, int]) -> None:
    """Refuse what is more than is charged and not let off yet, before the fee is one, or not paid to be paid back."""
    quarter = Quarter.parse(str(row.quarter))
    charged = charge_of(tx, fund_id=row.fund_id, quarter=quarter)
    first = first_days(tx, fund_id=row.fund_id, act=f"fee:{charged.id}")
    used = [one for one in offsets(tx, fund_id=row.fund_id).applied if one.act == f"fee:{charged.id}"]
    before = standing(tx, fund_id=row.fund_id, quarter=charged.quarter)
    codes = codes_in_order(tx, fund_id=row.fund_id)
    for key, amount in amounts.items():
        from_ = first.get(key, charged.effective_on)
        check_after_fee(row.effective_on, effective_on=from_, quarter=charged.quarter)
        gross = sum(line.amount for line in charged.lines if line.partner_id == key)
        left = gross - applied_by(used, key) - sum(one.parts.get(key, 0) for one in before)
        check_left(quarter=charged.quarter, partner=codes[key], amount=amount, left=left)
    if row.kind is ReliefKind.REBATE:
        check_paid(amount=row.amount, paid=_paid(tx, row.fund_id))


def _paid(tx: Tx, fund_id: int) -> int:
    """What the manager was paid of the fee and has not paid back."""
    charged = -total(tx, fund_id=fund_id, as_of=date.max, accounts=FEE_ACCOUNTS)
    return charged - payable(tx, fund_id=fund_id, as_of=date.max)


def _check_unapplied(tx: Tx, fund_id: int, sheet: ReliefSheet, on: date) -> None:
    known = offsets(tx, fund_id=fund_id)
    codes = codes_in_order(tx, fund_id=fund_id)
    for key, amount in sheet.parts.items():
        left = free(known.turns(key), on)
        if left < amount:
            raise OffsetApplied(reference=sheet.reference, left=format_amount(left), partner=codes[key])


def _postings(tx: Tx, fund_id: int, sheet: ReliefSheet) -> list[Posting]:
    """A waiver makes less payable; a rebate is money that the manager pays back into the bank."""
    is_rebate = sheet.kind is ReliefKind.REBATE
    codes = codes_in_order(tx, fund_id=fund_id)
    return [
        Posting(
            reference=f"FEE{sheet.kind.value.upper()}-{sheet.reference}/{codes[key]}",
            effective_on=sheet.effective_on,
            debit=Account.CASH if is_rebate else Account.MANAGEMENT_FEE_PAYABLE,
            credit=Account.FEE_REBATES if is_rebate else Account.FEE_WAIVERS,
            amount=amount,
            memo=sheet.reason,
            act=f"relief:{sheet.reference}",
            credit_partner_id=key,
        )
        for key, amount in sheet.parts.items()
    ]
