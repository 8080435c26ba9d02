"""What names a partner or a holding beside a fund names one of that fund; the database refuses any other."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_PARTNERS = (
    ("ledger_entry", "debit_partner_id"),
    ("ledger_entry", "credit_partner_id"),
    ("commitment", "partner_id"),
    ("receipt", "partner_id"),
    ("carry_accrual", "partner_id"),
)
_AGREE = (
    ("call_item", "call_id", "capital_call", "holding_id", "holding"),
    ("call_line", "call_id", "capital_call", "partner_id", "partner"),
    ("distribution_line", "distribution_id", "distribution", "partner_id", "partner"),
)
_GUARD = """
IF NEW.{other} IS NOT NULL AND NOT EXISTS (
        SELECT FROM {owner} o JOIN {wanted} w ON w.fund_id = o.fund_id
        WHERE o.id = NEW.{key} AND w.id = NEW.{other}) THEN
        RAISE EXCEPTION '{table}: {other} % is of another fund_id than {key} %', NEW.{other}, NEW.{key}
            USING ERRCODE = 'foreign_key_violation';
    END IF;
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    for table in ("partner", "holding"):
        op.create_unique_constraint(op.f(f"uq_{table}_fund_id_id"), table, ["fund_id", "id"])
    for table, column in _PARTNERS:
        op.drop_constraint(f"fk_{table}_{column}_partner", table, type_="foreignkey")
        name = op.f(f"fk_{table}_fund_id_{column}_partner")
        op.create_foreign_key(name, table, "partner", ["fund_id", column], ["fund_id", "id"])
    name = op.f("fk_distribution_fund_id_holding_id_holding")
    op.create_foreign_key(name, "distribution", "holding", ["fund_id", "holding_id"], ["fund_id", "id"])
    for table, key, owner, other, wanted in _AGREE:
        body = _GUARD.format(table=table, key=key, owner=owner, other=other, wanted=wanted).strip()
        wall = f"{table}_{other}_agrees"
        _run(
            f"CREATE OR REPLACE FUNCTION {wall}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {body} RETURN NEW; END $$"
        )
        _run(
            f"CREATE TRIGGER {wall} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {wall}()"
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '5min'")
    for table, _, _, other, _ in _AGREE:
        _run(f"DROP FUNCTION {table}_{other}_agrees() CASCADE")
    op.drop_constraint("fk_distribution_fund_id_holding_id_holding", "distribution", type_="foreignkey")
    for table, column in _PARTNERS:
        op.drop_constraint(f"fk_{table}_fund_id_{column}_partner", table, type_="foreignkey")
        op.create_foreign_key(op.f(f"fk_{table}_{column}_partner"), table, "partner", [column], ["id"])
    for table in ("partner", "holding"):
        op.drop_constraint(f"uq_{table}_fund_id_id", table, type_="unique")


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))
