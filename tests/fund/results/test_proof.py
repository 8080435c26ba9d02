"""The fund proves, and whatever is bent behind the software's back is found and named."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from fund.capital.calls import cancel_call
from fund.capital.commitments import later_close
from fund.capital.inflows import call_sheet
from fund.capital.passing_on import pay_equalisation
from fund.capital.receipts import reverse_receipt
from fund.ledger.rules import Account
from fund.results.queries import prove
from kernel.db import Database, Tx, introduce
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    CapitalFund,
    a_paid_call,
    a_receipt,
    committed,
    investment,
    noon,
)
from tests.builders.ledger import a_posting, booked, books, contribution, locked
from tests.builders.results import APPROVER, M, Played, a_played_fund, at, called, received


def said(tx: Tx, fund_id: int) -> list[str]:
    return [f"{found.row}: {found.what}" for found in prove(tx, fund_id=fund_id)]


def test_the_played_fund_proves(tx: Tx, played: Played) -> None:
    assert said(tx, played.fund_id) == []


def test_a_fund_without_entries_proves(tx: Tx) -> None:
    assert said(tx, books(tx).fund_id) == []


def test_it_proves_after_reversals_cancellations_and_locks(tx: Tx, played: Played) -> None:
    dates = {"notice_on": date(2026, 2, 20), "due_on": date(2026, 3, 13)}
    call = called(tx, played.fund_id, investment=5 * M, **dates)
    received(tx, call, on=date(2026, 3, 13))
    locked(tx, played.fund_id, Quarter(2026, 1), now=at(date(2026, 4, 9)))
    for receipt_id in tx.execute(
        sa.text("SELECT id FROM receipt WHERE call_id = :c"), {"c": call.id}
    ).scalars():
        reverse_receipt(
            tx,
            APPROVER,
            receipt_id=receipt_id,
            reason="the bank took it back",
            reversed_on=date(2026, 4, 10),
            now=at(date(2026, 4, 10)),
        )
    cancel_call(
        tx,
        APPROVER,
        call_id=call.id,
        reason="the deal fell through",
        cancelled_on=date(2026, 4, 13),
        now=at(date(2026, 4, 13)),
    )
    assert said(tx, played.fund_id) == []


def test_money_that_came_in_without_a_receipt(tx: Tx) -> None:
    found = books(tx)
    booked(tx, found.fund_id, contribution(found.partners["LP01"], M, date(2026, 1, 10), "CALL-9/LP01"))
    assert said(tx, found.fund_id) == [
        "ledger_entry 2 CALL-9/LP01/received: called money came in without a receipt",
        "ledger_entry 1 CALL-9/LP01/called: account 1100 without a call",
        "ledger_entry 2 CALL-9/LP01/received: account 1100 without a call",
        "contributions 2026Q1 LP01: said 0, in the books 100000000",
    ]


def test_a_clearing_account_that_is_not_nil(tx: Tx, played: Played) -> None:
    one = played.partners["LP01"]
    half = a_posting(
        reference="HALF",
        debit=Account.BETWEEN_PARTNERS,
        credit=Account.AUDIT,
        credit_partner_id=one,
        holding_id=None,
        effective_on=date(2025, 11, 1),
    )
    booked(tx, played.fund_id, [half])
    assert said(tx, played.fund_id) == [
        "account 3900 2025Q4: what passes between partners is not nil",
        "net assets 2025Q4: they are not the partners' capital",
        "statements 2025Q4: net assets closing: 3707692308 is not 3707702308",
    ]


def test_a_holding_bought_only_in_the_books(tx: Tx, played: Played) -> None:
    booked(tx, played.fund_id, [a_posting(effective_on=date(2025, 11, 1), holding_id=99)])
    assert said(tx, played.fund_id) == [
        "holding 99 2025Q4: the books name a holding that is not there",
        "holding 99 2025Q4: its cost is 0, in the books 10000",
        "holding 99 2025Q4: its value is 0, in the books 10000",
    ]


TAMPERED = [
    (
        "UPDATE receipt SET amount = amount + 1 WHERE reference = 'CALL-001/LP01/receipt-1'",
        "receipt 1 CALL-001/LP01/receipt-1: it says 1380000001, in the books 1380000000",
    ),
    (
        "DELETE FROM receipt WHERE reference = 'CALL-001/LP01/receipt-1'",
        "receipt:1: the books name a receipt that is not there",
    ),
    (
        "UPDATE receipt SET amount = amount - 1 WHERE reference = 'CALL-001/LP02/receipt-1'",
        "call CALL-001 LP02: outstanding: 1, on account 1100 0",
    ),
    (
        "UPDATE call_line SET amount = amount + 100 WHERE id = 1",
        "call CALL-001 LP01: outstanding: 100, on account 1100 0",
    ),
    (
        "UPDATE ledger_entry SET act = 'receipt:0' WHERE reference = 'CALL-001/LP01/receipt-1'",
        "CALL-001/LP01/receipt-1: account 1100 without a call",
    ),
    (
        "UPDATE ledger_entry SET effective_on = '2024-03-14' WHERE reference = 'H01/BUY-1'",
        "H01/BUY-1: cash is below zero on 2024-03-14: -2000000000",
    ),
    (
        "UPDATE call_line SET amount = amount - 100 WHERE id = 1",
        "contributions 2024Q1 LP01: said 1379999900, in the books 1380000000",
    ),
    (
        "UPDATE holding_lot SET cost = cost + 1 WHERE id = 1",
        "holding H01 2024Q1: its cost is 2000000001, in the books 2000000000",
    ),
    (
        "UPDATE ledger_entry SET amount = amount + 1 WHERE reference = 'FEE-2024Q2/LP01'",
        "its content does not match its hash",
    ),
    (
        "UPDATE ledger_entry SET debit_partner_id = NULL WHERE reference = 'FEE-2024Q2/LP01'",
        "account 5021 2024Q2: partners do not sum to the account",
    ),
]


@pytest.mark.parametrize(("statement", "what"), TAMPERED, ids=[case[0][:45] for case in TAMPERED])
def test_tampering_is_found(database: Database, owner_url: sa.URL, statement: str, what: str) -> None:
    with database.transaction(SYSTEM) as tx:
        fund_id = a_played_fund(tx).fund_id
    engine = sa.create_engine(owner_url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            sa.text("ALTER TABLE ledger_entry DROP CONSTRAINT ck_ledger_entry_debit_partner_named")
        )
        connection.execute(sa.text(statement))
        with Session(connection) as tx:
            introduce(tx, SYSTEM)
            assert any(what in line for line in said(tx, fund_id))


SETTLED = date(2026, 9, 2)


def settled(tx: Tx) -> CapitalFund:
    """A fund whose later close was paid on to the earlier partners."""
    fund = committed(tx, newcomers=["LP03"])
    a_paid_call(tx, fund, investment(20 * M))
    closed_on, due_on = date(2026, 8, 3), date(2026, 9, 1)
    newcomers = {fund["LP03"]: 50 * M}
    close = later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers=newcomers,
        closed_on=closed_on,
        due_on=due_on,
        now=noon(closed_on),
    )
    call = call_sheet(tx, call_id=close.call_id or 0)
    assert said(tx, fund.fund_id) == []
    a_receipt(tx, call, fund["LP03"])
    assert said(tx, fund.fund_id) == []
    pay_equalisation(tx, ACCOUNTANT, call_id=call.id, paid_on=SETTLED, now=noon(SETTLED))
    return fund


PASSED_ON = [
    (
        "UPDATE ledger_entry SET amount = amount - 1 WHERE reference = 'CALL-002/LP01/back-paid'",
        "call CALL-002 LP01: to be passed on: 0, on account 2300 1",
    ),
    (
        "UPDATE capital_call SET settled_on = NULL WHERE code = 'CALL-002'",
        "call CALL-002 LP01: to be passed on: 400000000, on account 2300 0",
    ),
]


@pytest.mark.parametrize(("statement", "what"), PASSED_ON, ids=["the books", "the call"])
def test_what_is_passed_on_to_earlier_partners_is_nil_once_settled(
    database: Database, owner_url: sa.URL, statement: str, what: str
) -> None:
    with database.transaction(SYSTEM) as tx:
        fund_id = settled(tx).fund_id
        assert said(tx, fund_id) == []
    engine = sa.create_engine(owner_url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(sa.text(statement))
        with Session(connection) as tx:
            introduce(tx, SYSTEM)
            assert what in said(tx, fund_id)
