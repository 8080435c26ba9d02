"""Saying what the lines of a statement are, and taking that back. What a line pays or brings its own act books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.bank.bookings import book_aside, free_reference, hold_dues, settle_due, undo_match
from fund.bank.match_rules import Proposal
from fund.bank.models import BankLine, BankMatch, BankRelease
from fund.bank.proposals import left_of_items, proposed
from fund.bank.queries import line
from fund.bank.rules import (
    AsideReasonMissing,
    BillPart,
    EarnedPart,
    InterestPart,
    ItemUnknown,
    LineUnknown,
    MatchKind,
    MatchUnknown,
    Part,
    ReceiptPart,
    SeveralPayers,
    check_aside,
    check_item,
    check_parts,
)
from fund.bank.rules import BookedPart as Booked
from fund.bank.sheets import LineSheet
from fund.bank.statements import BOOKERS
from fund.bank.withdrawal_rules import LineWithdrawn
from fund.capital.receipts import receive
from fund.defaults.actions import receive_interest
from fund.ledger.undo_rules import check_reversal_day, check_undone_on
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.errors import Conflict, Invalid
from kernel.identity.rules import Actor
from kernel.instants import day_in_beijing


@dataclass(frozen=True)
class Accepted:
    """What became of all exact proposals: the lines accepted, and those that were refused, each with why."""

    accepted: tuple[int, ...]
    refused: tuple[tuple[int, Conflict | Invalid], ...]


def accept(tx: Tx, actor: Actor, *, line_id: int, parts: Sequence[Part], now: datetime) -> LineSheet:
    """Say what a line is: a partner's money on calls, bills that it pays, income that it brings, each booked by it, or
    payments that are booked already.

    What is left of the line stays open. Refused: what `check_parts` finds, a payment that is unknown or wholly
    matched, and all that `receive` refuses: a call not issued, more than is owed, a bank reference booked before.
    """
    actor.require(*BOOKERS)
    sheet = _locked(tx, line_id)
    check_parts(parts, open_amount=sheet.open)
    fund_id, turn = _turn(tx, line_id)
    sign = 1 if sheet.open > 0 else -1
    hold_dues(tx, fund_id=fund_id, parts=parts)
    for number, part in enumerate(parts, start=1):
        if isinstance(part, ReceiptPart | InterestPart):
            kind, item = MatchKind.RECEIPT, _receive(tx, actor, sheet, part, now)
        elif isinstance(part, BillPart | EarnedPart):
            kind, item = settle_due(tx, actor, fund_id=fund_id, part=part, on=sheet.booked_on, now=now)
        else:
            kind, item = MatchKind.BOOKED, _booked(tx, fund_id, part, is_in=sheet.open > 0)
        _match(tx, actor, sheet, fund_id, (turn, number), kind, item, sign * part.amount, now=now)
    return line(tx, line_id=line_id)


def accept_exact(tx: Tx, actor: Actor, *, fund_id: int, now: datetime) -> Accepted:
    """Accept every line that one exact proposal explains, the oldest first; one that is refused is told and stays."""
    actor.require(*BOOKERS)
    lock(tx, f"bank:{fund_id}")
    accepted, refused = [], []
    waiting = proposed(tx, actor, fund_id=fund_id)
    hold_dues(
        tx, fund_id=fund_id, parts=[part for one in waiting if one.exact for part in parts_of(one.exact)]
    )
    for one in waiting:
        # What was accepted just now may be what made this one exact, or not exact any more.
        exact = proposed(tx, actor, fund_id=fund_id, only=[one.line])[0].exact if one.exact else None
        if exact is None:
            continue
        parts = parts_of(exact)
        try:
            with tx.begin_nested():
                accept(tx, actor, line_id=one.line.id, parts=parts, now=now)
        except (Conflict, Invalid) as refusal:
            refused.append((one.line.id, refusal))
        else:
            accepted.append(one.line.id)
    return Accepted(tuple(accepted), tuple(refused))


def parts_of(proposal: Proposal) -> list[Part]:
    """What is to be said of a line when a proposal is accepted as it stands."""
    key, due = proposal.partner_id or 0, proposal.due
    if due is not None:
        made = BillPart if due.left < 0 else EarnedPart
        return [made(due.reference, proposal.covers)]
    parts: list[Part] = [
        ReceiptPart(owed.call_id, key, amount)
        if owed.default_id is None
        else InterestPart(owed.default_id, key, amount)
        for owed, amount in proposal.calls
    ]
    return [*parts, Booked(proposal.item, proposal.covers)] if proposal.item else parts


def set_aside(
    tx: Tx, actor: Actor, *, line_id: int, kind: MatchKind, reason: str, now: datetime
) -> LineSheet:
    """Say of what is open of a line what it is without a payment in the books.

    Bank interest is booked as income and a bank fee as an expense, both shared by commitment; a transfer between the
    fund's own accounts, money to be returned and anything else is only set aside. Refused: no reason, nothing open,
    interest that went out or a fee that came in, and what the books refuse.
    """
    actor.require(*BOOKERS)
    sheet = _locked(tx, line_id)
    check_aside(kind, reason=reason, open_amount=sheet.open)
    fund_id, turn = _turn(tx, line_id)
    item = book_aside(
        tx, actor, line=sheet, fund_id=fund_id, turn=turn, kind=kind, memo=reason.strip(), now=now
    )
    _match(tx, actor, sheet, fund_id, (turn, 1), kind, item, sheet.open, reason=reason.strip(), now=now)
    return line(tx, line_id=line_id)


def release(
    tx: Tx, actor: Actor, *, match_id: int, reason: str, released_on: date, now: datetime
) -> LineSheet:
    """Free a part of a line that was matched by mistake; what accepting it had booked is taken back from that day.

    A payment that was booked by itself stays in the books. Refused: no reason, a part that does not stand, a day
    before the line or to come, and what the undoing of a receipt, an expense or an entry refuses.
    """
    actor.require(*BOOKERS)
    if not reason.strip():
        raise AsideReasonMissing()
    row = tx.exec(select(BankMatch).where(BankMatch.id == match_id)).first()
    if row is None:
        raise MatchUnknown()
    sheet = _locked(tx, row.line_id)
    if not any(one.id == match_id and one.stands for one in sheet.matches):
        raise MatchUnknown()
    check_undone_on(released_on, first=sheet.booked_on)
    check_reversal_day(released_on, latest=max(day_in_beijing(now), sheet.booked_on))
    undo_match(
        tx,
        actor,
        fund_id=row.fund_id,
        kind=row.kind,
        item=row.item,
        reason=reason.strip(),
        undone_on=released_on,
        now=now,
    )
    tx.add(BankRelease(match_id=match_id, reason=reason.strip(), recorded_by=actor.name, recorded_at=now))
    tx.flush()
    detail = {"match": match_id, "kind": row.kind.value, "amount": row.amount, "reason": reason.strip()}
    record(tx, actor, action="bank.released", subject=f"bank_line:{row.line_id}", detail=detail, now=now)
    return line(tx, line_id=row.line_id)


def _locked(tx: Tx, line_id: int) -> LineSheet:
    """The line as it stands once nobody else is at work on the fund's statements; refused when it was withdrawn."""
    fund_id = tx.exec(select(BankLine.fund_id).where(BankLine.id == line_id)).first()
    if fund_id is None:
        raise LineUnknown()
    lock(tx, f"bank:{fund_id}")
    found = line(tx, line_id=line_id)
    if found.is_withdrawn:
        raise LineWithdrawn()
    return found


def _turn(tx: Tx, line_id: int) -> tuple[int, int]:
    """The fund of a line, and the number of the acceptance that comes next."""
    fund_id = tx.exec(select(BankLine.fund_id).where(BankLine.id == line_id)).one()
    last = tx.execute(
        sa.select(sa.func.max(BankMatch.turn)).where(col(BankMatch.line_id) == line_id)
    ).scalar()
    return fund_id, (last or 0) + 1


def _receive(tx: Tx, actor: Actor, sheet: LineSheet, part: ReceiptPart | InterestPart, now: datetime) -> str:
    reference = free_reference(tx, line=line(tx, line_id=sheet.id))
    if isinstance(part, InterestPart):
        return _interest(tx, actor, sheet, part, reference, now)
    receipt = receive(
        tx,
        actor,
        call_id=part.call_id,
        partner_id=part.partner_id,
        amount=part.amount,
        received_on=sheet.booked_on,
        bank_reference=reference,
        now=now,
    )
    return f"receipt:{receipt.id}/{part.partner_id}"


def _interest(
    tx: Tx, actor: Actor, sheet: LineSheet, part: InterestPart, reference: str, now: datetime
) -> str:
    found = receive_interest(
        tx,
        actor,
        default_id=part.default_id,
        amount=part.amount,
        received_on=sheet.booked_on,
        bank_reference=reference,
        now=now,
    )
    if found.partner_id != part.partner_id:
        raise SeveralPayers()
    return f"default:{found.id}.{found.came[-1].number}"


def _booked(tx: Tx, fund_id: int, part: Booked, *, is_in: bool) -> str:
    found = left_of_items(tx, fund_id=fund_id).get(part.item)
    if found is None:
        raise ItemUnknown(item=part.item)
    check_item(part.item, left=found[1], amount=part.amount, is_in=is_in)
    return part.item


def _match(
    tx: Tx,
    actor: Actor,
    sheet: LineSheet,
    fund_id: int,
    place: tuple[int, int],
    kind: MatchKind,
    item: str | None,
    amount: int,
    *,
    reason: str = "",
    now: datetime,
) -> None:
    turn, part = place
    row = BankMatch(
        fund_id=fund_id,
        line_id=sheet.id,
        turn=turn,
        part=part,
        kind=kind,
        item=item,
        amount=amount,
        reason=reason,
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"match": row.key, "kind": kind.value, "item": item, "amount": amount}
    record(tx, actor, action="bank.matched", subject=f"bank_line:{sheet.id}", detail=detail, now=now)
