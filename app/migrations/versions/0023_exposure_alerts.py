"""Limits found exceeded until they are kept again, and limits by the year of the first purchase."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BEFORE = "dimension IN ('company', 'sector', 'chain_position', 'stage', 'origin', 'city')"
NOW = "dimension IN ('company', 'sector', 'chain_position', 'stage', 'origin', 'city', 'vintage')"
WALLS = (
    """REVOKE DELETE, TRUNCATE ON exposure_alert FROM afund_app""",
    """ALTER TABLE exposure_alert ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY exposure_alert_seen ON exposure_alert FOR SELECT TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY exposure_alert_written ON exposure_alert FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY exposure_alert_changed ON exposure_alert FOR UPDATE TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY exposure_alert_removed ON exposure_alert FOR DELETE TO afund_app USING (afund_reach() = 'all')""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.drop_constraint(op.f("ck_terms_limit_dimension_known"), "terms_limit", type_="check")
    op.create_check_constraint(op.f("ck_terms_limit_dimension_known"), "terms_limit", NOW)
    op.create_table(
        "exposure_alert",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("of_key", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("maximum", sa.Text(), nullable=False),
        sa.Column("current", sa.Text(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("cleared_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(NOW, name=op.f("ck_exposure_alert_dimension_known")),
        sa.CheckConstraint(
            "basis IN ('commitments', 'cost', 'value')", name=op.f("ck_exposure_alert_basis_known")
        ),
        sa.CheckConstraint(
            "cleared_on IS NULL OR cleared_on >= found_on",
            name=op.f("ck_exposure_alert_ends_after_it_begins"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_exposure_alert_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exposure_alert")),
    )
    op.create_index(
        "uq_exposure_alert_standing",
        "exposure_alert",
        ["fund_id", "dimension", "of_key", "basis", "maximum"],
        unique=True,
        postgresql_where=sa.text("cleared_on IS NULL"),
    )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.execute("DROP TABLE exposure_alert CASCADE")
    op.drop_constraint(op.f("ck_terms_limit_dimension_known"), "terms_limit", type_="check")
    op.create_check_constraint(op.f("ck_terms_limit_dimension_known"), "terms_limit", BEFORE)
