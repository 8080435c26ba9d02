"""Taking a statement of the bank in: its new lines are kept, nothing is booked; withdrawing one taken in by mistake."""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.bank.models import BankLine, BankLineAccount, BankStatement, BankWithdrawal
from fund.bank.queries import is_withdrawn, lines_of_statement, statement, statement_sheet
from fund.bank.rules import NothingNew, StatementKnown, check_account, check_days, check_known
from fund.bank.sheets import StatementSheet
from fund.bank.statement_rules import Numbered, ReadLine, fingerprints
from fund.bank.withdrawal_rules import Standing, StatementUnknown, check_withdrawal
from fund.charter.queries import first_quarter
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing

BOOKERS = (Role.MANAGER, Role.ACCOUNTANT)


def take_statement(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    account: str,
    filename: str,
    sha256: str,
    lines: Sequence[ReadLine],
    is_new_account: bool = False,
    now: datetime,
) -> StatementSheet:
    """Keep the lines of a statement that are new; those known from an earlier file are counted and left alone.

    Refused: the same file again, a file without anything new, a line from before the fund or of a day to come, an
    account beside those known that is not said to be new. What was withdrawn is not known, so the same file is taken
    in again where it brings a line back. The trail names no counterparty.
    """
    actor.require(*BOOKERS)
    account = check_account(account)
    lock(tx, f"bank:{fund_id}")
    check_known(account, known=_accounts(tx, fund_id), is_new=is_new_account)
    first = first_quarter(tx, fund_id=fund_id).starts_on
    check_days((one.booked_on for one in lines), first=first, last=day_in_beijing(now))
    fresh = _fresh(tx, fund_id, fingerprints(lines, account=account))
    turn = _turn(tx, fund_id, account, sha256, is_fresh=bool(fresh))
    if not fresh:
        raise NothingNew(count=len(lines), filename=filename)
    row = BankStatement(
        fund_id=fund_id,
        account=account,
        filename=filename,
        sha256=sha256,
        turn=turn,
        first_on=min(one.booked_on for one in lines),
        last_on=max(one.booked_on for one in lines),
        lines=len(fresh),
        known=len(lines) - len(fresh),
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    _write(tx, row, fresh)
    detail = {"account": account, "sha256": sha256, "lines": row.lines, "known": row.known}
    record(tx, actor, action="bank.statement_taken", subject=f"fund:{fund_id}", detail=detail, now=now)
    return statement_sheet(row)


def withdraw_statement(
    tx: Tx, actor: Actor, *, statement_id: int, reason: str, withdrawn_on: date, now: datetime
) -> StatementSheet:
    """Withdraw a statement taken in by mistake: it and its lines stay on record and count for nothing any more.

    Lines that were only set aside go with it. Refused: what `check_withdrawal` finds; above all a line that is
    matched with a payment that stands in the books, which is freed first.
    """
    actor.require(*BOOKERS)
    fund_id = tx.exec(select(BankStatement.fund_id).where(BankStatement.id == statement_id)).first()
    if fund_id is None:
        raise StatementUnknown()
    lock(tx, f"bank:{fund_id}")
    sheet = statement(tx, statement_id=statement_id)
    check_withdrawal(
        sheet.filename,
        withdrawn_on=sheet.withdrawn_on,
        standing=_standing(tx, statement_id),
        reason=reason,
        on=withdrawn_on,
        taken_on=day_in_beijing(sheet.recorded_at),
        today=day_in_beijing(now),
    )
    row = BankWithdrawal(
        fund_id=fund_id,
        statement_id=statement_id,
        withdrawn_on=withdrawn_on,
        reason=reason.strip(),
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"statement": statement_id, "sha256": sheet.sha256, "lines": sheet.lines, "reason": row.reason}
    record(tx, actor, action="bank.statement_withdrawn", subject=f"fund:{fund_id}", detail=detail, now=now)
    return statement(tx, statement_id=statement_id)


def _standing(tx: Tx, statement_id: int) -> list[Standing]:
    """The statement's lines that are matched with a payment in the books."""
    return [
        Standing(line.booked_on, line.amount, line.name or line.memo)
        for line in lines_of_statement(tx, statement_id=statement_id)
        if any(one.stands and one.item is not None for one in line.matches)
    ]


def _accounts(tx: Tx, fund_id: int) -> list[str]:
    """The fund's own accounts of which statements were taken in."""
    found = select(BankStatement.account).where(
        BankStatement.fund_id == fund_id, ~is_withdrawn(col(BankStatement.id))
    )
    return list(tx.exec(found.distinct().order_by(col(BankStatement.account))))


def _turn(tx: Tx, fund_id: int, account: str, sha256: str, *, is_fresh: bool) -> int:
    """The how many-th time this very file is taken in; refused where it stands and brings nothing back."""
    found = (
        sa.select(BankStatement, is_withdrawn(col(BankStatement.id)))
        .where(col(BankStatement.fund_id) == fund_id, col(BankStatement.sha256) == sha256)
        .order_by(col(BankStatement.turn).desc())
    )
    before = tx.execute(found).all()
    # Under the name of another account every line would be new, and all that money there twice.
    standing = [row for row, is_gone in before if not is_gone and (not is_fresh or row.account != account)]
    if standing:
        raise StatementKnown(filename=standing[0].filename, on=day_in_beijing(standing[0].recorded_at))
    return len(before) + 1


def _fresh(tx: Tx, fund_id: int, found: Sequence[Numbered]) -> list[tuple[Numbered, int]]:
    """The lines that do not stand yet, each with its turn: above one where it was withdrawn before."""
    wanted = [one.fingerprint for one in found]
    seen = tx.execute(
        sa.select(
            col(BankLine.fingerprint),
            sa.func.count(),
            sa.func.bool_and(is_withdrawn(col(BankLine.statement_id))),
        )
        .where(
            col(BankLine.fund_id) == fund_id,
            col(BankLine.fingerprint) == sa.any_(sa.literal(wanted, sa.ARRAY(sa.Text()))),
        )
        .group_by(col(BankLine.fingerprint))
    )
    before = {fingerprint: (times, is_gone) for fingerprint, times, is_gone in seen}
    turns = [(one, *before.get(one.fingerprint, (0, True))) for one in found]
    return [(one, times + 1) for one, times, is_gone in turns if is_gone]


def _write(tx: Tx, taken: BankStatement, fresh: Sequence[tuple[Numbered, int]]) -> None:
    rows = [
        BankLine(
            fund_id=taken.fund_id,
            statement_id=taken.key,
            position=position,
            account=taken.account,
            booked_on=one.line.booked_on,
            amount=one.line.amount,
            balance=one.line.balance,
            name=one.line.name,
            memo=one.line.memo,
            reference=one.line.reference,
            fingerprint=one.fingerprint,
            turn=turn,
        )
        for position, (one, turn) in enumerate(fresh, start=1)
    ]
    tx.add_all(rows)
    tx.flush()
    tx.add_all(
        BankLineAccount(line_id=row.key, account_no=one.line.account_no)
        for row, (one, _) in zip(rows, fresh, strict=True)
        if one.line.account_no
    )
    tx.flush()
