"""Valuation policies, the files behind marks, calibrations, later events, and the memos printed of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON valuation_policy FROM afund_app""",
    """CREATE TRIGGER valuation_policy_append_only BEFORE UPDATE OR DELETE ON valuation_policy FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER valuation_policy_append_only_whole BEFORE TRUNCATE ON valuation_policy FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON valuation_file FROM afund_app""",
    """CREATE TRIGGER valuation_file_append_only BEFORE UPDATE OR DELETE ON valuation_file FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER valuation_file_append_only_whole BEFORE TRUNCATE ON valuation_file FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON valuation_calibration FROM afund_app""",
    """CREATE TRIGGER valuation_calibration_append_only BEFORE UPDATE OR DELETE ON valuation_calibration FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER valuation_calibration_append_only_whole BEFORE TRUNCATE ON valuation_calibration FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON valuation_event FROM afund_app""",
    """CREATE TRIGGER valuation_event_append_only BEFORE UPDATE OR DELETE ON valuation_event FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER valuation_event_append_only_whole BEFORE TRUNCATE ON valuation_event FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON valuation_memo FROM afund_app""",
    """CREATE TRIGGER valuation_memo_append_only BEFORE UPDATE OR DELETE ON valuation_memo FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER valuation_memo_append_only_whole BEFORE TRUNCATE ON valuation_memo FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE valuation_policy ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY valuation_policy_seen ON valuation_policy FOR SELECT TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY valuation_policy_written ON valuation_policy FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY valuation_policy_changed ON valuation_policy FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY valuation_policy_removed ON valuation_policy FOR DELETE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """ALTER TABLE valuation_file ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY valuation_file_seen ON valuation_file FOR SELECT TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY valuation_file_written ON valuation_file FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY valuation_file_changed ON valuation_file FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY valuation_file_removed ON valuation_file FOR DELETE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """ALTER TABLE valuation_calibration ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY valuation_calibration_seen ON valuation_calibration FOR SELECT TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY valuation_calibration_written ON valuation_calibration FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY valuation_calibration_changed ON valuation_calibration FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY valuation_calibration_removed ON valuation_calibration FOR DELETE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """ALTER TABLE valuation_event ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY valuation_event_seen ON valuation_event FOR SELECT TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY valuation_event_written ON valuation_event FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY valuation_event_changed ON valuation_event FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY valuation_event_removed ON valuation_event FOR DELETE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """ALTER TABLE valuation_memo ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY valuation_memo_seen ON valuation_memo FOR SELECT TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY valuation_memo_written ON valuation_memo FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY valuation_memo_changed ON valuation_memo FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY valuation_memo_removed ON valuation_memo FOR DELETE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "valuation_policy",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_valuation_policy_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_valuation_policy")),
        sa.UniqueConstraint("fund_id", "number", name=op.f("uq_valuation_policy_fund_id_number")),
    )
    op.create_table(
        "valuation_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("mark_id", sa.BigInteger(), nullable=False),
        sa.Column("policy_id", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("working", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("weighted", sa.BigInteger(), nullable=False),
        sa.Column("interested", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("prepared_by_id", sa.BigInteger(), nullable=True),
        sa.Column("prepared_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("weighted >= 0", name=op.f("ck_valuation_file_weighted_not_negative")),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["holding.id"], name=op.f("fk_valuation_file_holding_id_holding")
        ),
        sa.ForeignKeyConstraint(
            ["mark_id"], ["holding_mark.id"], name=op.f("fk_valuation_file_mark_id_holding_mark")
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["valuation_policy.id"], name=op.f("fk_valuation_file_policy_id_valuation_policy")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"], ["app_user.id"], name=op.f("fk_valuation_file_prepared_by_id_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_valuation_file")),
        sa.UniqueConstraint("mark_id", "number", name=op.f("uq_valuation_file_mark_id_number")),
    )
    op.create_index(op.f("ix_valuation_file_holding_id"), "valuation_file", ["holding_id"], unique=False)
    op.create_table(
        "valuation_calibration",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("instrument_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("calibrated_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parameter", sa.Text(), nullable=False),
        sa.Column("implied", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "btrim(parameter) <> '' AND btrim(source) <> ''",
            name=op.f("ck_valuation_calibration_has_name_and_source"),
        ),
        sa.CheckConstraint(
            "kind IN ('multiple', 'rate', 'probability', 'equity')",
            name=op.f("ck_valuation_calibration_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["holding.id"], name=op.f("fk_valuation_calibration_holding_id_holding")
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["holding_instrument.id"],
            name=op.f("fk_valuation_calibration_instrument_id_holding_instrument"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_valuation_calibration")),
        sa.UniqueConstraint(
            "instrument_id", "number", name=op.f("uq_valuation_calibration_instrument_id_number")
        ),
    )
    op.create_index(
        op.f("ix_valuation_calibration_holding_id"), "valuation_calibration", ["holding_id"], unique=False
    )
    op.create_table(
        "valuation_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "btrim(says) <> '' AND btrim(source) <> ''", name=op.f("ck_valuation_event_says_and_source")
        ),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["holding.id"], name=op.f("fk_valuation_event_holding_id_holding")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_valuation_event")),
    )
    op.create_index(op.f("ix_valuation_event_holding_id"), "valuation_event", ["holding_id"], unique=False)
    op.create_table(
        "valuation_memo",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("mark_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("mark_state", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("pdf", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_valuation_memo_language_known")),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["holding.id"], name=op.f("fk_valuation_memo_holding_id_holding")
        ),
        sa.ForeignKeyConstraint(
            ["mark_id"], ["holding_mark.id"], name=op.f("fk_valuation_memo_mark_id_holding_mark")
        ),
        sa.ForeignKeyConstraint(["pdf"], ["blob.sha256"], name=op.f("fk_valuation_memo_pdf_blob")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_valuation_memo")),
        sa.UniqueConstraint("sha256", "language", name=op.f("uq_valuation_memo_sha256_language")),
    )
    op.create_index(op.f("ix_valuation_memo_holding_id"), "valuation_memo", ["holding_id"], unique=False)
    op.create_index(op.f("ix_valuation_memo_mark_id"), "valuation_memo", ["mark_id"], unique=False)
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.execute("DROP TABLE valuation_memo CASCADE")
    op.execute("DROP TABLE valuation_event CASCADE")
    op.execute("DROP TABLE valuation_calibration CASCADE")
    op.execute("DROP TABLE valuation_file CASCADE")
    op.execute("DROP TABLE valuation_policy CASCADE")
