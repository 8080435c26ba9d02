"""What the seller of an interest had committed stands in a row of its own, which the buyer does not read."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_TABLE, _OLD = "interest_whole", "interest_transfer"
_AGREES = """CREATE OR REPLACE FUNCTION interest_whole_partner_id_agrees() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.partner_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM interest_transfer o JOIN partner w ON w.fund_id = o.fund_id
        WHERE o.id = NEW.transfer_id AND w.id = NEW.partner_id) THEN
        RAISE EXCEPTION 'interest_whole: partner_id % is of another fund_id than transfer_id %', NEW.partner_id, NEW.transfer_id
            USING ERRCODE = 'foreign_key_violation';
    END IF; RETURN NEW; END $$"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.create_table(
        _TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("transfer_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("committed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("committed > 0", name=op.f("ck_interest_whole_committed_positive")),
        sa.ForeignKeyConstraint(
            ["transfer_id"],
            ["interest_transfer.id"],
            name=op.f("fk_interest_whole_transfer_id_interest_transfer"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_interest_whole_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest_whole")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_interest_whole_transfer_id")),
    )
    _run(
        "INSERT INTO interest_whole (transfer_id, partner_id, committed) "
        "SELECT id, seller_id, committed FROM interest_transfer ORDER BY id"
    )
    op.drop_constraint(op.f("ck_interest_transfer_part_of_whole"), _OLD, type_="check")
    op.create_check_constraint(op.f("ck_interest_transfer_commitment_positive"), _OLD, "commitment > 0")
    op.drop_column(_OLD, "committed")
    _run(f"REVOKE UPDATE, DELETE, TRUNCATE ON {_TABLE} FROM afund_app")
    refuse = "EXECUTE FUNCTION afund_refuse_change()"
    trigger = f"CREATE TRIGGER {_TABLE}_append_only"
    _run(f"{trigger} BEFORE UPDATE OR DELETE ON {_TABLE} FOR EACH ROW {refuse}")
    _run(f"{trigger}_whole BEFORE TRUNCATE ON {_TABLE} FOR EACH STATEMENT {refuse}")
    using = "afund_reach() = 'all' OR partner_id = ANY (afund_partners())"
    _run(f"ALTER TABLE {_TABLE} ENABLE ROW LEVEL SECURITY")
    _run(f"CREATE POLICY {_TABLE}_seen ON {_TABLE} FOR SELECT TO afund_app USING ({using})")
    _run(
        f"CREATE POLICY {_TABLE}_written ON {_TABLE} FOR INSERT TO afund_app WITH CHECK (afund_reach() <> '')"
    )
    _run(f"CREATE POLICY {_TABLE}_changed ON {_TABLE} FOR UPDATE TO afund_app USING ({using})")
    _run(f"CREATE POLICY {_TABLE}_removed ON {_TABLE} FOR DELETE TO afund_app USING ({using})")
    _run(_AGREES)
    _run(
        "CREATE TRIGGER interest_whole_partner_id_agrees BEFORE INSERT OR UPDATE ON interest_whole "
        "FOR EACH ROW EXECUTE FUNCTION interest_whole_partner_id_agrees()"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1min'")
    op.add_column(_OLD, sa.Column("committed", sa.BigInteger(), nullable=True))
    _run(
        "UPDATE interest_transfer t SET committed = w.committed FROM interest_whole w WHERE w.transfer_id = t.id"
    )
    op.alter_column(_OLD, "committed", nullable=False)
    op.drop_constraint(op.f("ck_interest_transfer_commitment_positive"), _OLD, type_="check")
    op.create_check_constraint(
        op.f("ck_interest_transfer_part_of_whole"), _OLD, "commitment > 0 AND commitment <= committed"
    )
    op.execute("DROP TABLE interest_whole CASCADE")
    op.execute("DROP FUNCTION interest_whole_partner_id_agrees")


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))
