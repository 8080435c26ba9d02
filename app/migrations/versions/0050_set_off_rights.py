"""What a partner in default owes on a call may be set off against what it is distributed: a fifth remedy."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

_NAME, _TABLE = "ck_default_remedy_remedy_known", "default_remedy"
BEFORE = "'suspension', 'reduction', 'forfeiture', 'sale'"
WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON set_off_right FROM afund_app""",
    """CREATE TRIGGER set_off_right_append_only BEFORE UPDATE OR DELETE ON set_off_right FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER set_off_right_append_only_whole BEFORE TRUNCATE ON set_off_right FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE set_off_right ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY set_off_right_seen ON set_off_right FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY set_off_right_written ON set_off_right FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY set_off_right_changed ON set_off_right FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY set_off_right_removed ON set_off_right FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE OR REPLACE FUNCTION set_off_right_partner_id_agrees() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.partner_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM capital_call o JOIN partner w ON w.fund_id = o.fund_id
        WHERE o.id = NEW.call_id AND w.id = NEW.partner_id) THEN
        RAISE EXCEPTION 'set_off_right: partner_id % is of another fund_id than call_id %', NEW.partner_id, NEW.call_id
            USING ERRCODE = 'foreign_key_violation';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER set_off_right_partner_id_agrees BEFORE INSERT OR UPDATE ON set_off_right FOR EACH ROW EXECUTE FUNCTION set_off_right_partner_id_agrees()""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    _know(f"{BEFORE}, 'set_off'")
    op.create_table(
        "set_off_right",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["capital_call.id"], name=op.f("fk_set_off_right_call_id_capital_call")
        ),
        sa.ForeignKeyConstraint(
            ["fund_id", "partner_id"],
            ["partner.fund_id", "partner.id"],
            name=op.f("fk_set_off_right_fund_id_partner_id_partner"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_set_off_right_fund_id_fund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_off_right")),
    )
    op.create_index(op.f("ix_set_off_right_partner_id"), "set_off_right", ["partner_id"], unique=False)
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.execute("DROP TABLE set_off_right CASCADE")
    op.execute("DROP FUNCTION IF EXISTS set_off_right_partner_id_agrees()")
    _know(BEFORE)


def _know(remedies: str) -> None:
    """Let a remedy be one of these."""
    op.drop_constraint(op.f(_NAME), _TABLE, type_="check")
    op.create_check_constraint(op.f(_NAME), _TABLE, f"remedy IN ({remedies})")
