"""Calls, receipts and distributions that were taken back say at which instant that was written down."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("capital_call", "cancelled_at"),
    ("receipt", "reversed_at"),
    ("distribution", "cancelled_at"),
)
_BOOKED = (
    """UPDATE capital_call c SET cancelled_at =
           (SELECT max(e.recorded_at) FROM ledger_entry e
            WHERE e.fund_id = c.fund_id AND e.act = 'call:' || c.id AND e.reverses_id IS NOT NULL)
       WHERE c.cancelled_on IS NOT NULL""",
    """UPDATE receipt r SET reversed_at =
           (SELECT max(e.recorded_at) FROM ledger_entry e
            WHERE e.fund_id = r.fund_id AND e.act = 'receipt:' || r.id AND e.reverses_id IS NOT NULL)
       WHERE r.reversed_on IS NOT NULL""",
    """UPDATE distribution d SET cancelled_at =
           (SELECT u.recorded_at FROM ledger_undo u
            WHERE u.fund_id = d.fund_id AND u.act = 'distribution:' || d.id)
       WHERE d.cancelled_on IS NOT NULL""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    for table, column in _COLUMNS:
        op.add_column(table, sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    for statement in _BOOKED:
        op.execute(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    for table, column in _COLUMNS:
        op.drop_column(table, column)
