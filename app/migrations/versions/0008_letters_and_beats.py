"""Letters by e-mail and the attempts at sending them; the workers' heartbeats; help wanted from industry."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON letter FROM afund_app""",
    """CREATE TRIGGER letter_append_only BEFORE UPDATE OR DELETE ON letter FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER letter_append_only_whole BEFORE TRUNCATE ON letter FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON letter_attempt FROM afund_app""",
    """CREATE TRIGGER letter_attempt_append_only BEFORE UPDATE OR DELETE ON letter_attempt FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER letter_attempt_append_only_whole BEFORE TRUNCATE ON letter_attempt FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON holding_help FROM afund_app""",
    """CREATE TRIGGER holding_help_append_only BEFORE UPDATE OR DELETE ON holding_help FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER holding_help_append_only_whole BEFORE TRUNCATE ON holding_help FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE letter ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY letter_seen ON letter FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY letter_written ON letter FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY letter_changed ON letter FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY letter_removed ON letter FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """ALTER TABLE letter_attempt ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY letter_attempt_seen ON letter_attempt FOR SELECT TO afund_app USING (EXISTS (SELECT FROM letter l WHERE l.id = letter_attempt.letter_id))""",
    """CREATE POLICY letter_attempt_written ON letter_attempt FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY letter_attempt_changed ON letter_attempt FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM letter l WHERE l.id = letter_attempt.letter_id))""",
    """CREATE POLICY letter_attempt_removed ON letter_attempt FOR DELETE TO afund_app USING (EXISTS (SELECT FROM letter l WHERE l.id = letter_attempt.letter_id))""",
    """ALTER TABLE holding_help ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY holding_help_seen ON holding_help FOR SELECT TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = holding_help.holding_id))""",
    """CREATE POLICY holding_help_written ON holding_help FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY holding_help_changed ON holding_help FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = holding_help.holding_id))""",
    """CREATE POLICY holding_help_removed ON holding_help FOR DELETE TO afund_app USING (EXISTS (SELECT FROM holding h WHERE h.id = holding_help.holding_id))""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "letter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("about", "address", name=op.f("uq_letter_about_address")),
    )
    op.create_index(op.f("ix_letter_partner_id"), "letter", ["partner_id"], unique=False)
    op.create_table(
        "letter_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("letter_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("is_sent", sa.Boolean(), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name=op.f("fk_letter_attempt_letter_id_letter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_attempt")),
        sa.UniqueConstraint("letter_id", "number", name=op.f("uq_letter_attempt_letter_id_number")),
    )
    op.create_table(
        "worker_beat",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=False),
        sa.Column("beaten_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_beat")),
        sa.UniqueConstraint("worker", name=op.f("uq_worker_beat_worker")),
    )
    op.create_table(
        "holding_help",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("wanted_on", sa.Date(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["holding.id"], name=op.f("fk_holding_help_holding_id_holding")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding_help")),
    )
    op.create_index(op.f("ix_holding_help_holding_id"), "holding_help", ["holding_id"], unique=False)
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.execute("DROP TABLE holding_help CASCADE")
    op.execute("DROP TABLE worker_beat CASCADE")
    op.execute("DROP TABLE letter_attempt CASCADE")
    op.execute("DROP TABLE letter CASCADE")
