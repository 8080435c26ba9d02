"""Taking a statement of the bank in: its new lines are kept, nothing is booked."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.bank.models import BankLine, BankLineAccount, BankStatement
from fund.bank.queries import statement_sheet
from fund.bank.rules import NothingNew, StatementKnown, check_account, check_days, check_known
from fund.bank.sheets import StatementSheet
from fund.bank.statement_rules import Numbered, ReadLine, fingerprints
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
    account beside those known that is not said to be new. The trail names no counterparty.
    """
    actor.require(*BOOKERS)
    account = check_account(account)
    lock(tx, f"bank:{fund_id}")
    before = tx.exec(
        select(BankStatement).where(BankStatement.fund_id == fund_id, BankStatement.sha256 == sha256)
    ).first()
    if before is not None:
        raise StatementKnown(filename=before.filename, on=day_in_beijing(before.recorded_at))
    check_known(account, known=_accounts(tx, fund_id), is_new=is_new_account)
    first = first_quarter(tx, fund_id=fund_id).starts_on
    check_days((one.booked_on for one in lines), first=first, last=day_in_beijing(now))
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


def _accounts(tx: Tx, fund_id: int) -> list[str]:
    """The fund's own accounts of which statements were taken in."""
    found = select(BankStatement.account).where(BankStatement.fund_id == fund_id).distinct()
    return list(tx.exec(found.order_by(col(BankStatement.account))))


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
