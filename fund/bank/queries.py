"""Statements and their lines; which of them still wait to be matched."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from fund.bank.models import BankLine, BankLineAccount, BankMatch, BankRelease, BankStatement
from fund.bank.rules import LineState, LineUnknown, state_of
from fund.bank.sheets import LineSheet, MatchSheet, StatementSheet
from fund.ledger.cash_items import cash_items
from fund.partners.rules import mask
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.paging import DEFAULT_LIMIT, Page, keyset


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Whoever reads the whole fund; the database's row-level security says the same."""
    return sa.true() if actor.reach == "all" else sa.false()


def statements(tx: Tx, *, fund_id: int, actor: Actor | None = None) -> list[StatementSheet]:
    """The files that were imported, the newest first."""
    statement = select(BankStatement).where(BankStatement.fund_id == fund_id)
    if actor is not None:
        statement = statement.where(visible_to(actor))
    return [statement_sheet(row) for row in tx.exec(statement.order_by(col(BankStatement.id).desc()))]


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
    """Every line up to a day in the order of the bank's own days."""
    statement = select(BankLine).where(BankLine.fund_id == fund_id, BankLine.booked_on <= as_of)
    ordered = statement.order_by(col(BankLine.booked_on), col(BankLine.statement_id), col(BankLine.position))
    return _sheets(tx, tx.exec(ordered).all())


def matches(tx: Tx, *, fund_id: int, line_ids: Collection[int] | None = None) -> list[MatchSheet]:
    """What lines were found to be, in the order in which it was said.

    A part stands until it is released, and as long as the payment that it names stands in the books: whoever
    reverses a receipt frees the line by that alone.
    """
    statement = (
        sa.select(BankMatch, col(BankRelease.reason))
        .join(BankRelease, col(BankRelease.match_id) == col(BankMatch.id), isouter=True)
        .where(col(BankMatch.fund_id) == fund_id)
    )
    if line_ids is not None:
        statement = statement.where(col(BankMatch.line_id).in_(line_ids))
    rows = tx.execute(statement.order_by(col(BankMatch.id))).all()
    named = {row.item for row, _ in rows if row.item is not None}
    there = {one.key for one in cash_items(tx, fund_id=fund_id, keys=named)} if named else set()
    return [_match(row, released, there) for row, released in rows]


def account_nos(tx: Tx, *, line_ids: Collection[int]) -> dict[int, str]:
    """The whole account numbers on the other side, for those whom the database lets see them; kept off every page."""
    found = select(BankLineAccount).where(col(BankLineAccount.line_id).in_(line_ids))
    return {row.line_id: row.account_no for row in tx.exec(found)}


def statement_sheet(row: BankStatement) -> StatementSheet:
    """The statement as others see it."""
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
    )


def _in_state(tx: Tx, fund_id: int, states: set[LineState], as_of: date = date.max) -> list[int]:
    matched: dict[int, int] = {}
    for one in matches(tx, fund_id=fund_id):
        if one.stands:
            matched[one.line_id] = matched.get(one.line_id, 0) + one.amount
    found = sa.select(col(BankLine.id), col(BankLine.amount)).where(
        col(BankLine.fund_id) == fund_id, col(BankLine.booked_on) <= as_of
    )
    return [key for key, amount in tx.execute(found) if state_of(amount, matched.get(key, 0)) in states]


def _sheets(tx: Tx, rows: Sequence[BankLine]) -> list[LineSheet]:
    if not rows:
        return []
    ids = [row.key for row in rows]
    made: dict[int, list[MatchSheet]] = {}
    for one in matches(tx, fund_id=rows[0].fund_id, line_ids=ids):
        made.setdefault(one.line_id, []).append(one)
    numbers = account_nos(tx, line_ids=ids)
    return [_line(row, made.get(row.key, ()), numbers.get(row.key, "")) for row in rows]


def _line(row: BankLine, made: Iterable[MatchSheet], account_no: str) -> LineSheet:
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
        tuple(made),
    )


def _match(row: BankMatch, released: str | None, there: set[str]) -> MatchSheet:
    return MatchSheet(
        row.key,
        row.line_id,
        row.kind,
        row.item,
        row.amount,
        row.reason,
        row.recorded_by,
        row.recorded_at,
        released is None and (row.item is None or row.item in there),
        released or "",
    )
