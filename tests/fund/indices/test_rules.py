from datetime import date
from fractions import Fraction

import pytest

from fund.indices.rules import (
    IndexOtherwiseKnown,
    IndexUnnamed,
    Level,
    LevelInFuture,
    LevelKnown,
    LevelNotPositive,
    LevelTooEarly,
    LevelTooHigh,
    check_name,
    fault,
)

TODAY = date(2026, 9, 30)
KNOWN = {date(2026, 9, 29): Fraction("1000.5")}


@pytest.mark.parametrize(
    ("level", "refusal", "says"),
    [
        (Level(date(2026, 10, 1), Fraction(1)), LevelInFuture, "is of 2026-10-01, which is still to come"),
        (Level(date(1800, 1, 1), Fraction(1)), LevelTooEarly, "kept from 1900-01-01 on"),
        (Level(TODAY, Fraction(10**20)), LevelTooHigh, "no index stands as high"),
        (Level(TODAY, Fraction(0)), LevelNotPositive, "of 2026-09-30 is 0; expected more"),
        (Level(TODAY, Fraction(-5, 2)), LevelNotPositive, "is -2.5; expected more"),
        (Level(date(2026, 9, 29), Fraction(1001)), LevelKnown, "of 2026-09-29 is on record as 1000.5;"),
    ],
)
def test_a_level_that_cannot_be_put_on_record(level: Level, refusal: type, says: str) -> None:
    found = fault(level, known=KNOWN, today=TODAY)
    assert isinstance(found, refusal)
    assert says in found.sentence()


@pytest.mark.parametrize(
    "level",
    [
        Level(TODAY, Fraction(1, 3)),
        Level(date(2026, 9, 29), Fraction("1000.5")),
        Level(date(2026, 9, 29), Fraction(1001), corrects=True),
    ],
)
def test_a_new_one_the_same_one_and_a_correction_can(level: Level) -> None:
    assert fault(level, known=KNOWN, today=TODAY) is None


def test_an_index_has_one_name() -> None:
    check_name(code="T", name="科技", known=None)
    check_name(code="T", name="科技", known="科技")
    check_name(code="T", name="", known="科技")
    with pytest.raises(IndexUnnamed, match="Index T is new; say its name"):
        check_name(code="T", name="", known=None)
    with pytest.raises(IndexOtherwiseKnown, match="on record as “科技”, not “消费”"):
        check_name(code="T", name="消费", known="科技")
