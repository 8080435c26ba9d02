"""The account that partners pay to."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

_WALLS = (
    """REVOKE DELETE, TRUNCATE ON fund_account FROM afund_app""",
    """ALTER TABLE fund_account ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY fund_account_seen ON fund_account FOR SELECT TO afund_app USING (afund_reach() = 'all' OR (afund_reach() = 'own' AND is_approved))""",
    """CREATE POLICY fund_account_written ON fund_account FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY fund_account_changed ON fund_account FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR (afund_reach() = 'own' AND is_approved))""",
    """CREATE POLICY fund_account_removed ON fund_account FOR DELETE TO afund_app USING (afund_reach() = 'all' OR (afund_reach() = 'own' AND is_approved))""",
    """CREATE OR REPLACE FUNCTION fund_account_keeps_its_word() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'UPDATE' AND (OLD.is_approved IS NOT NULL OR
        (NEW.fund_id, NEW.bank_name, NEW.account_name, NEW.account_no, NEW.since_on, NEW.prepared_by, NEW.recorded_at)
        IS DISTINCT FROM
        (OLD.fund_id, OLD.bank_name, OLD.account_name, OLD.account_no, OLD.since_on, OLD.prepared_by, OLD.recorded_at)
    ) THEN
        RAISE EXCEPTION 'an account that was decided on stays as it is' USING ERRCODE = 'restrict_violation';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER fund_account_keeps_its_word BEFORE INSERT OR UPDATE ON fund_account FOR EACH ROW EXECUTE FUNCTION fund_account_keeps_its_word()""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.create_table(
        "fund_account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("bank_name", sa.Text(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("account_no", sa.String(length=64), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.BigInteger(), nullable=True),
        sa.Column("prepared_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_approved", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_name", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "is_approved IS NOT TRUE OR prepared_by IS DISTINCT FROM decided_by",
            name=op.f("ck_fund_account_approved_by_another"),
        ),
        sa.CheckConstraint(
            "is_approved IS NULL OR decided_at IS NOT NULL", name=op.f("ck_fund_account_decision_has_instant")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["app_user.id"], name=op.f("fk_fund_account_decided_by_app_user")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_account_fund_id_fund")),
        sa.ForeignKeyConstraint(
            ["prepared_by"], ["app_user.id"], name=op.f("fk_fund_account_prepared_by_app_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_account")),
    )
    op.create_index(op.f("ix_fund_account_fund_id"), "fund_account", ["fund_id"], unique=False)
    op.create_index(
        "uq_fund_account_open",
        "fund_account",
        ["fund_id"],
        unique=True,
        postgresql_where=sa.text("is_approved IS NULL"),
    )
    for statement in _WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.drop_table("fund_account")
    op.execute("DROP FUNCTION fund_account_keeps_its_word()")
