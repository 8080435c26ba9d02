"""The tables and walls of lp_reports."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON report_snapshot FROM afund_app""",
    """CREATE TRIGGER report_snapshot_append_only BEFORE UPDATE OR DELETE ON report_snapshot FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER report_snapshot_append_only_whole BEFORE TRUNCATE ON report_snapshot FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON report_step FROM afund_app""",
    """CREATE TRIGGER report_step_append_only BEFORE UPDATE OR DELETE ON report_step FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER report_step_append_only_whole BEFORE TRUNCATE ON report_step FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON report_delivery FROM afund_app""",
    """CREATE TRIGGER report_delivery_append_only BEFORE UPDATE OR DELETE ON report_delivery FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER report_delivery_append_only_whole BEFORE TRUNCATE ON report_delivery FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON report_opening FROM afund_app""",
    """CREATE TRIGGER report_opening_append_only BEFORE UPDATE OR DELETE ON report_opening FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER report_opening_append_only_whole BEFORE TRUNCATE ON report_opening FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE report ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY report_seen ON report FOR SELECT TO afund_app USING (afund_reach() = 'all' OR (partner_id = ANY (afund_partners()) AND state IN ('published', 'superseded')))""",
    """CREATE POLICY report_written ON report FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY report_changed ON report FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR (partner_id = ANY (afund_partners()) AND state IN ('published', 'superseded')))""",
    """CREATE POLICY report_removed ON report FOR DELETE TO afund_app USING (afund_reach() = 'all' OR (partner_id = ANY (afund_partners()) AND state IN ('published', 'superseded')))""",
    """ALTER TABLE report_snapshot ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY report_snapshot_seen ON report_snapshot FOR SELECT TO afund_app USING (afund_reach() = 'all' OR (partner_id = ANY (afund_partners()) AND EXISTS (SELECT FROM report r WHERE r.snapshot_id = report_snapshot.id AND r.state IN ('published', 'superseded'))))""",
    """CREATE POLICY report_snapshot_written ON report_snapshot FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY report_snapshot_changed ON report_snapshot FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR (partner_id = ANY (afund_partners()) AND EXISTS (SELECT FROM report r WHERE r.snapshot_id = report_snapshot.id AND r.state IN ('published', 'superseded'))))""",
    """CREATE POLICY report_snapshot_removed ON report_snapshot FOR DELETE TO afund_app USING (afund_reach() = 'all' OR (partner_id = ANY (afund_partners()) AND EXISTS (SELECT FROM report r WHERE r.snapshot_id = report_snapshot.id AND r.state IN ('published', 'superseded'))))""",
    """ALTER TABLE report_step ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY report_step_seen ON report_step FOR SELECT TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY report_step_written ON report_step FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY report_step_changed ON report_step FOR UPDATE TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY report_step_removed ON report_step FOR DELETE TO afund_app USING (afund_reach() = 'all')""",
    """ALTER TABLE report_delivery ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY report_delivery_seen ON report_delivery FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY report_delivery_written ON report_delivery FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY report_delivery_changed ON report_delivery FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY report_delivery_removed ON report_delivery FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """ALTER TABLE report_opening ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY report_opening_seen ON report_opening FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY report_opening_written ON report_opening FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY report_opening_changed ON report_opening FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY report_opening_removed ON report_opening FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE OR REPLACE FUNCTION report_keeps_its_word() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'INSERT' AND NEW.state <> 'draft' THEN
        RAISE EXCEPTION 'a report begins as a draft' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.fund_id, NEW.partner_id, NEW.snapshot_id, NEW.quarter, NEW.language, NEW.version, NEW.number,
            NEW.pdf, NEW.workbook) IS DISTINCT FROM
           (OLD.fund_id, OLD.partner_id, OLD.snapshot_id, OLD.quarter, OLD.language, OLD.version, OLD.number,
            OLD.pdf, OLD.workbook) THEN
            RAISE EXCEPTION 'report % keeps its files', OLD.number USING ERRCODE = 'restrict_violation';
        END IF;
        IF OLD.state = 'superseded' OR (OLD.state = 'published' AND NEW.state NOT IN ('published', 'superseded')) THEN
            RAISE EXCEPTION 'report % is published', OLD.number USING ERRCODE = 'restrict_violation';
        END IF;
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER report_keeps_its_word BEFORE INSERT OR UPDATE ON report FOR EACH ROW EXECUTE FUNCTION report_keeps_its_word()""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "report_snapshot",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("quarter", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("prepared_by", sa.BigInteger(), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(version = 1) = (reason IS NULL)", name=op.f("ck_report_snapshot_later_version_has_reason")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_report_snapshot_version_positive")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_report_snapshot_fund_id_fund")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_report_snapshot_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by"], ["app_user.id"], name=op.f("fk_report_snapshot_prepared_by_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_snapshot")),
        sa.UniqueConstraint(
            "fund_id",
            "partner_id",
            "quarter",
            "version",
            name=op.f("uq_report_snapshot_fund_id_partner_id_quarter_version"),
        ),
    )
    op.create_index(op.f("ix_report_snapshot_partner_id"), "report_snapshot", ["partner_id"], unique=False)
    op.create_table(
        "report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("snapshot_id", sa.BigInteger(), nullable=False),
        sa.Column("quarter", sa.String(length=64), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("pdf", sa.String(length=64), nullable=False),
        sa.Column("workbook", sa.String(length=64), nullable=False),
        sa.Column("prepared_by", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_report_language_known")),
        sa.CheckConstraint(
            "state IN ('draft', 'reviewed', 'approved', 'published', 'superseded')",
            name=op.f("ck_report_state_known"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_report_fund_id_fund")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_report_partner_id_partner")),
        sa.ForeignKeyConstraint(["pdf"], ["blob.sha256"], name=op.f("fk_report_pdf_blob")),
        sa.ForeignKeyConstraint(
            ["prepared_by"], ["app_user.id"], name=op.f("fk_report_prepared_by_app_user")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["report_snapshot.id"], name=op.f("fk_report_snapshot_id_report_snapshot")
        ),
        sa.ForeignKeyConstraint(["workbook"], ["blob.sha256"], name=op.f("fk_report_workbook_blob")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint(
            "fund_id",
            "partner_id",
            "quarter",
            "language",
            "version",
            name=op.f("uq_report_fund_id_partner_id_quarter_language_version"),
        ),
        sa.UniqueConstraint("snapshot_id", "language", name=op.f("uq_report_snapshot_id_language")),
    )
    op.create_index("ix_report_listed", "report", ["fund_id", "quarter", "partner_id"], unique=False)
    op.create_index(op.f("ix_report_partner_id"), "report", ["partner_id"], unique=False)
    op.create_table(
        "report_delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("channel IN ('portal')", name=op.f("ck_report_delivery_channel_known")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_report_delivery_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_delivery_report_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_delivery")),
        sa.UniqueConstraint(
            "report_id", "channel", "recipient", name=op.f("uq_report_delivery_report_id_channel_recipient")
        ),
    )
    op.create_index(op.f("ix_report_delivery_partner_id"), "report_delivery", ["partner_id"], unique=False)
    op.create_table(
        "report_opening",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('viewed', 'downloaded')", name=op.f("ck_report_opening_kind_known")),
        sa.ForeignKeyConstraint(["by_id"], ["app_user.id"], name=op.f("fk_report_opening_by_id_app_user")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_report_opening_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_opening_report_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_opening")),
    )
    op.create_index(op.f("ix_report_opening_report_id"), "report_opening", ["report_id"], unique=False)
    op.create_table(
        "report_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "verb IN ('review', 'request_changes', 'approve', 'publish', 'supersede')",
            name=op.f("ck_report_step_verb_known"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["app_user.id"], name=op.f("fk_report_step_by_id_app_user")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_step_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_step")),
    )
    op.create_index(op.f("ix_report_step_report_id"), "report_step", ["report_id"], unique=False)
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.execute("DROP TABLE report_step CASCADE")
    op.execute("DROP TABLE report_opening CASCADE")
    op.execute("DROP TABLE report_delivery CASCADE")
    op.execute("DROP TABLE report CASCADE")
    op.execute("DROP TABLE report_snapshot CASCADE")
    op.execute("DROP FUNCTION report_keeps_its_word()")
