"""Income may count when it is earned; what was received or released of it is a row each."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

TABLES = ("earned_income", "income_settlement")


def _walls(table: str) -> tuple[str, ...]:
    return (
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM afund_app",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()",
        f"CREATE TRIGGER {table}_append_only_whole BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()",
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY {table}_seen ON {table} FOR SELECT TO afund_app USING (afund_reach() = 'all')",
        f"CREATE POLICY {table}_written ON {table} FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')",
        f"CREATE POLICY {table}_changed ON {table} FOR UPDATE TO afund_app USING (afund_reach() = 'all')",
        f"CREATE POLICY {table}_removed ON {table} FOR DELETE TO afund_app USING (afund_reach() = 'all')",
    )


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.create_table(
        "earned_income",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("earned_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_earned_income_amount_positive")),
        sa.CheckConstraint(
            "kind IN ('dividend', 'interest', 'other')", name=op.f("ck_earned_income_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["fund_id", "holding_id"],
            ["holding.fund_id", "holding.id"],
            name=op.f("fk_earned_income_fund_id_holding"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_earned_income_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earned_income")),
        sa.UniqueConstraint("fund_id", "reference", name=op.f("uq_earned_income_fund_id_reference")),
    )
    op.create_table(
        "income_settlement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("earned_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("income_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_income_settlement_amount_positive")),
        sa.CheckConstraint(
            "CASE WHEN way = 'released' THEN btrim(reason) <> '' AND income_id IS NULL ELSE true END",
            name=op.f("ck_income_settlement_facts_of_its_way"),
        ),
        sa.CheckConstraint("way IN ('received', 'released')", name=op.f("ck_income_settlement_way_known")),
        sa.ForeignKeyConstraint(
            ["earned_id"], ["earned_income.id"], name=op.f("fk_income_settlement_earned_id_earned_income")
        ),
        sa.ForeignKeyConstraint(
            ["income_id"], ["holding_income.id"], name=op.f("fk_income_settlement_income_id_holding_income")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_income_settlement")),
        sa.UniqueConstraint("earned_id", "number", name=op.f("uq_income_settlement_earned_id_number")),
    )
    for table in TABLES:
        for statement in _walls(table):
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.execute("DROP TABLE income_settlement")
    op.execute("DROP TABLE earned_income")
