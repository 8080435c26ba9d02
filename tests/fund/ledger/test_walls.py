"""What the database itself refuses, and what it shows to whom."""

from datetime import date, datetime

import pytest
import sqlalchemy as sa

from fund.ledger.models import Entry
from fund.ledger.queries import EntryUnknown, entry, journal, total
from fund.ledger.rules import Account, Posting
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.periods import Quarter
from tests.builders.charter import OPENED_AT
from tests.builders.ledger import Books, a_posting, booked, books, contribution, locked

END = date(2026, 12, 31)


@pytest.fixture
def played(database: Database) -> tuple[Database, Books]:
    """Two partners have paid, the fund has bought, and carry has been accrued from LP01 to the GP."""
    with database.transaction(SYSTEM) as tx:
        found = books(tx)
        ids = found.partners
        for n, code in enumerate(("LP01", "LP02")):
            booked(tx, found.fund_id, contribution(ids[code], 100_00, date(2026, 1, 10 + n), f"CALL/{code}"))
        booked(tx, found.fund_id, [a_posting(), _carry(ids["LP01"], ids["GP"])])
    return database, found


def _carry(lp: int, gp: int) -> Posting:
    return a_posting(
        reference="CARRY/LP01",
        debit=Account.CARRY_ACCRUED,
        credit=Account.CARRY_ACCRUED,
        debit_partner_id=lp,
        credit_partner_id=gp,
        holding_id=None,
        amount=3_00,
    )


def lp(*partner_ids: int) -> Actor:
    return Actor(11, "LP user", frozenset({Role.LP_USER}), frozenset(partner_ids))


def test_a_partner_reads_its_own_rows_only(played: tuple[Database, Books]) -> None:
    database, found = played
    one = lp(found.partners["LP01"])
    with database.transaction(one) as tx:
        references = {e.reference for e in journal(tx, fund_id=found.fund_id).items}
        assert references == {"CALL/LP01/called", "CALL/LP01/received", "CARRY/LP01"}
        named = {e.reference for e in journal(tx, fund_id=found.fund_id, actor=one).items}
        assert named == references
        with pytest.raises(EntryUnknown):
            entry(tx, fund_id=found.fund_id, reference="BUY-001", actor=one)


def test_a_partner_reads_its_own_figures_whole(played: tuple[Database, Books]) -> None:
    """Row security must not bend a partner's own sums: they are the same as the accountant's."""
    database, found = played
    partner = found.partners["LP01"]
    answers = []
    for actor in (SYSTEM, lp(partner)):
        with database.transaction(actor) as tx:
            answers.append(
                total(
                    tx,
                    fund_id=found.fund_id,
                    as_of=END,
                    accounts=[Account.CONTRIBUTIONS, Account.CARRY_ACCRUED],
                    partner_id=partner,
                )
            )
    assert answers == [97_00, 97_00]


@pytest.mark.parametrize("role", [Role.LP_USER, Role.LP_EXPERT, Role.COMMITTEE, Role.ADMINISTRATOR])
def test_without_reach_the_table_is_empty_in_plain_sql(played: tuple[Database, Books], role: Role) -> None:
    database, _ = played
    with database.transaction(Actor(3, "x", frozenset({role}))) as tx:
        assert tx.execute(sa.text("SELECT count(*) FROM ledger_entry")).scalar_one() == 0


def test_nobody_sees_nothing(played: tuple[Database, Books]) -> None:
    database, _ = played
    with database.transaction(None) as tx:
        assert tx.execute(sa.text("SELECT count(*) FROM ledger_entry")).scalar_one() == 0


def test_another_partners_rows_in_plain_sql(played: tuple[Database, Books]) -> None:
    database, found = played
    other = found.partners["LP02"]
    with database.transaction(lp(found.partners["LP01"])) as tx:
        statement = "SELECT count(*) FROM ledger_entry WHERE :p IN (debit_partner_id, credit_partner_id)"
        assert tx.execute(sa.text(statement), {"p": other}).scalar_one() == 0


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR])
def test_those_who_run_or_audit_the_fund_read_all(played: tuple[Database, Books], role: Role) -> None:
    database, found = played
    with database.transaction(Actor(3, "x", frozenset({role}))) as tx:
        assert len(journal(tx, fund_id=found.fund_id).items) == 6


CHANGES = [
    "UPDATE ledger_entry SET amount = amount + 1",
    "DELETE FROM ledger_entry",
    "TRUNCATE ledger_entry",
    "DELETE FROM period_lock",
    "UPDATE ledger_account SET name_zh = ''",
]


@pytest.mark.parametrize("statement", CHANGES)
def test_the_application_may_not_change_the_books(played: tuple[Database, Books], statement: str) -> None:
    database, _ = played
    with database.transaction(SYSTEM) as tx:
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
            tx.execute(sa.text(statement))
        tx.rollback()


@pytest.mark.parametrize("statement", ["UPDATE ledger_entry SET amount = 1", "DELETE FROM ledger_entry"])
def test_not_even_the_owner_may(played: tuple[Database, Books], owner_url: sa.URL, statement: str) -> None:
    engine = sa.create_engine(owner_url, poolclass=sa.pool.NullPool)
    with engine.connect() as connection, pytest.raises(sa.exc.IntegrityError, match="append-only"):
        connection.execute(sa.text(statement))


def _raw(tx: Tx, fund_id: int, **changes: object) -> None:
    [row] = booked(tx, fund_id, [a_posting()])
    facts = {c.name: getattr(row, c.name) for c in sa.inspect(Entry).columns if c.name != "id"}
    tx.execute(sa.insert(Entry), [{**facts, "reference": "RAW", "number": 2, **changes}])


WRONG: list[tuple[dict[str, object], str]] = [
    ({"amount": 0}, "amount_positive"),
    ({"amount": -1}, "amount_positive"),
    ({"debit": "1000", "holding_id": None}, "moves_something"),
    ({"debit": "3000"}, "debit_partner_named"),
    ({"credit": "5041"}, "credit_partner_named"),
    ({"debit": "2400"}, "fk_ledger_entry"),
    ({"reference": "BUY-001"}, "uq_ledger_entry_fund_id_reference"),
    ({"number": 1}, "uq_ledger_entry_fund_id_number"),
]


@pytest.mark.parametrize(("changes", "wall"), WRONG, ids=[wall for _, wall in WRONG])
def test_rows_that_cannot_be(tx: Tx, changes: dict[str, object], wall: str) -> None:
    fund_id = books(tx).fund_id
    with pytest.raises(sa.exc.IntegrityError, match=wall):
        _raw(tx, fund_id, **changes)


def test_a_second_reversal_cannot_be(tx: Tx) -> None:
    fund_id = books(tx).fund_id
    one, two = booked(tx, fund_id, [a_posting(), a_posting(reference="B2")])
    facts = {c.name: getattr(two, c.name) for c in sa.inspect(Entry).columns if c.name != "id"}
    rows = [{**facts, "reference": f"R{n}", "number": n, "reverses_id": one.id} for n in (3, 4)]
    with pytest.raises(sa.exc.IntegrityError, match="uq_ledger_entry_reverses_id"):
        tx.execute(sa.insert(Entry), rows)


def test_a_lock_and_a_posting_at_once(database: Database, now: datetime) -> None:
    """The one who comes second waits, and then meets the lock."""
    with database.transaction(SYSTEM) as tx:
        found = books(tx)
    with database.transaction(SYSTEM) as first, database.transaction(SYSTEM) as second:
        locked(first, found.fund_id, Quarter(2026, 1), now=now)
        second.execute(sa.text("SET LOCAL lock_timeout = '200ms'"))
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            booked(second, found.fund_id, [a_posting()], now=OPENED_AT)
        second.rollback()
