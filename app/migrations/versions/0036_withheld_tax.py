"""Tax withheld from distributions: rates, what was withheld, payments to the tax office."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON withholding_rate FROM afund_app""",
    """CREATE TRIGGER withholding_rate_append_only BEFORE UPDATE OR DELETE ON withholding_rate FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER withholding_rate_append_only_whole BEFORE TRUNCATE ON withholding_rate FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON withholding FROM afund_app""",
    """CREATE TRIGGER withholding_append_only BEFORE UPDATE OR DELETE ON withholding FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER withholding_append_only_whole BEFORE TRUNCATE ON withholding FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON tax_payment FROM afund_app""",
    """CREATE TRIGGER tax_payment_append_only BEFORE UPDATE OR DELETE ON tax_payment FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER tax_payment_append_only_whole BEFORE TRUNCATE ON tax_payment FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON tax_payment_line FROM afund_app""",
    """CREATE TRIGGER tax_payment_line_append_only BEFORE UPDATE OR DELETE ON tax_payment_line FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER tax_payment_line_append_only_whole BEFORE TRUNCATE ON tax_payment_line FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE withholding_rate ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY withholding_rate_seen ON withholding_rate FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY withholding_rate_written ON withholding_rate FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY withholding_rate_changed ON withholding_rate FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY withholding_rate_removed ON withholding_rate FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """ALTER TABLE withholding ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY withholding_seen ON withholding FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY withholding_written ON withholding FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY withholding_changed ON withholding FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY withholding_removed ON withholding FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """ALTER TABLE tax_payment ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY tax_payment_seen ON tax_payment FOR SELECT TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY tax_payment_written ON tax_payment FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY tax_payment_changed ON tax_payment FOR UPDATE TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY tax_payment_removed ON tax_payment FOR DELETE TO afund_app USING (afund_reach() = 'all')""",
    """ALTER TABLE tax_payment_line ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY tax_payment_line_seen ON tax_payment_line FOR SELECT TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY tax_payment_line_written ON tax_payment_line FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY tax_payment_line_changed ON tax_payment_line FOR UPDATE TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY tax_payment_line_removed ON tax_payment_line FOR DELETE TO afund_app USING (afund_reach() = 'all')""",
    """CREATE OR REPLACE FUNCTION withholding_partner_id_agrees() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.partner_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM distribution o JOIN partner w ON w.fund_id = o.fund_id
        WHERE o.id = NEW.distribution_id AND w.id = NEW.partner_id) THEN
        RAISE EXCEPTION 'withholding: partner_id % is of another fund_id than distribution_id %', NEW.partner_id, NEW.distribution_id
            USING ERRCODE = 'foreign_key_violation';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER withholding_partner_id_agrees BEFORE INSERT OR UPDATE ON withholding FOR EACH ROW EXECUTE FUNCTION withholding_partner_id_agrees()""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "withholding_rate",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=True),
        sa.Column("party_kind", sa.Text(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("income", sa.Text(), nullable=False),
        sa.Column("gain", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_withholding_rate_has_reason")),
        sa.CheckConstraint(
            "party_kind IN ('organisation', 'person')", name=op.f("ck_withholding_rate_party_kind_known")
        ),
        sa.CheckConstraint(
            "(partner_id IS NULL) <> (party_kind IS NULL)", name=op.f("ck_withholding_rate_partner_or_kind")
        ),
        sa.ForeignKeyConstraint(
            ["fund_id", "partner_id"],
            ["partner.fund_id", "partner.id"],
            name=op.f("fk_withholding_rate_fund_id_partner_id_partner"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_withholding_rate_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withholding_rate")),
    )
    op.create_index(op.f("ix_withholding_rate_fund_id"), "withholding_rate", ["fund_id"], unique=False)
    op.create_table(
        "withholding",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("distribution_id", sa.BigInteger(), nullable=False),
        sa.Column("distribution", sa.String(length=64), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("income", sa.BigInteger(), nullable=False),
        sa.Column("gain", sa.BigInteger(), nullable=False),
        sa.Column("income_rate", sa.Text(), nullable=False),
        sa.Column("gain_rate", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND amount <= income + gain", name=op.f("ck_withholding_part_of_profit")
        ),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distribution.id"], name=op.f("fk_withholding_distribution_id_distribution")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_withholding_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withholding")),
        sa.UniqueConstraint(
            "distribution_id", "partner_id", name=op.f("uq_withholding_distribution_id_partner_id")
        ),
    )
    op.create_index("ix_withholding_partner", "withholding", ["partner_id"], unique=False)
    op.create_table(
        "tax_payment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_tax_payment_amount_positive")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_tax_payment_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_payment")),
        sa.UniqueConstraint("fund_id", "code", name=op.f("uq_tax_payment_fund_id_code")),
        sa.UniqueConstraint("fund_id", "number", name=op.f("uq_tax_payment_fund_id_number")),
    )
    op.create_table(
        "tax_payment_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("withholding_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["tax_payment.id"], name=op.f("fk_tax_payment_line_payment_id_tax_payment")
        ),
        sa.ForeignKeyConstraint(
            ["withholding_id"],
            ["withholding.id"],
            name=op.f("fk_tax_payment_line_withholding_id_withholding"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_payment_line")),
        sa.UniqueConstraint(
            "payment_id", "withholding_id", name=op.f("uq_tax_payment_line_payment_id_withholding_id")
        ),
    )
    op.create_index("ix_tax_payment_line_withholding", "tax_payment_line", ["withholding_id"], unique=False)
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    for table in (
        "tax_payment_line",
        "tax_payment",
        "withholding",
        "withholding_rate",
    ):
        op.execute(f"DROP TABLE {table} CASCADE")
    op.execute("DROP FUNCTION IF EXISTS withholding_partner_id_agrees()")
