"""The cap on organisation costs, what others owe back of costs that the fund paid, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON expense_recovery FROM afund_app""",
    """CREATE TRIGGER expense_recovery_append_only BEFORE UPDATE OR DELETE ON expense_recovery FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER expense_recovery_append_only_whole BEFORE TRUNCATE ON expense_recovery FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE expense_recovery ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY expense_recovery_seen ON expense_recovery FOR SELECT TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY expense_recovery_written ON expense_recovery FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY expense_recovery_changed ON expense_recovery FOR UPDATE TO afund_app USING (afund_reach() = 'all')""",
    """CREATE POLICY expense_recovery_removed ON expense_recovery FOR DELETE TO afund_app USING (afund_reach() = 'all')""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.add_column("terms_version", sa.Column("organisation_cap", sa.BigInteger(), nullable=True))
    op.add_column("terms_version", sa.Column("organisation_share", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_terms_version_organisation_cap_not_negative"), "terms_version", "organisation_cap >= 0"
    )
    for name, kind, before in (
        ("recoverable", sa.BigInteger(), "0"),
        ("others", sa.Text(), ""),
        ("concerning", sa.Text(), ""),
    ):
        op.add_column("expense", sa.Column(name, kind, nullable=False, server_default=before))
        op.alter_column("expense", name, server_default=None)
    op.create_check_constraint(
        op.f("ck_expense_recoverable_within"), "expense", "recoverable BETWEEN 0 AND amount"
    )
    op.create_check_constraint(
        op.f("ck_expense_recoverable_of_its_row"), "expense", "recoverable = 0 OR ilpa_row IN (43, 53)"
    )
    op.create_table(
        "expense_recovery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("expense_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_expense_recovery_amount_positive")),
        sa.CheckConstraint("way IN ('cash', 'set_off', 'borne')", name=op.f("ck_expense_recovery_way_known")),
        sa.ForeignKeyConstraint(
            ["expense_id"], ["expense.id"], name=op.f("fk_expense_recovery_expense_id_expense")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense_recovery")),
        sa.UniqueConstraint("expense_id", "number", name=op.f("uq_expense_recovery_expense_id_number")),
    )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.execute("DROP TABLE expense_recovery")
    for name in ("recoverable_of_its_row", "recoverable_within"):
        op.drop_constraint(op.f(f"ck_expense_{name}"), "expense", type_="check")
    for name in ("concerning", "others", "recoverable"):
        op.drop_column("expense", name)
    op.drop_constraint(op.f("ck_terms_version_organisation_cap_not_negative"), "terms_version", type_="check")
    for name in ("organisation_share", "organisation_cap"):
        op.drop_column("terms_version", name)
