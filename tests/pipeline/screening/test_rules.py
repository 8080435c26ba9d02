"""Cards, points, totals: exact, with knock-outs and spread."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.screening.rules import (
    Audience,
    CardInvalid,
    Criterion,
    KnockOut,
    ScoresInvalid,
    Share,
    Sheet,
    check_card,
    check_points,
    conclude,
    knock_outs,
    mean,
    sheet_total,
    shown,
)
from tests.builders.screening import CARD, FUND_POINTS, RIVAL_POINTS, SCIENCE_POINTS, STEEL_POINTS, card

FUND = Sheet(1, Audience.FUND, None, FUND_POINTS)
SCIENCE = Sheet(2, Audience.UNIVERSITY, None, SCIENCE_POINTS)
STEEL = Sheet(3, Audience.ENTERPRISE, 11, STEEL_POINTS)
RIVAL = Sheet(4, Audience.ENTERPRISE, 12, RIVAL_POINTS)


def test_the_usual_card_is_sound() -> None:
    check_card(CARD)


def changed(which: str, **facts: object) -> tuple[Criterion, ...]:
    return tuple(replace(one, **facts) if one.key == which else one for one in CARD.criteria)


@pytest.mark.parametrize(
    ("facts", "places"),
    [
        ({"shares": {Audience.FUND: Share(Fraction(1), True)}}, {"science", "site", "volume"}),
        ({"shares": {**CARD.shares, Audience.FUND: Share(Fraction(1, 2), True)}}, {"audiences"}),
        (
            {
                "shares": {
                    **CARD.shares,
                    Audience.FUND: Share(Fraction(7, 10), True),
                    Audience.UNIVERSITY: Share(Fraction(0), True),
                }
            },
            {"university"},
        ),
        ({"criteria": changed("team", weight=Fraction(1, 2))}, {"fund"}),
        ({"criteria": changed("science", key=" ")}, {" "}),
        ({"criteria": changed("volume", key="site")}, {"site"}),
        ({"criteria": changed("team", weight=Fraction(0))}, {"team", "fund"}),
        ({"criteria": changed("team", top=0)}, {"team"}),
        ({"criteria": changed("science", minimum=11)}, {"science"}),
        ({"criteria": changed("science", minimum=0)}, {"science"}),
        ({"pass_mark": Fraction(101)}, {"marks"}),
        ({"pass_mark": Fraction(-1)}, {"marks"}),
        ({"spread_limit": Fraction(0)}, {"marks"}),
        ({"spread_limit": Fraction(101)}, {"marks"}),
    ],
)
def test_an_unsound_card_names_its_faults(facts: dict[str, object], places: set[str]) -> None:
    with pytest.raises(CardInvalid) as refused:
        check_card(card(**facts))
    assert {problem.where for problem in refused.value.problems} == places


@pytest.mark.parametrize(
    ("points", "places"),
    [
        ({"team": 5}, {"finance"}),
        ({"team": 6, "finance": -1}, {"team", "finance"}),
        ({"team": True, "finance": 1}, {"team"}),
        ({"team": 1, "finance": 1, "science": 10}, {"science"}),
    ],
)
def test_points_are_whole_complete_and_ones_own(points: dict[str, int], places: set[str]) -> None:
    with pytest.raises(ScoresInvalid) as refused:
        check_points(CARD, Audience.FUND, points)
    assert {problem.where for problem in refused.value.problems} == places


def test_good_points_pass() -> None:
    check_points(CARD, Audience.FUND, {"team": 0, "finance": 5})


def test_a_sheet_is_exact() -> None:
    assert sheet_total(CARD, FUND) == 100 * (
        Fraction(2, 3) * Fraction(4, 5) + Fraction(1, 3) * Fraction(3, 5)
    )
    assert sheet_total(CARD, FUND) == Fraction(220, 3)


def test_the_total_weighs_the_audiences() -> None:
    result = conclude(CARD, [FUND, SCIENCE, STEEL, RIVAL])
    assert result.by_audience == {
        Audience.FUND: Fraction(220, 3),
        Audience.UNIVERSITY: 90,
        Audience.ENTERPRISE: 70,
    }
    assert result.total == Fraction(2, 5) * Fraction(220, 3) + Fraction(3, 10) * 90 + Fraction(3, 10) * 70
    assert (result.spread, result.is_spread_wide, result.passes) == (40, True, True)


def test_two_experts_of_one_enterprise_do_not_outvote_another() -> None:
    second = replace(STEEL, scorer=5)
    result = conclude(CARD, [FUND, SCIENCE, STEEL, second, RIVAL])
    assert result.by_audience[Audience.ENTERPRISE] == 70


def test_two_analysts_each_have_a_voice() -> None:
    zero = Sheet(9, Audience.FUND, None, {"team": 0, "finance": 0})
    assert conclude(CARD, [FUND, zero, SCIENCE]).by_audience[Audience.FUND] == Fraction(110, 3)


def test_the_weight_of_an_absent_optional_audience_is_shared() -> None:
    result = conclude(CARD, [FUND, SCIENCE])
    assert Audience.ENTERPRISE not in result.by_audience
    assert result.total == (Fraction(2, 5) * Fraction(220, 3) + Fraction(3, 10) * 90) / Fraction(7, 10)


def test_a_knock_out_fails_whatever_the_total() -> None:
    low = replace(SCIENCE, points={"science": 3})
    full = replace(FUND, points={"team": 5, "finance": 5})
    result = conclude(card(pass_mark=Fraction(0)), [full, low])
    assert result.knock_outs == (KnockOut("science", 2, 3, 4),)
    assert not result.passes
    assert knock_outs(CARD, replace(SCIENCE, points={"science": 4})) == []


def test_the_pass_mark_itself_passes() -> None:
    half = Sheet(1, Audience.FUND, None, {"team": 3, "finance": 3})
    assert conclude(CARD, [half]).total == 60
    assert conclude(CARD, [half]).passes
    assert not conclude(card(pass_mark=Fraction(60_001, 1000)), [half]).passes


def test_the_spread_limit_itself_is_not_wide() -> None:
    sheets = [
        Sheet(1, Audience.FUND, None, {"team": 5, "finance": 5}),
        Sheet(2, Audience.UNIVERSITY, None, {"science": 7}),
    ]
    assert not conclude(CARD, sheets).is_spread_wide
    assert conclude(card(spread_limit=Fraction(29)), sheets).is_spread_wide


def test_one_sheet_has_no_spread() -> None:
    assert conclude(CARD, [FUND]).spread == 0


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=6), st.integers(0, 10))
def test_the_total_lies_between_the_lowest_and_the_highest_sheet(
    points: list[tuple[int, int]], science: int
) -> None:
    sheets = [
        Sheet(number, Audience.FUND, None, {"team": team, "finance": finance})
        for number, (team, finance) in enumerate(points)
    ]
    sheets.append(Sheet(99, Audience.UNIVERSITY, None, {"science": science}))
    result = conclude(CARD, sheets)
    totals = [sheet_total(CARD, sheet) for sheet in sheets]
    assert min(totals) <= result.total <= max(totals)
    assert result.spread == max(totals) - min(totals)


def test_means_and_what_is_shown() -> None:
    assert mean([Fraction(1), Fraction(2)]) == Fraction(3, 2)
    assert shown(Fraction(220, 3)) == "73.33"
    assert shown(Fraction(100)) == "100.00"
