"""A call to many partners in one transaction, drafted, approved and issued: what each partner costs."""

import time
from datetime import date

import pytest
import sqlalchemy as sa
from pytest_benchmark.fixture import BenchmarkFixture
from sqlmodel import Session

from app.migrations.run import app_url
from fund.capital.sheets import CallSheet
from fund.fees.imports import import_closing
from fund.ledger.chart import Account
from fund.ledger.queries import total
from fund.partners.imports import import_partners
from kernel.db import Database, Tx, introduce
from kernel.identity.rules import SYSTEM
from tests.benchmarks.many_partners import many_committed
from tests.benchmarks.measure import TABLES
from tests.builders.capital import YUAN, CapitalFund, a_call, committed, expense, fee, investment
from tests.builders.charter import OPENED_AT
from tests.conftest import PASSWORD, clone

SIZES, LISTS, ROUNDS = (100, 1_000, 10_000), (100, 1_000), 3
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
        fund = many_committed(session, size=size, amount=1_000_000 * YUAN)
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


def imported(database: Database, size: int) -> float:
    """To admit so many partners from a list and to take their commitments from another, each with its audit."""
    codes = [f"LP{number:05d}" for number in range(1, size + 1)]
    people = "编号,合伙人名称,入伙日期\n" + "".join(f"{code},合伙企业{code},2026-01-15\n" for code in codes)
    promised = "编号,认缴金额（万元）,认缴日期\n" + "".join(f"{code},100,2026-01-15\n" for code in codes)
    with Session(database.engine, expire_on_commit=False) as session:
        introduce(session, SYSTEM)
        fund = committed(session, {"FIRST": YUAN}, size=(size + 100) * 1_000_000 * YUAN)
        facts = {"fund_id": fund.fund_id, "now": OPENED_AT}
        start = time.perf_counter()
        import_partners(session, SYSTEM, filename="partners.csv", content=people.encode(), **facts)
        import_closing(session, SYSTEM, filename="promised.csv", content=promised.encode(), **facts)
        return time.perf_counter() - start


@pytest.mark.parametrize("sizes", [SIZES])
def test_a_call(benchmark: BenchmarkFixture, server: sa.URL, sizes: tuple[int, ...]) -> None:
    database = Database(app_url(clone(server, "afund_many_partners"), PASSWORD))
    took = {size: seconds(database, size) for size in sizes}
    joined = {size: imported(database, size) for size in LISTS}
    benchmark.pedantic(lambda: None)
    database.close()
    lines = ["partners      seconds    ms a partner"]
    lines += [f"{size:8,}{one:13.2f}{one / size * 1000:16.3f}" for size, one in took.items()]
    TABLES["a call in one transaction: draft, approval, issue, three lines and entries a partner"] = lines
    lines = ["partners      seconds    ms a partner"]
    lines += [f"{size:8,}{one:13.2f}{one / size * 1000:16.3f}" for size, one in joined.items()]
    TABLES["partners and their commitments from two lists, each checked and audited"] = lines
