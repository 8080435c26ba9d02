from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from app.languages import CHINESE, Language, sentence
from fund.valuations.calibration import CalibrationInvalid, CalibrationKind, Facts, implied
from fund.valuations.class_values import RightsIncomplete, RightsInvalid, RightsTooMany, found
from fund.valuations.file import MOST_CLASSES, ClassTerms, RightsMethod
from tests.builders.valuations import MILLION, OPTION, SCENARIOS


def test_option_pricing_of_the_worked_table() -> None:
    """docs/valuation.md: common 30,830,540, A 11,166,284, B 18,003,175 of 60m; the fund holds half of B."""
    worked = found(OPTION, ())
    assert {name: value // 100 for name, value in worked.values.items()} == {
        "common": 30_830_540,
        "A": 11_166_284,
        "B": 18_003_175,
    }
    assert worked.held == pytest.approx(worked.values["B"] / 2, abs=1)
    assert [(step.above // MILLION, step.up_to and step.up_to // MILLION) for step in worked.steps] == [
        (0, 10),
        (10, 15),
        (15, 35),
        (35, 110),
        (110, 150),
        (150, None),
    ]
    assert sum(step.worth or 0 for step in worked.steps) == pytest.approx(60 * MILLION, abs=6)
    assert worked.steps[2].parts == {"common": 0.75, "A": 0.0, "B": 0.25}
    assert worked.steps[0].happens == (("B", "preference"),)


def test_backsolve_keeps_the_equity_value_and_how_far_the_price_tells_it() -> None:
    """The worked example: B at 5.00 makes an equity value of 21,366,911."""
    worked = found(
        replace(OPTION, method=RightsMethod.BACKSOLVE, equity=None, priced="B", price=Fraction(500)), ()
    )
    assert worked.equity is not None
    assert round(worked.equity / 100) == 21_366_911
    assert worked.per_share["B"] == "500.000000"
    assert float(worked.elasticity or 0) > 0.5


def test_the_other_methods() -> None:
    scenarios = found(replace(OPTION, method=RightsMethod.PROBABILITY_WEIGHTED), SCENARIOS)
    assert scenarios.values["common"] == 15_590_400_00
    assert all(step.worth is None for step in scenarios.steps)
    sold = found(replace(OPTION, method=RightsMethod.CURRENT_VALUE, equity=35 * MILLION), ())
    assert sold.values == {"common": 15 * MILLION, "A": 5 * MILLION, "B": 15 * MILLION}
    diluted = found(replace(OPTION, method=RightsMethod.FULLY_DILUTED, equity=100 * MILLION), ())
    assert diluted.held == 10 * MILLION


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"held": "C"}, "a line for the class"),
        ({"held_shares": Fraction(0)}, "more than none"),
        ({"held_shares": Fraction(2_000_001)}, "at most those of its class"),
        ({"equity": None}, "the value of all classes"),
        ({"volatility": None}, "a volatility"),
        ({"years": None}, "the years"),
        ({"rate": None}, "a risk-free rate"),
        ({"method": RightsMethod.PROBABILITY_WEIGHTED}, "scenarios"),
        ({"method": RightsMethod.BACKSOLVE, "priced": "B"}, "the price of a share"),
    ],
)
def test_what_is_missing_is_named(facts: dict[str, Any], says: str) -> None:
    with pytest.raises(RightsIncomplete, match=says):
        found(replace(OPTION, **facts), ())


def test_what_cannot_be_computed_is_refused_in_its_own_words() -> None:
    with pytest.raises(RightsInvalid, match="volatility is 0; expected more than 0"):
        found(replace(OPTION, volatility=Fraction(0)), ())
    many = tuple(ClassTerms(f"c{n}", Fraction(1)) for n in range(MOST_CLASSES + 1))
    with pytest.raises(RightsTooMany, match="a file values at most 50"):
        found(replace(OPTION, classes=many), ())
    twice = (*OPTION.classes, ClassTerms("B", Fraction(1)))
    with pytest.raises(RightsInvalid, match="two classes have the same name, B"):
        found(replace(OPTION, classes=twice), ())


@pytest.mark.parametrize(
    ("kind", "facts", "parameter"),
    [
        (CalibrationKind.MULTIPLE, Facts(price=200 * MILLION, metric=60 * MILLION), Fraction("3.33333333")),
        (CalibrationKind.PROBABILITY, Facts(price=20 * MILLION, proceeds=80 * MILLION), Fraction("0.25")),
        # 20m grows to 60 % of 100m in three years: (60 / 20) ^ (1 / 3) - 1.
        (
            CalibrationKind.RATE,
            Facts(20 * MILLION, 0, 100 * MILLION, Fraction(3), Fraction(60, 100)),
            Fraction("0.44224957"),
        ),
        (
            CalibrationKind.EQUITY,
            Facts(rights=replace(OPTION, method=RightsMethod.BACKSOLVE, priced="B", price=Fraction(500))),
            Fraction(21_366_910_79),
        ),
    ],
)
def test_a_round_implies_its_parameter(kind: CalibrationKind, facts: Facts, parameter: Fraction) -> None:
    assert implied(kind, facts) == parameter


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (CalibrationKind.MULTIPLE, Facts(price=0, metric=1)),
        (CalibrationKind.MULTIPLE, Facts(price=1, metric=0)),
        (CalibrationKind.PROBABILITY, Facts(price=1, proceeds=0)),
        (CalibrationKind.PROBABILITY, Facts(price=2, proceeds=1)),
        (CalibrationKind.RATE, Facts(price=1, proceeds=2)),
        (CalibrationKind.RATE, Facts(1, 0, 2, Fraction(51))),
        (CalibrationKind.RATE, Facts(1, 0, 2, Fraction(1), Fraction(2))),
        # Less than a day: the root has more digits than any number may have.
        (CalibrationKind.RATE, Facts(1_00, 0, 5_00, Fraction(1, 999_999_999))),
        (CalibrationKind.RATE, Facts(1_00, 0, 5_00, Fraction(1, 500))),
        (CalibrationKind.RATE, Facts(10**18, 0, 1, Fraction(1, 366), Fraction(1, 10**9))),
        (CalibrationKind.EQUITY, Facts(price=1)),
    ],
)
def test_a_round_that_tells_nothing_is_refused(kind: CalibrationKind, facts: Facts) -> None:
    with pytest.raises(CalibrationInvalid):
        implied(kind, facts)


def test_an_implied_rate_has_a_bound() -> None:
    assert implied(CalibrationKind.RATE, Facts(1_00, 0, 101_00, Fraction(1))) == 100
    with pytest.raises(CalibrationInvalid, match="above 10,000 % a year"):
        implied(CalibrationKind.RATE, Facts(1_00, 0, 101_01, Fraction(1)))
    with pytest.raises(CalibrationInvalid, match="above 10,000 % a year"):
        implied(CalibrationKind.RATE, Facts(1_00, 0, 5_00, Fraction(1, 366)))
    with pytest.raises(CalibrationInvalid, match="between a day and 50 years"):
        implied(CalibrationKind.RATE, Facts(1_00, 0, 1_01, Fraction(1, 367)))


@pytest.mark.parametrize(
    ("changed", "chinese"),
    [
        ({"equity": 0}, "全部权益的价值为 0，应大于 0"),
        ({"volatility": Fraction(0)}, "波动率为 0，应大于 0"),
        ({"classes": (ClassTerms("common", Fraction(10)),) * 2, "held": "common"}, "两个类别同名（common）"),
        (
            {"classes": (ClassTerms("B", Fraction(10), 5, cap_multiple=Fraction(2)),), "held": "B"},
            "B 设有参与上限，但并不参与分配",
        ),
        (
            {"classes": (ClassTerms("B", Fraction(10), -5),), "held": "B"},
            "B 的投资额为 -5，应不小于 0",
        ),
    ],
)
def test_what_cannot_be_computed_is_said_in_both_languages(changed: dict[str, Any], chinese: str) -> None:
    rights = replace(OPTION, held_shares=Fraction(1), **changed)
    with pytest.raises(RightsInvalid) as refused:
        found(rights, ())
    assert chinese in sentence(Language.ZH, refused.value)
    english = sentence(Language.EN, refused.value)
    assert english == str(refused.value)
    assert not CHINESE.search(english)
