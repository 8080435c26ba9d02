"""Terms of money that goes back: how soon unused money does, and what may be called again."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_TABLE = "terms_version"
_COLUMNS = (
    ("unused_return_days", sa.BigInteger()),
    ("recall_cap", sa.Text()),
    ("recall_within_months", sa.BigInteger()),
    ("recall_expires_months", sa.BigInteger()),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    for name, kind in _COLUMNS:
        op.add_column(_TABLE, sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    for name, _ in _COLUMNS:
        op.drop_column(_TABLE, name)
