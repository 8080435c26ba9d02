"""The form in which a fund tells its performance, chosen once for its life."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_TABLE = "performance_form"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.create_table(
        _TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("chosen_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("form IN ('granular', 'gross_up')", name=op.f("ck_performance_form_form_known")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_performance_form_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_performance_form")),
        sa.UniqueConstraint("fund_id", name=op.f("uq_performance_form_fund_id")),
    )
    _run(f"REVOKE UPDATE, DELETE, TRUNCATE ON {_TABLE} FROM afund_app")
    refuse = "EXECUTE FUNCTION afund_refuse_change()"
    trigger = f"CREATE TRIGGER {_TABLE}_append_only"
    _run(f"{trigger} BEFORE UPDATE OR DELETE ON {_TABLE} FOR EACH ROW {refuse}")
    _run(f"{trigger}_whole BEFORE TRUNCATE ON {_TABLE} FOR EACH STATEMENT {refuse}")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.drop_table(_TABLE)


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))
