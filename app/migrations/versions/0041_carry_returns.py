"""Carry that the general partner gives back: each test, each partner's part, and who reads its entries."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON carry_return_line FROM afund_app""",
    """CREATE TRIGGER carry_return_line_append_only BEFORE UPDATE OR DELETE ON carry_return_line FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER carry_return_line_append_only_whole BEFORE TRUNCATE ON carry_return_line FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE DELETE, TRUNCATE ON carry_return FROM afund_app""",
    """ALTER TABLE carry_return ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY carry_return_seen ON carry_return FOR SELECT TO afund_app USING (afund_reach() = 'all' OR (approved_at IS NOT NULL AND EXISTS (SELECT FROM carry_return_line l WHERE l.return_id = carry_return.id)))""",
    """CREATE POLICY carry_return_written ON carry_return FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY carry_return_changed ON carry_return FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR (approved_at IS NOT NULL AND EXISTS (SELECT FROM carry_return_line l WHERE l.return_id = carry_return.id)))""",
    """CREATE POLICY carry_return_removed ON carry_return FOR DELETE TO afund_app USING (afund_reach() = 'all' OR (approved_at IS NOT NULL AND EXISTS (SELECT FROM carry_return_line l WHERE l.return_id = carry_return.id)))""",
    """ALTER TABLE carry_return_line ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY carry_return_line_seen ON carry_return_line FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY carry_return_line_written ON carry_return_line FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY carry_return_line_changed ON carry_return_line FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY carry_return_line_removed ON carry_return_line FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE OR REPLACE FUNCTION carry_return_line_partner_id_agrees() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.partner_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM carry_return o JOIN partner w ON w.fund_id = o.fund_id
        WHERE o.id = NEW.return_id AND w.id = NEW.partner_id) THEN
        RAISE EXCEPTION 'carry_return_line: partner_id % is of another fund_id than return_id %', NEW.partner_id, NEW.return_id
            USING ERRCODE = 'foreign_key_violation';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER carry_return_line_partner_id_agrees BEFORE INSERT OR UPDATE ON carry_return_line FOR EACH ROW EXECUTE FUNCTION carry_return_line_partner_id_agrees()""",
)
# A return of carry moves between two partners that know of each other: both read it.
READ = """afund_reach() = 'all' OR (coalesce(debit_partner_id, credit_partner_id) = ANY (afund_partners()) AND coalesce(credit_partner_id, debit_partner_id) = ANY (afund_partners())) OR (debit = credit AND debit IN ('3200', '3210', '3220', '3300') AND (debit_partner_id = ANY (afund_partners()) OR credit_partner_id = ANY (afund_partners())))"""
READ_BEFORE = READ.replace("'3210', '3220'", "'3210'")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "carry_return",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tested_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.BigInteger(), nullable=True),
        sa.Column("prepared_name", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("approved_name", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bank_reference", sa.Text(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('interim', 'final')", name=op.f("ck_carry_return_kind_known")),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'received', 'paid', 'cancelled')",
            name=op.f("ck_carry_return_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'received', 'paid') OR approved_at IS NOT NULL",
            name=op.f("ck_carry_return_approved_at_known"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_carry_return_amount_positive")),
        sa.CheckConstraint("due_on >= tested_on", name=op.f("ck_carry_return_due_after_test")),
        sa.CheckConstraint("paid_on >= received_on", name=op.f("ck_carry_return_paid_after_receipt")),
        sa.CheckConstraint("received_on >= tested_on", name=op.f("ck_carry_return_received_after_test")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_carry_return_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carry_return")),
        sa.UniqueConstraint("fund_id", "number", name=op.f("uq_carry_return_fund_id_number")),
    )
    op.create_table(
        "carry_return_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("return_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("entitled", sa.BigInteger(), nullable=False),
        sa.Column("shortfall", sa.BigInteger(), nullable=False),
        sa.Column("taxes", sa.BigInteger(), nullable=False),
        sa.Column("owed", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("return_of_capital", sa.BigInteger(), nullable=False),
        sa.Column("gain", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND amount <= owed", name=op.f("ck_carry_return_line_amount_within_owed")
        ),
        sa.CheckConstraint("owed <= received - taxes", name=op.f("ck_carry_return_line_owed_within_carry")),
        sa.CheckConstraint(
            "return_of_capital >= 0 AND gain >= 0 AND return_of_capital + gain = amount",
            name=op.f("ck_carry_return_line_kinds_sum"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_carry_return_line_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["carry_return.id"], name=op.f("fk_carry_return_line_return_id_carry_return")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carry_return_line")),
        sa.UniqueConstraint(
            "return_id", "partner_id", name=op.f("uq_carry_return_line_return_id_partner_id")
        ),
    )
    op.create_index("ix_carry_return_line_partner", "carry_return_line", ["partner_id"], unique=False)
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))
    _let_read(READ)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    _let_read(READ_BEFORE)
    for table in ("carry_return_line", "carry_return"):
        op.execute(f"DROP TABLE {table} CASCADE")
    op.execute("DROP FUNCTION IF EXISTS carry_return_line_partner_id_agrees()")


def _let_read(using: str) -> None:
    for policy in ("seen", "changed", "removed"):
        op.execute(f"ALTER POLICY ledger_entry_{policy} ON ledger_entry USING ({using})")
