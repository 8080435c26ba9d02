"""A fee at several rates in one quarter; later closes that are taken back, after which a partner may join again."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.add_column("fee_line", sa.Column("close_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_fee_line_close_id_capital_close"), "fee_line", "capital_close", ["close_id"], ["id"]
    )
    op.add_column("fee_line", sa.Column("position", sa.BigInteger(), nullable=False, server_default="1"))
    op.alter_column("fee_line", "position", server_default=None)
    op.drop_constraint("uq_fee_line_charge_id_partner_id", "fee_line", type_="unique")
    op.create_unique_constraint(
        op.f("uq_fee_line_charge_id_partner_id_close_id_position"),
        "fee_line",
        ["charge_id", "partner_id", "close_id", "position"],
        postgresql_nulls_not_distinct=True,
    )
    op.drop_constraint("uq_commitment_fund_id_partner_id", "commitment", type_="unique")
    op.create_unique_constraint(
        op.f("uq_commitment_close_id_partner_id"), "commitment", ["close_id", "partner_id"]
    )
    op.drop_index("ix_commitment_close_id", "commitment")
    op.create_index(op.f("ix_commitment_fund_id"), "commitment", ["fund_id"], unique=False)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.drop_index("ix_commitment_fund_id", "commitment")
    op.create_index(op.f("ix_commitment_close_id"), "commitment", ["close_id"], unique=False)
    op.drop_constraint("uq_commitment_close_id_partner_id", "commitment", type_="unique")
    op.create_unique_constraint(
        op.f("uq_commitment_fund_id_partner_id"), "commitment", ["fund_id", "partner_id"]
    )
    op.drop_constraint("uq_fee_line_charge_id_partner_id_close_id_position", "fee_line", type_="unique")
    op.create_unique_constraint(
        op.f("uq_fee_line_charge_id_partner_id"), "fee_line", ["charge_id", "partner_id"]
    )
    op.drop_column("fee_line", "position")
    op.drop_column("fee_line", "close_id")
