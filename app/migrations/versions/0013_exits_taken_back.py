"""Exits that are taken back with the sale they rested on."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON deal_exit_undoing FROM afund_app""",
    """CREATE TRIGGER deal_exit_undoing_append_only BEFORE UPDATE OR DELETE ON deal_exit_undoing FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER deal_exit_undoing_append_only_whole BEFORE TRUNCATE ON deal_exit_undoing FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE deal_exit_undoing ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY deal_exit_undoing_seen ON deal_exit_undoing FOR SELECT TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY deal_exit_undoing_written ON deal_exit_undoing FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY deal_exit_undoing_changed ON deal_exit_undoing FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY deal_exit_undoing_removed ON deal_exit_undoing FOR DELETE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "deal_exit_undoing",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("exit_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["exit_id"], ["deal_exit.id"], name=op.f("fk_deal_exit_undoing_exit_id_deal_exit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_exit_undoing")),
        sa.UniqueConstraint("exit_id", name=op.f("uq_deal_exit_undoing_exit_id")),
    )
    op.drop_constraint("uq_deal_exit_deal_id", "deal_exit", type_="unique")
    op.create_index(op.f("ix_deal_exit_deal_id"), "deal_exit", ["deal_id"], unique=False)
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.drop_index(op.f("ix_deal_exit_deal_id"), table_name="deal_exit")
    op.create_unique_constraint("uq_deal_exit_deal_id", "deal_exit", ["deal_id"])
    op.execute("DROP TABLE deal_exit_undoing")
