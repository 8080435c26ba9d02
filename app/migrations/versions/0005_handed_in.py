"""A list handed in to be looked at before it is imported."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WALLS = (
    """ALTER TABLE handed_in ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY handed_in_seen ON handed_in FOR SELECT TO afund_app USING (user_id = afund_user())""",
    """CREATE POLICY handed_in_written ON handed_in FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY handed_in_changed ON handed_in FOR UPDATE TO afund_app USING (user_id = afund_user())""",
    """CREATE POLICY handed_in_removed ON handed_in FOR DELETE TO afund_app USING (user_id = afund_user())""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "handed_in",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_handed_in_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handed_in")),
        sa.UniqueConstraint("user_id", name=op.f("uq_handed_in_user_id")),
    )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.execute("DROP TABLE handed_in CASCADE")
