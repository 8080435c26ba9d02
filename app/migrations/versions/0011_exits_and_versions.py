"""Exits from companies; workstreams and companies count their changes."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON deal_exit FROM afund_app""",
    """CREATE TRIGGER deal_exit_append_only BEFORE UPDATE OR DELETE ON deal_exit FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER deal_exit_append_only_whole BEFORE TRUNCATE ON deal_exit FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE deal_exit ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY deal_exit_seen ON deal_exit FOR SELECT TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY deal_exit_written ON deal_exit FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY deal_exit_changed ON deal_exit FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
    """CREATE POLICY deal_exit_removed ON deal_exit FOR DELETE TO afund_app USING (afund_reach() = 'all' OR 'committee' = ANY (afund_roles()))""",
)
COUNTED = ("workstream", "spinout")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    for table in COUNTED:
        op.add_column(table, sa.Column("version", sa.BigInteger(), nullable=False, server_default="1"))
        op.alter_column(table, "version", server_default=None)
    op.create_table(
        "deal_exit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("motion_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("counterparty_id", sa.BigInteger(), nullable=True),
        sa.Column("into_partner_chain", sa.Boolean(), nullable=False),
        sa.Column("exited_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "counterparty_id IS NOT NULL OR NOT into_partner_chain",
            name=op.f("ck_deal_exit_chain_has_counterparty"),
        ),
        sa.CheckConstraint(
            "kind IN ('sale_to_lp', 'licence', 'joint_venture', 'redemption', 'trade_sale', 'ipo', 'secondary', 'liquidation')",
            name=op.f("ck_deal_exit_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["counterparty_id"], ["party.id"], name=op.f("fk_deal_exit_counterparty_id_party")
        ),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_deal_exit_deal_id_deal")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_deal_exit_fund_id_fund")),
        sa.ForeignKeyConstraint(["holding_id"], ["holding.id"], name=op.f("fk_deal_exit_holding_id_holding")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_deal_exit_motion_id_motion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_exit")),
        sa.UniqueConstraint("deal_id", name=op.f("uq_deal_exit_deal_id")),
    )
    for column in ("counterparty_id", "fund_id", "holding_id", "motion_id"):
        op.create_index(op.f(f"ix_deal_exit_{column}"), "deal_exit", [column], unique=False)
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.execute("DROP TABLE deal_exit CASCADE")
    for table in COUNTED:
        op.drop_column(table, "version")
