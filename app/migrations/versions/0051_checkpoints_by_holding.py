"""Checkpoints keep holdings by account and no longer by partner as well: that was more rows than there are entries."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_ENTRIES = "ledger_entry"
_COARSER = """
CREATE TEMPORARY TABLE by_holding ON COMMIT DROP AS
SELECT checkpoint_id, account, holding_id, sum(amount)::bigint AS amount
FROM ledger_checkpoint_balance WHERE grain = 'holding'
GROUP BY checkpoint_id, account, holding_id HAVING sum(amount) <> 0
"""
_COARSER_IN = """
INSERT INTO ledger_checkpoint_balance (checkpoint_id, grain, account, holding_id, amount)
SELECT checkpoint_id, 'holding', account, holding_id, amount FROM by_holding ORDER BY 1, 3, 4
"""
# What each checkpoint held in the finest grain, summed again from what had been booked when it was written.
_FINER = """
CREATE TEMPORARY TABLE by_holding ON COMMIT DROP AS
SELECT c.id AS checkpoint_id, s.account, s.partner_id, s.holding_id, sum(s.amount)::bigint AS amount
FROM ledger_checkpoint c
JOIN period_lock l ON l.id = c.lock_id
JOIN ledger_entry e ON e.fund_id = c.fund_id AND e.effective_on <= c.through AND e.number <= l.number
CROSS JOIN LATERAL (VALUES (e.credit, e.credit_partner_id, e.holding_id, e.amount),
                           (e.debit, e.debit_partner_id, e.holding_id, -e.amount))
    AS s (account, partner_id, holding_id, amount)
GROUP BY c.id, s.account, s.partner_id, s.holding_id
HAVING sum(s.amount) <> 0
"""
_FINER_IN = """
INSERT INTO ledger_checkpoint_balance (checkpoint_id, grain, account, partner_id, holding_id, amount)
SELECT checkpoint_id, 'holding', account, partner_id, holding_id, amount FROM by_holding ORDER BY 1, 3, 4, 5
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.execute(_COARSER)
    _replace(_COARSER_IN)
    op.drop_constraint("uq_ledger_entry_reverses_id", _ENTRIES, type_="unique")
    op.create_index(
        "uq_ledger_entry_reverses_id",
        _ENTRIES,
        ["reverses_id"],
        unique=True,
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )
    op.create_index(
        "ix_ledger_entry_holding",
        _ENTRIES,
        ["fund_id", "holding_id", "effective_on"],
        unique=False,
        postgresql_include=[
            "debit",
            "credit",
            "debit_partner_id",
            "credit_partner_id",
            "amount",
            "recorded_at",
        ],
        postgresql_where=sa.text("holding_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.drop_index("ix_ledger_entry_holding", table_name=_ENTRIES)
    op.drop_index("uq_ledger_entry_reverses_id", table_name=_ENTRIES)
    op.create_unique_constraint("uq_ledger_entry_reverses_id", _ENTRIES, ["reverses_id"])
    op.execute(_FINER)
    _replace(_FINER_IN)


def _replace(inserted: str) -> None:
    """Put the rows of `by_holding` in the place of those of the grain by holding."""
    op.execute("ALTER TABLE ledger_checkpoint_balance DISABLE TRIGGER USER")
    op.execute("DELETE FROM ledger_checkpoint_balance WHERE grain = 'holding'")
    op.execute("ALTER TABLE ledger_checkpoint_balance ENABLE TRIGGER USER")
    op.execute(inserted)
    op.execute("DROP TABLE by_holding")
