"""Transfers of interests between partners, what passed by each, and the fee that its buyer owes instead."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

WALLS = (
    """REVOKE UPDATE, DELETE, TRUNCATE ON interest_line FROM afund_app""",
    """CREATE TRIGGER interest_line_append_only BEFORE UPDATE OR DELETE ON interest_line FOR EACH ROW EXECUTE FUNCTION afund_refuse_change()""",
    """CREATE TRIGGER interest_line_append_only_whole BEFORE TRUNCATE ON interest_line FOR EACH STATEMENT EXECUTE FUNCTION afund_refuse_change()""",
    """ALTER TABLE interest_line ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY interest_line_seen ON interest_line FOR SELECT TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY interest_line_written ON interest_line FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY interest_line_changed ON interest_line FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """CREATE POLICY interest_line_removed ON interest_line FOR DELETE TO afund_app USING (afund_reach() = 'all' OR partner_id = ANY (afund_partners()))""",
    """ALTER TABLE interest_transfer ENABLE ROW LEVEL SECURITY""",
    """CREATE POLICY interest_transfer_seen ON interest_transfer FOR SELECT TO afund_app USING (afund_reach() = 'all' OR (approved_at IS NOT NULL AND (seller_id = ANY (afund_partners()) OR buyer_id = ANY (afund_partners()))))""",
    """CREATE POLICY interest_transfer_written ON interest_transfer FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')""",
    """CREATE POLICY interest_transfer_changed ON interest_transfer FOR UPDATE TO afund_app USING (afund_reach() = 'all' OR (approved_at IS NOT NULL AND (seller_id = ANY (afund_partners()) OR buyer_id = ANY (afund_partners()))))""",
    """CREATE POLICY interest_transfer_removed ON interest_transfer FOR DELETE TO afund_app USING (afund_reach() = 'all' OR (approved_at IS NOT NULL AND (seller_id = ANY (afund_partners()) OR buyer_id = ANY (afund_partners()))))""",
    """CREATE OR REPLACE FUNCTION interest_line_partner_id_agrees() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.partner_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM interest_transfer o JOIN partner w ON w.fund_id = o.fund_id
        WHERE o.id = NEW.transfer_id AND w.id = NEW.partner_id) THEN
        RAISE EXCEPTION 'interest_line: partner_id % is of another fund_id than transfer_id %', NEW.partner_id, NEW.transfer_id
            USING ERRCODE = 'foreign_key_violation';
    END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER interest_line_partner_id_agrees BEFORE INSERT OR UPDATE ON interest_line FOR EACH ROW EXECUTE FUNCTION interest_line_partner_id_agrees()""",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    op.create_table(
        "interest_transfer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("seller_id", sa.BigInteger(), nullable=False),
        sa.Column("buyer_id", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("commitment", sa.BigInteger(), nullable=False),
        sa.Column("committed", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("contributed", sa.BigInteger(), nullable=True),
        sa.Column("distributed", sa.BigInteger(), nullable=True),
        sa.Column("unfunded", sa.BigInteger(), nullable=True),
        sa.Column("carry", sa.BigInteger(), nullable=True),
        sa.Column("capital", sa.BigInteger(), nullable=True),
        sa.Column("fee", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("consented_on", sa.Date(), nullable=False),
        sa.Column("are_related", sa.Boolean(), nullable=False),
        sa.Column("related_note", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.BigInteger(), nullable=True),
        sa.Column("prepared_name", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("approved_name", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest_transfer")),
        sa.UniqueConstraint("fund_id", "number", name=op.f("uq_interest_transfer_fund_id_number")),
        sa.UniqueConstraint("fund_id", "code", name=op.f("uq_interest_transfer_fund_id_code")),
        sa.ForeignKeyConstraint(
            ["fund_id", "seller_id"],
            ["partner.fund_id", "partner.id"],
            name=op.f("fk_interest_transfer_fund_id_seller_id_partner"),
        ),
        sa.ForeignKeyConstraint(
            ["fund_id", "buyer_id"],
            ["partner.fund_id", "partner.id"],
            name=op.f("fk_interest_transfer_fund_id_buyer_id_partner"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'cancelled')", name=op.f("ck_interest_transfer_state_known")
        ),
        sa.CheckConstraint("seller_id <> buyer_id", name=op.f("ck_interest_transfer_two_sides")),
        sa.CheckConstraint(
            "commitment > 0 AND commitment <= committed", name=op.f("ck_interest_transfer_part_of_whole")
        ),
        sa.CheckConstraint("price >= 0", name=op.f("ck_interest_transfer_price_not_negative")),
        sa.CheckConstraint(
            "approved_at IS NULL OR num_nulls(contributed, distributed, unfunded, carry, capital, fee) = 0",
            name=op.f("ck_interest_transfer_booked_in_figures"),
        ),
        sa.CheckConstraint(
            "state <> 'approved' OR approved_at IS NOT NULL",
            name=op.f("ck_interest_transfer_approved_at_some_time"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_interest_transfer_fund_id_fund")),
    )
    op.create_index("ix_interest_transfer_buyer", "interest_transfer", ["buyer_id"], unique=False)
    op.create_index("ix_interest_transfer_seller", "interest_transfer", ["seller_id"], unique=False)
    op.create_table(
        "interest_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("transfer_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("counts_from", sa.Date(), nullable=True),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("item_kind", sa.String(length=64), nullable=True),
        sa.Column("holding_id", sa.BigInteger(), nullable=True),
        sa.Column("distribution_id", sa.BigInteger(), nullable=True),
        sa.Column("recallable", sa.Boolean(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("return_of_capital", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest_line")),
        sa.UniqueConstraint(
            "transfer_id",
            "partner_id",
            "position",
            name=op.f("uq_interest_line_transfer_id_partner_id_position"),
        ),
        sa.CheckConstraint(
            "kind IN ('commitment', 'contribution', 'distribution', 'balance')",
            name=op.f("ck_interest_line_kind_known"),
        ),
        sa.CheckConstraint(
            "kind <> 'balance' OR account IS NOT NULL", name=op.f("ck_interest_line_balance_of_account")
        ),
        sa.CheckConstraint(
            "kind NOT IN ('contribution', 'distribution') OR happened_on IS NOT NULL",
            name=op.f("ck_interest_line_flow_has_day"),
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"],
            ["interest_transfer.id"],
            name=op.f("fk_interest_line_transfer_id_interest_transfer"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_interest_line_partner_id_partner")
        ),
    )
    op.create_index("ix_interest_line_partner", "interest_line", ["partner_id", "kind"], unique=False)
    op.add_column("fee_line", sa.Column("transfer_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_fee_line_transfer_id_interest_transfer"),
        "fee_line",
        "interest_transfer",
        ["transfer_id"],
        ["id"],
    )
    _fee_lines(
        "charge_id, partner_id, close_id, transfer_id, position",
        "amount >= 0 OR commitment < 0 OR invested < 0",
    )
    for statement in WALLS:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    _fee_lines("charge_id, partner_id, close_id, position", "amount >= 0")
    op.drop_column("fee_line", "transfer_id")
    op.execute("DROP TABLE interest_line CASCADE")
    op.execute("DROP FUNCTION interest_line_partner_id_agrees() CASCADE")
    op.execute("DROP TABLE interest_transfer CASCADE")


def _fee_lines(unique: str, amount: str) -> None:
    """One line per partner, cause and position; which amounts may stand in it."""
    op.execute(
        "ALTER TABLE fee_line DROP CONSTRAINT IF EXISTS uq_fee_line_charge_id_partner_id_close_id_position"
    )
    op.execute(
        "ALTER TABLE fee_line"
        " DROP CONSTRAINT IF EXISTS uq_fee_line_charge_id_partner_id_close_id_transfer_id_position"
    )
    name = "uq_fee_line_" + unique.replace(", ", "_")
    op.execute(f"ALTER TABLE fee_line ADD CONSTRAINT {name} UNIQUE NULLS NOT DISTINCT ({unique})")
    op.execute("ALTER TABLE fee_line DROP CONSTRAINT ck_fee_line_amount_not_negative")
    op.execute(f"ALTER TABLE fee_line ADD CONSTRAINT ck_fee_line_amount_not_negative CHECK ({amount})")
