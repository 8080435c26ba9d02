"""Carry in escrow: the terms, what a distribution keeps, releases, and what of a return came out of escrow."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

TERMS = (("carry_escrow", "0/1"), ("escrow_test", "hurdle"))
KINDS = "ck_distribution_line_kinds_sum"
SIGNS = "gross >= 0 AND carry >= 0 AND carry <= gross AND carry_received >= 0"
SUM = "return_of_capital + income + gain = gross - carry + carry_received"
WALLS = (
    """REVOKE DELETE, TRUNCATE ON escrow_release FROM afund_app""",
    """ALTER TABLE escrow_release ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY escrow_release_seen ON escrow_release FOR SELECT TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY escrow_release_written ON escrow_release FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY escrow_release_changed ON escrow_release FOR UPDATE TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY escrow_release_removed ON escrow_release FOR DELETE TO afund_app USING (afund_reach() = 'all')""",
)
READ = """afund_reach() = 'all' OR (coalesce(debit_partner_id, credit_partner_id) = ANY (afund_partners()) AND coalesce(credit_partner_id, debit_partner_id) = ANY (afund_partners())) OR (debit = credit AND debit IN ('3200', '3210', '3215', '3220', '3300') AND (debit_partner_id = ANY (afund_partners()) OR credit_partner_id = ANY (afund_partners())))"""
READ_BEFORE = READ.replace("'3210', '3215', '3220'", "'3210', '3220'")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    for name, before in TERMS:
        op.add_column("terms_version", sa.Column(name, sa.Text(), nullable=False, server_default=before))
        op.alter_column("terms_version", name, server_default=None)
    op.create_check_constraint(
        op.f("ck_terms_version_escrow_test_known"), "terms_version", "escrow_test IN ('hurdle', 'end')"
    )
    for table, name in (("distribution_line", "escrowed"), ("carry_return", "from_escrow")):
        op.add_column(table, sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
        op.alter_column(table, name, server_default=None)
    _sum(f"{SIGNS} AND escrowed >= 0 AND escrowed <= carry_received AND {SUM} - escrowed")
    op.create_check_constraint(
        op.f("ck_carry_return_escrow_within_amount"),
        "carry_return",
        "from_escrow >= 0 AND from_escrow <= amount",
    )
    op.create_table(
        "escrow_release",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("test", sa.Text(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("lacking", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.BigInteger(), nullable=True),
        sa.Column("prepared_name", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("approved_name", sa.Text(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state <> 'paid' OR paid_at IS NOT NULL", name=op.f("ck_escrow_release_paid_at_known")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'paid', 'cancelled')", name=op.f("ck_escrow_release_state_known")
        ),
        sa.CheckConstraint("test IN ('hurdle', 'end')", name=op.f("ck_escrow_release_test_known")),
        sa.CheckConstraint(
            "amount > 0 AND amount <= held", name=op.f("ck_escrow_release_amount_within_held")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_escrow_release_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escrow_release")),
        sa.UniqueConstraint("fund_id", "number", name=op.f("uq_escrow_release_fund_id_number")),
    )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement)
    _let_read(READ)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    _let_read(READ_BEFORE)
    op.execute("DROP TABLE escrow_release CASCADE")
    op.drop_constraint(op.f("ck_carry_return_escrow_within_amount"), "carry_return", type_="check")
    _sum(f"{SIGNS} AND {SUM}")
    op.drop_column("carry_return", "from_escrow")
    op.drop_column("distribution_line", "escrowed")
    op.drop_constraint(op.f("ck_terms_version_escrow_test_known"), "terms_version", type_="check")
    for name, _ in TERMS:
        op.drop_column("terms_version", name)


def _sum(says: str) -> None:
    op.drop_constraint(op.f(KINDS), "distribution_line", type_="check")
    op.create_check_constraint(op.f(KINDS), "distribution_line", says)


def _let_read(using: str) -> None:
    for policy in ("seen", "changed", "removed"):
        op.execute(f"ALTER POLICY ledger_entry_{policy} ON ledger_entry USING ({using})")
