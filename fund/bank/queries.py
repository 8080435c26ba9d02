"""Statements and their lines; which of them still wait to be matched."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from fund.bank.models import (
    BankLine,
    BankLineAccount,
    BankMatch,
    BankRelease,
    BankStatement,
    BankWithdrawal,
)
from fund.bank.rules import LineState, LineUnknown, state_of
from fund.bank.sheets import LineSheet, MatchSheet, StatementSheet
from fund.bank.withdrawal_rules import StatementUnknown
from fund.ledger.cash_items import cash_items
from fund.partners.rules import mask
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.paging import DEFAULT_LIMIT, Page, keyset


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Whoever reads the whole fund; the database's row-level security says the same."""
    return sa.true() if actor.reach == "all" else sa.false()


def statements(tx: Tx, *, fund_id: int, actor: Actor | None = None) -> list[StatementSheet]:
    """The files that were imported, the newest first, those withdrawn since among them."""
    found = _statements().where(col(BankStatement.fund_id) == fund_id)
    if actor is not None:
        found = found.where(visible_to(actor))
    return [
        statement_sheet(row, gone) for row, gone in tx.execute(found.order_by(col(BankStatement.id).desc()))
    ]


def statement(tx: Tx, *, statement_id: int, actor: Actor | None = None) -> StatementSheet:
    """One file that was imported."""
    found = _statements().where(col(BankStatement.id) == statement_id)
    if actor is not None:
        found = found.where(visible_to(actor))
    row = tx.execute(found).first()
    if row is None:
        raise StatementUnknown()
    return statement_sheet(*row)


def lines_of_statement(tx: Tx, *, statement_id: int) -> list[LineSheet]:
    """The lines that a file brought, in the order of the bank."""
    found = select(BankLine).where(BankLine.statement_id == statement_id).order_by(col(BankLine.position))
    return _sheets(tx, tx.exec(found).all())


def lines(
    tx: Tx,
    *,
    fund_id: int,
    actor: Actor | None = None,
    state: LineState | None = None,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[LineSheet]:
    """The lines, those written down last first; with a `state` only those of which so much is accounted for."""
    statement = select(BankLine).where(BankLine.fund_id == fund_id)
    if actor is not None:
        statement = statement.where(visible_to(actor))
    if state is not None:
        statement = statement.where(col(BankLine.id).in_(_in_state(tx, fund_id, {state})))
    page = keyset(
        tx, statement, col(BankLine.id), after=after, limit=limit, sheet=lambda r: r, newest_first=True
    )
    return Page(tuple(_sheets(tx, page.items)), page.next)


def open_lines(tx: Tx, *, fund_id: int, as_of: date = date.max, limit: int | None = None) -> list[LineSheet]:
    """The lines up to a day of which something is open, the oldest first."""
    wanted = _in_state(tx, fund_id, {LineState.OPEN, LineState.PARTLY})
    statement = select(BankLine).where(col(BankLine.id).in_(wanted), BankLine.booked_on <= as_of)
    ordered = statement.order_by(col(BankLine.booked_on), col(BankLine.id)).limit(limit)
    return _sheets(tx, tx.exec(ordered).all())


def count_open(tx: Tx, *, fund_id: int, as_of: date = date.max) -> int:
    """How many lines up to a day are not wholly accounted for."""
    return len(_in_state(tx, fund_id, {LineState.OPEN, LineState.PARTLY}, as_of))


def line(tx: Tx, *, line_id: int, actor: Actor | None = None) -> LineSheet:
    """One line with all that was ever made of it."""
    statement = select(BankLine).where(BankLine.id == line_id)
    if actor is not None:
        statement = statement.where(visible_to(actor))
    row = tx.exec(statement).first()
    if row is None:
        raise LineUnknown()
    return _sheets(tx, [row])[0]


def lines_until(tx: Tx, *, fund_id: int, as_of: date) -> list[LineSheet]:
    """Every line up to a day in the order of the bank's own days, without those that were withdrawn."""
    statement = select(BankLine).where(
        BankLine.fund_id == fund_id, BankLine.booked_on <= as_of, ~is_withdrawn(col(BankLine.statement_id))
    )
    ordered = statement.order_by(col(BankLine.booked_on), col(BankLine.statement_id), col(BankLine.position))
    return _sheets(tx, tx.exec(ordered).all())


def matches(tx: Tx, *, fund_id: int, line_ids: Collection[int] | None = None) -> list[MatchSheet]:
    """What lines were found to be, in the order in which it was said.

    A part stands until it is released or its statement withdrawn, and as long as the payment that it names stands in
    the books: whoever reverses a receipt frees the line by that alone.
    """
    gone = is_withdrawn(col(BankLine.statement_id))
    statement = (
        sa.select(BankMatch, col(BankRelease.reason), gone)
        .join(BankLine, col(BankLine.id) == col(BankMatch.line_id))
        .join(BankRelease, col(BankRelease.match_id) == col(BankMatch.id), isouter=True)
        .where(col(BankMatch.fund_id) == fund_id)
    )
    if line_ids is not None:
        statement = statement.where(col(BankMatch.line_id).in_(line_ids))
    rows = tx.execute(statement.order_by(col(BankMatch.id))).all()
    named = {row.item for row, _, _ in rows if row.item is not None}
    there = {one.key for one in cash_items(tx, fund_id=fund_id, keys=named)} if named else set()
    return [_match(row, released, there, is_gone=is_gone) for row, released, is_gone in rows]


def counted_twice(tx: Tx, *, fund_id: int) -> list[int]:
    """Lines that count although the same line does already; there are none unless the rows are broken."""
    found = (
        sa.select(sa.func.max(col(BankLine.id)))
        .where(col(BankLine.fund_id) == fund_id, ~is_withdrawn(col(BankLine.statement_id)))
        .group_by(col(BankLine.fingerprint))
        .having(sa.func.count() > 1)
    )
    return list(tx.execute(found).scalars())


def account_nos(tx: Tx, *, line_ids: Collection[int]) -> dict[int, str]:
    """The whole account numbers on the other side, for those whom the database lets see them; kept off every page."""
    found = select(BankLineAccount).where(col(BankLineAccount.line_id).in_(line_ids))
    return {row.line_id: row.account_no for row in tx.exec(found)}


def is_withdrawn(statement_id: Mapped[int] | Mapped[int | None]) -> sa.ColumnElement[bool]:
    """Whether the statement of this id was withdrawn."""
    return sa.exists().where(col(BankWithdrawal.statement_id) == statement_id)


def statement_sheet(row: BankStatement, gone: BankWithdrawal | None = None) -> StatementSheet:
    """The statement as others see it, with what says that it counts no more."""
    return StatementSheet(
        row.key,
        row.account,
        row.filename,
        row.sha256,
        row.first_on,
        row.last_on,
        row.lines,
        row.known,
        row.recorded_by,
        row.recorded_at,
        gone.withdrawn_on if gone else None,
        gone.reason if gone else "",
        gone.recorded_by if gone else "",
    )


def _statements() -> sa.Select[BankStatement, BankWithdrawal]:
    return sa.select(BankStatement, BankWithdrawal).join(
        BankWithdrawal, col(BankWithdrawal.statement_id) == col(BankStatement.id), isouter=True
    )


def _in_state(tx: Tx, fund_id: int, states: set[LineState], as_of: date = date.max) -> list[int]:
    matched: dict[int, int] = {}
    for one in matches(tx, fund_id=fund_id):
        if one.stands:
            matched[one.line_id] = matched.get(one.line_id, 0) + one.amount
    gone = is_withdrawn(col(BankLine.statement_id))
    found = sa.select(col(BankLine.id), col(BankLine.amount), gone).where(
        col(BankLine.fund_id) == fund_id, col(BankLine.booked_on) <= as_of
    )
    return [
        key
        for key, amount, is_gone in tx.execute(found)
        if (LineState.WITHDRAWN if is_gone else state_of(amount, matched.get(key, 0))) in states
    ]


def _sheets(tx: Tx, rows: Sequence[BankLine]) -> list[LineSheet]:
    if not rows:
        return []
    ids = [row.key for row in rows]
    made: dict[int, list[MatchSheet]] = {}
    for one in matches(tx, fund_id=rows[0].fund_id, line_ids=ids):
        made.setdefault(one.line_id, []).append(one)
    numbers = account_nos(tx, line_ids=ids)
    gone = set(tx.exec(select(BankWithdrawal.statement_id).where(BankWithdrawal.fund_id == rows[0].fund_id)))
    return [
        _line(row, made.get(row.key, ()), numbers.get(row.key, ""), is_gone=row.statement_id in gone)
        for row in rows
    ]


def _line(row: BankLine, made: Iterable[MatchSheet], account_no: str, *, is_gone: bool) -> LineSheet:
    return LineSheet(
        row.key,
        row.statement_id,
        row.account,
        row.booked_on,
        row.amount,
        row.balance,
        row.name,
        mask(account_no) if account_no else "",
        row.memo,
        row.reference,
        is_gone,
        tuple(made),
    )


def _match(row: BankMatch, released: str | None, there: set[str], *, is_gone: bool) -> MatchSheet:
    return MatchSheet(
        row.key,
        row.line_id,
        row.kind,
        row.item,
        row.amount,
        row.reason,
        row.recorded_by,
        row.recorded_at,
        released is None and not is_gone and (row.item is None or row.item in there),
        released or "",
    )
