"""A call and a distribution of one day as one act, and receipts that are set off against a distribution."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON netting_line FROM afund_app""",
    """CREATE TRIGGER netting_line_append_only BEFORE UPDATE OR DELETE ON netting_line FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER netting_line_append_only_whole BEFORE TRUNCATE ON netting_line FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE DELETE, TRUNCATE ON netting FROM afund_app""",
    """ALTER TABLE netting_line ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY netting_line_seen ON netting_line FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY netting_line_written ON netting_line FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY netting_line_changed ON netting_line FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY netting_line_removed ON netting_line FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """ALTER TABLE netting ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY netting_seen ON netting FOR SELECT TO afund_app USING (afund_reach() = 'all' OR EXISTS (SELECT FROM netting_line l WHERE l.netting_id = netting.id))""",
    """CREATE POLICY netting_written ON netting FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY netting_changed ON netting FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR EXISTS (SELECT FROM netting_line l WHERE l.netting_id = netting.id))""",
    """CREATE POLICY netting_removed ON netting FOR DELETE TO afund_app USING (afund_reach() = 'all' OR EXISTS (SELECT FROM netting_line l WHERE l.netting_id = netting.id))""",
    """CREATE OR REPLACE FUNCTION netting_distribution_id_agrees() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.distribution_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM capital_call o JOIN distribution w ON w.fund_id = o.fund_id
        WHERE o.id = NEW.call_id AND w.id = NEW.distribution_id) THEN
        RAISE EXCEPTION 'netting: distribution_id % is of another fund_id than call_id %', NEW.distribution_id, NEW.call_id
            USING ERRCODE = 'foreign_key_violation';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER netting_distribution_id_agrees BEFORE INSERT OR UPDATE ON netting FOR EACH ROW EXECUTE FUNCTION netting_distribution_id_agrees()""",
    """CREATE OR REPLACE FUNCTION netting_line_partner_id_agrees() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.partner_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM netting o JOIN partner w ON w.fund_id = o.fund_id
        WHERE o.id = NEW.netting_id AND w.id = NEW.partner_id) THEN
        RAISE EXCEPTION 'netting_line: partner_id % is of another fund_id than netting_id %', NEW.partner_id, NEW.netting_id
            USING ERRCODE = 'foreign_key_violation';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER netting_line_partner_id_agrees BEFORE INSERT OR UPDATE ON netting_line FOR EACH ROW EXECUTE FUNCTION netting_line_partner_id_agrees()""",
    """CREATE OR REPLACE FUNCTION receipt_distribution_id_agrees() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.distribution_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM capital_call o JOIN distribution w ON w.fund_id = o.fund_id
        WHERE o.id = NEW.call_id AND w.id = NEW.distribution_id) THEN
        RAISE EXCEPTION 'receipt: distribution_id % is of another fund_id than call_id %', NEW.distribution_id, NEW.call_id
            USING ERRCODE = 'foreign_key_violation';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER receipt_distribution_id_agrees BEFORE INSERT OR UPDATE ON receipt FOR EACH ROW EXECUTE FUNCTION receipt_distribution_id_agrees()""",
)
READ = """afund_reach() = 'all' OR ((state = 'paid' OR cancelled_on IS NOT NULL{told}) AND EXISTS (SELECT FROM distribution_line l WHERE l.distribution_id = distribution.id))"""
TOLD = " OR EXISTS (SELECT FROM netting n WHERE n.distribution_id = distribution.id)"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.add_column("receipt", sa.Column("distribution_id", sa.BigInteger(), nullable=True))
    name = op.f("fk_receipt_distribution_id_distribution")
    op.create_foreign_key(name, "receipt", "distribution", ["distribution_id"], ["id"])
    op.create_index("ix_receipt_set_off", "receipt", ["distribution_id"], unique=False)
    op.create_table(
        "netting",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("distribution_id", sa.BigInteger(), nullable=False),
        sa.Column("prepared_by", sa.BigInteger(), nullable=True),
        sa.Column("prepared_name", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("approved_name", sa.Text(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state <> 'settled' OR settled_at IS NOT NULL", name=op.f("ck_netting_settled_at_known")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'issued', 'settled', 'cancelled')",
            name=op.f("ck_netting_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('issued', 'settled') OR issued_at IS NOT NULL",
            name=op.f("ck_netting_issued_at_known"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["capital_call.id"], name=op.f("fk_netting_call_id_capital_call")
        ),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distribution.id"], name=op.f("fk_netting_distribution_id_distribution")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_netting_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_netting")),
        sa.UniqueConstraint("fund_id", "code", name=op.f("uq_netting_fund_id_code")),
        sa.UniqueConstraint("fund_id", "number", name=op.f("uq_netting_fund_id_number")),
    )
    op.create_index(
        "uq_netting_call",
        "netting",
        ["call_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_index(
        "uq_netting_distribution",
        "netting",
        ["distribution_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_table(
        "netting_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("netting_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("called", sa.BigInteger(), nullable=False),
        sa.Column("return_of_capital", sa.BigInteger(), nullable=False),
        sa.Column("income", sa.BigInteger(), nullable=False),
        sa.Column("gain", sa.BigInteger(), nullable=False),
        sa.Column("withheld", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "called >= 0 AND return_of_capital >= 0 AND income >= 0 AND gain >= 0 AND withheld >= 0 AND withheld <= return_of_capital + income + gain",
            name=op.f("ck_netting_line_amounts"),
        ),
        sa.ForeignKeyConstraint(
            ["netting_id"], ["netting.id"], name=op.f("fk_netting_line_netting_id_netting")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_netting_line_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_netting_line")),
        sa.UniqueConstraint("netting_id", "partner_id", name=op.f("uq_netting_line_netting_id_partner_id")),
    )
    op.create_index("ix_netting_line_partner", "netting_line", ["partner_id"], unique=False)
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))
    _let_read(READ.format(told=TOLD))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    _let_read(READ.format(told=""))
    op.execute("DROP FUNCTION receipt_distribution_id_agrees() CASCADE")
    op.drop_column("receipt", "distribution_id")
    for table in ("netting_line", "netting"):
        op.execute(f"DROP TABLE {table} CASCADE")
    for wall in ("netting_distribution_id_agrees", "netting_line_partner_id_agrees"):
        op.execute(f"DROP FUNCTION IF EXISTS {wall}()")


def _let_read(using: str) -> None:
    """Let a partner see a distribution where `using` is true."""
    for policy in ("distribution_seen", "distribution_changed", "distribution_removed"):
        op.execute(f"ALTER POLICY {policy} ON distribution USING ({using})")
