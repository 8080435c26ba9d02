"""The seals of published reports."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON report_seal FROM afund_app""",
    """CREATE TRIGGER report_seal_append_only BEFORE UPDATE OR DELETE ON report_seal FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER report_seal_append_only_whole BEFORE TRUNCATE ON report_seal FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE report_seal ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY report_seal_seen ON report_seal FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY report_seal_written ON report_seal FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY report_seal_changed ON report_seal FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY report_seal_removed ON report_seal FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "report_seal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("pdf", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("certificate", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_report_seal_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(["pdf"], ["blob.sha256"], name=op.f("fk_report_seal_pdf_blob")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_seal_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_seal")),
        sa.UniqueConstraint("report_id", name=op.f("uq_report_seal_report_id")),
    )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.execute("DROP TABLE report_seal CASCADE")
