"""Revenue of companies by year and customer; a partner's people read what their own group bought."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

_TABLE = "revenue"
_SEEN = """afund_reach() = 'all' OR (afund_reach() <> '' AND (customer_id IS NULL OR customer_id IN (
        WITH RECURSIVE own(id) AS (
            SELECT p.party_id FROM partner p WHERE p.id = ANY (afund_partners())
            UNION
            SELECT CASE WHEN r.from_party_id = own.id THEN r.to_party_id ELSE r.from_party_id END
            FROM own JOIN relation r
                ON r.kind = 'group_parent' AND own.id IN (r.from_party_id, r.to_party_id))
        SELECT id FROM own)))"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.create_table(
        _TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_revenue_not_negative")),
        sa.CheckConstraint("customer_id IS NOT NULL OR amount > 0", name=op.f("ck_revenue_sold_something")),
        sa.CheckConstraint("customer_id IS DISTINCT FROM company_id", name=op.f("ck_revenue_not_to_itself")),
        sa.CheckConstraint("btrim(source) <> ''", name=op.f("ck_revenue_has_source")),
        sa.ForeignKeyConstraint(["company_id"], ["party.id"], name=op.f("fk_revenue_company_id_party")),
        sa.ForeignKeyConstraint(["customer_id"], ["party.id"], name=op.f("fk_revenue_customer_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revenue")),
    )
    op.create_index("ix_revenue_company", _TABLE, ["company_id", "year"], unique=False)
    _run(f"REVOKE UPDATE, DELETE, TRUNCATE ON {_TABLE} FROM afund_app")
    refuse = "EXECUTE FUNCTION afund_refuse_change()"
    trigger = f"CREATE TRIGGER {_TABLE}_append_only"
    _run(f"{trigger} BEFORE UPDATE OR DELETE ON {_TABLE} FOR EACH ROW {refuse}")
    _run(f"{trigger}_whole BEFORE TRUNCATE ON {_TABLE} FOR EACH STATEMENT {refuse}")
    _run(f"ALTER TABLE {_TABLE} ENABLE ROW LEVEL SECURITY")
    _run(f"CREATE POLICY {_TABLE}_seen ON {_TABLE} FOR SELECT TO afund_app USING ({_SEEN})")
    _run(
        f"CREATE POLICY {_TABLE}_written ON {_TABLE} FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')"
    )
    _run(f"CREATE POLICY {_TABLE}_changed ON {_TABLE} FOR UPDATE TO afund_app USING ({_SEEN})")
    _run(f"CREATE POLICY {_TABLE}_removed ON {_TABLE} FOR DELETE TO afund_app USING ({_SEEN})")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.drop_table(_TABLE)


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))
