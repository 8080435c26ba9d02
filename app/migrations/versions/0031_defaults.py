"""Terms of default, notices to partners that do not pay, and the interest that came in on them."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON default_terms FROM afund_app""",
    """CREATE TRIGGER default_terms_append_only BEFORE UPDATE OR DELETE ON default_terms FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER default_terms_append_only_whole BEFORE TRUNCATE ON default_terms FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON default_notice FROM afund_app""",
    """CREATE TRIGGER default_notice_append_only BEFORE UPDATE OR DELETE ON default_notice FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER default_notice_append_only_whole BEFORE TRUNCATE ON default_notice FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON default_withdrawal FROM afund_app""",
    """CREATE TRIGGER default_withdrawal_append_only BEFORE UPDATE OR DELETE ON default_withdrawal FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER default_withdrawal_append_only_whole BEFORE TRUNCATE ON default_withdrawal FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON default_interest FROM afund_app""",
    """CREATE TRIGGER default_interest_append_only BEFORE UPDATE OR DELETE ON default_interest FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER default_interest_append_only_whole BEFORE TRUNCATE ON default_interest FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE default_notice ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY default_notice_seen ON default_notice FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY default_notice_written ON default_notice FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY default_notice_changed ON default_notice FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY default_notice_removed ON default_notice FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """ALTER TABLE default_withdrawal ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY default_withdrawal_seen ON default_withdrawal FOR SELECT TO afund_app USING (EXISTS (SELECT FROM default_notice n WHERE n.id = default_withdrawal.notice_id))""",
    """CREATE POLICY default_withdrawal_written ON default_withdrawal FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY default_withdrawal_changed ON default_withdrawal FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM default_notice n WHERE n.id = default_withdrawal.notice_id))""",
    """CREATE POLICY default_withdrawal_removed ON default_withdrawal FOR DELETE TO afund_app USING (EXISTS (SELECT FROM default_notice n WHERE n.id = default_withdrawal.notice_id))""",
    """ALTER TABLE default_interest ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY default_interest_seen ON default_interest FOR SELECT TO afund_app USING (EXISTS (SELECT FROM default_notice n WHERE n.id = default_interest.notice_id))""",
    """CREATE POLICY default_interest_written ON default_interest FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY default_interest_changed ON default_interest FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM default_notice n WHERE n.id = default_interest.notice_id))""",
    """CREATE POLICY default_interest_removed ON default_interest FOR DELETE TO afund_app USING (EXISTS (SELECT FROM default_notice n WHERE n.id = default_interest.notice_id))""",
    """CREATE OR REPLACE FUNCTION default_notice_partner_id_agrees() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.partner_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM capital_call o JOIN partner w ON w.fund_id = o.fund_id
        WHERE o.id = NEW.call_id AND w.id = NEW.partner_id) THEN
        RAISE EXCEPTION 'default_notice: partner_id % is of another fund_id than call_id %', NEW.partner_id, NEW.call_id
            USING ERRCODE = 'foreign_key_violation';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER default_notice_partner_id_agrees BEFORE INSERT OR UPDATE ON default_notice FOR EACH ROW EXECUTE FUNCTION default_notice_partner_id_agrees()""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "default_terms",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("cure_days", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cure_days > 0", name=op.f("ck_default_terms_cure_days_positive")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_default_terms_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_default_terms")),
        sa.UniqueConstraint("fund_id", "effective_on", name=op.f("uq_default_terms_fund_id_effective_on")),
    )
    op.create_table(
        "default_notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=False),
        sa.Column("cure_until", sa.Date(), nullable=False),
        sa.Column("rate", sa.Text(), nullable=False),
        sa.Column("owed", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cure_until > noticed_on", name=op.f("ck_default_notice_cure_after_notice")),
        sa.CheckConstraint("owed > 0", name=op.f("ck_default_notice_owed_positive")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["capital_call.id"], name=op.f("fk_default_notice_call_id_capital_call")
        ),
        sa.ForeignKeyConstraint(
            ["fund_id", "partner_id"],
            ["partner.fund_id", "partner.id"],
            name=op.f("fk_default_notice_fund_id_partner_id_partner"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_default_notice_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_default_notice")),
        sa.UniqueConstraint(
            "call_id", "partner_id", "turn", name=op.f("uq_default_notice_call_id_partner_id_turn")
        ),
    )
    op.create_index(op.f("ix_default_notice_partner_id"), "default_notice", ["partner_id"], unique=False)
    op.create_table(
        "default_interest",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("bank_reference", sa.String(length=64), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_default_interest_amount_positive")),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["default_notice.id"], name=op.f("fk_default_interest_notice_id_default_notice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_default_interest")),
        sa.UniqueConstraint("notice_id", "number", name=op.f("uq_default_interest_notice_id_number")),
    )
    op.create_table(
        "default_withdrawal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_default_withdrawal_has_reason")),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["default_notice.id"], name=op.f("fk_default_withdrawal_notice_id_default_notice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_default_withdrawal")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_default_withdrawal_notice_id")),
    )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    for table in ("default_interest", "default_withdrawal", "default_notice", "default_terms"):
        op.execute(f"DROP TABLE {table} CASCADE")
    op.execute("DROP FUNCTION IF EXISTS default_notice_partner_id_agrees()")
