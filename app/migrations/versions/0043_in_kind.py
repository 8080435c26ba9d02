"""Distributions in kind: what is handed over at what price, and each partner's whole units."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE DELETE, TRUNCATE ON delivery FROM afund_app""",
    """REVOKE UPDATE, DELETE, TRUNCATE ON delivery_line FROM afund_app""",
    """CREATE TRIGGER delivery_line_append_only BEFORE UPDATE OR DELETE ON delivery_line FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER delivery_line_append_only_whole BEFORE TRUNCATE ON delivery_line FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE delivery ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY delivery_seen ON delivery FOR SELECT TO afund_app USING (afund_reach() = 'all' OR EXISTS ( SELECT FROM delivery_line l WHERE l.distribution_id = delivery.distribution_id))""",
    """CREATE POLICY delivery_written ON delivery FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY delivery_changed ON delivery FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR EXISTS ( SELECT FROM delivery_line l WHERE l.distribution_id = delivery.distribution_id))""",
    """CREATE POLICY delivery_removed ON delivery FOR DELETE TO afund_app USING (afund_reach() = 'all' OR EXISTS ( SELECT FROM delivery_line l WHERE l.distribution_id = delivery.distribution_id))""",
    """ALTER TABLE delivery_line ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY delivery_line_seen ON delivery_line FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY delivery_line_written ON delivery_line FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY delivery_line_changed ON delivery_line FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY delivery_line_removed ON delivery_line FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE OR REPLACE FUNCTION delivery_line_partner_id_agrees() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.partner_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM distribution o JOIN partner w ON w.fund_id = o.fund_id
        WHERE o.id = NEW.distribution_id AND w.id = NEW.partner_id) THEN
        RAISE EXCEPTION 'delivery_line: partner_id % is of another fund_id than distribution_id %', NEW.partner_id, NEW.distribution_id
            USING ERRCODE = 'foreign_key_violation';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER delivery_line_partner_id_agrees BEFORE INSERT OR UPDATE ON delivery_line FOR EACH ROW EXECUTE FUNCTION delivery_line_partner_id_agrees()""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("distribution_id", sa.BigInteger(), nullable=False),
        sa.Column("instrument", sa.String(length=64), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.Text(), nullable=False),
        sa.Column("price_source", sa.Text(), nullable=False),
        sa.Column("disposal_number", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("units > 0", name=op.f("ck_delivery_units_positive")),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distribution.id"], name=op.f("fk_delivery_distribution_id_distribution")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("distribution_id", name=op.f("uq_delivery_distribution_id")),
    )
    op.create_table(
        "delivery_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("distribution_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("units > 0 AND value >= 0", name=op.f("ck_delivery_line_units_positive")),
        sa.ForeignKeyConstraint(
            ["distribution_id"],
            ["distribution.id"],
            name=op.f("fk_delivery_line_distribution_id_distribution"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_delivery_line_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_line")),
        sa.UniqueConstraint(
            "distribution_id", "partner_id", name=op.f("uq_delivery_line_distribution_id_partner_id")
        ),
    )
    op.create_index("ix_delivery_line_partner", "delivery_line", ["partner_id"], unique=False)
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    for table in (
        "delivery_line",
        "delivery",
    ):
        op.execute(f"DROP TABLE {table} CASCADE")
    op.execute("DROP FUNCTION IF EXISTS delivery_line_partner_id_agrees()")
