"""Acts that are taken back as a whole, marks that are turned down, calls from before the fund used this software."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_OWN_FUND = (
    "afund_reach() = 'all' OR 'committee' = ANY (afund_roles()) OR ('lp_user' = ANY (afund_roles()) "
    "AND EXISTS (SELECT FROM partner p WHERE p.fund_id = ledger_undo.fund_id AND p.id = ANY (afund_partners())))"
)
_PAID = (
    "afund_reach() = 'all' OR ({state} AND EXISTS (SELECT FROM distribution_line l "
    "WHERE l.distribution_id = distribution.id))"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "ledger_undo",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.String(length=64), nullable=False),
        sa.Column("undone_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_ledger_undo_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_undo")),
        sa.UniqueConstraint("fund_id", "act", name=op.f("uq_ledger_undo_fund_id_act")),
    )
    op.create_table(
        "mark_rejection",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("mark_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rejected_by_id", sa.BigInteger(), nullable=True),
        sa.Column("rejected_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_mark_rejection_has_reason")),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["holding.id"], name=op.f("fk_mark_rejection_holding_id_holding")
        ),
        sa.ForeignKeyConstraint(
            ["mark_id"], ["holding_mark.id"], name=op.f("fk_mark_rejection_mark_id_holding_mark")
        ),
        sa.ForeignKeyConstraint(
            ["rejected_by_id"], ["app_user.id"], name=op.f("fk_mark_rejection_rejected_by_id_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark_rejection")),
        sa.UniqueConstraint("mark_id", name=op.f("uq_mark_rejection_mark_id")),
    )
    op.create_index(op.f("ix_mark_rejection_holding_id"), "mark_rejection", ["holding_id"], unique=False)
    op.add_column("distribution", sa.Column("cancelled_on", sa.Date(), nullable=True))
    op.add_column("deal_closing", sa.Column("undone_on", sa.Date(), nullable=True))
    op.drop_constraint("uq_deal_closing_deal_id_tranche", "deal_closing", type_="unique")
    op.create_index(
        "uq_deal_closing_live",
        "deal_closing",
        ["deal_id", "tranche"],
        unique=True,
        postgresql_where=sa.text("undone_on IS NULL"),
    )
    op.add_column(
        "capital_call", sa.Column("is_loaded", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.alter_column("capital_call", "is_loaded", server_default=None)
    op.add_column("fee_charge", sa.Column("turn", sa.BigInteger(), nullable=False, server_default="1"))
    op.alter_column("fee_charge", "turn", server_default=None)
    op.drop_constraint("uq_fee_charge_fund_id_quarter", "fee_charge", type_="unique")
    op.create_unique_constraint(
        "uq_fee_charge_fund_id_quarter_turn", "fee_charge", ["fund_id", "quarter", "turn"]
    )
    for table in ("ledger_undo", "mark_rejection"):
        _append_only(table)
    _readable("ledger_undo", _OWN_FUND)
    _readable("mark_rejection", "afund_reach() = 'all'")
    _show_distributions("(state = 'paid' OR cancelled_on IS NOT NULL)")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    _show_distributions("state = 'paid'")
    op.drop_constraint("uq_fee_charge_fund_id_quarter_turn", "fee_charge", type_="unique")
    op.create_unique_constraint("uq_fee_charge_fund_id_quarter", "fee_charge", ["fund_id", "quarter"])
    op.drop_column("fee_charge", "turn")
    op.drop_column("capital_call", "is_loaded")
    op.drop_index("uq_deal_closing_live", "deal_closing")
    op.create_unique_constraint("uq_deal_closing_deal_id_tranche", "deal_closing", ["deal_id", "tranche"])
    op.drop_column("deal_closing", "undone_on")
    op.drop_column("distribution", "cancelled_on")
    op.execute("DROP TABLE mark_rejection CASCADE")
    op.execute("DROP TABLE ledger_undo CASCADE")


def _append_only(table: str) -> None:
    _run(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM afund_app")
    refuse = "EXECUTE FUNCTION afund_refuse_change()"
    trigger = f"CREATE TRIGGER {table}_append_only"
    _run(f"{trigger} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}")
    _run(f"{trigger}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}")


def _readable(table: str, using: str) -> None:
    _run(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    _run(f"CREATE POLICY {table}_seen ON {table} FOR SELECT TO afund_app USING ({using})")
    _run(f"CREATE POLICY {table}_written ON {table} FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')")
    _run(f"CREATE POLICY {table}_changed ON {table} FOR UPDATE TO afund_app USING ({using})")
    _run(f"CREATE POLICY {table}_removed ON {table} FOR DELETE TO afund_app USING ({using})")


def _show_distributions(state: str) -> None:
    using = _PAID.format(state=state)
    for policy in ("seen", "changed", "removed"):
        _run(f"ALTER POLICY distribution_{policy} ON distribution USING ({using})")


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))
