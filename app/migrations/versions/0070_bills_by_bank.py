"""A line of the bank may pay a bill that is owed, or bring in income that was earned."""

from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

_NAME, _TABLE = "ck_bank_match_kind_known", "bank_match"
_BEFORE = "'receipt', 'booked', 'bank_interest', 'bank_fee', 'own_transfer', 'to_be_returned', 'set_aside'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    _kinds(f"{_BEFORE}, 'bill_paid', 'income_received'")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    _kinds(_BEFORE)


def _kinds(known: str) -> None:
    op.drop_constraint(op.f(_NAME), _TABLE, type_="check")
    op.create_check_constraint(op.f(_NAME), _TABLE, f"kind IN ({known})")
