"""Class rights: the rights of a company's classes of shares from a day on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

_TABLE = "company_rights"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.create_table(
        _TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(source) <> ''", name=op.f("ck_company_rights_has_source")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_company_rights_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_rights")),
        sa.UniqueConstraint("party_id", "number", name=op.f("uq_company_rights_party_id_number")),
    )
    _run(f"REVOKE UPDATE, DELETE, TRUNCATE ON {_TABLE} FROM afund_app")
    refuse = "EXECUTE FUNCTION afund_refuse_change()"
    trigger = f"CREATE TRIGGER {_TABLE}_append_only"
    _run(f"{trigger} BEFORE UPDATE OR DELETE ON {_TABLE} FOR EACH ROW {refuse}")
    _run(f"{trigger}_whole BEFORE TRUNCATE ON {_TABLE} FOR EACH STATEMENT {refuse}")
    using = "afund_reach() = 'all' OR 'committee' = ANY (afund_roles())"
    _run(f"ALTER TABLE {_TABLE} ENABLE ROW LEVEL SECURITY")
    _run(f"CREATE POLICY {_TABLE}_seen ON {_TABLE} FOR SELECT TO afund_app USING ({using})")
    _run(
        f"CREATE POLICY {_TABLE}_written ON {_TABLE} FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')"
    )
    _run(f"CREATE POLICY {_TABLE}_changed ON {_TABLE} FOR UPDATE TO afund_app USING ({using})")
    _run(f"CREATE POLICY {_TABLE}_removed ON {_TABLE} FOR DELETE TO afund_app USING ({using})")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.drop_table(_TABLE)


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))
