"""The proof names what was withheld or handed over and is not in the books."""

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from fund.results.proof import prove
from kernel.db import Database, introduce
from kernel.identity.rules import SYSTEM
from tests.builders.capital import a_distribution
from tests.fund.capital.test_distributions import YEAR_ON, with_profit
from tests.fund.holdings.test_in_kind import MILLION, paid, with_shares
from tests.fund.withholding.test_actions import pay, rate_on

TAMPERED = [
    ("UPDATE withholding SET amount = amount - 1", "tax payment TAX-001"),
    ("DELETE FROM tax_payment_line", "tax withheld LP01"),
    ("UPDATE tax_payment SET amount = amount + 1", "tax payment TAX-001"),
    ("UPDATE delivery_line SET value = value - 1", "in kind DIST-001: what was handed over is not what left"),
    ("UPDATE delivery SET disposal_number = NULL", "in kind DIST-001: what was handed over is not what left"),
    ("UPDATE delivery_line SET value = value + 9999999", "more than it was to get"),
]


@pytest.mark.parametrize(("statement", "what"), TAMPERED)
def test_tampering_is_found(database: Database, owner_url: sa.URL, statement: str, what: str) -> None:
    with database.transaction(SYSTEM) as tx:
        if "delivery" in statement:
            fund, shares = with_shares(tx)
            paid(tx, fund, shares)
        else:
            fund = with_profit(tx)
            rate_on(tx, fund)
            a_distribution(tx, fund, pay_on=YEAR_ON, income=10 * MILLION)
            pay(tx, fund, "DIST-001")
    engine = sa.create_engine(owner_url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(sa.text(statement))
        with Session(connection) as tx:
            introduce(tx, SYSTEM)
            found = [f"{one.row}: {one.what}" for one in prove(tx, fund_id=fund.fund_id)]
            assert any(what in line for line in found), found
