"""A version of the terms or of a side letter found wrong before it holds is withdrawn by a row."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

# Each with the table and the column that it refers to.
TABLES = (
    ("terms_withdrawal", "terms_version", "terms_id"),
    ("side_letter_withdrawal", "side_letter", "letter_id"),
)
WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON terms_withdrawal FROM afund_app""",
    """CREATE TRIGGER terms_withdrawal_append_only BEFORE UPDATE OR DELETE ON terms_withdrawal FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER terms_withdrawal_append_only_whole BEFORE TRUNCATE ON terms_withdrawal FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON side_letter_withdrawal FROM afund_app""",
    """CREATE TRIGGER side_letter_withdrawal_append_only BEFORE UPDATE OR DELETE ON side_letter_withdrawal FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER side_letter_withdrawal_append_only_whole BEFORE TRUNCATE ON side_letter_withdrawal FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE side_letter_withdrawal ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY side_letter_withdrawal_seen ON side_letter_withdrawal FOR SELECT TO afund_app USING (EXISTS (SELECT FROM side_letter s WHERE s.id = side_letter_withdrawal.letter_id))""",
    """CREATE POLICY side_letter_withdrawal_written ON side_letter_withdrawal FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY side_letter_withdrawal_changed ON side_letter_withdrawal FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM side_letter s WHERE s.id = side_letter_withdrawal.letter_id))""",
    """CREATE POLICY side_letter_withdrawal_removed ON side_letter_withdrawal FOR DELETE TO afund_app USING (EXISTS (SELECT FROM side_letter s WHERE s.id = side_letter_withdrawal.letter_id))""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    for table, of, key in TABLES:
        op.create_table(
            table,
            sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
            sa.Column(key, sa.BigInteger(), nullable=False),
            sa.Column("reason", sa.Text(), nullable=False),
            sa.Column("recorded_by", sa.Text(), nullable=False),
            sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
            sa.CheckConstraint("btrim(reason) <> ''", name=op.f(f"ck_{table}_has_reason")),
            sa.ForeignKeyConstraint([key], [f"{of}.id"], name=op.f(f"fk_{table}_{key}_{of}")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint(key, name=op.f(f"uq_{table}_{key}")),
        )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    for table, _, _ in TABLES:
        op.execute(f"DROP TABLE {table} CASCADE")
