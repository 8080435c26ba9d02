"""The fee of quarters to come: what the charge will be when they come, and how it ends."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from fund.charter.actions import amend_terms
from fund.charter.queries import terms
from fund.charter.rules import FeeBasis
from fund.fees.ahead import fees_ahead
from fund.fees.workings import due
from fund.holdings.queries import invested_cost
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.results import M, Played, a_played_fund, at
from tests.scenes import Scene

DAY = date(2025, 12, 31)


@pytest.fixture
def staged(scene: Scene) -> tuple[Tx, Played]:
    return scene(a_played_fund)


@pytest.fixture
def played(staged: tuple[Tx, Played]) -> Played:
    return staged[1]


def test_it_is_what_is_charged_when_the_quarter_comes(tx: Tx, played: Played) -> None:
    """The period ends in the middle of 2026Q2 and the term in that of 2027Q1; then 1.5 % from July on."""
    fund_id = played.fund_id
    now = terms(tx, fund_id=fund_id, as_of=DAY)
    ends = {"commitment_period_ends_on": date(2026, 5, 15), "term_ends_on": date(2027, 2, 10)}
    for since, rate in ((date(2026, 1, 1), now.fee_rate), (date(2026, 7, 1), Fraction(15, 1000))):
        agreed = replace(now, **ends, fee_rate=rate, final_close_on=date(2025, 1, 14))
        amend_terms(
            tx,
            SYSTEM,
            fund_id=fund_id,
            terms=agreed,
            effective_on=since,
            note="step",
            locked_through=None,
            now=at(DAY),
        )
    cost = invested_cost(tx, fund_id=fund_id, as_of=DAY)
    found = fees_ahead(tx, fund_id=fund_id, as_of=DAY, quarters=6)
    assert [str(one.quarter) for one in found] == [
        *("2026Q1", "2026Q2", "2026Q3", "2026Q4", "2027Q1", "2027Q2")
    ]
    for one in found[:5]:
        owed = sum(due(tx, fund_id=fund_id, quarter=one.quarter).amounts().values())
        assert abs(one.fee(cost) - owed) <= 2
    assert [bool(one.fixed) for one in found] == [True, True, False, False, False, False]
    assert found[0].fee(cost) == M // 2
    assert found[3].fee(cost) == cost * 15 // 4000
    assert found[5].fee(cost) == 0


def test_what_is_paid_in_counts_as_it_stands(tx: Tx, played: Played) -> None:
    now = terms(tx, fund_id=played.fund_id, as_of=DAY)
    agreed = replace(now, fee_basis=FeeBasis.PAID_IN)
    facts = {"fund_id": played.fund_id, "effective_on": date(2026, 1, 1), "note": "base", "now": at(DAY)}
    amend_terms(tx, SYSTEM, terms=agreed, locked_through=None, **facts)
    [one] = fees_ahead(tx, fund_id=played.fund_id, as_of=DAY, quarters=1)
    owed = sum(due(tx, fund_id=played.fund_id, quarter=Quarter(2026, 1)).amounts().values())
    assert abs(one.fee(0) - owed) <= 2
