"""Dates as people write them."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.sheets.cells import Cell, Unreadable
from kernel.sheets.days import Day, Moment


@pytest.mark.parametrize(
    "written",
    [
        "2024-3-1",
        "2024-03-01",
        "2024/03/01",
        "2024.3.1",
        "2024年3月1日",
        "2024 年 3 月 1 日",
        "２０２４年３月１日",
        "20240301",
        20240301,
        20240301.0,
        45352,
        "45352",
        45352.75,
        "1 March 2024",
        "Mar 1, 2024",
        "01-Mar-2024",
        "2024-03-01 09:30:15",
        datetime.combine(date(2024, 3, 1), time(9, 30)),
        date(2024, 3, 1),
    ],
)
def test_one_day_in_many_forms(written: str | float | date) -> None:
    assert Day().read(Cell(written)) == date(2024, 3, 1)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("03/01/2024", "year first"),
        ("1.3.24", "year first"),
        ("2024-02-30", "does not exist"),
        ("20241301", "does not exist"),
        ("2024年3月", "not a date"),
        ("soon", "not a date"),
        ("99999", "not a date"),
        (12, "not a date"),
        (True, "not a date"),
        (time(9, 0), "not a date"),
        ("1 Foo 2024", "not a date"),
    ],
)
def test_doubtful_days_are_refused(written: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        Day().read(Cell(written))


@given(st.dates(min_value=date(1955, 1, 1), max_value=date(2099, 12, 31)))
def test_every_day_is_read_alike_in_each_form(day: date) -> None:
    forms: list[str | int] = [
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        day.strftime("%Y%m%d"),
        f"{day.year}/{day.month}/{day.day}",
        (day - date(1899, 12, 30)).days,
    ]
    assert {Day().read(Cell(form)) for form in forms} == {day}


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-01 14:30",
        "2024年3月1日 14时30分",
        "2024/3/1 14:30:00",
        datetime.combine(date(2024, 3, 1), time(14, 30)),
    ],
)
def test_moments_are_beijing_time_given_back_in_utc(written: str | datetime) -> None:
    assert Moment().read(Cell(written)) == datetime(2024, 3, 1, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize("written", ["2024-03-01", "2024-03-01 25:00", "5", "tomorrow 10:00"])
def test_what_is_no_moment_is_refused(written: str) -> None:
    with pytest.raises(Unreadable, match="not a date"):
        Moment().read(Cell(written))
