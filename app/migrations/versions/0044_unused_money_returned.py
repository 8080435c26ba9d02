"""A call may be turned round: unused money goes back to the partners."""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_NAME, _TABLE = "ck_capital_call_kind_known", "capital_call"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.drop_constraint(op.f(_NAME), _TABLE, type_="check")
    op.create_check_constraint(op.f(_NAME), _TABLE, "kind IN ('drawdown', 'equalisation', 'return')")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.drop_constraint(op.f(_NAME), _TABLE, type_="check")
    op.create_check_constraint(op.f(_NAME), _TABLE, "kind IN ('drawdown', 'equalisation')")
