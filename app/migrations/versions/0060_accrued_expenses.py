"""An expense may be owed before it is paid; what was paid or released of it is a row each."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON expense_settlement FROM afund_app""",
    """CREATE TRIGGER expense_settlement_append_only BEFORE UPDATE OR DELETE ON expense_settlement FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER expense_settlement_append_only_whole BEFORE TRUNCATE ON expense_settlement FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE expense_settlement ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY expense_settlement_seen ON expense_settlement FOR SELECT TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY expense_settlement_written ON expense_settlement FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY expense_settlement_changed ON expense_settlement FOR UPDATE TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY expense_settlement_removed ON expense_settlement FOR DELETE TO afund_app USING (afund_reach() = 'all')""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    # What was booked so far was paid on its day.
    op.add_column("expense", sa.Column("is_accrued", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("expense", "is_accrued", server_default=None)
    op.create_table(
        "expense_settlement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("expense_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("recoverable", sa.BigInteger(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_expense_settlement_amount_positive")),
        sa.CheckConstraint(
            "recoverable BETWEEN 0 AND amount", name=op.f("ck_expense_settlement_recoverable_within")
        ),
        sa.CheckConstraint(
            "CASE WHEN way = 'paid' THEN recoverable = 0 ELSE btrim(reason) <> '' END",
            name=op.f("ck_expense_settlement_facts_of_its_way"),
        ),
        sa.CheckConstraint("way IN ('paid', 'released')", name=op.f("ck_expense_settlement_way_known")),
        sa.ForeignKeyConstraint(
            ["expense_id"], ["expense.id"], name=op.f("fk_expense_settlement_expense_id_expense")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense_settlement")),
        sa.UniqueConstraint("expense_id", "number", name=op.f("uq_expense_settlement_expense_id_number")),
    )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.execute("DROP TABLE expense_settlement")
    op.drop_column("expense", "is_accrued")
