"""Follow-on reserves: what is kept back for a company."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_TABLE = "holding_reserve"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.create_table(
        _TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("expected", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_holding_reserve_amount_not_negative")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_holding_reserve_fund_id_fund")),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["holding.id"], name=op.f("fk_holding_reserve_holding_id_holding")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding_reserve")),
    )
    for column in ("fund_id", "holding_id"):
        op.create_index(op.f(f"ix_holding_reserve_{column}"), _TABLE, [column])
    _run(f"REVOKE UPDATE, DELETE, TRUNCATE ON {_TABLE} FROM afund_app")
    refuse = "EXECUTE FUNCTION afund_refuse_change()"
    trigger = f"CREATE TRIGGER {_TABLE}_append_only"
    _run(f"{trigger} BEFORE UPDATE OR DELETE ON {_TABLE} FOR EACH ROW {refuse}")
    _run(f"{trigger}_whole BEFORE TRUNCATE ON {_TABLE} FOR EACH STATEMENT {refuse}")
    using = "afund_reach() = 'all'"
    _run(f"ALTER TABLE {_TABLE} ENABLE ROW LEVEL SECURITY")
    _run(f"CREATE POLICY {_TABLE}_seen ON {_TABLE} FOR SELECT TO afund_app USING ({using})")
    _run(
        f"CREATE POLICY {_TABLE}_written ON {_TABLE} FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')"
    )
    _run(f"CREATE POLICY {_TABLE}_changed ON {_TABLE} FOR UPDATE TO afund_app USING ({using})")
    _run(f"CREATE POLICY {_TABLE}_removed ON {_TABLE} FOR DELETE TO afund_app USING ({using})")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.drop_table(_TABLE)


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))
