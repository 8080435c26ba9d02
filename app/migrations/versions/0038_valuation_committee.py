"""What the members of a valuation committee said to a file, and what they resolved."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_OPINION, _RESOLUTION = "valuation_opinion", "valuation_resolution"
# Drafts behind which a file was handed in are read by the committee, whose members answer it.
_READABLE = {
    "mark_rejection": "afund_reach() = 'all'",
    "holding_mark": "afund_reach() = 'all' OR EXISTS (SELECT FROM mark_approval a WHERE a.mark_id = holding_mark.id)",
}
_MARK = {"mark_rejection": "mark_rejection.mark_id", "holding_mark": "holding_mark.id"}
_FILED = (
    "('committee' = ANY (afund_roles()) AND EXISTS (SELECT FROM valuation_file f WHERE f.mark_id = {mark}))"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.create_table(
        _OPINION,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "opinion <> 'object' OR btrim(reason) <> ''",
            name=op.f("ck_valuation_opinion_objection_has_reason"),
        ),
        sa.CheckConstraint(
            "opinion IN ('approve', 'object')", name=op.f("ck_valuation_opinion_opinion_known")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["valuation_file.id"], name=op.f("fk_valuation_opinion_file_id_valuation_file")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_valuation_opinion_user_id_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_valuation_opinion")),
        sa.UniqueConstraint("file_id", "user_id", name=op.f("uq_valuation_opinion_file_id_user_id")),
    )
    op.create_table(
        _RESOLUTION,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("policy_id", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("eligible", "quorum", "needed", "approved", "objected")
        ),
        sa.Column("members", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "approved >= needed AND approved + objected >= quorum AND approved + objected <= eligible",
            name=op.f("ck_valuation_resolution_was_reached"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["valuation_file.id"], name=op.f("fk_valuation_resolution_file_id_valuation_file")
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"],
            ["valuation_policy.id"],
            name=op.f("fk_valuation_resolution_policy_id_valuation_policy"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_valuation_resolution")),
        sa.UniqueConstraint("file_id", name=op.f("uq_valuation_resolution_file_id")),
    )
    for table in (_OPINION, _RESOLUTION):
        _wall(table)
    for table, using in _READABLE.items():
        _readable(table, f"{using} OR {_FILED.format(mark=_MARK[table])}")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    for table, using in _READABLE.items():
        _readable(table, using)
    op.drop_table(_RESOLUTION)
    op.drop_table(_OPINION)


def _wall(table: str) -> None:
    _run(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM afund_app")
    refuse = "EXECUTE FUNCTION afund_refuse_change()"
    trigger = f"CREATE TRIGGER {table}_append_only"
    _run(f"{trigger} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}")
    _run(f"{trigger}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}")
    using = "afund_reach() = 'all' OR 'committee' = ANY (afund_roles())"
    _run(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    _run(f"CREATE POLICY {table}_seen ON {table} FOR SELECT TO afund_app USING ({using})")
    _run(f"CREATE POLICY {table}_written ON {table} FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')")
    _run(f"CREATE POLICY {table}_changed ON {table} FOR UPDATE TO afund_app USING ({using})")
    _run(f"CREATE POLICY {table}_removed ON {table} FOR DELETE TO afund_app USING ({using})")


def _readable(table: str, using: str) -> None:
    for kind, command in (("seen", "SELECT"), ("changed", "UPDATE"), ("removed", "DELETE")):
        _run(f"DROP POLICY {table}_{kind} ON {table}")
        _run(f"CREATE POLICY {table}_{kind} ON {table} FOR {command} TO afund_app USING ({using})")


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))
