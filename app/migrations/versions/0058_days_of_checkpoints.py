"""Checkpoints keep what each account moved by on the days that they lock; the index by day holds a whole balance."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

_DAYS, _CHECKPOINTS = "ledger_checkpoint_day", "ledger_checkpoint"
_INDEX, _ENTRIES = "ix_ledger_entry_effective", "ledger_entry"
_WIDE = ["debit", "credit", "debit_partner_id", "credit_partner_id", "holding_id", "amount", "recorded_at"]
_NARROW = ["amount", "recorded_at"]
# The latest checkpoint that held when each one was written.
_AFTER = """
UPDATE ledger_checkpoint c SET after = (
    SELECT p.through FROM ledger_checkpoint p
    WHERE p.fund_id = c.fund_id AND p.id < c.id AND p.through < c.through
      AND NOT EXISTS (SELECT FROM period_lock r WHERE r.fund_id = c.fund_id AND r.reopened
                      AND r.id > p.lock_id AND r.id < c.lock_id AND r.through < p.through)
    ORDER BY p.through DESC, p.id DESC LIMIT 1)
"""
_FILLED = """
INSERT INTO ledger_checkpoint_day (checkpoint_id, effective_on, account, amount)
SELECT c.id, e.effective_on, s.account, sum(s.amount)::bigint
FROM ledger_checkpoint c
JOIN period_lock l ON l.id = c.lock_id
JOIN ledger_entry e ON e.fund_id = c.fund_id AND e.effective_on <= c.through AND e.number <= l.number
                   AND (c.after IS NULL OR e.effective_on > c.after)
CROSS JOIN LATERAL (VALUES (e.credit, e.amount), (e.debit, -e.amount)) AS s (account, amount)
GROUP BY c.id, e.effective_on, s.account
HAVING sum(s.amount) <> 0
ORDER BY c.id, e.effective_on, s.account
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.add_column(_CHECKPOINTS, sa.Column("after", sa.Date(), nullable=True))
    op.create_table(
        _DAYS,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("checkpoint_id", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_checkpoint_day_something")),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"],
            ["ledger_checkpoint.id"],
            name=op.f("fk_ledger_checkpoint_day_checkpoint_id_ledger_checkpoint"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_checkpoint_day")),
    )
    op.create_index(
        "ix_ledger_checkpoint_day",
        _DAYS,
        ["checkpoint_id", "effective_on"],
        unique=False,
        postgresql_include=["account", "amount"],
    )
    _run(f"REVOKE UPDATE, DELETE, TRUNCATE ON {_DAYS} FROM afund_app")
    refuse = "EXECUTE FUNCTION afund_refuse_change()"
    trigger = f"CREATE TRIGGER {_DAYS}_append_only"
    _run(f"{trigger} BEFORE UPDATE OR DELETE ON {_DAYS} FOR EACH ROW {refuse}")
    _run(f"{trigger}_whole BEFORE TRUNCATE ON {_DAYS} FOR EACH STATEMENT {refuse}")
    using = "afund_reach() = 'all'"
    _run(f"ALTER TABLE {_DAYS} ENABLE ROW LEVEL SECURITY")
    _run(f"CREATE POLICY {_DAYS}_seen ON {_DAYS} FOR SELECT TO afund_app USING ({using})")
    _run(f"CREATE POLICY {_DAYS}_written ON {_DAYS} FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')")
    _run(f"CREATE POLICY {_DAYS}_changed ON {_DAYS} FOR UPDATE TO afund_app USING ({using})")
    _run(f"CREATE POLICY {_DAYS}_removed ON {_DAYS} FOR DELETE TO afund_app USING ({using})")
    op.execute(f"ALTER TABLE {_CHECKPOINTS} DISABLE TRIGGER USER")
    op.execute(_AFTER)
    op.execute(f"ALTER TABLE {_CHECKPOINTS} ENABLE TRIGGER USER")
    op.execute(_FILLED)
    _by_day(_WIDE)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    _by_day(_NARROW)
    op.drop_table(_DAYS)
    op.drop_column(_CHECKPOINTS, "after")


def _by_day(included: list[str]) -> None:
    """Make the index of entries by day anew, with these columns beside its keys."""
    op.drop_index(_INDEX, table_name=_ENTRIES)
    op.create_index(
        _INDEX, _ENTRIES, ["fund_id", "effective_on", "id"], unique=False, postgresql_include=included
    )


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))
