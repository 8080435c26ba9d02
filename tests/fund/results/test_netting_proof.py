"""The proof names what was set off and is not in the books, and a notice that says other amounts than the pair."""

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from fund.results.proof import prove
from kernel.db import Database, introduce
from kernel.identity.rules import SYSTEM
from tests.builders.nettings import settled, with_cash

TAMPERED = [
    ("UPDATE netting_line SET called = called + 1", "netting NET-001: partners were told other amounts"),
    (
        "UPDATE netting SET state = 'issued'",
        "netting NET-001: it is issued, its call issued, its distribution paid",
    ),
    (
        "UPDATE receipt SET amount = amount + 1200000000 WHERE distribution_id IS NOT NULL",
        "2400000000 is more than meets",
    ),
    (
        "UPDATE receipt SET amount = amount - 1 WHERE distribution_id IS NOT NULL",
        "it says 1199999999, in the books 1200000000",
    ),
    ("UPDATE receipt SET distribution_id = NULL", "it says 1200000000, in the books 0"),
    (
        "UPDATE netting SET distribution_id = distribution_id - 1",
        "it was set off without a netting or a right to it",
    ),
    (
        "UPDATE ledger_entry SET amount = amount - 5 WHERE act LIKE 'distribution:%' AND reference LIKE '%income'",
        "distribution DIST-002 LP01: -5 of it is left on account 2200",
    ),
]


@pytest.mark.parametrize(("statement", "what"), TAMPERED)
def test_tampering_is_found(database: Database, owner_url: sa.URL, statement: str, what: str) -> None:
    with database.transaction(SYSTEM) as tx:
        fund = with_cash(tx)
        settled(tx, fund)
    engine = sa.create_engine(owner_url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(sa.text(statement))
        with Session(connection) as tx:
            introduce(tx, SYSTEM)
            found = [f"{one.row}: {one.what}" for one in prove(tx, fund_id=fund.fund_id)]
            assert any(what in line for line in found), found
