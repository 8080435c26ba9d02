"""The return of a stretch: what is counted into it, when it is annual, and why it has none."""

from collections.abc import Sequence
from datetime import date

import pytest

from fund.results.progress_rules import Move
from fund.results.rules import Flow
from fund.results.stretch_rules import Lack, Run, Span, Stretch, halves, quarters, ranges, told, years
from kernel.periods import Quarter
from valuation.irr import RateStatus, xirr

FIRST, LAST = date(2024, 3, 15), Quarter(2025, 4)
EVE, END = date(2024, 12, 31), date(2025, 12, 31)
YEAR = Stretch(Span.YEAR, date(2025, 1, 1), END)


def moved(on: date, amount: int, reference: str = "", **more: object) -> Move:
    return Move(Flow(on, amount, "contribution" if amount < 0 else "distribution", reference), None, **more)


def run(moves: Sequence[Move], values: dict[str, int]) -> Run:
    """A run of which nothing was taken back by now."""
    whole = [move.flow for move in moves if move.until is None]
    return Run(halves(moves), {Quarter.parse(code): value for code, value in values.items()}, whole)


def test_which_stretches_there_are() -> None:
    asked = {one.span: one for one in ranges(Quarter(2026, 3), first=FIRST)}
    assert list(asked) == [span for span in Span if span is not Span.YEAR]
    assert {one.ends_on for one in asked.values()} == {date(2026, 9, 30)}
    assert asked[Span.YEAR_TO_DATE].starts_on == date(2026, 1, 1)
    assert asked[Span.ONE_YEAR].starts_on == date(2025, 10, 1)
    assert asked[Span.FIVE_YEARS].starts_on == date(2021, 10, 1)
    assert [one.starts_on.year for one in years(Quarter(2026, 3), first=FIRST)] == [2025, 2024]
    assert [one.ends_on for one in quarters(Quarter(2024, 3), first=FIRST)] == [
        date(2024, 9, 30),
        date(2024, 6, 30),
        date(2024, 3, 31),
    ]


def test_a_year_is_annual_and_what_is_shorter_is_not_annualised() -> None:
    found = run([moved(FIRST, -100)], {"2024Q4": 100, "2025Q3": 110, "2025Q4": 121})
    year = told(found, YEAR)
    assert (year.opening, year.closing, year.gain, year.is_annual, year.why) == (100, 121, 21, True, None)
    assert year.rate == pytest.approx(0.21, abs=1e-12)
    quarter = told(found, Stretch(Span.QUARTER, date(2025, 10, 1), END))
    assert not quarter.is_annual
    assert quarter.rate == pytest.approx(0.1, abs=1e-12)
    assert quarter.irr == xirr([date(2025, 9, 30), END], [-110, 121])


def test_money_within_weighs_by_its_days() -> None:
    moves = [moved(FIRST, -100), moved(date(2025, 4, 1), -50, "C2"), moved(date(2025, 10, 1), 30, "D1")]
    found = told(run(moves, {"2024Q4": 100, "2025Q4": 140}), YEAR)
    assert (found.put_in, found.received, found.gain) == (50, 30, 20)
    days = [EVE, date(2025, 4, 1), date(2025, 10, 1), END]
    assert found.rate == xirr(days, [-100, -50, 30, 140]).value
    assert [flow.reference for flow in found.flows] == [None, "C2", "D1", None]
    assert found.multiple == pytest.approx(170 / 150)


def test_the_first_year_counts_from_its_first_flow() -> None:
    """What was charged before the money came, and lies on the eve, is borne by it and is no opening value."""
    found = run([moved(FIRST, -100)], {"2023Q4": -2, "2024Q4": 103})
    first = told(found, Stretch(Span.YEAR, date(2024, 1, 1), EVE))
    assert (first.since, first.opening, first.is_annual) == (FIRST, 0, False)
    assert first.rate == pytest.approx(0.03, abs=1e-12)


def test_why_there_is_no_rate() -> None:
    assert told(run([], {}), YEAR).why == Lack.NOTHING
    young = run([moved(FIRST, -100)], {"2024Q4": 100, "2025Q4": 100})
    assert told(young, Stretch(Span.THREE_YEARS, date(2023, 1, 1), END)).why == Lack.YOUNGER
    assert told(young, Stretch(Span.YEAR, date(2023, 1, 1), date(2023, 12, 31))).why == Lack.NOTHING
    below = run([moved(FIRST, -1), moved(date(2025, 2, 1), -9)], {"2024Q4": -3, "2025Q4": 5})
    assert (told(below, YEAR).why, told(below, YEAR).multiple) == (Lack.BELOW_ZERO, None)
    twice = [moved(FIRST, -100), moved(date(2025, 7, 1), 230), moved(END, -132)]
    several = told(run(twice, {"2024Q4": 100, "2025Q4": 0}), YEAR)
    assert (several.why, several.rate, several.irr and len(several.irr.roots)) == ("multiple", None, 2)
    lost = told(run([moved(FIRST, -100)], {"2024Q4": 100, "2025Q4": 0}), YEAR)
    assert (lost.why, lost.irr and lost.irr.status) == ("total_loss", RateStatus.TOTAL_LOSS)
    over = told(run([moved(FIRST, -100), moved(EVE, 90)], {"2024Q4": 0, "2025Q4": 0}), YEAR)
    assert over.why == Lack.NOTHING


def test_a_rate_beyond_the_floats_is_told_as_the_last_of_them() -> None:
    moves = [moved(FIRST, -1), moved(date(2025, 3, 30), -1), moved(date(2025, 3, 31), 10**16)]
    found = told(
        run(moves, {"2024Q4": 1, "2025Q1": 0}), Stretch(Span.QUARTER, date(2025, 1, 1), date(2025, 3, 31))
    )
    assert found.rate is not None
    assert found.rate > 1e9


def test_what_is_taken_back_counts_until_then() -> None:
    """Within a stretch it never happened; over the end of one it is there, and comes back in the next."""
    back = date(2025, 6, 30)
    lot = moved(date(2024, 9, 2), -40, "H01/BUY-1", until=back)
    found = run([moved(FIRST, -100), lot], {"2024Q4": 140, "2025Q4": 100})
    assert found.within(date(2024, 1, 1), EVE) == (moved(FIRST, -100).flow, lot.flow)
    [again] = found.within(YEAR.starts_on, END)
    assert (again.on, again.amount, again.reference) == (back, 40, "H01/BUY-1")
    assert found.within(date(2024, 1, 1), END) == (moved(FIRST, -100).flow,)
    assert told(found, YEAR).rate == pytest.approx(0.0, abs=1e-12)
