"""What each partner's mandate asks of the portfolio, and when a clause ends."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON mandate_clause FROM afund_app""",
    """CREATE TRIGGER mandate_clause_append_only BEFORE UPDATE OR DELETE ON mandate_clause FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER mandate_clause_append_only_whole BEFORE TRUNCATE ON mandate_clause FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON mandate_end FROM afund_app""",
    """CREATE TRIGGER mandate_end_append_only BEFORE UPDATE OR DELETE ON mandate_end FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER mandate_end_append_only_whole BEFORE TRUNCATE ON mandate_end FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE mandate_clause ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY mandate_clause_seen ON mandate_clause FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY mandate_clause_written ON mandate_clause FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY mandate_clause_changed ON mandate_clause FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY mandate_clause_removed ON mandate_clause FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """ALTER TABLE mandate_end ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY mandate_end_seen ON mandate_end FOR SELECT TO afund_app USING (EXISTS (SELECT FROM mandate_clause c WHERE c.id = mandate_end.clause_id))""",
    """CREATE POLICY mandate_end_written ON mandate_end FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY mandate_end_changed ON mandate_end FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM mandate_clause c WHERE c.id = mandate_end.clause_id))""",
    """CREATE POLICY mandate_end_removed ON mandate_end FOR DELETE TO afund_app USING (EXISTS (SELECT FROM mandate_clause c WHERE c.id = mandate_end.clause_id))""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "mandate_clause",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("bound", sa.Text(), nullable=False),
        sa.Column("share", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=True),
        sa.Column("of_key", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "measure IN ('chain', 'label', 'largest')", name=op.f("ck_mandate_clause_measure_known")
        ),
        sa.CheckConstraint("bound IN ('at_least', 'at_most')", name=op.f("ck_mandate_clause_bound_known")),
        sa.CheckConstraint(
            "basis IN ('commitments', 'cost', 'value')", name=op.f("ck_mandate_clause_basis_known")
        ),
        sa.CheckConstraint(
            "dimension IN ('company', 'sector', 'chain_position', 'stage', 'origin', 'city', 'vintage')",
            name=op.f("ck_mandate_clause_dimension_known"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_mandate_clause_fund_id_fund")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_mandate_clause_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate_clause")),
        sa.UniqueConstraint("partner_id", "number", name=op.f("uq_mandate_clause_partner_id_number")),
    )
    op.create_index(op.f("ix_mandate_clause_fund_id"), "mandate_clause", ["fund_id"], unique=False)
    op.create_table(
        "mandate_end",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("clause_id", sa.BigInteger(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_mandate_end_has_reason")),
        sa.ForeignKeyConstraint(
            ["clause_id"], ["mandate_clause.id"], name=op.f("fk_mandate_end_clause_id_mandate_clause")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate_end")),
        sa.UniqueConstraint("clause_id", name=op.f("uq_mandate_end_clause_id")),
    )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.execute("DROP TABLE mandate_end CASCADE")
    op.execute("DROP TABLE mandate_clause CASCADE")
