"""A call to many partners in one transaction, drafted, approved and issued: what each partner costs."""

import time
from datetime import date

import pytest
import sqlalchemy as sa
from pytest_benchmark.fixture import BenchmarkFixture
from sqlmodel import Session

from app.migrations.run import app_url
from fund.capital.sheets import CallSheet
from fund.ledger.chart import Account
from fund.ledger.queries import total
from kernel.db import Database, Tx, introduce
from kernel.identity.rules import SYSTEM
from tests.benchmarks.measure import TABLES
from tests.builders.capital import YUAN, CapitalFund, a_call, committed, expense, fee, investment
from tests.conftest import PASSWORD, clone

SIZES, ROUNDS = (100, 1_000, 10_000), 3
DUE_ON = date(2026, 3, 2)


def called(tx: Tx, fund: CapitalFund) -> CallSheet:
    """An investment, expenses and a fee of every partner: three lines and three entries each."""
    fees = {partner: 5_000 * YUAN for code, partner in fund.partners.items() if code != "GP"}
    each = len(fees) * YUAN
    return a_call(tx, fund, investment(200_000 * each), expense(1_000 * each), fee(fees), due_on=DUE_ON)


def seconds(database: Database, size: int) -> float:
    """The best of some rounds, each taken back afterwards."""
    with Session(database.engine, expire_on_commit=False) as session:
        introduce(session, SYSTEM)
        promised = {f"LP{number:05d}": 1_000_000 * YUAN for number in range(1, size + 1)}
        fund = committed(session, promised, size=sum(promised.values()))
        session.flush()
        return min(_round(session, fund) for _ in range(ROUNDS))


def _round(session: Session, fund: CapitalFund) -> float:
    point = session.begin_nested()
    start = time.perf_counter()
    sheet = called(session, fund)
    took = time.perf_counter() - start
    owed = total(session, fund_id=fund.fund_id, as_of=DUE_ON, accounts=[Account.CONTRIBUTIONS_RECEIVABLE])
    assert -owed == sheet.call.amount
    point.rollback()
    session.expire_all()
    return took


@pytest.mark.parametrize("sizes", [SIZES])
def test_a_call(benchmark: BenchmarkFixture, server: sa.URL, sizes: tuple[int, ...]) -> None:
    database = Database(app_url(clone(server, "afund_many_partners"), PASSWORD))
    took = {size: seconds(database, size) for size in sizes}
    benchmark.pedantic(lambda: None)
    database.close()
    lines = ["partners      seconds    ms a partner"]
    lines += [f"{size:8,}{one:13.2f}{one / size * 1000:16.3f}" for size, one in took.items()]
    TABLES["a call in one transaction: draft, approval, issue, three lines and entries a partner"] = lines
