"""The portfolio by technology readiness sums to what is held, under the levels known on the day."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from fund.holdings.queries import holdings
from fund.results.rules import FundFiguresClosed
from fund.valuations.actions import approve, prepare
from kernel.db import introduce
from kernel.identity.rules import Actor, Role
from kernel.periods import Quarter
from pipeline.deals.readiness import readiness_history, readiness_spread
from tests.builders.channel import an_achievement, assessed
from tests.builders.deals import a_deal
from tests.builders.holdings import committed, held, the_analyst, the_manager
from tests.builders.valuations import MILLION, a_file
from tests.scenes import Scene

END, DAY = date(2025, 9, 30), timedelta(1)
EARLY, LATER, MARKED = date(2025, 1, 31), date(2025, 7, 31), date(2025, 3, 31)


def test_levels_are_those_of_the_day_and_sum_to_what_is_held(scene: Scene, now: datetime) -> None:
    tx, fund = scene(committed)
    made = an_achievement(tx, now=now)
    deal = a_deal(tx, fund_id=fund.fund_id, now=now, achievement_id=made.id)
    held(tx, fund.fund_id, cost=10 * MILLION, code="H01", deal_code=deal.code)
    second = held(tx, fund.fund_id, cost=30 * MILLION, code="H02", name_zh="智造装备有限公司")
    for on, levels in ((EARLY, {"alloy": 5, "lance": 7}), (LATER, {"alloy": 8})):
        assessed(tx, achievement_id=made.id, levels=levels, assessed_on=on, now=now)
    before = readiness_spread(tx, fund_id=fund.fund_id, as_of=EARLY)
    # The least ready critical element counts; of the other company nothing is known yet.
    assert [(one.level, one.cost) for one in before.slices] == [(5, 10 * MILLION), (None, 30 * MILLION)]
    assert [one.share for one in before.slices] == [Fraction(1, 4), Fraction(3, 4)]
    assert before.concentration == 25**2 + 75**2
    file = a_file(24 * MILLION, readiness=6, readiness_source="experts")
    handed = prepare(
        tx, the_analyst(tx), holding_id=second.id, marked_on=MARKED, value=24 * MILLION, file=file, now=now
    )
    drafted = readiness_spread(tx, fund_id=fund.fund_id, as_of=LATER)
    assert [one.level for one in drafted.slices] == [7, None]
    approve(tx, the_manager(tx), mark_id=handed.mark_id, now=now)
    after = readiness_spread(tx, fund_id=fund.fund_id, as_of=LATER)
    assert [(one.level, one.value) for one in after.slices] == [(7, 10 * MILLION), (6, 24 * MILLION)]
    whole = holdings(tx, fund_id=fund.fund_id, as_of=LATER)
    past = readiness_history(tx, fund_id=fund.fund_id, through=Quarter(2025, 3))
    by_quarter = {str(one.quarter): [part.level for part in one.spread.slices] for one in past}
    assert (by_quarter["2025Q1"], by_quarter["2025Q2"], by_quarter["2025Q3"]) == ([6, 5], [6, 5], [7, 6])
    assert past[-1].spread == replace(readiness_spread(tx, fund_id=fund.fund_id, as_of=END), as_of=END)
    unknown = readiness_history(tx, fund_id=fund.fund_id, through=Quarter(2025, 3), known_at=now - DAY)
    assert {part.level for one in unknown for part in one.spread.slices} <= {None}
    assert sum(one.value for one in after.slices) == sum(one.value for one in whole)
    assert sum(one.cost for one in after.slices) == sum(one.cost for one in whole)
    assert sum(one.share for one in after.slices) == 1


def test_nothing_held_has_no_shares_and_a_part_is_not_the_whole(scene: Scene) -> None:
    tx, fund = scene(committed)
    assert readiness_spread(tx, fund_id=fund.fund_id, as_of=LATER).slices == ()
    own = frozenset({fund.partners["LP01"]})
    introduce(tx, Actor(7, "Partner", frozenset({Role.LP_USER}), partner_ids=own))
    with pytest.raises(FundFiguresClosed):
        readiness_spread(tx, fund_id=fund.fund_id, as_of=LATER)
