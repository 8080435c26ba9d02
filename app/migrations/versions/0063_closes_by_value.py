"""Later closes by net asset value: the charter's term, the basis of a close, what its newcomers pay for gains."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('investment', 'expense', 'fee', 'interest'{more})"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.add_column(
        "terms_version", sa.Column("close_at_nav", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.alter_column("terms_version", "close_at_nav", server_default=None)
    op.add_column("capital_close", sa.Column("basis", sa.Text(), server_default="cost", nullable=False))
    op.alter_column("capital_close", "basis", server_default=None)
    op.create_check_constraint(
        op.f("ck_capital_close_basis_known"), "capital_close", "basis IN ('cost', 'nav')"
    )
    _allow(", 'premium'")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    _allow("")
    op.drop_constraint(op.f("ck_capital_close_basis_known"), "capital_close", type_="check")
    op.drop_column("capital_close", "basis")
    op.drop_column("terms_version", "close_at_nav")


def _allow(more: str) -> None:
    op.drop_constraint(op.f("ck_call_item_kind_known"), "call_item", type_="check")
    op.create_check_constraint(op.f("ck_call_item_kind_known"), "call_item", _KINDS.format(more=more))
