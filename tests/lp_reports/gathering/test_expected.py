"""A report takes its partner's part of the estimate that was published, and says how that was made."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from fund.estimates.queries import EstimateSheet
from fund.estimates.rules import CallMethod, QuarterCalls
from fund.forecasts.calls import publish_estimate
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from lp_reports.edition import Language
from lp_reports.estimates import CallEstimate, CallRange
from lp_reports.facts import ExpectedCall
from lp_reports.gathering.expected import call_estimate, expected_calls
from tests.builders.archive import AFTER, QUARTER, an_archive, figures_of
from tests.builders.reports import sample_figures
from tests.lp_reports.test_compose import written
from tests.scenes import Scene

Q3, Q4, NEXT = Quarter(2026, 3), Quarter(2026, 4), Quarter(2027, 1)
AT = datetime(2026, 10, 20, 2, tzinfo=UTC)
SHEET = EstimateSheet(
    7,
    3,
    Q3,
    CallMethod.SIMULATION,
    2,
    9,
    "inside",
    "Lin",
    AT,
    (
        (1, QuarterCalls(Q4, 5, 10, 12, 18)),
        (2, QuarterCalls(Q4, 1, 1, 0, 4)),
        (1, QuarterCalls(NEXT, 0, 0, 0, 0)),
    ),
)


def test_only_the_own_part_of_quarters_to_come_is_told() -> None:
    facts = {"partner_id": 1, "quarter": Q3}
    assert expected_calls(SHEET, **facts) == (ExpectedCall("2026Q4", 5, 10),)
    ranges = (CallRange("2026Q4", 12, 18),)
    assert call_estimate(SHEET, **facts) == CallEstimate(
        3, "2026Q3", "simulation", date(2026, 10, 20), 2, 9, ranges
    )
    assert expected_calls(SHEET, partner_id=1, quarter=Q4) == ()
    for partner_id, quarter, sheet in ((1, NEXT, SHEET), (9, Q3, SHEET), (1, Q3, None)):
        assert call_estimate(sheet, partner_id=partner_id, quarter=quarter) is None
        assert expected_calls(sheet, partner_id=partner_id, quarter=quarter) == ()


def test_a_quarter_whose_median_is_nothing_is_told_with_its_range() -> None:
    unlikely = replace(SHEET, own=((1, QuarterCalls(Q4, 0, 0, 0, 9)),))
    assert expected_calls(unlikely, partner_id=1, quarter=Q3) == (ExpectedCall("2026Q4", 0, 0),)
    made = call_estimate(unlikely, partner_id=1, quarter=Q3)
    assert made is not None
    assert made.ranges == (CallRange("2026Q4", 0, 9),)


@pytest.mark.parametrize("language", Language)
def test_what_was_frozen_before_reads_as_before_and_the_new_names_its_method(language: Language) -> None:
    old = sample_figures()
    said = "no. 3" if language is Language.EN else "第 3 号缴款估计"
    assert said not in written(old, language)
    made = call_estimate(SHEET, partner_id=1, quarter=Q3)
    new = written(replace(old, estimate=made), language)
    assert said in new
    assert ("scenario 2 (seed 9)" if language is Language.EN else "情景 2 各次模拟的中位数") in new
    nothing = written(replace(old, estimate=made, expected=()), language)
    assert ("No call is expected" if language is Language.EN else "预计不缴款") in nothing


def test_figures_take_the_published_estimate_as_known_when_they_are_frozen(scene: Scene) -> None:
    tx, archive = scene(an_archive)
    asked = {"fund_id": archive.fund_id, "partner_id": archive.partners["LP01"]}
    none = figures_of(tx, **asked)
    assert (none.expected, none.estimate) == ((), None)
    made = {"method": CallMethod.TREND, "now": AFTER}
    found = publish_estimate(tx, SYSTEM, fund_id=archive.fund_id, quarter=QUARTER, **made)
    told = figures_of(tx, **asked)
    own = found.calls(partner_id=archive.partners["LP01"])
    assert [one.fee + one.investment for one in told.expected] == [one.total for one in own if one.total]
    assert told.estimate is not None
    assert (told.estimate.number, told.estimate.method) == (1, "trend")
