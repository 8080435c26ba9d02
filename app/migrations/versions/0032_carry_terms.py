"""The form of the waterfall, its further tiers, and the tax that a clawback leaves on carry: by version of the terms."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

ADDED = (("carry_form", "whole_fund"), ("carry_tax", "0/1"))
WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON terms_tier FROM afund_app""",
    """CREATE TRIGGER terms_tier_append_only BEFORE UPDATE OR DELETE ON terms_tier FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER terms_tier_append_only_whole BEFORE TRUNCATE ON terms_tier FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    for name, before in ADDED:
        op.add_column("terms_version", sa.Column(name, sa.Text(), nullable=False, server_default=before))
        op.alter_column("terms_version", name, server_default=None)
    op.create_check_constraint(
        op.f("ck_terms_version_carry_form_known"),
        "terms_version",
        "carry_form IN ('whole_fund', 'deal_by_deal')",
    )
    op.create_table(
        "terms_tier",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("terms_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("threshold", sa.Text(), nullable=False),
        sa.Column("carry", sa.Text(), nullable=False),
        sa.CheckConstraint("measure IN ('multiple', 'return')", name=op.f("ck_terms_tier_measure_known")),
        sa.ForeignKeyConstraint(
            ["terms_id"], ["terms_version.id"], name=op.f("fk_terms_tier_terms_id_terms_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_tier")),
        sa.UniqueConstraint("terms_id", "position", name=op.f("uq_terms_tier_terms_id_position")),
    )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.execute("DROP TABLE terms_tier")
    op.drop_constraint(op.f("ck_terms_version_carry_form_known"), "terms_version", type_="check")
    for name, _ in ADDED:
        op.drop_column("terms_version", name)
