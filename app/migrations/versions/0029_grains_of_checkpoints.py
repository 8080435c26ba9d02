"""Checkpoints in three grains: what was kept by holding is summed by partner and by account as well."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_TABLE, _INDEX = "ledger_checkpoint_balance", "ix_ledger_checkpoint_balance_account"
_COARSER = """
INSERT INTO ledger_checkpoint_balance (checkpoint_id, grain, account, partner_id, amount)
SELECT checkpoint_id, CASE WHEN GROUPING(partner_id) = 0 THEN 'partner' ELSE 'account' END, account, partner_id,
       sum(amount)::bigint
FROM ledger_checkpoint_balance
GROUP BY GROUPING SETS ((checkpoint_id, account, partner_id), (checkpoint_id, account))
HAVING sum(amount) <> 0
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.add_column(_TABLE, sa.Column("grain", sa.Text(), server_default="holding", nullable=False))
    op.alter_column(_TABLE, "grain", server_default=None)
    op.create_check_constraint(
        op.f("ck_ledger_checkpoint_balance_grain_known"),
        _TABLE,
        "grain IN ('account', 'partner', 'holding')",
    )
    op.drop_index(_INDEX, table_name=_TABLE)
    op.create_index(
        _INDEX,
        _TABLE,
        ["checkpoint_id", "grain", "account", "partner_id"],
        unique=False,
        postgresql_include=["holding_id", "amount"],
    )
    op.execute(_COARSER)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.drop_index(_INDEX, table_name=_TABLE)
    op.execute(f"ALTER TABLE {_TABLE} DISABLE TRIGGER USER")
    op.execute("DELETE FROM ledger_checkpoint_balance WHERE grain <> 'holding'")
    op.execute(f"ALTER TABLE {_TABLE} ENABLE TRIGGER USER")
    op.drop_column(_TABLE, "grain")
    op.create_index(
        _INDEX,
        _TABLE,
        ["checkpoint_id", "account", "partner_id"],
        unique=False,
        postgresql_include=["holding_id", "amount"],
    )
