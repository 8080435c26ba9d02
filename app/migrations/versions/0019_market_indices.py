"""Market indices that a fund is compared with, and their levels by day."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON market_index FROM afund_app""",
    """CREATE TRIGGER market_index_append_only BEFORE UPDATE OR DELETE ON market_index FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER market_index_append_only_whole BEFORE TRUNCATE ON market_index FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON index_level FROM afund_app""",
    """CREATE TRIGGER index_level_append_only BEFORE UPDATE OR DELETE ON index_level FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER index_level_append_only_whole BEFORE TRUNCATE ON index_level FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE market_index ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY market_index_seen ON market_index FOR SELECT TO afund_app USING (afund_reach() <> '')""",
    """CREATE POLICY market_index_written ON market_index FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY market_index_changed ON market_index FOR UPDATE TO afund_app USING (afund_reach() <> '')""",
    """CREATE POLICY market_index_removed ON market_index FOR DELETE TO afund_app USING (afund_reach() <> '')""",
    """ALTER TABLE index_level ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY index_level_seen ON index_level FOR SELECT TO afund_app USING (EXISTS (SELECT FROM market_index i WHERE i.id = index_level.index_id))""",
    """CREATE POLICY index_level_written ON index_level FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY index_level_changed ON index_level FOR UPDATE TO afund_app USING (EXISTS (SELECT FROM market_index i WHERE i.id = index_level.index_id))""",
    """CREATE POLICY index_level_removed ON index_level FOR DELETE TO afund_app USING (EXISTS (SELECT FROM market_index i WHERE i.id = index_level.index_id))""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "market_index",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("is_invented", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_market_index_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_market_index")),
        sa.UniqueConstraint("fund_id", "code", name=op.f("uq_market_index_fund_id_code")),
    )
    op.create_table(
        "index_level",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("index_id", sa.BigInteger(), nullable=False),
        sa.Column("level_on", sa.Date(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("supersedes_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["index_id"], ["market_index.id"], name=op.f("fk_index_level_index_id_market_index")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["index_level.id"], name=op.f("fk_index_level_supersedes_id_index_level")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_level")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_index_level_supersedes_id")),
    )
    op.create_index(op.f("ix_index_level_index_id"), "index_level", ["index_id"], unique=False)
    op.create_index(
        "uq_index_level_first",
        "index_level",
        ["index_id", "level_on"],
        unique=True,
        postgresql_where=sa.text("supersedes_id IS NULL"),
    )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.execute("DROP TABLE index_level")
    op.execute("DROP TABLE market_index")
