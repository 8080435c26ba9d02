"""Calls and receipts as others see them. With an `actor` only what it may see."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.capital.models import Call, CallItem, CallLine, Receipt
from fund.capital.positions import in_order, seen, unfunded_before, visible_to
from fund.capital.rules import CallState, CallUnknown, ItemKind, ReceiptUnknown
from fund.capital.sheets import Asked, CallRow, CallSheet, ItemSheet, PartnerCall, ReceiptSheet
from fund.capital.standing import receipt_stands
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.paging import DEFAULT_LIMIT, Page, keyset


def calls(
    tx: Tx,
    *,
    fund_id: int,
    actor: Actor | None = None,
    state: CallState | None = None,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[CallRow]:
    """The fund's calls, newest first; a partner finds those issued in which it has a part."""
    statement = select(Call).where(Call.fund_id == fund_id)
    if state is not None:
        statement = statement.where(Call.state == state)
    if actor is not None and actor.reach != "all":
        own = sa.select(col(CallLine.call_id)).where(visible_to(actor, col(CallLine.partner_id)))
        statement = statement.where(col(Call.notice_on).is_not(None), col(Call.id).in_(own))
    key = col(Call.id)
    return keyset(tx, statement, key, after=after, limit=limit, sheet=call_row, newest_first=True)


def call_by_code(tx: Tx, *, fund_id: int, code: str, actor: Actor | None = None) -> CallSheet:
    """The call with that code ("CALL-004")."""
    statement = select(Call.id).where(Call.fund_id == fund_id, Call.code == code.strip().upper())
    call_id = tx.exec(statement).one_or_none()
    if call_id is None:
        raise CallUnknown()
    return call_sheet(tx, call_id=call_id, actor=actor)


def call_sheet(
    tx: Tx,
    *,
    call_id: int,
    actor: Actor | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> CallSheet:
    """The call with its items and lines; one without a line of the reader's is as unknown as a missing one.

    With `as_of` or `known_at` only the money counts that had come in by that day, as known at that instant.
    """
    call = _call(tx, call_id)
    lines = _asked_of(tx, call, None, actor, receipt_stands(as_of, known_at))
    if actor is not None and actor.reach != "all" and (not lines or call.notice_on is None):
        raise CallUnknown()
    items = tx.exec(select(CallItem).where(CallItem.call_id == call_id).order_by(col(CallItem.position)))
    return CallSheet(
        call_row(call),
        tuple(_item(row, actor) for row in items),
        _partner_calls(tx, call, lines),
    )


def _item(row: CallItem, actor: Actor | None) -> ItemSheet:
    """The item; who else was excused is no business of a partner."""
    excused = (
        key for key in row.excused if actor is None or actor.reach == "all" or key in actor.partner_ids
    )
    return ItemSheet(row.position, row.kind, row.amount, row.memo, row.holding_id, tuple(excused))


def _came(found: Iterable[ReceiptSheet]) -> dict[int, tuple[int, date]]:
    """What came in from each partner, and the last day on which some of it did."""
    came: dict[int, tuple[int, date]] = {}
    for receipt in found:
        so_far, last = came.get(receipt.partner_id, (0, receipt.received_on))
        came[receipt.partner_id] = (so_far + receipt.amount, max(last, receipt.received_on))
    return came


def call_header(tx: Tx, *, call_id: int) -> CallRow:
    """The call without its items and lines."""
    return call_row(_call(tx, call_id))


def _call(tx: Tx, call_id: int) -> Call:
    call = tx.exec(select(Call).where(Call.id == call_id).execution_options(populate_existing=True)).first()
    if call is None:
        raise CallUnknown()
    return call


def asked(
    tx: Tx,
    *,
    call_id: int,
    partner_ids: Collection[int] | None = None,
    as_of: date | None = None,
) -> tuple[Asked, ...]:
    """What each partner, or each of some, was asked for on a call, in the partners' order; who was not has no line.

    It asks for less than `call_sheet`, which also says what may still be called of each.
    """
    return _asked_of(tx, _call(tx, call_id), partner_ids, None, receipt_stands(as_of))


def item_parts(tx: Tx, *, call_id: int) -> dict[int, dict[int, int]]:
    """By an item's position, each partner's part of it as it was worked out; negative where money goes back."""
    statement = (
        sa.select(col(CallItem.position), col(CallLine.partner_id), col(CallLine.amount))
        .join(CallItem, col(CallItem.id) == col(CallLine.item_id))
        .where(col(CallLine.call_id) == call_id)
        .order_by(col(CallItem.position), col(CallLine.partner_id))
    )
    found: dict[int, dict[int, int]] = {}
    for position, partner_id, amount in tx.execute(statement):
        found.setdefault(position, {})[partner_id] = amount
    return found


def _asked_of(
    tx: Tx,
    call: Call,
    partner_ids: Collection[int] | None,
    actor: Actor | None,
    standing: sa.ColumnElement[bool],
) -> tuple[Asked, ...]:
    owed = _lines_by_kind(tx, call.key, actor, partner_ids)
    found = receipts(tx, call_id=call.key, actor=actor, standing=standing, partner_ids=partner_ids)
    came = _came(found)
    ordered = in_order(tx, fund_id=call.fund_id, amounts=owed)
    return tuple(_asked(key, parts, *came.get(key, (0, None))) for key, parts in ordered.items())


def _asked(partner_id: int, parts: dict[ItemKind, int], received: int, on: date | None) -> Asked:
    investment, expense, fee, interest, premium = (parts.get(kind, 0) for kind in ItemKind)
    amount = investment + expense + fee + interest + premium
    return Asked(
        partner_id=partner_id,
        investment=investment,
        expense=expense,
        fee=fee,
        interest=interest,
        premium=premium,
        amount=amount,
        received=received,
        received_on=on,
        outstanding=max(0, amount) - received,
    )


def _partner_calls(tx: Tx, call: Call, lines: Sequence[Asked]) -> tuple[PartnerCall, ...]:
    as_of = max(call.due_on, call.notice_on or call.due_on)
    before = unfunded_before(tx, fund_id=call.fund_id, call_id=call.key, as_of=as_of)
    return tuple(
        PartnerCall(
            **vars(line),
            unfunded_before=before.get(line.partner_id, 0),
            unfunded_after=before.get(line.partner_id, 0) - line.within,
        )
        for line in lines
    )


def _lines_by_kind(
    tx: Tx, call_id: int, actor: Actor | None, partner_ids: Collection[int] | None
) -> dict[int, dict[ItemKind, int]]:
    statement = (
        sa.select(
            col(CallLine.partner_id),
            col(CallItem.kind),
            sa.cast(sa.func.sum(CallLine.amount), sa.BigInteger),
        )
        .join(CallItem, col(CallItem.id) == col(CallLine.item_id))
        .where(col(CallLine.call_id) == call_id)
        .group_by(col(CallLine.partner_id), col(CallItem.kind))
    )
    if partner_ids is not None:
        statement = statement.where(col(CallLine.partner_id).in_(partner_ids))
    found: dict[int, dict[ItemKind, int]] = {}
    for partner_id, kind, amount in tx.execute(seen(statement, actor, col(CallLine.partner_id))):
        found.setdefault(partner_id, {})[kind] = amount
    return found


def receipts(
    tx: Tx,
    *,
    call_id: int,
    actor: Actor | None = None,
    standing: sa.ColumnElement[bool] | None = None,
    partner_ids: Collection[int] | None = None,
) -> list[ReceiptSheet]:
    """What came in on a call, or of some partners on it: reversed receipts included, unless only those `standing` are
    wanted.
    """
    own = col(Receipt.call_id) == call_id
    if partner_ids is not None:
        own &= col(Receipt.partner_id).in_(partner_ids)
    return _receipts(tx, own if standing is None else own & standing, actor)


def fund_receipts(tx: Tx, *, fund_id: int, actor: Actor | None = None) -> list[ReceiptSheet]:
    """What came in on every call of a fund, in the order in which it was written down."""
    return _receipts(tx, col(Call.fund_id) == fund_id, actor)


def receipt(tx: Tx, *, receipt_id: int, actor: Actor | None = None) -> ReceiptSheet:
    """One receipt."""
    found = _receipts(tx, col(Receipt.id) == receipt_id, actor)
    if not found:
        raise ReceiptUnknown()
    return found[0]


def call_row(row: Call) -> CallRow:
    """The row as others see it."""
    return CallRow(
        row.key,
        row.fund_id,
        row.number,
        row.code,
        row.kind,
        row.state,
        row.purpose,
        row.amount,
        row.due_on,
        row.notice_on,
        row.is_loaded,
        row.prepared_by,
        row.prepared_name,
        row.approved_by,
        row.approved_name,
        row.issued_at,
        row.settled_on,
        row.cancelled_on,
        row.cancelled_at,
        row.cancel_reason,
        row.recorded_at,
    )


def _receipts(tx: Tx, which: sa.ColumnElement[bool], actor: Actor | None) -> list[ReceiptSheet]:
    statement = (
        sa.select(Receipt, col(Call.code))
        .join(Call, col(Call.id) == col(Receipt.call_id))
        .where(which)
        .order_by(col(Receipt.id))
        .execution_options(populate_existing=True)
    )
    rows = tx.execute(seen(statement, actor, col(Receipt.partner_id)))
    return [_receipt(row, code) for row, code in rows]


def _receipt(row: Receipt, call: str) -> ReceiptSheet:
    return ReceiptSheet(
        row.key,
        row.call_id,
        call,
        row.partner_id,
        row.amount,
        row.interest,
        row.received_on,
        row.bank_reference,
        row.reference,
        row.recorded_by,
        row.recorded_at,
        row.reversed_on,
        row.reverse_reason,
        row.distribution_id,
    )
