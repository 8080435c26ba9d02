"""Follow-on reserves against the books of a small fund, and who may plan and read them."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from sqlmodel import select

from fund.charter.rules import Dimension
from fund.forecasts.models import HoldingReserve
from fund.forecasts.reserve_rules import HoldingUnheld, ReservePlan
from fund.forecasts.reserves import plan_reserve, reserves
from fund.holdings.actions import buy
from fund.results.exposure_rules import Part, Promised
from fund.results.rules import FundFiguresClosed
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from kernel.periods import Quarter
from tests.builders.results import M, Played, a_played_fund, at
from tests.scenes import Scene

TODAY = date(2026, 1, 5)
NOW = at(TODAY)
CASH = 3 * M - 42_307_692 - 3 * M // 2
SECOND = Quarter(2026, 2)


@pytest.fixture
def staged(scene: Scene) -> tuple[Tx, Played]:
    return scene(a_played_fund)


@pytest.fixture
def played(staged: tuple[Tx, Played]) -> Played:
    return staged[1]


def keep(tx: Tx, played: Played, holding: str, amount: int, expected: Quarter = SECOND) -> None:
    plan = ReservePlan(amount, expected, " B ")
    plan_reserve(tx, SYSTEM, fund_id=played.fund_id, holding=holding, plan=plan, now=NOW)


def test_reserves_stand_against_cash_commitments_and_fees(tx: Tx, played: Played) -> None:
    """3m of cash less four fees, 67m to call, 0.5m of fee in the one quarter to 2026Q2; 5m and 4m are kept back."""
    keep(tx, played, "H01", 9 * M)
    keep(tx, played, "H01", 5 * M)
    keep(tx, played, "H02", 4 * M, Quarter(2026, 1))
    found = reserves(tx, fund_id=played.fund_id, as_of=TODAY)
    assert [(one.holding.code, one.planned, one.left, one.note) for one in found.lines] == [
        ("H01", 5 * M, 5 * M, "B"),
        ("H02", 4 * M, 4 * M, "B"),
    ]
    assert (found.cash, found.unfunded, found.fees, found.kept) == (CASH, 67 * M, M // 2, 9 * M)
    assert found.free == CASH + 67 * M - M // 2 - 9 * M
    assert found.cover == Fraction(CASH + 67 * M - M // 2, 9 * M)
    assert [(one.quarter, one.needed, one.left) for one in found.ahead] == [(SECOND, 9 * M, found.free)]
    # Approved and not paid: 7m for H01 in two approvals, of which 5m are kept back anyhow, and 3m for another.
    own, other = found.lines[0].holding.party_id, 10**9
    part = Part("Other", 3 * M, 3 * M, {}, is_promised=True)
    unpaid = (Promised(own, replace(part, cost=4 * M)), Promised(own, part), Promised(other, part))
    with_it = reserves(tx, fund_id=played.fund_id, as_of=TODAY, promised=unpaid)
    assert (with_it.promised, with_it.free) == (5 * M, found.free - 5 * M)
    assert with_it.ahead[-1].left == with_it.free
    assert reserves(tx, fund_id=played.fund_id, as_of=date(2026, 1, 4)).lines == ()


def test_a_purchase_draws_on_the_reserve_and_nothing_ends_it(tx: Tx, played: Played) -> None:
    keep(tx, played, "H01", 5 * M)
    [line] = reserves(tx, fund_id=played.fund_id, as_of=TODAY).lines
    day = date(2026, 1, 20)
    buy(
        tx,
        SYSTEM,
        holding_id=line.holding.id,
        bought_on=day,
        quantity=Fraction(1),
        cost=2 * M,
        ownership=None,
        memo="B",
        now=at(day),
    )
    [line] = reserves(tx, fund_id=played.fund_id, as_of=day).lines
    assert (line.planned, line.invested, line.left) == (5 * M, 2 * M, 3 * M)
    keep(tx, played, "H01", 0)
    found = reserves(tx, fund_id=played.fund_id, as_of=day)
    assert (found.lines, found.kept, found.cover, found.ahead) == ((), 0, None, ())


def test_limits_that_the_reserves_would_break_are_told(tx: Tx, played: Played) -> None:
    """H01 is above its limit already, without a reserve: that is not of the reserves' making."""
    keep(tx, played, "H02", M)
    assert reserves(tx, fund_id=played.fund_id, as_of=TODAY).checks == ()
    keep(tx, played, "H02", 30 * M)
    broken = reserves(tx, fund_id=played.fund_id, as_of=TODAY).checks
    [company] = [one for one in broken if one.limit.dimension is Dimension.COMPANY]
    assert company.before < company.limit.maximum < company.current


def test_what_is_not_held_keeps_nothing_back_and_others_may_not_plan(tx: Tx, played: Played) -> None:
    clerk = Actor(5, "A", frozenset({Role.ACCOUNTANT}))
    with pytest.raises(RoleMissing):
        plan_reserve(
            tx, clerk, fund_id=played.fund_id, holding="H01", plan=ReservePlan(1, SECOND, ""), now=NOW
        )
    with pytest.raises(HoldingUnheld):
        plan_reserve(
            tx,
            SYSTEM,
            fund_id=played.fund_id,
            holding="H01",
            plan=ReservePlan(1, SECOND, ""),
            now=at(date(2023, 1, 5)),
        )


def test_a_partner_reads_no_reserve(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        played = a_played_fund(tx)
        keep(tx, played, "H01", M)
    lp = Actor(77, "LP", frozenset({Role.LP_USER}), frozenset({played.partners["LP01"]}))
    with database.transaction(lp) as tx:
        assert list(tx.exec(select(HoldingReserve))) == []
        with pytest.raises(FundFiguresClosed):
            reserves(tx, fund_id=played.fund_id, as_of=TODAY)
