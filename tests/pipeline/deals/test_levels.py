"""Readiness has one source: a file takes the level that was assessed, and exposure and reports tell the same."""

import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from fund.holdings.queries import HoldingSheet, holding
from fund.valuations.actions import approve
from kernel.db import Tx
from lp_reports.gathering.background import background
from pipeline.deals.levels import Level, ReadinessDiffers, assessed_level, level_on, settled
from pipeline.deals.readiness import readiness_spread
from pipeline.deals.valued import hand_in, prepare
from tests.builders.channel import an_achievement, assessed
from tests.builders.deals import a_deal
from tests.builders.holdings import committed, held, the_analyst, the_manager
from tests.builders.valuations import MILLION, a_file
from tests.house.tree import TOP
from tests.scenes import Scene

EARLY, LATER, MARKED = date(2025, 1, 31), date(2025, 7, 31), date(2025, 3, 31)
SEVEN = Level(7, EARLY, "Institute", "report 12", "lance")


def test_a_file_takes_what_was_assessed_and_another_figure_is_refused() -> None:
    file = a_file()
    assert settled(file, None) is file
    told = settled(replace(file, readiness=7, readiness_source="typed"), SEVEN)
    assert (told.readiness, told.readiness_source) == (7, "lance · report 12 · Institute 2025-01-31")
    assert settled(file, SEVEN) == replace(told)
    with pytest.raises(ReadinessDiffers) as refused:
        settled(replace(file, readiness=8, readiness_source="typed"), SEVEN)
    assert (refused.value.facts["assessed"], refused.value.facts["said"]) == (7, 8)


@pytest.fixture
def company(tx: Tx, now: datetime) -> HoldingSheet:
    """Held since before 2025; its least ready critical element was at 5, and is at 7 since the end of July."""
    fund = committed(tx)
    made = an_achievement(tx, now=now)
    deal = a_deal(tx, fund_id=fund.fund_id, now=now, achievement_id=made.id)
    for on, levels in ((EARLY, {"alloy": 5, "lance": 7}), (LATER, {"alloy": 8})):
        assessed(tx, achievement_id=made.id, levels=levels, assessed_on=on, now=now)
    found = held(tx, fund.fund_id, cost=10 * MILLION, code="H01", deal_code=deal.code)
    return holding(tx, holding_id=found.id, as_of=MARKED)


def test_valuation_exposure_and_report_tell_the_level_of_the_day(
    tx: Tx, now: datetime, company: HoldingSheet
) -> None:
    facts = {"holding_id": company.id, "marked_on": MARKED, "value": 24 * MILLION, "now": now}
    with pytest.raises(ReadinessDiffers):
        prepare(tx, the_analyst(tx), file=a_file(readiness=6, readiness_source="experts"), **facts)
    made = prepare(tx, the_analyst(tx), file=a_file(), **facts)
    assert made.file.readiness == 5
    assert made.file.readiness_source.startswith("alloy")
    again = hand_in(tx, the_analyst(tx), mark_id=made.mark_id, file=a_file(assisted_by="a model"), now=now)
    assert again.file.readiness == 5
    approve(tx, the_manager(tx), mark_id=made.mark_id, now=now)
    for on, level in ((MARKED, 5), (LATER, 7)):
        told = level_on(tx, sheet=company, as_of=on)
        assert told is not None
        assert (told.level, told.is_assessed) == (level, True)
        spread = readiness_spread(tx, fund_id=company.fund_id, as_of=on)
        assert [one.level for one in spread.slices] == [level]
        assert background(tx, sheet=company, as_of=on).trl == level
    assert assessed_level(tx, sheet=company, as_of=date(2025, 1, 1)) is None
    assert level_on(tx, sheet=company, as_of=None) is None


def test_without_an_assessment_the_approved_file_tells_it(scene: Scene, now: datetime) -> None:
    tx, fund = scene(committed)
    found = held(tx, fund.fund_id, cost=30 * MILLION, code="H02")
    sheet = holding(tx, holding_id=found.id, as_of=MARKED)
    file = a_file(readiness=6, readiness_source="experts")
    facts = {"holding_id": found.id, "marked_on": MARKED, "value": 24 * MILLION, "now": now}
    made = prepare(tx, the_analyst(tx), file=file, **facts)
    assert level_on(tx, sheet=sheet, as_of=LATER) is None
    approve(tx, the_manager(tx), mark_id=made.mark_id, now=now)
    told = level_on(tx, sheet=sheet, as_of=LATER)
    assert told is not None
    assert (told.level, told.on, told.evidence, told.is_assessed) == (6, MARKED, "experts", False)
    assert background(tx, sheet=sheet, as_of=LATER).trl == 6
    assert level_on(tx, sheet=sheet, as_of=EARLY) is None


def test_nobody_at_the_roof_prepares_a_file_around_it() -> None:
    bare = re.compile(
        r"from fund\.valuations\.(actions|imports) import .*\b(prepare|hand_in|import_marks)\b"
        r"|\bactions\.(prepare|hand_in)\("
    )
    sources = [*(TOP / "app").rglob("valuation*.py"), *(TOP / "app/lists").glob("*.py")]
    sources += (TOP / "fixtures").glob("*.py")
    assert [path.name for path in sources if bare.search(Path(path).read_text(encoding="utf-8"))] == []
