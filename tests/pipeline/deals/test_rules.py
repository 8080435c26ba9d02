"""The words of a deal: stages, requirements, ages, and what they make of a deal's facts."""

from datetime import UTC, datetime, timedelta

import pytest

from kernel.errors import Problem
from pipeline.deals.rules import (
    GATES,
    LIMIT_DAYS,
    ORDER,
    Age,
    Origin,
    Requirement,
    Stage,
    age,
    days_in_stage,
    is_forward,
    missing,
    money_is_in,
    possible_moves,
)
from tests.builders.deals import facts

AT = datetime(2026, 9, 1, 8, tzinfo=UTC)


def test_the_stages_come_in_the_order_of_the_work() -> None:
    assert [stage.value for stage in ORDER] == [
        "registered",
        "screening",
        "project_approval",
        "due_diligence",
        "committee",
        "closing",
        "held",
        "exited",
    ]


@pytest.mark.parametrize(
    ("stage", "moves"),
    [
        (Stage.REGISTERED, (Stage.SCREENING,)),
        (Stage.SCREENING, (Stage.REGISTERED, Stage.PROJECT_APPROVAL)),
        (Stage.CLOSING, (*ORDER[:5], Stage.HELD)),
        (Stage.HELD, (Stage.EXITED,)),
        (Stage.EXITED, ()),
    ],
)
def test_one_on_or_any_back_until_the_money_is_in(stage: Stage, moves: tuple[Stage, ...]) -> None:
    assert possible_moves(stage) == moves


def test_every_stage_after_screening_has_a_gate() -> None:
    assert set(GATES) == set(ORDER[2:])


def test_forward_and_money() -> None:
    assert is_forward(Stage.SCREENING, Stage.HELD)
    assert not is_forward(Stage.SCREENING, Stage.REGISTERED)
    assert [stage for stage in ORDER if money_is_in(stage)] == [Stage.HELD, Stage.EXITED]


@pytest.mark.parametrize(
    ("target", "changes", "wanted"),
    [
        (Stage.SCREENING, {"technology": "  "}, ["technology"]),
        (
            Stage.SCREENING,
            {"sector": "", "next_step": "", "next_step_on": None},
            ["sector", "next_step", "next_step_on"],
        ),
        (Stage.SCREENING, {"amount": None, "score": None}, []),
        (
            Stage.PROJECT_APPROVAL,
            {"amount": 0, "chain_position": None, "score": None},
            ["amount", "chain_position", "score"],
        ),
        (Stage.DUE_DILIGENCE, {"owner_id": None, "spinout_id": None}, ["owner_id", "spinout_id"]),
        (Stage.DUE_DILIGENCE, {"development_stage": "", "city": ""}, ["development_stage", "city"]),
        (Stage.COMMITTEE, {"pre_money": None, "instrument": "", "trl": None}, ["pre_money", "instrument"]),
        (Stage.COMMITTEE, {"origin": Origin.LABORATORY, "trl": None}, ["trl"]),
        (Stage.COMMITTEE, {"origin": Origin.RESEARCH_CENTRE, "achievement_id": None}, ["achievement_id"]),
        (Stage.EXITED, {"technology": "", "city": ""}, ["technology", "city"]),
        (Stage.HELD, {"rights_missing": (Problem("A07", "no notice"),)}, []),
        (
            Stage.HELD,
            {
                "rights_missing": (Problem("A07", "no notice"), Problem("A07", "no price")),
                "origin": Origin.LABORATORY,
            },
            ["A07", "A07"],
        ),
        (Stage.CLOSING, {"rights_missing": (Problem("A07", "no notice"),), "origin": Origin.LABORATORY}, []),
    ],
)
def test_what_is_missing_for_a_stage(target: Stage, changes: dict[str, object], wanted: list[str]) -> None:
    assert [problem.where for problem in missing(facts(**changes), target)] == wanted


def test_a_missing_right_is_said_in_its_own_words() -> None:
    found = missing(
        facts(rights_missing=(Problem("A07", "no public notice"),), origin=Origin.LABORATORY), Stage.HELD
    )
    assert str(found[0]) == "A07: no public notice"


def test_a_requirement_reads_blank_text_and_zero_as_missing() -> None:
    assert not Requirement("city", "").is_met(facts(city=" \n"))
    assert not Requirement("amount", "").is_met(facts(amount=0))
    assert Requirement("trl", "", university_only=True).is_met(facts(trl=None, origin=Origin.LP_CARVE_OUT))


def test_days_are_whole_and_never_negative() -> None:
    assert days_in_stage(AT, AT + timedelta(days=3, hours=23)) == 3
    assert days_in_stage(AT, AT - timedelta(days=3)) == 0


@pytest.mark.parametrize(
    ("stage", "days", "wanted"),
    [
        (Stage.SCREENING, 23, Age.FRESH),
        (Stage.SCREENING, 24, Age.SOON),
        (Stage.SCREENING, 30, Age.SOON),
        (Stage.SCREENING, 31, Age.LATE),
        (Stage.HELD, 3000, Age.FRESH),
    ],
)
def test_age_against_the_limit(stage: Stage, days: int, wanted: Age) -> None:
    assert age(stage, days) is wanted


def test_only_held_and_exited_have_no_limit() -> None:
    assert set(ORDER) - set(LIMIT_DAYS) == {Stage.HELD, Stage.EXITED}
