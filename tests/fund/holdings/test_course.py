from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from fund.holdings.course import Worth, course
from fund.holdings.position import DisposalKind, Lot, Position, Valued, dispose, taken_back

FIRST = date(2025, 1, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(12)]
SHARES = Position(lots=(Lot(1, DAYS[2], Fraction(100), 1_000),), marks=(Valued(7, DAYS[6], 1_500),))
LOAN = Position(lots=(Lot(2, DAYS[4], Fraction(1), 400),))


def test_instruments_of_a_holding_are_taken_together() -> None:
    assert course([SHARES, LOAN], [DAYS[1], DAYS[3], DAYS[5], DAYS[11]]) == [
        Worth(None, 0, 0),
        Worth(DAYS[2], 1_000, 1_000),
        Worth(DAYS[2], 1_400, 1_400),
        Worth(DAYS[2], 1_400, 1_900),
    ]


def test_a_purchase_that_is_taken_back_was_none_from_that_day_on() -> None:
    """The holding is then as old as its next purchase; a sale that is taken back counts until that day."""
    [lot] = LOAN.lots
    undone = LOAN.after(taken_back(lot, on=DAYS[8]))
    assert course([undone], [DAYS[7], DAYS[8]]) == [Worth(DAYS[4], 400, 400), Worth(None, 0, 0)]
    later = replace(SHARES, lots=(Lot(3, DAYS[5], Fraction(10), 50),), marks=())
    assert [one.acquired_on for one in course([undone, later], [DAYS[7], DAYS[8]])] == [DAYS[4], DAYS[5]]
    sold = dispose(SHARES, kind=DisposalKind.SALE, quantity=Fraction(50), proceeds=900, on=DAYS[7])
    back = SHARES.after(replace(sold, undone_on=DAYS[9]))
    assert [one.cost for one in course([back], [DAYS[6], DAYS[7], DAYS[9]])] == [1_000, 500, 1_000]


@given(
    st.lists(st.sampled_from(DAYS), min_size=1, max_size=4),
    st.sets(st.sampled_from(DAYS), max_size=5),
    st.lists(st.sampled_from(DAYS), max_size=12),
)
def test_it_is_what_the_position_was_on_each_day(
    bought: list[date], marked: set[date], asked: list[date]
) -> None:
    """In whatever order the days are asked for."""
    lots = [Lot(at, day, Fraction(10), 100 + at) for at, day in enumerate(sorted(bought))]
    marks = [Valued(at, day, 1_000 + at) for at, day in enumerate(sorted(marked))]
    position = Position(tuple(lots), (), tuple(marks))
    for day, found in zip(asked, course([position], asked), strict=True):
        cost = sum(lot.cost for lot in lots if lot.bought_on <= day)
        last = max(
            (mark for mark in marks if mark.marked_on <= day), key=lambda mark: mark.marked_on, default=None
        )
        since = sum(lot.cost for lot in lots if last and last.marked_on < lot.bought_on <= day)
        first = min((lot.bought_on for lot in lots if lot.bought_on <= day), default=None)
        assert found == Worth(first, cost, last.value + since if last else cost)
