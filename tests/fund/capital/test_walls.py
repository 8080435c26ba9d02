"""A partner sees its own and nobody else's, through the queries and in plain SQL alike."""

from datetime import date
from threading import Thread

import pytest
import sqlalchemy as sa
from psycopg.errors import ForeignKeyViolation
from sqlalchemy.exc import DatabaseError

from fund.capital.calls import approve_call, issue_call
from fund.capital.carry import accrue_carry
from fund.capital.queries import (
    accruals,
    call_sheet,
    calls,
    commitment_sheets,
    distribution_sheet,
    distributions,
    due_calls,
    receipts,
)
from fund.capital.receipts import receive
from fund.capital.reminders import record_reminders, reminders
from fund.capital.rules import CallUnknown, ReceiptAboveOutstanding, WrongState
from fund.capital.sharing import DistributionUnknown
from kernel.db import Database, Tx
from kernel.errors import Refusal
from kernel.identity.rules import SYSTEM, Actor, Role
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_call,
    a_distribution,
    a_draft,
    a_receipt,
    committed,
    expense,
    investment,
    noon,
)
from tests.builders.ledger import books

DUE = date(2026, 3, 2)
LATE = date(2026, 4, 2)
MILLION = 1_000_000 * YUAN
TABLES = (
    "commitment",
    "call_line",
    "receipt",
    "distribution_line",
    "carry_accrual",
    "call_reminder",
)


def an_lp(*partner_ids: int) -> Actor:
    return Actor(user_id=1, name="LP", roles=frozenset({Role.LP_USER}), partner_ids=frozenset(partner_ids))


@pytest.fixture
def fund(database: Database) -> CapitalFund:
    """A fund in which everything has happened once."""
    with database.transaction(SYSTEM) as tx:
        made = committed(tx)
        call = a_call(tx, made, investment(10 * MILLION), due_on=DUE)
        a_receipt(tx, call, made["LP01"])
        a_receipt(tx, call, made["LP02"], 1 * MILLION)
        a_distribution(tx, made, pay_on=DUE, gain=3 * MILLION)
        record_reminders(tx, SYSTEM, call_id=call.id, now=noon(LATE))
        a_draft(tx, made, investment(MILLION), due_on=date(2026, 6, 1))
        accrue_carry(tx, SYSTEM, fund_id=made.fund_id, on=date(2026, 3, 31), now=noon(LATE))
    return made


def test_in_plain_sql_a_partner_finds_only_its_own_rows(database: Database, fund: CapitalFund) -> None:
    own = fund["LP02"]
    for table in TABLES:
        statement = sa.text(f"SELECT DISTINCT partner_id FROM {table}")
        with database.transaction(an_lp(own)) as tx:
            assert set(tx.execute(statement).scalars()) <= {own}, table
        with database.transaction(an_lp()) as tx:
            assert list(tx.execute(statement).scalars()) == [], table
        with database.transaction(None) as tx:
            assert list(tx.execute(statement).scalars()) == [], table


def test_drafts_are_nobodys_business(database: Database, fund: CapitalFund) -> None:
    with database.transaction(an_lp(fund["LP01"])) as tx:
        assert list(tx.execute(sa.text("SELECT code FROM capital_call")).scalars()) == ["CALL-001"]
        assert list(tx.execute(sa.text("SELECT count(*) FROM call_item")).scalars()) == [1]
    with database.transaction(an_lp(fund["GP"])) as tx:
        assert list(tx.execute(sa.text("SELECT code FROM capital_call")).scalars()) == []
        assert list(tx.execute(sa.text("SELECT code FROM distribution")).scalars()) == ["DIST-001"]


def test_the_queries_say_the_same_to_one_who_could_see_all(database: Database, fund: CapitalFund) -> None:
    reader = an_lp(fund["LP01"])
    with database.transaction(SYSTEM) as tx:
        first, draft = (row.id for row in reversed(calls(tx, fund_id=fund.fund_id).items))
        assert [row.id for row in calls(tx, fund_id=fund.fund_id, actor=reader).items] == [first]
        assert [line.partner_id for line in call_sheet(tx, call_id=first, actor=reader).lines] == [
            fund["LP01"]
        ]
        assert [line.partner_id for line in call_sheet(tx, call_id=first, actor=MANAGER).lines] == [
            fund["LP01"],
            fund["LP02"],
        ]
        for call_id, stranger in ((draft, reader), (first, an_lp(fund["GP"]))):
            with pytest.raises(CallUnknown):
                call_sheet(tx, call_id=call_id, actor=stranger)
        assert [r.partner_id for r in receipts(tx, call_id=first, actor=reader)] == [fund["LP01"]]
        assert due_calls(tx, fund_id=fund.fund_id, as_of=LATE, actor=reader) == []
        assert len(due_calls(tx, fund_id=fund.fund_id, as_of=LATE, actor=an_lp(fund["LP02"]))) == 1
        assert reminders(tx, call_id=first, actor=reader) == []
        assert [c.partner_id for c in commitment_sheets(tx, fund_id=fund.fund_id, actor=reader)] == [
            fund["LP01"]
        ]
        assert accruals(tx, fund_id=fund.fund_id, as_of=LATE, actor=reader) == []
        [paid] = distributions(tx, fund_id=fund.fund_id, actor=reader).items
        sheet = distribution_sheet(tx, distribution_id=paid.id, actor=reader)
        assert [line.partner_id for line in sheet.lines] == [fund["LP01"]]
        with pytest.raises(DistributionUnknown):
            distribution_sheet(tx, distribution_id=paid.id, actor=an_lp())


def test_who_else_was_excused_is_no_business_of_a_partner(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        made = committed(tx, {"LP01": 60 * MILLION, "LP02": 40 * MILLION, "LP03": 30 * MILLION})
        item = investment(MILLION, excused=frozenset({made["LP03"]}))
        call = a_call(tx, made, item, expense(MILLION), due_on=DUE)
        readers = {"other": an_lp(made["LP01"]), "own": an_lp(made["LP03"]), "staff": MANAGER}
        told = {
            name: [one.excused for one in call_sheet(tx, call_id=call.id, actor=reader).items]
            for name, reader in readers.items()
        }
    own = [(made["LP03"],), ()]
    assert told == {"other": [(), ()], "own": own, "staff": own}


@pytest.mark.parametrize("table", ["commitment", "call_item", "call_line", "distribution_line"])
def test_what_was_promised_called_or_paid_is_not_rewritten(
    database: Database, fund: CapitalFund, table: str
) -> None:
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError), database.transaction(SYSTEM) as tx:
            tx.execute(sa.text(statement))


def test_two_receipts_at_once_end_as_one_after_the_other(database: Database, fund: CapitalFund) -> None:
    refused: list[Refusal] = []

    def pay(bank_reference: str) -> None:
        try:
            with database.transaction(ACCOUNTANT) as tx:
                receive(
                    tx,
                    ACCOUNTANT,
                    call_id=call_id,
                    partner_id=fund["LP02"],
                    amount=2 * MILLION,
                    received_on=LATE,
                    bank_reference=bank_reference,
                    now=noon(LATE),
                )
        except Refusal as refusal:
            refused.append(refusal)

    with database.transaction(SYSTEM) as tx:
        [issued] = calls(tx, fund_id=fund.fund_id, actor=an_lp(fund["LP02"])).items
        call_id = issued.id
    at_once(*(lambda name=f"BANK-{place}": pay(name) for place in range(4)))
    assert [type(refusal) for refusal in refused] == [ReceiptAboveOutstanding] * 3
    with database.transaction(SYSTEM) as tx:
        assert call_sheet(tx, call_id=call_id).line(fund["LP02"]).outstanding == 1 * MILLION


def test_a_call_is_issued_once_however_many_ask(database: Database, fund: CapitalFund) -> None:
    refused: list[Refusal] = []
    at = noon(date(2026, 4, 20))

    def issue() -> None:
        try:
            with database.transaction(ACCOUNTANT) as tx:
                issue_call(tx, ACCOUNTANT, call_id=draft, now=at)
        except Refusal as refusal:
            refused.append(refusal)

    with database.transaction(MANAGER) as tx:
        draft = calls(tx, fund_id=fund.fund_id).items[0].id
        approve_call(tx, MANAGER, call_id=draft, now=at)
    at_once(issue, issue, issue)
    assert [type(refusal) for refusal in refused] == [WrongState] * 2


def at_once(*acts: object) -> None:
    threads = [Thread(target=act) for act in acts if callable(act)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_no_row_names_another_fund_s_partner(tx: Tx) -> None:
    fund, other = committed(tx), books(tx, code="AF2")
    stranger = other.partners["LP01"]
    call = a_call(tx, fund, investment(10 * MILLION))
    receipt = a_receipt(tx, call, fund["LP01"])
    for table, column in (
        ("ledger_entry", "credit_partner_id"),
        ("commitment", "partner_id"),
        ("receipt", "partner_id"),
        ("call_line", "partner_id"),
    ):
        copied = [
            name
            for name in tx.execute(
                sa.text("SELECT column_name FROM information_schema.columns WHERE table_name = :t"),
                {"t": table},
            ).scalars()
            if name not in {"id", column}
        ]
        fresh = {"number": "number + 1000", "reference": "reference || '/x'", "item_id": "item_id"}
        fresh |= {"bank_reference": "bank_reference || 'x'"}
        names = ", ".join(copied)
        values = ", ".join(fresh.get(name, name) for name in copied)
        statement = (
            f"INSERT INTO {table} ({names}, {column}) SELECT {values}, :stranger FROM {table} "
            f"WHERE {column} = :own LIMIT 1"
        )
        with pytest.raises(sa.exc.IntegrityError) as refused, tx.begin_nested():
            tx.execute(sa.text(statement), {"stranger": stranger, "own": receipt.partner_id})
        assert isinstance(refused.value.orig, ForeignKeyViolation), table
