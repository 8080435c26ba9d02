"""Which versions of side letters took something over by the right of the most favoured, for the partner to read."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

KNOWN = "elected IN ('fee_rate', 'basis_discount', 'excuse', 'clause')"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.add_column("side_letter", sa.Column("elected", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_side_letter_elected_known"), "side_letter", KNOWN)
    # Letters are only added to; what was elected before is written to its version this once.
    op.execute("ALTER TABLE side_letter DISABLE TRIGGER side_letter_append_only")
    op.execute(
        "UPDATE side_letter s SET elected = e.promise FROM side_letter_election e WHERE e.letter_id = s.id"
    )
    op.execute("ALTER TABLE side_letter ENABLE TRIGGER side_letter_append_only")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.drop_constraint(op.f("ck_side_letter_elected_known"), "side_letter", type_="check")
    op.drop_column("side_letter", "elected")
