"""Taking a statement of the bank in: its new lines are kept, nothing is booked."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.bank.models import BankLine, BankLineAccount, BankStatement
from fund.bank.queries import statement_sheet
from fund.bank.rules import NothingNew, StatementKnown, check_account
from fund.bank.sheets import StatementSheet
from fund.bank.statement_rules import Numbered, ReadLine, fingerprints
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
    now: datetime,
) -> StatementSheet:
    """Keep the lines of a statement that are new; those known from an earlier file are counted and left alone.

    Refused: the same file again, a file without anything new. The trail names no counterparty.
    """
    actor.require(*BOOKERS)
    account = check_account(account)
    lock(tx, f"bank:{fund_id}")
    before = tx.exec(
        select(BankStatement).where(BankStatement.fund_id == fund_id, BankStatement.sha256 == sha256)
    ).first()
    if before is not None:
        raise StatementKnown(filename=before.filename, on=day_in_beijing(before.recorded_at))
    fresh = _fresh(tx, fund_id, fingerprints(lines, account=account))
    if not fresh:
        raise NothingNew(count=len(lines), filename=filename)
    row = BankStatement(
        fund_id=fund_id,
        account=account,
        filename=filename,
        sha256=sha256,
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


def _fresh(tx: Tx, fund_id: int, found: Sequence[Numbered]) -> list[Numbered]:
    wanted = [one.fingerprint for one in found]
    known = set(
        tx.exec(
            select(BankLine.fingerprint).where(
                BankLine.fund_id == fund_id,
                col(BankLine.fingerprint) == sa.any_(sa.literal(wanted, sa.ARRAY(sa.Text()))),
            )
        )
    )
    return [one for one in found if one.fingerprint not in known]


def _write(tx: Tx, statement: BankStatement, fresh: Sequence[Numbered]) -> None:
    rows = [
        BankLine(
            fund_id=statement.fund_id,
            statement_id=statement.key,
            position=position,
            account=statement.account,
            booked_on=one.line.booked_on,
            amount=one.line.amount,
            balance=one.line.balance,
            name=one.line.name,
            memo=one.line.memo,
            reference=one.line.reference,
            fingerprint=one.fingerprint,
        )
        for position, one in enumerate(fresh, start=1)
    ]
    tx.add_all(rows)
    tx.flush()
    tx.add_all(
        BankLineAccount(line_id=row.key, account_no=one.line.account_no)
        for row, one in zip(rows, fresh, strict=True)
        if one.line.account_no
    )
    tx.flush()
