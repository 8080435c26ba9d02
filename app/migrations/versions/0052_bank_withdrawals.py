"""A bank statement taken in by mistake is withdrawn by a row, and the same file and lines may be taken in again."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON bank_withdrawal FROM afund_app""",
    """CREATE TRIGGER bank_withdrawal_append_only BEFORE UPDATE OR DELETE ON bank_withdrawal FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER bank_withdrawal_append_only_whole BEFORE TRUNCATE ON bank_withdrawal FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE bank_withdrawal ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY bank_withdrawal_seen ON bank_withdrawal FOR SELECT TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY bank_withdrawal_written ON bank_withdrawal FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY bank_withdrawal_changed ON bank_withdrawal FOR UPDATE TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY bank_withdrawal_removed ON bank_withdrawal FOR DELETE TO afund_app USING (afund_reach() = 'all')""",
)
# What was unique of a fund alone, and is now unique together with the turn.
UNIQUE = (("bank_statement", "sha256"), ("bank_line", "fingerprint"))


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    for table, column in UNIQUE:
        # Everything taken in so far was taken in for the first time.
        op.add_column(table, sa.Column("turn", sa.BigInteger(), nullable=False, server_default="1"))
        op.alter_column(table, "turn", server_default=None)
        op.drop_constraint(op.f(f"uq_{table}_fund_id_{column}"), table, type_="unique")
        op.create_unique_constraint(
            op.f(f"uq_{table}_fund_id_{column}_turn"), table, ["fund_id", column, "turn"]
        )
    op.create_table(
        "bank_withdrawal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("statement_id", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_bank_withdrawal_has_reason")),
        sa.ForeignKeyConstraint(
            ["fund_id", "statement_id"],
            ["bank_statement.fund_id", "bank_statement.id"],
            name=op.f("fk_bank_withdrawal_fund_id_statement_id_bank_statement"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_bank_withdrawal_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_withdrawal")),
        sa.UniqueConstraint("statement_id", name=op.f("uq_bank_withdrawal_statement_id")),
    )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.execute("DROP TABLE bank_withdrawal CASCADE")
    for table, column in UNIQUE:
        op.drop_constraint(op.f(f"uq_{table}_fund_id_{column}_turn"), table, type_="unique")
        op.create_unique_constraint(op.f(f"uq_{table}_fund_id_{column}"), table, ["fund_id", column])
        op.drop_column(table, "turn")
