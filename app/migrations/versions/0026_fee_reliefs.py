"""What is taken off the management fee: offsets, waivers and rebates, and the share of fees that the terms set off."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON fee_relief FROM afund_app""",
    """CREATE TRIGGER fee_relief_append_only BEFORE UPDATE OR DELETE ON fee_relief FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER fee_relief_append_only_whole BEFORE TRUNCATE ON fee_relief FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON fee_relief_line FROM afund_app""",
    """CREATE TRIGGER fee_relief_line_append_only BEFORE UPDATE OR DELETE ON fee_relief_line FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER fee_relief_line_append_only_whole BEFORE TRUNCATE ON fee_relief_line FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON fee_relief_decision FROM afund_app""",
    """CREATE TRIGGER fee_relief_decision_append_only BEFORE UPDATE OR DELETE ON fee_relief_decision FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER fee_relief_decision_append_only_whole BEFORE TRUNCATE ON fee_relief_decision FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE fee_relief_line ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY fee_relief_line_seen ON fee_relief_line FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY(afund_partners()))""",
    """CREATE POLICY fee_relief_line_written ON fee_relief_line FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY fee_relief_line_changed ON fee_relief_line FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY(afund_partners()))""",
    """CREATE POLICY fee_relief_line_removed ON fee_relief_line FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY(afund_partners()))""",
    """ALTER TABLE fee_relief ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY fee_relief_seen ON fee_relief FOR SELECT TO afund_app USING (afund_reach() = 'all' OR EXISTS (SELECT FROM fee_relief_line l WHERE l.relief_id = fee_relief.id))""",
    """CREATE POLICY fee_relief_written ON fee_relief FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY fee_relief_changed ON fee_relief FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR EXISTS (SELECT FROM fee_relief_line l WHERE l.relief_id = fee_relief.id))""",
    """CREATE POLICY fee_relief_removed ON fee_relief FOR DELETE TO afund_app USING (afund_reach() = 'all' OR EXISTS (SELECT FROM fee_relief_line l WHERE l.relief_id = fee_relief.id))""",
    """ALTER TABLE fee_relief_decision ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY fee_relief_decision_seen ON fee_relief_decision FOR SELECT TO afund_app USING (EXISTS (SELECT FROM fee_relief r WHERE r.id = fee_relief_decision.relief_id))""",
    """CREATE POLICY fee_relief_decision_written ON fee_relief_decision FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY fee_relief_decision_changed ON fee_relief_decision FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM fee_relief r WHERE r.id = fee_relief_decision.relief_id))""",
    """CREATE POLICY fee_relief_decision_removed ON fee_relief_decision FOR DELETE TO afund_app USING (EXISTS (SELECT FROM fee_relief r WHERE r.id = fee_relief_decision.relief_id))""",
    """CREATE OR REPLACE FUNCTION fee_relief_line_partner_id_agrees() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.partner_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM fee_relief o JOIN partner w ON w.fund_id = o.fund_id
        WHERE o.id = NEW.relief_id AND w.id = NEW.partner_id) THEN
        RAISE EXCEPTION 'fee_relief_line: partner_id % is of another fund_id than relief_id %', NEW.partner_id, NEW.relief_id
            USING ERRCODE = 'foreign_key_violation';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER fee_relief_line_partner_id_agrees BEFORE INSERT OR UPDATE ON fee_relief_line FOR EACH ROW EXECUTE FUNCTION fee_relief_line_partner_id_agrees()""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "fee_relief",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("quarter", sa.String(length=64), nullable=True),
        sa.Column("offset_kind", sa.Text(), nullable=True),
        sa.Column("holding_id", sa.BigInteger(), nullable=True),
        sa.Column("received", sa.BigInteger(), nullable=True),
        sa.Column("share", sa.Text(), nullable=True),
        sa.Column("prepared_by", sa.BigInteger(), nullable=True),
        sa.Column("prepared_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "CASE WHEN kind = 'offset' THEN quarter IS NULL AND offset_kind IS NOT NULL AND received > 0 AND share IS NOT NULL ELSE quarter IS NOT NULL AND offset_kind IS NULL AND received IS NULL AND share IS NULL AND holding_id IS NULL END",
            name=op.f("ck_fee_relief_facts_of_its_kind"),
        ),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_fee_relief_has_reason")),
        sa.CheckConstraint("kind IN ('offset', 'waiver', 'rebate')", name=op.f("ck_fee_relief_kind_known")),
        sa.CheckConstraint(
            "offset_kind IN ('advisory', 'broken_deal', 'transaction', 'directors', 'monitoring', 'capital_markets', 'arrangement', 'origination', 'organisation', 'placement', 'other')",
            name=op.f("ck_fee_relief_offset_kind_known"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_fee_relief_amount_positive")),
        sa.ForeignKeyConstraint(
            ["fund_id", "holding_id"],
            ["holding.fund_id", "holding.id"],
            name=op.f("fk_fee_relief_fund_id_holding_id_holding"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fee_relief_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_relief")),
        sa.UniqueConstraint("fund_id", "reference", name=op.f("uq_fee_relief_fund_id_reference")),
    )
    op.create_table(
        "fee_relief_decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("relief_id", sa.BigInteger(), nullable=False),
        sa.Column("is_approved", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_name", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["relief_id"], ["fee_relief.id"], name=op.f("fk_fee_relief_decision_relief_id_fee_relief")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_relief_decision")),
        sa.UniqueConstraint("relief_id", name=op.f("uq_fee_relief_decision_relief_id")),
    )
    op.create_table(
        "fee_relief_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("relief_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_fee_relief_line_amount_positive")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_fee_relief_line_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["relief_id"], ["fee_relief.id"], name=op.f("fk_fee_relief_line_relief_id_fee_relief")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_relief_line")),
        sa.UniqueConstraint("relief_id", "partner_id", name=op.f("uq_fee_relief_line_relief_id_partner_id")),
    )
    op.create_index(op.f("ix_fee_relief_line_partner_id"), "fee_relief_line", ["partner_id"], unique=False)
    op.add_column("terms_version", sa.Column("offset_share", sa.Text(), nullable=False, server_default="1/1"))
    op.alter_column("terms_version", "offset_share", server_default=None)
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.drop_column("terms_version", "offset_share")
    op.execute("DROP TABLE fee_relief_line CASCADE")
    op.execute("DROP TABLE fee_relief_decision CASCADE")
    op.execute("DROP TABLE fee_relief CASCADE")
    op.execute("DROP FUNCTION fee_relief_line_partner_id_agrees()")
