"""Gross and net returns by period, read off the books."""

from dataclasses import replace
from datetime import date

import pytest

from fund.capital.calls import cancel_call
from fund.holdings.undoing import undo_purchase
from fund.ledger.queries import entry
from fund.results.queries import nav, performance, period_returns, return_of, returns_by_period
from fund.results.rules import FundFiguresClosed
from fund.results.stretch_rules import Lack, Side, Span, StretchUnknown
from fund.results.stretches import Returns
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.periods import Quarter
from tests.builders import capital
from tests.builders.holdings import a_holding, bought
from tests.builders.results import M, Played, a_played_fund, at

LAST = Quarter(2025, 4)


def told_alike(tx: Tx, fund_id: int, through: Quarter, found: Returns) -> None:
    """The ranges, whose flows are sums by day, are those that are told of one stretch with every entry."""
    for one in found.ranges:
        named = return_of(tx, fund_id=fund_id, span=one.stretch.span, through=through)
        assert (named.stretch, replace(named.net, flows=())) == (one.stretch, replace(one.net, flows=()))


def test_the_funds_years_quarters_and_ranges(tx: Tx, played: Played) -> None:
    """H01 and H02: 30m paid, worth 36m at the end of 2024 and of 2025."""
    found = returns_by_period(tx, fund_id=played.fund_id, through=LAST)
    assert [one.stretch.starts_on.year for one in found.years] == [2025, 2024]
    assert len(found.quarters) == 8
    of = {one.stretch.span: one for one in found.ranges}
    this, first = found.years
    assert this.gross is not None
    assert first.gross is not None
    assert (this.gross.opening, this.gross.closing, this.gross.rate) == (
        36 * M,
        36 * M,
        pytest.approx(0, abs=1e-12),
    )
    assert (first.gross.put_in, first.gross.gain, first.gross.since) == (30 * M, 6 * M, date(2024, 3, 20))
    lps = [played.partners[code] for code in ("LP01", "LP02")]
    values = [
        sum(nav(tx, fund_id=played.fund_id, partner_id=key, as_of=date(year, 12, 31)) for key in lps)
        for year in (2024, 2025)
    ]
    assert [this.net.opening, this.net.closing] == values
    assert this.net.rate == pytest.approx(values[1] / values[0] - 1)
    assert of[Span.YEAR_TO_DATE].net == this.net == of[Span.ONE_YEAR].net
    whole = performance(tx, fund_id=played.fund_id, as_of=LAST.ends_on)
    life = of[Span.INCEPTION]
    assert life.gross is not None
    assert whole.gross is not None
    assert life.net.rate == whole.net_irr.value
    named = return_of(tx, fund_id=played.fund_id, span=Span.INCEPTION, through=LAST)
    assert (named.net.flows, replace(named.net, flows=())) == (whole.flows, replace(life.net, flows=()))
    assert (life.gross.flows, life.gross.rate) == (whole.gross.flows, whole.gross.irr.value)
    assert [of[span].net.why for span in (Span.THREE_YEARS, Span.FIVE_YEARS)] == [Lack.YOUNGER] * 2


def test_quarters_join_into_years(tx: Tx, played: Played) -> None:
    found = returns_by_period(tx, fund_id=played.fund_id, through=LAST)
    for year, own in zip(found.years, (found.quarters[:4], found.quarters[4:]), strict=True):
        for side in Side:
            parts = [one.of(side) for one in own]
            whole = year.of(side)
            assert whole is not None
            assert whole.gain == sum(part.gain for part in parts if part)
            assert whole.put_in == sum(part.put_in for part in parts if part)


def test_one_stretch_with_its_entries(tx: Tx, played: Played) -> None:
    found = return_of(tx, fund_id=played.fund_id, span=Span.YEAR, through=Quarter(2024, 4))
    assert found.gross is not None
    references = [flow.reference for flow in (*found.net.flows, *found.gross.flows) if flow.reference]
    assert "CALL-002/LP01/investment" in references
    for reference in references:
        entry(tx, fund_id=played.fund_id, reference=reference)
    assert [flow.act[:4] for flow in found.gross.flows] == ["lot:", "lot:", ""]
    for through, span in ((Quarter(2025, 3), Span.YEAR), (Quarter(2023, 4), Span.QUARTER)):
        with pytest.raises(StretchUnknown):
            return_of(tx, fund_id=played.fund_id, span=span, through=through)


def test_a_call_that_is_cancelled_in_a_later_year_costs_neither(tx: Tx) -> None:
    fund = capital.committed(tx, {"LP01": 100 * M})
    capital.a_paid_call(tx, fund, capital.investment(10 * M), due_on=date(2026, 3, 2))
    call = capital.a_call(tx, fund, capital.investment(50 * M), due_on=date(2026, 9, 1))
    off, last = date(2027, 6, 30), Quarter(2027, 4)
    cancel_call(tx, capital.MANAGER, call_id=call.id, reason="fell through", cancelled_on=off, now=at(off))
    found = returns_by_period(tx, fund_id=fund.fund_id, through=last)
    told_alike(tx, fund.fund_id, last, found)
    this, first = found.years
    assert (first.net.put_in, first.net.closing, first.net.gain) == (60 * M, 60 * M, 0)
    assert (this.net.opening, this.net.received, this.net.gain) == (60 * M, 50 * M, 0)
    assert this.net.rate == pytest.approx(0, abs=1e-12)
    [year] = [one for one in period_returns(tx, fund_id=fund.fund_id, quarter=last) if one.code == "one_year"]
    assert year.multiple == pytest.approx(1)


def test_a_first_call_that_is_undone_later_opens_the_year_in_which_it_is(tx: Tx) -> None:
    fund = capital.committed(tx, {"LP01": 100 * M})
    call = capital.a_call(tx, fund, capital.investment(10 * M), due_on=date(2026, 3, 2))
    off, last = date(2027, 6, 30), Quarter(2027, 4)
    cancel_call(tx, capital.MANAGER, call_id=call.id, reason="fell through", cancelled_on=off, now=at(off))
    nothing = returns_by_period(tx, fund_id=fund.fund_id, through=Quarter(2027, 2))
    assert {one.stretch.span: one.net.why for one in nothing.ranges}[Span.INCEPTION] == Lack.NOTHING
    assert (nothing.quarters[0].net.opening, nothing.quarters[0].net.received) == (10 * M, 10 * M)
    capital.a_call(tx, fund, capital.investment(20 * M), due_on=date(2027, 9, 1))
    found = returns_by_period(tx, fund_id=fund.fund_id, through=last)
    told_alike(tx, fund.fund_id, last, found)
    this, first = found.years
    assert (first.net.opening, first.net.put_in, first.net.closing, first.net.gain) == (0, 10 * M, 10 * M, 0)
    assert (this.net.opening, this.net.received, this.net.put_in) == (10 * M, 10 * M, 20 * M)
    assert (this.net.closing, this.net.gain, this.net.multiple) == (20 * M, 0, pytest.approx(1))
    life = next(one for one in found.ranges if one.stretch.span is Span.INCEPTION)
    assert (life.net.opening, life.net.put_in, life.net.since) == (0, 20 * M, date(2027, 9, 1))
    assert len(found.quarters) == 8
    told = {one.code: one for one in period_returns(tx, fund_id=fund.fund_id, quarter=last)}
    assert (told["one_year"].multiple, told["inception"].multiple) == (pytest.approx(1), pytest.approx(1))


def test_a_first_purchase_that_is_undone_later_opens_the_year_in_which_it_is(tx: Tx) -> None:
    fund = capital.committed(tx, {"LP01": 100 * M})
    capital.a_paid_call(tx, fund, capital.investment(100 * M), due_on=date(2026, 3, 2))
    held = a_holding(tx, fund.fund_id, now=at(date(2026, 3, 5)))
    bought(tx, held.id, on=date(2026, 3, 5), cost=10 * M, now=at(date(2026, 3, 5)))
    off, again = date(2027, 6, 30), date(2027, 9, 1)
    undo_purchase(tx, SYSTEM, holding_id=held.id, number=1, reason="fell through", on=off, now=at(off))
    bought(tx, held.id, on=again, cost=20 * M, now=at(again))
    this, first = returns_by_period(tx, fund_id=fund.fund_id, through=Quarter(2027, 4)).years
    assert this.gross is not None
    assert first.gross is not None
    assert (first.gross.put_in, first.gross.closing, first.gross.gain) == (10 * M, 10 * M, 0)
    assert (this.gross.opening, this.gross.received, this.gross.gain) == (10 * M, 10 * M, 0)


def test_a_purchase_that_is_taken_back_later_costs_nothing(tx: Tx) -> None:
    fund = capital.committed(tx, {"LP01": 100 * M})
    capital.a_paid_call(tx, fund, capital.investment(100 * M), due_on=date(2026, 3, 2))
    held = a_holding(tx, fund.fund_id, now=at(date(2026, 3, 5)))
    bought(tx, held.id, on=date(2026, 3, 5), cost=10 * M, now=at(date(2026, 3, 5)))
    bought(tx, held.id, on=date(2026, 9, 1), cost=20 * M, now=at(date(2026, 9, 1)))
    off = date(2027, 6, 30)
    undo_purchase(tx, SYSTEM, holding_id=held.id, number=2, reason="fell through", on=off, now=at(off))
    this, first = returns_by_period(tx, fund_id=fund.fund_id, through=Quarter(2027, 4)).years
    assert this.gross is not None
    assert first.gross is not None
    assert (first.gross.put_in, first.gross.closing) == (30 * M, 30 * M)
    assert (this.gross.received, this.gross.closing, this.gross.gain) == (20 * M, 10 * M, 0)


def test_a_partner_reads_its_own_net_returns_only(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        played = a_played_fund(tx)
        mine = played.partners["LP01"]
    lp = Actor(11, "LP", frozenset({Role.LP_USER}), frozenset({mine}))
    with database.transaction(lp) as tx:
        found = returns_by_period(tx, fund_id=played.fund_id, through=LAST, partner_id=mine)
        assert found.years[0].net.rate is not None
        assert {one.gross for one in (*found.ranges, *found.years, *found.quarters)} == {None}
        with pytest.raises(FundFiguresClosed):
            returns_by_period(tx, fund_id=played.fund_id, through=LAST)
