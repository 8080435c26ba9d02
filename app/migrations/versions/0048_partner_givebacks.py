"""Distributions that partners give back: the charter's term, givebacks, their parts and receipts, and what passes of it."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON indemnity_line FROM afund_app""",
    """CREATE TRIGGER indemnity_line_append_only BEFORE UPDATE OR DELETE ON indemnity_line FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER indemnity_line_append_only_whole BEFORE TRUNCATE ON indemnity_line FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE DELETE, TRUNCATE ON indemnity FROM afund_app""",
    """REVOKE DELETE, TRUNCATE ON indemnity_receipt FROM afund_app""",
    """ALTER TABLE indemnity ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY indemnity_seen ON indemnity FOR SELECT TO afund_app USING (afund_reach() = 'all' OR (approved_at IS NOT NULL AND EXISTS (SELECT FROM indemnity_line l WHERE l.indemnity_id = indemnity.id)))""",
    """CREATE POLICY indemnity_written ON indemnity FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY indemnity_changed ON indemnity FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR (approved_at IS NOT NULL AND EXISTS (SELECT FROM indemnity_line l WHERE l.indemnity_id = indemnity.id)))""",
    """CREATE POLICY indemnity_removed ON indemnity FOR DELETE TO afund_app USING (afund_reach() = 'all' OR (approved_at IS NOT NULL AND EXISTS (SELECT FROM indemnity_line l WHERE l.indemnity_id = indemnity.id)))""",
    """ALTER TABLE indemnity_line ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY indemnity_line_seen ON indemnity_line FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY indemnity_line_written ON indemnity_line FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY indemnity_line_changed ON indemnity_line FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY indemnity_line_removed ON indemnity_line FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """ALTER TABLE indemnity_receipt ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY indemnity_receipt_seen ON indemnity_receipt FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY indemnity_receipt_written ON indemnity_receipt FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY indemnity_receipt_changed ON indemnity_receipt FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY indemnity_receipt_removed ON indemnity_receipt FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE OR REPLACE FUNCTION indemnity_line_partner_id_agrees() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.partner_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM indemnity o JOIN partner w ON w.fund_id = o.fund_id
        WHERE o.id = NEW.indemnity_id AND w.id = NEW.partner_id) THEN
        RAISE EXCEPTION 'indemnity_line: partner_id % is of another fund_id than indemnity_id %', NEW.partner_id, NEW.indemnity_id
            USING ERRCODE = 'foreign_key_violation';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER indemnity_line_partner_id_agrees BEFORE INSERT OR UPDATE ON indemnity_line FOR EACH ROW EXECUTE FUNCTION indemnity_line_partner_id_agrees()""",
)

TERMS = (("giveback_cap", sa.Text()), ("giveback_months", sa.BigInteger()))
KINDS = "'commitment', 'contribution', 'distribution', 'giveback', 'balance'"
FLOWS = "'contribution', 'distribution', 'giveback'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    for name, kind in TERMS:
        op.add_column("terms_version", sa.Column(name, kind, nullable=True))
    op.add_column(
        "terms_version",
        sa.Column("giveback_restores", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.alter_column("terms_version", "giveback_restores", server_default=None)
    _lines(KINDS, FLOWS)
    op.create_table(
        "indemnity",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("cap", sa.Text(), nullable=False),
        sa.Column("months", sa.BigInteger(), nullable=True),
        sa.Column("restores", sa.Boolean(), nullable=False),
        sa.Column("prepared_by", sa.BigInteger(), nullable=True),
        sa.Column("prepared_name", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("approved_name", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice_on", sa.Date(), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'received', 'cancelled')", name=op.f("ck_indemnity_state_known")
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'received') OR approved_at IS NOT NULL",
            name=op.f("ck_indemnity_approved_at_known"),
        ),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (notice_on IS NULL)", name=op.f("ck_indemnity_approved_has_notice")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_indemnity_amount_positive")),
        sa.CheckConstraint("due_on >= notice_on", name=op.f("ck_indemnity_due_after_notice")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_indemnity_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indemnity")),
        sa.UniqueConstraint("fund_id", "number", name=op.f("uq_indemnity_fund_id_number")),
    )
    op.create_table(
        "indemnity_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("indemnity_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
        sa.Column("within", sa.BigInteger(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND amount <= most AND most <= within",
            name=op.f("ck_indemnity_line_amount_within_most"),
        ),
        sa.ForeignKeyConstraint(
            ["indemnity_id"], ["indemnity.id"], name=op.f("fk_indemnity_line_indemnity_id_indemnity")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_indemnity_line_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indemnity_line")),
        sa.UniqueConstraint(
            "indemnity_id", "partner_id", name=op.f("uq_indemnity_line_indemnity_id_partner_id")
        ),
    )
    op.create_index("ix_indemnity_line_partner", "indemnity_line", ["partner_id"], unique=False)
    op.create_table(
        "indemnity_receipt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("indemnity_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("bank_reference", sa.String(length=64), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reversed_on", sa.Date(), nullable=True),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reverse_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(reversed_on IS NULL) = (reversed_at IS NULL)",
            name=op.f("ck_indemnity_receipt_reversed_at_known"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_indemnity_receipt_amount_positive")),
        sa.ForeignKeyConstraint(
            ["fund_id", "partner_id"],
            ["partner.fund_id", "partner.id"],
            name=op.f("fk_indemnity_receipt_fund_id_partner_id_partner"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_indemnity_receipt_fund_id_fund")),
        sa.ForeignKeyConstraint(
            ["indemnity_id"], ["indemnity.id"], name=op.f("fk_indemnity_receipt_indemnity_id_indemnity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indemnity_receipt")),
    )
    op.create_index(
        "ix_indemnity_receipt_of", "indemnity_receipt", ["indemnity_id", "partner_id"], unique=False
    )
    op.create_index(
        op.f("ix_indemnity_receipt_partner_id"), "indemnity_receipt", ["partner_id"], unique=False
    )
    op.create_index(
        "uq_indemnity_receipt_bank_reference",
        "indemnity_receipt",
        ["fund_id", "bank_reference"],
        unique=True,
        postgresql_where=sa.text("reversed_on IS NULL"),
    )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    for table in ("indemnity_receipt", "indemnity_line", "indemnity"):
        op.execute(f"DROP TABLE {table} CASCADE")
    op.execute("DROP FUNCTION IF EXISTS indemnity_line_partner_id_agrees()")
    _lines(KINDS.replace("'giveback', ", ""), FLOWS.replace(", 'giveback'", ""))
    for name in ("giveback_restores", "giveback_months", "giveback_cap"):
        op.drop_column("terms_version", name)


def _lines(kinds: str, flows: str) -> None:
    """Let what passes with an interest be of these kinds; flows have their day."""
    for name, says in (
        ("ck_interest_line_kind_known", f"kind IN ({kinds})"),
        ("ck_interest_line_flow_has_day", f"kind NOT IN ({flows}) OR happened_on IS NOT NULL"),
    ):
        op.drop_constraint(op.f(name), "interest_line", type_="check")
        op.create_check_constraint(op.f(name), "interest_line", says)
