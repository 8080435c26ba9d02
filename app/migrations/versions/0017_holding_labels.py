"""The labels of a holding are versioned: from which day they count, and when they were written down."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_LABELS = ("sector", "chain_position", "stage", "origin", "city")
_SEEN = "EXISTS (SELECT FROM holding h WHERE h.id = holding_label.holding_id)"
_REFUSE = "EXECUTE FUNCTION afund_refuse_change()"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "holding_label",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        *(sa.Column(label, sa.Text(), nullable=False) for label in _LABELS),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["holding.id"], name=op.f("fk_holding_label_holding_id_holding")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding_label")),
    )
    op.create_index(op.f("ix_holding_label_holding_id"), "holding_label", ["holding_id"], unique=False)
    for table in ("holding", "holding_label"):
        op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM afund_app")
        trigger = f"CREATE TRIGGER {table}_append_only"
        op.execute(f"{trigger} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {_REFUSE}")
        op.execute(f"{trigger}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {_REFUSE}")
    op.execute("ALTER TABLE holding_label ENABLE ROW LEVEL SECURITY")
    policy = "CREATE POLICY holding_label"
    op.execute(f"{policy}_seen ON holding_label FOR SELECT TO afund_app USING ({_SEEN})")
    op.execute(f"{policy}_written ON holding_label FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')")
    op.execute(f"{policy}_changed ON holding_label FOR UPDATE TO afund_app USING ({_SEEN})")
    op.execute(f"{policy}_removed ON holding_label FOR DELETE TO afund_app USING ({_SEEN})")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.execute("DROP TABLE holding_label CASCADE")
    op.execute("DROP TRIGGER holding_append_only ON holding")
    op.execute("DROP TRIGGER holding_append_only_whole ON holding")
    op.execute("GRANT UPDATE, DELETE ON holding TO afund_app")
