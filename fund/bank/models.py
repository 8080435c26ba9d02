"""Statements of the fund's bank, their lines, and what each line was found to be. All append-only: what was taken in
by mistake is withdrawn by a row of its own.

Whose account the money came from or went to is a secret of its own: it stands apart, behind a wall of its own.
"""

from datetime import date, datetime

import sqlalchemy as sa

from fund.bank.rules import MatchKind
from kernel import columns, walls
from kernel.columns import Row


class BankStatement(Row, table=True):
    """A file of the bank's about one of the fund's own accounts; `known` of its lines had been imported before.

    `turn` counts how often the very file was taken in: again only after a withdrawal, and never twice at once.
    """

    __tablename__ = "bank_statement"
    __table_args__ = (sa.UniqueConstraint("fund_id", "sha256", "turn"), sa.UniqueConstraint("fund_id", "id"))

    fund_id: int = columns.ref("fund.id")
    account: str = columns.text()
    filename: str = columns.text()
    sha256: str = columns.code()
    turn: int = columns.number()
    first_on: date = columns.day()
    last_on: date = columns.day()
    lines: int = columns.number()
    known: int = columns.number()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class BankWithdrawal(Row, table=True):
    """A statement that was taken in by mistake: from here on neither it nor a line of it counts."""

    __tablename__ = "bank_withdrawal"
    __table_args__ = (
        sa.UniqueConstraint("statement_id"),
        sa.ForeignKeyConstraint(["fund_id", "statement_id"], ["bank_statement.fund_id", "bank_statement.id"]),
        sa.CheckConstraint("btrim(reason) <> ''", name="has_reason"),
    )

    fund_id: int = columns.ref("fund.id")
    statement_id: int = columns.number()
    withdrawn_on: date = columns.day()
    reason: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class BankLine(Row, table=True):
    """One movement as the bank shows it; `fingerprint` is what the same line has in every file.

    `turn` counts the lines of one fingerprint, of which all but the last were withdrawn.
    """

    __tablename__ = "bank_line"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "fingerprint", "turn"),
        sa.UniqueConstraint("statement_id", "position"),
        # What names a line of a fund refers to both, so that it cannot name another fund's.
        sa.UniqueConstraint("fund_id", "id"),
        sa.ForeignKeyConstraint(["fund_id", "statement_id"], ["bank_statement.fund_id", "bank_statement.id"]),
        sa.CheckConstraint("amount <> 0", name="amount_not_zero"),
        sa.Index("ix_bank_line_day", "fund_id", "booked_on"),
    )

    fund_id: int = columns.ref("fund.id")
    statement_id: int = columns.number()
    position: int = columns.number()
    account: str = columns.text()
    booked_on: date = columns.day()
    amount: int = columns.minor()
    balance: int | None = columns.minor(nullable=True)
    name: str = columns.text()
    memo: str = columns.text()
    reference: str = columns.code()
    fingerprint: str = columns.code()
    turn: int = columns.number()


class BankLineAccount(Row, table=True):
    """The account on the other side of a line."""

    __tablename__ = "bank_line_account"

    line_id: int = columns.ref("bank_line.id", unique=True)
    account_no: str = columns.code()


class BankMatch(Row, table=True):
    """What a part of a line is: `item` names a payment in the books, none where the line was only set aside.

    `turn` counts the acceptances of a line, so that two at once cannot both be written.
    """

    __tablename__ = "bank_match"
    __table_args__ = (
        sa.UniqueConstraint("line_id", "turn", "part"),
        sa.ForeignKeyConstraint(["fund_id", "line_id"], ["bank_line.fund_id", "bank_line.id"]),
        columns.choices_check("kind", MatchKind),
        sa.CheckConstraint("amount <> 0", name="amount_not_zero"),
        sa.CheckConstraint("item IS NOT NULL OR btrim(reason) <> ''", name="item_or_reason"),
        sa.Index("ix_bank_match_item", "fund_id", "item"),
    )

    fund_id: int = columns.ref("fund.id")
    line_id: int = columns.number()
    turn: int = columns.number()
    part: int = columns.number()
    kind: MatchKind = columns.choice(MatchKind)
    item: str | None = columns.text(nullable=True)
    amount: int = columns.minor()
    reason: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class BankRelease(Row, table=True):
    """A part of a line that was matched by mistake and is open again."""

    __tablename__ = "bank_release"
    __table_args__ = (sa.CheckConstraint("btrim(reason) <> ''", name="has_reason"),)

    match_id: int = columns.ref("bank_match.id", unique=True)
    reason: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class FundAccount(Row, table=True):
    """The account that partners pay to: prepared by one person, in force once another has approved it."""

    __tablename__ = "fund_account"
    __table_args__ = columns.decided_by_another("fund_account", "fund_id")

    fund_id: int = columns.ref("fund.id", index=True)
    bank_name: str = columns.text()
    account_name: str = columns.text()
    account_no: str = columns.code()
    since_on: date = columns.day()
    reason: str = columns.text()
    prepared_by: int | None = columns.ref("app_user.id", nullable=True)
    prepared_name: str = columns.text()
    recorded_at: datetime = columns.instant()
    is_approved: bool | None = columns.flag(nullable=True)
    decided_by: int | None = columns.ref("app_user.id", nullable=True)
    decided_name: str | None = columns.text(nullable=True)
    decided_at: datetime | None = columns.instant(nullable=True)


_OPEN = ("bank_statement", "bank_withdrawal", "bank_line", "bank_match", "bank_release")
for _table in (*_OPEN, "bank_line_account"):
    walls.append_only(_table)
for _table in _OPEN:
    walls.readable(_table, "afund_reach() = 'all'")
# Who pays may see a whole number; the system, which is nobody, carries it into an export and back.
walls.readable(
    "bank_line_account",
    """afund_reach() = 'all'
        AND (afund_user() IS NULL OR afund_roles() && ARRAY['manager', 'accountant'])""",
)
walls.kept("fund_account")
# What partners pay to, every one of them may read; what waits for approval only the house.
walls.readable("fund_account", "afund_reach() = 'all' OR (afund_reach() = 'own' AND is_approved)")
walls.guard(
    "fund_account_keeps_its_word",
    "fund_account",
    """
    IF TG_OP = 'UPDATE' AND (OLD.is_approved IS NOT NULL OR
        (NEW.fund_id, NEW.bank_name, NEW.account_name, NEW.account_no, NEW.since_on, NEW.prepared_by, NEW.recorded_at)
        IS DISTINCT FROM
        (OLD.fund_id, OLD.bank_name, OLD.account_name, OLD.account_no, OLD.since_on, OLD.prepared_by, OLD.recorded_at)
    ) THEN
        RAISE EXCEPTION 'an account that was decided on stays as it is' USING ERRCODE = 'restrict_violation';
    END IF;
    """,
)
