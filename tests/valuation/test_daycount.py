from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuation.daycount import DayCount, year_fraction

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("daycount", "years"),
    [
        (DayCount.ACT_365F, 182 / 365),
        (DayCount.ACT_360, 182 / 360),
        (DayCount.ACT_ACT_ISDA, 61 / 365 + 121 / 366),
        (DayCount.THIRTY_360_ISDA, 0.5),
        (DayCount.THIRTY_E_360, 0.5),
    ],
)
def test_the_example_of_the_isda_memorandum(daycount: DayCount, years: float) -> None:
    """ISDA, "EMU and market conventions", 1998: 1 November 2003 to 1 May 2004, with actual/actual 0.497724380567."""
    assert year_fraction(date(2003, 11, 1), date(2004, 5, 1), daycount) == pytest.approx(years, abs=1e-15)


@pytest.mark.parametrize(
    ("start", "end", "isda", "european"),
    [
        (date(2026, 1, 31), date(2026, 3, 31), 60, 60),
        (date(2026, 1, 30), date(2026, 3, 31), 60, 60),
        (date(2026, 1, 15), date(2026, 3, 31), 76, 75),
        (date(2026, 1, 31), date(2026, 2, 28), 28, 28),
        (date(2024, 2, 29), date(2025, 2, 28), 359, 359),
    ],
)
def test_months_of_thirty_days(start: date, end: date, isda: int, european: int) -> None:
    assert year_fraction(start, end, DayCount.THIRTY_360_ISDA) == isda / 360
    assert year_fraction(start, end, DayCount.THIRTY_E_360) == european / 360


def test_actual_actual_over_whole_years_counts_years() -> None:
    assert year_fraction(date(2019, 3, 1), date(2025, 3, 1), DayCount.ACT_ACT_ISDA) == pytest.approx(
        6, abs=1e-3
    )
    assert year_fraction(date(2019, 1, 1), date(2025, 1, 1), DayCount.ACT_ACT_ISDA) == 6


@given(DAYS, DAYS, st.sampled_from(DayCount))
def test_swapping_the_ends_changes_the_sign(start: date, end: date, daycount: DayCount) -> None:
    assert year_fraction(start, end, daycount) == -year_fraction(end, start, daycount)


@given(DAYS, DAYS, DAYS, st.sampled_from(DayCount))
def test_a_later_end_is_never_nearer(start: date, one: date, other: date, daycount: DayCount) -> None:
    sooner, later = sorted([max(one, start), max(other, start)])
    assert year_fraction(start, sooner, daycount) <= year_fraction(start, later, daycount)
