"""Readiness, demands, achievements and decisions on matches, as rules."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Refusal
from pipeline.channel.edits import ACHIEVEMENT, DEMAND, ChangesInvalid, check_changes
from pipeline.channel.rules import (
    AchievementInvalid,
    AchievementState,
    AlreadyDecided,
    Assessment,
    AssessmentInvalid,
    DemandClosed,
    DemandInvalid,
    DemandState,
    MatchState,
    ReasonMissing,
    Scale,
    Spec,
    StaleVersion,
    StateIllegal,
    Urgency,
    blank,
    check_achievement,
    check_assessment,
    check_decision,
    check_demand,
    check_open,
    check_state,
    check_version,
    latest,
    project_level,
)

DAY = date(2026, 6, 1)


def one(element: str, level: int, *, on: date = DAY, number: int = 1, scale: Scale = Scale.TRL) -> Assessment:
    return Assessment(element, True, scale, level, on, number)


def test_the_newest_assessment_counts_by_day_then_by_writing() -> None:
    old, new = one("alloy", 4, number=9), one("alloy", 6, on=date(2026, 7, 1), number=2)
    assert latest([new, old])["alloy", Scale.TRL] is new
    corrected = one("alloy", 5, on=date(2026, 7, 1), number=3)
    assert latest([corrected, new])["alloy", Scale.TRL] is corrected


def test_the_project_is_as_ready_as_its_least_ready_critical_element() -> None:
    elements = {"alloy": True, "lance": True, "packaging": False}
    found = [one("alloy", 7), one("lance", 5), one("packaging", 2), one("lance", 3, scale=Scale.MRL)]
    assert project_level(elements, found, Scale.TRL) == 5
    assert project_level(elements, found, Scale.MRL) is None


def test_nothing_is_assumed_of_what_was_never_assessed() -> None:
    assert project_level({"alloy": True, "lance": True}, [one("alloy", 7)], Scale.TRL) is None
    assert project_level({"packaging": False}, [one("packaging", 7)], Scale.TRL) is None
    assert project_level({}, [], Scale.TRL) is None


@given(st.dictionaries(st.text(min_size=1), st.integers(1, 9), min_size=1))
def test_the_level_is_one_of_the_levels_and_none_is_lower(levels: dict[str, int]) -> None:
    found = [one(name, level) for name, level in levels.items()]
    level = project_level(dict.fromkeys(levels, True), found, Scale.TRL)
    assert level == min(levels.values())


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, []),
        ({"level": 0}, ["level"]),
        ({"level": 10}, ["level"]),
        ({"level": 10, "scale": Scale.MRL}, []),
        ({"level": 11, "scale": Scale.MRL}, ["level"]),
        ({"evidence": " "}, ["evidence"]),
        ({"assessor": "", "assessed_on": date(2026, 6, 2)}, ["assessor", "assessed_on"]),
    ],
)
def test_an_assessment_needs_level_evidence_assessor_and_a_past_day(
    changes: dict[str, object], wanted: list[str]
) -> None:
    facts: dict[str, object] = {
        "scale": Scale.TRL,
        "level": 6,
        "evidence": "r.pdf",
        "assessor": "X",
        "assessed_on": DAY,
        "today": DAY,
    }
    if not wanted:
        check_assessment(**(facts | changes))
        return
    with pytest.raises(AssessmentInvalid) as refused:
        check_assessment(**(facts | changes))
    assert [problem.where for problem in refused.value.problems] == wanted


def test_a_level_off_its_scale_is_said_plainly() -> None:
    with pytest.raises(AssessmentInvalid, match="TRL 12 does not exist; expected 1 to 9"):
        check_assessment(scale=Scale.TRL, level=12, evidence="x", assessor="y", assessed_on=DAY, today=DAY)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, []),
        ({"title": "", "problem": " ", "sector": ""}, ["title", "problem", "sector"]),
        ({"wanted_trl": 0}, ["wanted_trl"]),
        ({"wanted_trl": None, "budget": None}, []),
        ({"budget": -1}, ["budget"]),
        (
            {"specs": [Spec("strength", "80", "MPa"), Spec("", "80", ""), Spec("x", " ", "")]},
            ["specification 2", "specification 3"],
        ),
    ],
)
def test_a_demand(changes: dict[str, object], wanted: list[str]) -> None:
    facts: dict[str, object] = {
        "title": "t",
        "problem": "p",
        "sector": "s",
        "wanted_trl": 6,
        "budget": 1,
        "specs": [],
    }
    if not wanted:
        check_demand(**(facts | changes))
        return
    with pytest.raises(DemandInvalid) as refused:
        check_demand(**(facts | changes))
    assert [problem.where for problem in refused.value.problems] == wanted


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, []),
        ({"title_zh": " "}, []),
        ({"title_zh": " ", "title_en": ""}, ["title"]),
        ({"sector": "", "discipline": ""}, ["sector", "discipline"]),
        ({"cost": -1}, ["cost"]),
        ({"cost": 0}, []),
    ],
)
def test_an_achievement(changes: dict[str, object], wanted: list[str]) -> None:
    facts: dict[str, object] = {
        "title_zh": "合金",
        "title_en": "Alloy",
        "sector": "s",
        "discipline": "d",
        "cost": None,
    }
    if not wanted:
        check_achievement(**(facts | changes))
        return
    with pytest.raises(AchievementInvalid) as refused:
        check_achievement(**(facts | changes))
    assert [problem.where for problem in refused.value.problems] == wanted


def test_an_achievement_wakes_step_by_step() -> None:
    check_state(AchievementState.SLEEPING, AchievementState.ACTIVE)
    check_state(AchievementState.IN_TRANSFORMATION, AchievementState.TRANSFORMED)
    for source, target in (
        (AchievementState.SLEEPING, AchievementState.TRANSFORMED),
        (AchievementState.TRANSFORMED, AchievementState.ACTIVE),
    ):
        with pytest.raises(StateIllegal):
            check_state(source, target)


def test_only_open_demands_are_touched() -> None:
    check_open("N-1", DemandState.OPEN)
    with pytest.raises(DemandClosed, match="answered"):
        check_open("N-1", DemandState.ANSWERED)


def test_a_match_is_decided_once_and_with_a_reason() -> None:
    check_decision("m", MatchState.PROPOSED, MatchState.ACCEPTED, "fits the lance")
    refusals: list[tuple[type[Refusal], MatchState, str]] = [
        (AlreadyDecided, MatchState.REJECTED, "x"),
        (ReasonMissing, MatchState.PROPOSED, " "),
    ]
    for refusal, state, reason in refusals:
        with pytest.raises(refusal):
            check_decision("m", state, MatchState.ACCEPTED, reason)


def test_versions_and_blanks() -> None:
    check_version("N-1", yours=2, current=2)
    with pytest.raises(StaleVersion):
        check_version("N-1", yours=1, current=2)
    assert [problem.where for problem in blank(a=" ", b="x")] == ["a"]


def test_changes_are_of_their_kind() -> None:
    check_changes({"urgency": Urgency.HIGH, "budget": None, "specification": ()}, DEMAND)
    check_changes({"available_on": DAY}, ACHIEVEMENT)
    with pytest.raises(ChangesInvalid) as refused:
        check_changes({"urgency": "soon", "code": "N-2", "wanted_trl": "6"}, DEMAND)
    assert [problem.where for problem in refused.value.problems] == ["urgency", "code", "wanted_trl"]
