from datetime import date

import pytest

from fund.charter.life import DayOutsideFund, Life, check_days, life_of

LIFE = Life(date(2022, 1, 1), date(2037, 12, 31))


def test_a_life_is_told_in_whole_years() -> None:
    assert life_of(first_close_on=date(2024, 1, 15), term_ends_on=date(2032, 1, 15)) == LIFE
    assert life_of(first_close_on=date.min, term_ends_on=date.max) == Life(date.min, date.max)


def test_days_outside_are_named_by_their_fields() -> None:
    check_days(LIFE, effective_on=LIFE.first, consented_on=LIFE.last)
    with pytest.raises(DayOutsideFund) as refused:
        check_days(LIFE, effective_on=date(9999, 12, 31), consented_on=date(1900, 1, 1), on=date(2024, 1, 1))
    assert [one.where for one in refused.value.problems] == ["effective_on", "consented_on"]
    assert "2022-01-01 to 2037-12-31" in str(refused.value)
