"""Remedies against partners that do not pay: what terms give, proposals, resolutions, what was carried out and kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON default_remedy FROM afund_app""",
    """CREATE TRIGGER default_remedy_append_only BEFORE UPDATE OR DELETE ON default_remedy FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER default_remedy_append_only_whole BEFORE TRUNCATE ON default_remedy FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON default_resolution FROM afund_app""",
    """CREATE TRIGGER default_resolution_append_only BEFORE UPDATE OR DELETE ON default_resolution FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER default_resolution_append_only_whole BEFORE TRUNCATE ON default_resolution FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON default_vote FROM afund_app""",
    """CREATE TRIGGER default_vote_append_only BEFORE UPDATE OR DELETE ON default_vote FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER default_vote_append_only_whole BEFORE TRUNCATE ON default_vote FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON default_execution FROM afund_app""",
    """CREATE TRIGGER default_execution_append_only BEFORE UPDATE OR DELETE ON default_execution FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER default_execution_append_only_whole BEFORE TRUNCATE ON default_execution FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON interest_reduction FROM afund_app""",
    """CREATE TRIGGER interest_reduction_append_only BEFORE UPDATE OR DELETE ON interest_reduction FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER interest_reduction_append_only_whole BEFORE TRUNCATE ON interest_reduction FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON interest_suspension FROM afund_app""",
    """CREATE TRIGGER interest_suspension_append_only BEFORE UPDATE OR DELETE ON interest_suspension FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER interest_suspension_append_only_whole BEFORE TRUNCATE ON interest_suspension FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE default_remedy ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY default_remedy_seen ON default_remedy FOR SELECT TO afund_app USING (EXISTS (SELECT FROM default_notice n WHERE n.id = default_remedy.notice_id))""",
    """CREATE POLICY default_remedy_written ON default_remedy FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY default_remedy_changed ON default_remedy FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM default_notice n WHERE n.id = default_remedy.notice_id))""",
    """CREATE POLICY default_remedy_removed ON default_remedy FOR DELETE TO afund_app USING (EXISTS (SELECT FROM default_notice n WHERE n.id = default_remedy.notice_id))""",
    """ALTER TABLE default_resolution ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY default_resolution_seen ON default_resolution FOR SELECT TO afund_app USING (EXISTS (SELECT FROM default_remedy r WHERE r.id = default_resolution.remedy_id))""",
    """CREATE POLICY default_resolution_written ON default_resolution FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY default_resolution_changed ON default_resolution FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM default_remedy r WHERE r.id = default_resolution.remedy_id))""",
    """CREATE POLICY default_resolution_removed ON default_resolution FOR DELETE TO afund_app USING (EXISTS (SELECT FROM default_remedy r WHERE r.id = default_resolution.remedy_id))""",
    """ALTER TABLE default_execution ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY default_execution_seen ON default_execution FOR SELECT TO afund_app USING (EXISTS (SELECT FROM default_remedy r WHERE r.id = default_execution.remedy_id))""",
    """CREATE POLICY default_execution_written ON default_execution FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY default_execution_changed ON default_execution FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM default_remedy r WHERE r.id = default_execution.remedy_id))""",
    """CREATE POLICY default_execution_removed ON default_execution FOR DELETE TO afund_app USING (EXISTS (SELECT FROM default_remedy r WHERE r.id = default_execution.remedy_id))""",
    """ALTER TABLE default_vote ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY default_vote_seen ON default_vote FOR SELECT TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY default_vote_written ON default_vote FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY default_vote_changed ON default_vote FOR UPDATE TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY default_vote_removed ON default_vote FOR DELETE TO afund_app USING (afund_reach() = 'all')""",
    """ALTER TABLE interest_reduction ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY interest_reduction_seen ON interest_reduction FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY interest_reduction_written ON interest_reduction FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY interest_reduction_changed ON interest_reduction FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY interest_reduction_removed ON interest_reduction FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """ALTER TABLE interest_suspension ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY interest_suspension_seen ON interest_suspension FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY interest_suspension_written ON interest_suspension FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY interest_suspension_changed ON interest_suspension FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY interest_suspension_removed ON interest_suspension FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
)

TABLES = (
    "default_execution",
    "default_vote",
    "default_resolution",
    "default_remedy",
    "interest_suspension",
    "interest_reduction",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.add_column("default_terms", sa.Column("remedies", JSONB(), nullable=False, server_default="[]"))
    op.alter_column("default_terms", "remedies", server_default=None)
    op.add_column("default_terms", sa.Column("forfeit", sa.Text(), nullable=False, server_default="0/1"))
    op.alter_column("default_terms", "forfeit", server_default=None)
    op.create_table(
        "interest_reduction",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_interest_reduction_amount_positive")),
        sa.ForeignKeyConstraint(
            ["fund_id", "partner_id"],
            ["partner.fund_id", "partner.id"],
            name=op.f("fk_interest_reduction_fund_id_partner_id_partner"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_interest_reduction_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest_reduction")),
    )
    op.create_index(
        op.f("ix_interest_reduction_partner_id"), "interest_reduction", ["partner_id"], unique=False
    )
    op.create_table(
        "interest_suspension",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["fund_id", "partner_id"],
            ["partner.fund_id", "partner.id"],
            name=op.f("fk_interest_suspension_fund_id_partner_id_partner"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_interest_suspension_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest_suspension")),
    )
    op.create_index(
        op.f("ix_interest_suspension_partner_id"), "interest_suspension", ["partner_id"], unique=False
    )
    op.create_table(
        "default_remedy",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("share", sa.Text(), nullable=True),
        sa.Column("buyer_id", sa.BigInteger(), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=True),
        sa.Column("proposed_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(remedy = 'forfeiture') = (share IS NOT NULL)",
            name=op.f("ck_default_remedy_share_of_forfeiture"),
        ),
        sa.CheckConstraint(
            "(remedy = 'sale') = (buyer_id IS NOT NULL)", name=op.f("ck_default_remedy_buyer_of_sale")
        ),
        sa.CheckConstraint(
            "(remedy = 'sale') = (price IS NOT NULL)", name=op.f("ck_default_remedy_price_of_sale")
        ),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_default_remedy_has_reason")),
        sa.CheckConstraint(
            "remedy IN ('suspension', 'reduction', 'forfeiture', 'sale')",
            name=op.f("ck_default_remedy_remedy_known"),
        ),
        sa.CheckConstraint("price >= 0", name=op.f("ck_default_remedy_price_not_negative")),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["partner.id"], name=op.f("fk_default_remedy_buyer_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["default_notice.id"], name=op.f("fk_default_remedy_notice_id_default_notice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_default_remedy")),
    )
    op.create_index(op.f("ix_default_remedy_notice_id"), "default_remedy", ["notice_id"], unique=False)
    op.create_table(
        "default_execution",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("remedy_id", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("acts", JSONB(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["remedy_id"], ["default_remedy.id"], name=op.f("fk_default_execution_remedy_id_default_remedy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_default_execution")),
        sa.UniqueConstraint("remedy_id", name=op.f("uq_default_execution_remedy_id")),
    )
    op.create_table(
        "default_resolution",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("remedy_id", sa.BigInteger(), nullable=False),
        sa.Column("resolved_on", sa.Date(), nullable=False),
        sa.Column("is_consent", sa.Boolean(), nullable=False),
        sa.Column("minutes_sha256", sa.String(length=64), nullable=False),
        sa.Column("minutes_name", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["remedy_id"], ["default_remedy.id"], name=op.f("fk_default_resolution_remedy_id_default_remedy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_default_resolution")),
        sa.UniqueConstraint("remedy_id", name=op.f("uq_default_resolution_remedy_id")),
    )
    op.create_table(
        "default_vote",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("resolution_id", sa.BigInteger(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=True),
        sa.Column("say", sa.Text(), nullable=False),
        sa.CheckConstraint("say IN ('for', 'against', 'abstained')", name=op.f("ck_default_vote_say_known")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_default_vote_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["resolution_id"],
            ["default_resolution.id"],
            name=op.f("fk_default_vote_resolution_id_default_resolution"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_default_vote")),
        sa.UniqueConstraint("resolution_id", "member", name=op.f("uq_default_vote_resolution_id_member")),
    )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
    for name in ("forfeit", "remedies"):
        op.drop_column("default_terms", name)
