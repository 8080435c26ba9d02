"""Statements of the fund's bank, their lines, what each was found to be, and accounts behind a wall of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON bank_statement FROM afund_app""",
    """CREATE TRIGGER bank_statement_append_only BEFORE UPDATE OR DELETE ON bank_statement FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER bank_statement_append_only_whole BEFORE TRUNCATE ON bank_statement FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON bank_line FROM afund_app""",
    """CREATE TRIGGER bank_line_append_only BEFORE UPDATE OR DELETE ON bank_line FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER bank_line_append_only_whole BEFORE TRUNCATE ON bank_line FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON bank_line_account FROM afund_app""",
    """CREATE TRIGGER bank_line_account_append_only BEFORE UPDATE OR DELETE ON bank_line_account FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER bank_line_account_append_only_whole BEFORE TRUNCATE ON bank_line_account FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON bank_match FROM afund_app""",
    """CREATE TRIGGER bank_match_append_only BEFORE UPDATE OR DELETE ON bank_match FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER bank_match_append_only_whole BEFORE TRUNCATE ON bank_match FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON bank_release FROM afund_app""",
    """CREATE TRIGGER bank_release_append_only BEFORE UPDATE OR DELETE ON bank_release FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER bank_release_append_only_whole BEFORE TRUNCATE ON bank_release FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE bank_statement ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY bank_statement_seen ON bank_statement FOR SELECT TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY bank_statement_written ON bank_statement FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY bank_statement_changed ON bank_statement FOR UPDATE TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY bank_statement_removed ON bank_statement FOR DELETE TO afund_app USING (afund_reach() = 'all')""",
    """ALTER TABLE bank_line ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY bank_line_seen ON bank_line FOR SELECT TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY bank_line_written ON bank_line FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY bank_line_changed ON bank_line FOR UPDATE TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY bank_line_removed ON bank_line FOR DELETE TO afund_app USING (afund_reach() = 'all')""",
    """ALTER TABLE bank_line_account ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY bank_line_account_seen ON bank_line_account FOR SELECT TO afund_app USING (afund_reach() = 'all' AND (afund_user() IS NULL OR afund_roles() && ARRAY['manager', 'accountant']))""",
    """CREATE POLICY bank_line_account_written ON bank_line_account FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY bank_line_account_changed ON bank_line_account FOR UPDATE TO afund_app USING (afund_reach() = 'all' AND (afund_user() IS NULL OR afund_roles() && ARRAY['manager', 'accountant']))""",
    """CREATE POLICY bank_line_account_removed ON bank_line_account FOR DELETE TO afund_app USING (afund_reach() = 'all' AND (afund_user() IS NULL OR afund_roles() && ARRAY['manager', 'accountant']))""",
    """ALTER TABLE bank_match ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY bank_match_seen ON bank_match FOR SELECT TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY bank_match_written ON bank_match FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY bank_match_changed ON bank_match FOR UPDATE TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY bank_match_removed ON bank_match FOR DELETE TO afund_app USING (afund_reach() = 'all')""",
    """ALTER TABLE bank_release ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY bank_release_seen ON bank_release FOR SELECT TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY bank_release_written ON bank_release FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY bank_release_changed ON bank_release FOR UPDATE TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY bank_release_removed ON bank_release FOR DELETE TO afund_app USING (afund_reach() = 'all')""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "bank_statement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("known", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_bank_statement_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint("fund_id", "id", name=op.f("uq_bank_statement_fund_id_id")),
        sa.UniqueConstraint("fund_id", "sha256", name=op.f("uq_bank_statement_fund_id_sha256")),
    )
    op.create_table(
        "bank_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("statement_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_bank_line_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["fund_id", "statement_id"],
            ["bank_statement.fund_id", "bank_statement.id"],
            name=op.f("fk_bank_line_fund_id_statement_id_bank_statement"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_bank_line_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint("fund_id", "fingerprint", name=op.f("uq_bank_line_fund_id_fingerprint")),
        sa.UniqueConstraint("fund_id", "id", name=op.f("uq_bank_line_fund_id_id")),
        sa.UniqueConstraint("statement_id", "position", name=op.f("uq_bank_line_statement_id_position")),
    )
    op.create_index("ix_bank_line_day", "bank_line", ["fund_id", "booked_on"], unique=False)
    op.create_table(
        "bank_line_account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("account_no", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"], ["bank_line.id"], name=op.f("fk_bank_line_account_line_id_bank_line")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line_account")),
        sa.UniqueConstraint("line_id", name=op.f("uq_bank_line_account_line_id")),
    )
    op.create_table(
        "bank_match",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "item IS NOT NULL OR btrim(reason) <> ''", name=op.f("ck_bank_match_item_or_reason")
        ),
        sa.CheckConstraint(
            "kind IN ('receipt', 'booked', 'bank_interest', 'bank_fee', 'own_transfer', 'to_be_returned', 'set_aside')",
            name=op.f("ck_bank_match_kind_known"),
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_bank_match_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["fund_id", "line_id"],
            ["bank_line.fund_id", "bank_line.id"],
            name=op.f("fk_bank_match_fund_id_line_id_bank_line"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_bank_match_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_match")),
        sa.UniqueConstraint("line_id", "turn", "part", name=op.f("uq_bank_match_line_id_turn_part")),
    )
    op.create_index("ix_bank_match_item", "bank_match", ["fund_id", "item"], unique=False)
    op.create_table(
        "bank_release",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("match_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_bank_release_has_reason")),
        sa.ForeignKeyConstraint(
            ["match_id"], ["bank_match.id"], name=op.f("fk_bank_release_match_id_bank_match")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_release")),
        sa.UniqueConstraint("match_id", name=op.f("uq_bank_release_match_id")),
    )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    for table in ("bank_release", "bank_match", "bank_line_account", "bank_line", "bank_statement"):
        op.execute(f"DROP TABLE {table} CASCADE")
