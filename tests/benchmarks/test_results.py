"""Performance and exposure of large funds, read from the books."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from typing import Any

import pytest
import sqlalchemy as sa
from pytest_benchmark.fixture import BenchmarkFixture

from app.migrations.run import app_url
from fund.charter.rules import Dimension
from fund.results.exposure import exposure, exposure_history
from fund.results.performance import performance
from fund.results.stretches import returns_by_period
from fund.watch.actions import watch
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM
from pipeline.closing.promised import promised
from tests.benchmarks.measure import TABLES, in_turns
from tests.benchmarks.portfolio import QUARTERS, Portfolio, a_portfolio
from tests.conftest import PASSWORD, clone

# A mark is split by partner, so that 1,000 companies of 1,000 partners over 60 quarters were 60 million entries; each
# size is met alone, and the middle one halved to see how time grows.
SIZES, ROUNDS = ((1_000, 10), (10, 1_000), (100, 100), (50, 100), (100, 50)), 3


@pytest.mark.parametrize("sizes", [SIZES])
def test_results(benchmark: BenchmarkFixture, server: sa.URL, sizes: tuple[tuple[int, int], ...]) -> None:
    heads = "   entries      fund  a partner  exposure  its history  by period   alerts"
    lines = [f"{'':28}{heads}"]
    for holdings, partners in sizes:
        database = Database(app_url(clone(server, f"afund_results_{holdings}_{partners}"), PASSWORD))
        start = time.perf_counter()
        made = a_portfolio(database, holdings=holdings, partners=partners)
        built = time.perf_counter() - start
        took = in_turns(_questions(database, made), ROUNDS)
        name = f"{holdings:,} companies, {partners:,} partners"
        seconds = "".join(
            f"{one.clock:{width}.2f}"
            for one, width in zip(took.values(), (10, 11, 10, 13, 11, 9), strict=True)
        )
        lines.append(f"{name:28}{made.entries:10,}{seconds}    (made in {built:.0f} s)")
        database.close()
    benchmark.pedantic(lambda: None)
    TABLES[f"performance and exposure over {QUARTERS} quarters, in seconds"] = lines


def _questions(database: Database, made: Portfolio) -> dict[str, Callable[[], Any]]:
    """Returns and multiples of the fund with its gross ones, of one partner, the exposure by all dimensions, and that
    by sector at the end of every quarter, returns by period, and the look at all limits after a change.
    """
    last = made.quarters[-1]
    facts = {"fund_id": made.fund.fund_id}
    partner = made.fund["LP0001"]

    def ask(question: Callable[..., Any], **more: Any) -> Callable[[], Any]:
        def asked() -> Any:
            with database.transaction(SYSTEM) as tx:
                return question(tx, **facts, **more)

        return asked

    return {
        "fund": ask(performance, as_of=last.ends_on),
        "partner": ask(performance, as_of=last.ends_on, partner_id=partner),
        "exposure": ask(exposure, as_of=last.ends_on),
        "history": ask(exposure_history, dimension=Dimension.SECTOR, through=last),
        "period": ask(returns_by_period, through=last),
        "alerts": ask(_looked, on=last.ends_on),
    }


def _looked(tx: Tx, *, fund_id: int, on: date) -> int:
    now = datetime.combine(on, time_of_day(12), UTC)
    unpaid = promised(tx, fund_id=fund_id, on=on)
    return len(watch(tx, SYSTEM, fund_id=fund_id, on=on, promised=unpaid, now=now))
