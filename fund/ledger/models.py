"""The books' rows: accounts, entries, what was undone, and how far the books are locked. All are append-only."""

from datetime import date, datetime

import sqlalchemy as sa

from fund.ledger.chart import MOVES_BETWEEN_PARTNERS, Kind
from fund.ledger.rules import Grain
from kernel import columns, walls
from kernel.columns import Row


class LedgerAccount(Row, table=True):
    """An account of a fund's chart."""

    __tablename__ = "ledger_account"
    __table_args__ = (sa.UniqueConstraint("fund_id", "code"), columns.choices_check("kind", Kind))

    fund_id: int = columns.ref("fund.id")
    code: str = columns.code()
    name_zh: str = columns.text()
    name_en: str = columns.text()
    kind: Kind = columns.choice(Kind)
    names_partner: bool = columns.flag()
    recorded_at: datetime = columns.instant()


class Entry(Row, table=True):
    """A move of `amount` from `credit` to `debit`, effective on a day and recorded at an instant.

    `number` counts without gaps per fund and `hash` chains each entry to the one before it. A holding is
    named by its number only: holdings stand above the books.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "number"),
        sa.UniqueConstraint("fund_id", "reference"),
        sa.ForeignKeyConstraint(["fund_id", "debit"], ["ledger_account.fund_id", "ledger_account.code"]),
        sa.ForeignKeyConstraint(["fund_id", "credit"], ["ledger_account.fund_id", "ledger_account.code"]),
        sa.ForeignKeyConstraint(["fund_id", "debit_partner_id"], ["partner.fund_id", "partner.id"]),
        sa.ForeignKeyConstraint(["fund_id", "credit_partner_id"], ["partner.fund_id", "partner.id"]),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint(
            "debit <> credit OR debit_partner_id IS DISTINCT FROM credit_partner_id", name="moves_something"
        ),
        sa.CheckConstraint(
            "debit < '3000' OR debit = '3900' OR debit_partner_id IS NOT NULL", name="debit_partner_named"
        ),
        sa.CheckConstraint(
            "credit < '3000' OR credit = '3900' OR credit_partner_id IS NOT NULL", name="credit_partner_named"
        ),
        sa.Index(
            "ix_ledger_entry_effective",
            "fund_id",
            "effective_on",
            "id",
            # All that a balance is added up from, so that the open quarter is read from here alone.
            postgresql_include=[
                "debit",
                "credit",
                "debit_partner_id",
                "credit_partner_id",
                "holding_id",
                "amount",
                "recorded_at",
            ],
        ),
        # The partner first: of all that is sought it differs most, so a million entries are sorted a third quicker.
        sa.Index(
            "ix_ledger_entry_debit",
            "debit_partner_id",
            "debit",
            "effective_on",
            "fund_id",
            postgresql_include=["amount", "holding_id", "recorded_at"],
        ),
        sa.Index(
            "ix_ledger_entry_credit",
            "credit_partner_id",
            "credit",
            "effective_on",
            "fund_id",
            postgresql_include=["amount", "holding_id", "recorded_at"],
        ),
        # What is asked of one holding by partner stands in no checkpoint.
        sa.Index(
            "ix_ledger_entry_holding",
            "fund_id",
            "holding_id",
            "effective_on",
            postgresql_include=[
                "debit",
                "credit",
                "debit_partner_id",
                "credit_partner_id",
                "amount",
                "recorded_at",
            ],
            postgresql_where=sa.text("holding_id IS NOT NULL"),
        ),
        sa.Index("ix_ledger_entry_act", "fund_id", "act"),
        # Few entries reverse another: the index holds those alone.
        sa.Index(
            "uq_ledger_entry_reverses_id",
            "reverses_id",
            unique=True,
            postgresql_where=sa.text("reverses_id IS NOT NULL"),
        ),
    )

    fund_id: int = columns.ref("fund.id")
    number: int = columns.number()
    reference: str = columns.text(collation="C")
    effective_on: date = columns.day()
    recorded_at: datetime = columns.instant()
    debit: str = columns.code()
    credit: str = columns.code()
    amount: int = columns.minor()
    currency: str = columns.code()
    debit_partner_id: int | None = columns.number(nullable=True)
    credit_partner_id: int | None = columns.number(nullable=True)
    holding_id: int | None = columns.number(nullable=True)
    act: str = columns.code(collation="C")
    memo: str = columns.text()
    reverses_id: int | None = columns.ref("ledger_entry.id", nullable=True)
    hash: str = columns.code()


class PeriodLock(Row, table=True):
    """How far a fund's books are locked: the latest row holds.

    `number` is the last entry booked before it, so that the proof can tell what was booked behind the lock.
    """

    __tablename__ = "period_lock"

    fund_id: int = columns.ref("fund.id", index=True)
    quarter: str = columns.code()
    through: date = columns.day()
    reopened: bool = columns.flag()
    reason: str = columns.text()
    number: int = columns.number()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class Checkpoint(Row, table=True):
    """That what stood on the accounts at the end of `through` was kept when the books were locked. `after`: the last
    day of the checkpoint that it goes on from.
    """

    __tablename__ = "ledger_checkpoint"

    fund_id: int = columns.ref("fund.id", index=True)
    lock_id: int = columns.ref("period_lock.id", unique=True)
    through: date = columns.day()
    after: date | None = columns.day(nullable=True)
    recorded_at: datetime = columns.instant()


class CheckpointBalance(Row, table=True):
    """What stood on an account, credit-positive, for a partner and a holding where entries name them.

    Each checkpoint is kept in three grains, so that a coarse question reads few rows: by account, by account and
    partner, by account and holding. Every partner's part in every holding is not kept: it would be more rows than
    there are entries.
    """

    __tablename__ = "ledger_checkpoint_balance"
    __table_args__ = (
        columns.choices_check("grain", Grain),
        sa.CheckConstraint("amount <> 0", name="something"),
        sa.Index(
            "ix_ledger_checkpoint_balance_account",
            "checkpoint_id",
            "grain",
            "account",
            "partner_id",
            postgresql_include=["holding_id", "amount"],
        ),
    )

    checkpoint_id: int = columns.ref("ledger_checkpoint.id")
    grain: Grain = columns.choice(Grain)
    account: str = columns.code()
    partner_id: int | None = columns.ref("partner.id", nullable=True)
    holding_id: int | None = columns.number(nullable=True)
    amount: int = columns.minor()


class CheckpointDay(Row, table=True):
    """What an account moved by, credit-positive, on a day that a checkpoint locked: a day between two checkpoints
    costs a few sums, and not the entries of a quarter.
    """

    __tablename__ = "ledger_checkpoint_day"
    __table_args__ = (
        sa.CheckConstraint("amount <> 0", name="something"),
        sa.Index(
            "ix_ledger_checkpoint_day",
            "checkpoint_id",
            "effective_on",
            postgresql_include=["account", "amount"],
        ),
    )

    checkpoint_id: int = columns.ref("ledger_checkpoint.id")
    effective_on: date = columns.day()
    account: str = columns.code()
    amount: int = columns.minor()


class UndoneAct(Row, table=True):
    """An act that was taken back as a whole: its entries are reversed, and the rows beside them count no more.

    They count until `undone_on`; `act` is that of the entries ("expense:EXP-012").
    """

    __tablename__ = "ledger_undo"
    __table_args__ = (sa.UniqueConstraint("fund_id", "act"),)

    fund_id: int = columns.ref("fund.id")
    act: str = columns.code()
    undone_on: date = columns.day()
    reason: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


_BETWEEN = ", ".join(f"'{account.value}'" for account in sorted(MOVES_BETWEEN_PARTNERS))
_CHECKPOINTS = ("ledger_checkpoint", "ledger_checkpoint_balance", "ledger_checkpoint_day")

for _table in ("ledger_account", "ledger_entry", "period_lock", "ledger_undo", *_CHECKPOINTS):
    walls.append_only(_table)
# Balances name every partner: they are for those who see the whole books.
for _table in _CHECKPOINTS:
    walls.readable(_table, "afund_reach() = 'all'")
# Whoever sees a fund's holdings must see which purchases were taken back.
walls.readable(
    "ledger_undo",
    """afund_reach() = 'all'
    OR 'committee' = ANY (afund_roles())
    OR ('lp_user' = ANY (afund_roles())
        AND EXISTS (SELECT FROM partner p WHERE p.fund_id = ledger_undo.fund_id AND p.id = ANY (afund_partners())))""",
)
walls.readable(
    "ledger_entry",
    f"""afund_reach() = 'all'
    OR (coalesce(debit_partner_id, credit_partner_id) = ANY (afund_partners())
        AND coalesce(credit_partner_id, debit_partner_id) = ANY (afund_partners()))
    OR (debit = credit AND debit IN ({_BETWEEN})
        AND (debit_partner_id = ANY (afund_partners()) OR credit_partner_id = ANY (afund_partners())))""",
)
walls.guard(
    "ledger_entry_period_open",
    "ledger_entry",
    """
    IF NEW.effective_on <= (SELECT through FROM period_lock WHERE fund_id = NEW.fund_id
                            ORDER BY id DESC LIMIT 1) THEN
        RAISE EXCEPTION 'the books are locked on %: entry % refused', NEW.effective_on, NEW.reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    """,
)
