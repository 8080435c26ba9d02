"""Notices to partners: what each was told of an act, and the files printed of that."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

_WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON partner_notice FROM afund_app""",
    """CREATE TRIGGER partner_notice_append_only BEFORE UPDATE OR DELETE ON partner_notice FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER partner_notice_append_only_whole BEFORE TRUNCATE ON partner_notice FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON partner_notice_file FROM afund_app""",
    """CREATE TRIGGER partner_notice_file_append_only BEFORE UPDATE OR DELETE ON partner_notice_file FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER partner_notice_file_append_only_whole BEFORE TRUNCATE ON partner_notice_file FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE partner_notice ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY partner_notice_seen ON partner_notice FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY partner_notice_written ON partner_notice FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY partner_notice_changed ON partner_notice FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY partner_notice_removed ON partner_notice FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """ALTER TABLE partner_notice_file ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY partner_notice_file_seen ON partner_notice_file FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY partner_notice_file_written ON partner_notice_file FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY partner_notice_file_changed ON partner_notice_file FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY partner_notice_file_removed ON partner_notice_file FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.create_table(
        "partner_notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("act_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "act IN ('call', 'distribution', 'netting', 'indemnity')",
            name=op.f("ck_partner_notice_act_known"),
        ),
        sa.ForeignKeyConstraint(
            ["fund_id", "partner_id"],
            ["partner.fund_id", "partner.id"],
            name=op.f("fk_partner_notice_fund_id_partner_id_partner"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_partner_notice_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_notice")),
        sa.UniqueConstraint(
            "act", "act_id", "partner_id", name=op.f("uq_partner_notice_act_act_id_partner_id")
        ),
    )
    op.create_index(op.f("ix_partner_notice_partner_id"), "partner_notice", ["partner_id"], unique=False)
    op.create_table(
        "partner_notice_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("pdf", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("certificate", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_partner_notice_file_language_known")),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["partner_notice.id"], name=op.f("fk_partner_notice_file_notice_id_partner_notice")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_partner_notice_file_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(["pdf"], ["blob.sha256"], name=op.f("fk_partner_notice_file_pdf_blob")),
        sa.ForeignKeyConstraint(["sealed"], ["blob.sha256"], name=op.f("fk_partner_notice_file_sealed_blob")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_notice_file")),
        sa.UniqueConstraint("notice_id", "language", name=op.f("uq_partner_notice_file_notice_id_language")),
    )
    for statement in _WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.drop_table("partner_notice_file")
    op.drop_table("partner_notice")
