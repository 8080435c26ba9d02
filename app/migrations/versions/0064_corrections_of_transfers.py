"""What passes with an interest after its transfer was booked, since something of before was corrected."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

_TABLE = "interest_correction"
_READ = "afund_reach() = 'all' OR EXISTS (SELECT FROM interest_transfer t WHERE t.id = interest_correction.transfer_id)"
WALLS = (
    f"REVOKE UPDATE, DELETE, TRUNCATE ON {_TABLE} FROM afund_app",
    f"CREATE TRIGGER {_TABLE}_append_only BEFORE UPDATE OR DELETE ON {_TABLE} "
    "FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()",
    f"CREATE TRIGGER {_TABLE}_append_only_whole BEFORE TRUNCATE ON {_TABLE} "
    "FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()",
    f"ALTER TABLE {_TABLE} ENABLE ROW LEVEL SECURITY",
    f"CREATE POLICY {_TABLE}_seen ON {_TABLE} FOR SELECT TO afund_app USING ({_READ})",
    f"CREATE POLICY {_TABLE}_written ON {_TABLE} FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')",
    f"CREATE POLICY {_TABLE}_changed ON {_TABLE} FOR UPDATE TO afund_app USING ({_READ})",
    f"CREATE POLICY {_TABLE}_removed ON {_TABLE} FOR DELETE TO afund_app USING ({_READ})",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.create_table(
        _TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("transfer_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest_correction")),
        sa.UniqueConstraint(
            "transfer_id", "position", name=op.f("uq_interest_correction_transfer_id_position")
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_interest_correction_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["transfer_id"],
            ["interest_transfer.id"],
            name=op.f("fk_interest_correction_transfer_id_interest_transfer"),
        ),
    )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.drop_table(_TABLE)
