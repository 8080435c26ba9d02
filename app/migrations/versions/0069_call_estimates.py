"""The estimate of calls that is published, with each partner's part."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0066"
branch_labels = None
depends_on = None

_SEEN = {
    "call_estimate": "afund_reach() = 'all' OR EXISTS (SELECT FROM call_estimate_part p"
    " WHERE p.estimate_id = call_estimate.id)",
    "call_estimate_part": "afund_reach() = 'all' OR partner_id = ANY (afund_partners())",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    _estimates()
    _parts()
    for table, seen in _SEEN.items():
        _walls(table, seen)


def _estimates() -> None:
    op.create_table(
        "call_estimate",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("quarter", sa.String(64), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("scenario", sa.BigInteger(), nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "method IN ('plan', 'simulation', 'pacing', 'trend')", name=op.f("ck_call_estimate_method_known")
        ),
        sa.CheckConstraint(
            "(method IN ('plan', 'simulation')) = (scenario IS NOT NULL)",
            name=op.f("ck_call_estimate_names_its_scenario"),
        ),
        sa.CheckConstraint(
            "(scenario IS NULL) = (seed IS NULL)", name=op.f("ck_call_estimate_names_its_seed")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_call_estimate_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_estimate")),
        sa.UniqueConstraint("fund_id", "number", name=op.f("uq_call_estimate_fund_id_number")),
    )


def _parts() -> None:
    table = "call_estimate_part"
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("estimate_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("quarter", sa.String(64), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("investment", sa.BigInteger(), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=True),
        sa.Column("high", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("fee >= 0 AND investment >= 0", name=op.f(f"ck_{table}_not_negative")),
        sa.CheckConstraint("(low IS NULL) = (high IS NULL)", name=op.f(f"ck_{table}_range_has_two_ends")),
        sa.ForeignKeyConstraint(
            ["estimate_id"], ["call_estimate.id"], name=op.f(f"fk_{table}_estimate_id_call_estimate")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f(f"fk_{table}_partner_id_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "estimate_id", "partner_id", "quarter", name=op.f(f"uq_{table}_estimate_id_partner_id_quarter")
        ),
    )
    op.create_index(op.f(f"ix_{table}_partner_id"), table, ["partner_id"], unique=False)


def _walls(table: str, seen: str) -> None:
    _run(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM afund_app")
    refuse = "EXECUTE FUNCTION afund_refuse_change()"
    trigger = f"CREATE TRIGGER {table}_append_only"
    _run(f"{trigger} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}")
    _run(f"{trigger}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}")
    _run(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    _run(f"CREATE POLICY {table}_seen ON {table} FOR SELECT TO afund_app USING ({seen})")
    _run(f"CREATE POLICY {table}_written ON {table} FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')")
    _run(f"CREATE POLICY {table}_changed ON {table} FOR UPDATE TO afund_app USING ({seen})")
    _run(f"CREATE POLICY {table}_removed ON {table} FOR DELETE TO afund_app USING ({seen})")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    # What may be seen of the estimate is said by its parts, which in turn refer to it.
    for name in ("seen", "changed", "removed"):
        _run(f"DROP POLICY call_estimate_{name} ON call_estimate")
    op.drop_table("call_estimate_part")
    op.drop_table("call_estimate")


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))
