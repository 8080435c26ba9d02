"""Returns over time: at the end of each quarter what `performance` of that day tells, read in one go."""

from datetime import date

import pytest

from fund.capital.calls import cancel_call
from fund.holdings.actions import write_off
from fund.ledger.chart import Account
from fund.results.queries import performance, progression
from fund.results.rules import FundFiguresClosed
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.periods import Quarter
from tests.builders import capital
from tests.builders.holdings import a_holding, bought
from tests.builders.ledger import a_posting, booked
from tests.builders.results import M, Played, a_played_fund, at, committed
from valuation.irr import RateStatus


def is_performance(tx: Tx, fund_id: int, partner_id: int | None, through: Quarter) -> int:
    """Every stage is held against `performance` of its day; how many there are."""
    found = progression(tx, fund_id=fund_id, partner_id=partner_id, through=through)
    for stage in found:
        one = performance(tx, fund_id=fund_id, partner_id=partner_id, as_of=stage.quarter.ends_on)
        assert (stage.paid_in, stage.distributed, stage.nav) == (one.paid_in, one.distributed, one.nav)
        assert (stage.tvpi, stage.dpi, stage.rvpi) == (one.tvpi, one.dpi, one.rvpi)
        assert stage.is_full_year == one.is_full_year
        assert stage.net_irr.status is one.net_irr.status, stage.quarter
        assert stage.net_irr.roots == pytest.approx(one.net_irr.roots, abs=1e-12)
    return len(found)


def test_each_quarter_is_what_performance_tells(tx: Tx, played: Played) -> None:
    """Calls, fees, marks and a distribution; interests that pass are in `tests/fund/interests`."""
    two = played.partners["LP02"]
    paid = a_posting(
        reference="DIST-1/LP02",
        debit=Account.DISTRIBUTIONS,
        credit=Account.DISTRIBUTIONS_PAYABLE,
        debit_partner_id=two,
        credit_partner_id=two,
        amount=M,
        act="distribution:1",
        holding_id=None,
        effective_on=date(2026, 1, 20),
    )
    booked(tx, played.fund_id, [paid])
    for partner_id in (None, *played.partners.values()):
        assert is_performance(tx, played.fund_id, partner_id, Quarter(2026, 3)) == 11


def test_a_cancelled_call_counts_until_it_is_cancelled(tx: Tx) -> None:
    fund = capital.committed(tx, {"LP01": 100 * M})
    capital.a_paid_call(tx, fund, capital.investment(10 * M), due_on=date(2026, 3, 2))
    call = capital.a_call(tx, fund, capital.investment(50 * M), due_on=date(2026, 9, 1))
    off = date(2027, 6, 30)
    cancel_call(tx, capital.MANAGER, call_id=call.id, reason="fell through", cancelled_on=off, now=at(off))
    assert is_performance(tx, fund.fund_id, fund["LP01"], Quarter(2027, 4)) == 8
    found = progression(tx, fund_id=fund.fund_id, partner_id=fund["LP01"], through=Quarter(2027, 4))
    assert [stage.paid_in for stage in found] == [10 * M, 10 * M, *[60 * M] * 3, *[10 * M] * 3]


def test_a_total_loss_is_one_from_its_quarter_on(tx: Tx) -> None:
    fund = capital.committed(tx, {"LP01": 100 * M})
    capital.a_paid_call(tx, fund, capital.investment(10 * M), due_on=date(2026, 3, 2))
    held = a_holding(tx, fund.fund_id, code="H01")
    bought(tx, held.id, on=date(2026, 3, 20), cost=10 * M, now=at(date(2026, 3, 20)))
    gone = date(2027, 6, 30)
    write_off(tx, SYSTEM, holding_id=held.id, written_off_on=gone, reason="liquidated", now=at(gone))
    assert is_performance(tx, fund.fund_id, fund["LP01"], Quarter(2027, 3)) == 7
    found = progression(tx, fund_id=fund.fund_id, partner_id=fund["LP01"], through=Quarter(2027, 3))
    assert [stage.net_irr.status for stage in found[-3:]] == [
        RateStatus.UNIQUE,
        RateStatus.TOTAL_LOSS,
        RateStatus.TOTAL_LOSS,
    ]


def test_before_the_first_call_there_is_nothing(tx: Tx) -> None:
    assert progression(tx, fund_id=committed(tx).fund_id, through=Quarter(2024, 4)) == ()


def test_as_known_at_an_instant(tx: Tx, played: Played) -> None:
    """Before the marks and the fee of the last quarter were booked."""
    last, then = Quarter(2024, 4), at(date(2024, 10, 2))
    found = progression(tx, fund_id=played.fund_id, through=last, known_at=then)
    one = performance(tx, fund_id=played.fund_id, as_of=last.ends_on, known_at=then)
    assert (found[-1].nav, found[-1].net_irr.value) == (one.nav, pytest.approx(one.net_irr.value))
    assert found[-1].nav != progression(tx, fund_id=played.fund_id, through=last)[-1].nav


def test_a_partner_reads_its_own_and_not_the_funds(database: Database) -> None:
    last = Quarter(2025, 4)
    with database.transaction(SYSTEM) as tx:
        played = a_played_fund(tx)
        mine = played.partners["LP01"]
        seen = progression(tx, fund_id=played.fund_id, partner_id=mine, through=last)
    reader = Actor(77, "LP", frozenset({Role.LP_USER}), frozenset({mine}))
    with database.transaction(reader) as tx:
        assert progression(tx, fund_id=played.fund_id, partner_id=mine, through=last) == seen
        with pytest.raises(FundFiguresClosed):
            progression(tx, fund_id=played.fund_id, through=last)
