"""What stood on the accounts when a quarter was locked; the quarters that are locked already get theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_TABLES = ("ledger_checkpoint", "ledger_checkpoint_balance")
# The locks that hold today: the newest one of each quarter, unless a later turn of the key opened it again.
_STANDING = """
INSERT INTO ledger_checkpoint (fund_id, lock_id, through, recorded_at)
SELECT fund_id, id, through, recorded_at FROM period_lock l
WHERE NOT reopened
  AND NOT EXISTS (SELECT FROM period_lock r WHERE r.fund_id = l.fund_id AND r.reopened AND r.id > l.id
                  AND r.through < l.through)
ORDER BY id
"""
_BALANCES = """
INSERT INTO ledger_checkpoint_balance (checkpoint_id, account, partner_id, holding_id, amount)
SELECT c.id, s.account, s.partner_id, s.holding_id, sum(s.amount)::bigint
FROM ledger_checkpoint c
JOIN period_lock l ON l.id = c.lock_id
JOIN ledger_entry e ON e.fund_id = c.fund_id AND e.effective_on <= c.through AND e.number <= l.number
CROSS JOIN LATERAL (VALUES (e.credit, e.credit_partner_id, e.holding_id, e.amount),
                           (e.debit, e.debit_partner_id, e.holding_id, -e.amount))
    AS s (account, partner_id, holding_id, amount)
GROUP BY c.id, s.account, s.partner_id, s.holding_id
HAVING sum(s.amount) <> 0
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "ledger_checkpoint",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("lock_id", sa.BigInteger(), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_ledger_checkpoint_fund_id_fund")),
        sa.ForeignKeyConstraint(
            ["lock_id"], ["period_lock.id"], name=op.f("fk_ledger_checkpoint_lock_id_period_lock")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_checkpoint")),
        sa.UniqueConstraint("lock_id", name=op.f("uq_ledger_checkpoint_lock_id")),
    )
    op.create_index(op.f("ix_ledger_checkpoint_fund_id"), "ledger_checkpoint", ["fund_id"], unique=False)
    op.create_table(
        "ledger_checkpoint_balance",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("checkpoint_id", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=True),
        sa.Column("holding_id", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_checkpoint_balance_something")),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"],
            ["ledger_checkpoint.id"],
            name=op.f("fk_ledger_checkpoint_balance_checkpoint_id_ledger_checkpoint"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_ledger_checkpoint_balance_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_checkpoint_balance")),
    )
    op.create_index(
        "ix_ledger_checkpoint_balance_account",
        "ledger_checkpoint_balance",
        ["checkpoint_id", "account", "partner_id"],
        unique=False,
        postgresql_include=["holding_id", "amount"],
    )
    op.execute(_STANDING)
    op.execute(_BALANCES)
    for table in _TABLES:
        _run(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM afund_app")
        refuse = "EXECUTE FUNCTION afund_refuse_change()"
        trigger = f"CREATE TRIGGER {table}_append_only"
        _run(f"{trigger} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}")
        _run(f"{trigger}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}")
        using = "afund_reach() = 'all'"
        _run(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        _run(f"CREATE POLICY {table}_seen ON {table} FOR SELECT TO afund_app USING ({using})")
        _run(
            f"CREATE POLICY {table}_written ON {table} FOR INSERT TO afund_app "
            "WITH CHECK (afund_reach() <> '')"
        )
        _run(f"CREATE POLICY {table}_changed ON {table} FOR UPDATE TO afund_app USING ({using})")
        _run(f"CREATE POLICY {table}_removed ON {table} FOR DELETE TO afund_app USING ({using})")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.execute("DROP TABLE ledger_checkpoint_balance CASCADE")
    op.execute("DROP TABLE ledger_checkpoint CASCADE")


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))
