"""The State Council's notices of holidays that the house has entered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

_WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON holiday_notice FROM afund_app""",
    """CREATE TRIGGER holiday_notice_append_only BEFORE UPDATE OR DELETE ON holiday_notice FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER holiday_notice_append_only_whole BEFORE TRUNCATE ON holiday_notice FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE holiday_notice ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY holiday_notice_seen ON holiday_notice FOR SELECT TO afund_app USING (afund_reach() <> '')""",
    """CREATE POLICY holiday_notice_written ON holiday_notice FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY holiday_notice_changed ON holiday_notice FOR UPDATE TO afund_app USING (afund_reach() <> '')""",
    """CREATE POLICY holiday_notice_removed ON holiday_notice FOR DELETE TO afund_app USING (afund_reach() <> '')""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.create_table(
        "holiday_notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("days", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("year BETWEEN 2020 AND 2100", name=op.f("ck_holiday_notice_year_near")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday_notice")),
    )
    op.create_index("ix_holiday_notice_year", "holiday_notice", ["year"])
    for statement in _WALLS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.drop_table("holiday_notice")
