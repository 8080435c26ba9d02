from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.holdings.position import (
    Disposal,
    DisposalKind,
    Lot,
    Position,
    Relief,
    Status,
    Valued,
    dispose,
    status,
)

D1, D2, D3, D4, D5 = (date(2025, month, 15) for month in range(1, 6))


def sale(on: date, quantity: int, proceeds: int, *reliefs: tuple[int, int, int]) -> Disposal:
    taken = tuple(Relief(lot, Fraction(part), cost) for lot, part, cost in reliefs)
    return Disposal(on, DisposalKind.SALE, Fraction(quantity), proceeds, taken)


TWO_LOTS = Position(lots=(Lot(1, D1, Fraction(100), 1_000), Lot(2, D2, Fraction(100), 3_000)))


def test_before_the_first_mark_the_value_is_the_cost() -> None:
    assert (TWO_LOTS.value, TWO_LOTS.cost, TWO_LOTS.unrealised) == (4_000, 4_000, 0)
    assert TWO_LOTS.until(D1).value == 1_000
    assert TWO_LOTS.quantity == 200


def test_a_mark_holds_until_the_record_moves() -> None:
    marked = TWO_LOTS.with_mark(Valued(9, D1, 5_000))
    assert marked.value == 5_000 + 3_000
    assert marked.until(D1).unrealised == 4_000
    assert marked.since_mark() == (5_000, 3_000, 0)


def test_a_mark_counts_what_was_bought_on_its_day() -> None:
    assert TWO_LOTS.with_mark(Valued(9, D2, 5_000)).value == 5_000


def test_a_later_mark_of_a_day_takes_the_place_of_the_one_before() -> None:
    once = TWO_LOTS.with_mark(Valued(9, D2, 5_000))
    again = once.with_mark(Valued(10, D2, 6_000)).with_mark(Valued(8, D1, 900))
    assert [mark.mark_id for mark in again.marks] == [8, 10]
    assert again.value == 6_000
    assert again.without_mark(D2).value == 900 + 3_000


def test_a_part_goes_out_of_every_lot_at_its_average() -> None:
    out = dispose(TWO_LOTS, kind=DisposalKind.SALE, quantity=Fraction(50), proceeds=2_000, on=D3)
    assert out.reliefs == (Relief(1, Fraction(25), 250), Relief(2, Fraction(25), 750))
    assert out.cost == 1_000
    after = TWO_LOTS.after(out)
    assert (after.cost, after.quantity, after.proceeds, after.invested) == (3_000, 150, 2_000, 4_000)
    assert after.open_lots() == [Lot(1, D1, Fraction(75), 750), Lot(2, D2, Fraction(75), 2_250)]


def test_all_of_it_takes_exactly_all() -> None:
    part = TWO_LOTS.after(dispose(TWO_LOTS, kind=DisposalKind.SALE, quantity=Fraction(67), proceeds=0, on=D3))
    rest = dispose(part, kind=DisposalKind.WRITE_OFF, quantity=part.quantity, proceeds=0, on=D4)
    gone = part.after(rest)
    assert (gone.cost, gone.quantity, gone.value, gone.open_lots()) == (0, 0, 0, [])


def test_a_disposal_takes_its_part_of_the_value_carried() -> None:
    marked = TWO_LOTS.with_mark(Valued(9, D2, 10_001))
    out = dispose(marked, kind=DisposalKind.SALE, quantity=Fraction(100), proceeds=7_000, on=D3)
    assert marked.after(out).value == 5_000
    assert marked.after(out).since_mark() == (10_001, 0, 5_001)


def test_free_shares_carry_no_cost() -> None:
    free = Position(lots=(Lot(1, D1, Fraction(10), 0),))
    out = dispose(free, kind=DisposalKind.SALE, quantity=Fraction(4), proceeds=9, on=D2)
    assert out.reliefs == (Relief(1, Fraction(4), 0),)


def test_purchases_and_disposals_after_a_mark_are_taken_in_the_order_of_their_days() -> None:
    """Marked 1 000 at 100 shares; half sold (500); 100 more for 3 000; half of the 150 sold (1 750)."""
    position = Position(
        lots=(Lot(1, D1, Fraction(100), 1_000), Lot(2, D3, Fraction(100), 3_000)),
        disposals=(sale(D2, 50, 0, (1, 50, 500)), sale(D4, 75, 0, (1, 25, 250), (2, 50, 1_500))),
        marks=(Valued(9, D1, 1_000),),
    )
    assert position.since_mark() == (1_000, 3_000, 500 + 1_750)
    assert position.with_mark(Valued(10, D3, 9_000)).since_mark() == (9_000, 0, 4_500)


def test_the_last_change_is_the_later_of_purchase_and_disposal() -> None:
    assert Position().last_change_on is None
    assert TWO_LOTS.last_change_on == D2
    gone = replace(sale(D3, 1, 0), undone_on=D4)
    assert TWO_LOTS.after(sale(D3, 1, 0)).last_change_on == D3
    assert TWO_LOTS.after(gone).last_change_on == D4
    assert TWO_LOTS.after(replace(gone, undone_on=D3)).last_change_on == D2


@pytest.mark.parametrize(
    ("positions", "stands"),
    [
        ([], Status.HELD),
        ([TWO_LOTS], Status.HELD),
        ([TWO_LOTS.after(sale(D3, 50, 10))], Status.PARTLY_REALISED),
        ([TWO_LOTS, TWO_LOTS.after(sale(D3, 200, 10))], Status.PARTLY_REALISED),
        ([TWO_LOTS.after(sale(D3, 200, 10))], Status.REALISED),
        (
            [TWO_LOTS.after(Disposal(D3, DisposalKind.WRITE_OFF, Fraction(200), 0, ()))],
            Status.WRITTEN_OFF,
        ),
    ],
)
def test_where_a_holding_stands(positions: list[Position], stands: Status) -> None:
    assert status(positions) is stands


def test_the_value_moves_by_itself_on_the_days_of_marks_alone() -> None:
    marked = TWO_LOTS.with_mark(Valued(9, D3, 4_700)).with_mark(Valued(10, D5, 5_000))
    assert [marked.gained_on(day) for day in (D1, D2, D3, D4, D5)] == [0, 0, 700, 0, 300]
    corrected = marked.with_mark(Valued(11, D3, 6_000))
    assert [corrected.gained_on(day) for day in (D3, D5)] == [2_000, -1_000]


def test_of_a_mark_a_later_sale_takes_its_part_and_gives_it_back() -> None:
    marked = TWO_LOTS.with_mark(Valued(9, D3, 4_800))
    first = dispose(marked, kind=DisposalKind.SALE, quantity=Fraction(50), proceeds=0, on=D4)
    twice = marked.after(first)
    second = dispose(twice, kind=DisposalKind.SALE, quantity=Fraction(75), proceeds=0, on=D4)
    sold = twice.after(second).with_mark(Valued(10, D4, 2_500))
    assert sold.leaving(D4) == [(first, 200), (second, 300)]
    assert (sold.gained_on(D4), sold.until(D4).unrealised) == (700, 1_000)
    undone = marked.after(replace(first, undone_on=D5))
    assert (undone.coming_back(D5), undone.gained_on(D5), undone.leaving(D5)) == (200, 0, [])


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 10**6)), min_size=1, max_size=5),
    st.integers(0, 10**7),
    st.lists(st.fractions(min_value=Fraction(1, 50), max_value=1, max_denominator=50), max_size=4),
)
def test_nothing_is_lost_on_the_way(bought: list[tuple[int, int]], value: int, parts: list[Fraction]) -> None:
    lots = tuple(Lot(at, D1, Fraction(quantity), cost) for at, (quantity, cost) in enumerate(bought))
    position = Position(lots, marks=(Valued(1, D2, value),))
    day = D3
    for part in parts:
        if not position.quantity:
            break
        day += timedelta(days=1)
        before = position
        out = dispose(before, kind=DisposalKind.SALE, quantity=before.quantity * part, proceeds=0, on=day)
        position = before.after(out)
        assert sum(lot.cost for lot in position.open_lots()) <= position.cost
        assert all(lot.cost >= 0 and lot.quantity > 0 for lot in position.open_lots())
        assert 0 <= position.value <= before.value
        assert sum((lot.quantity for lot in position.open_lots()), Fraction(0)) == position.quantity
    assert position.invested == position.cost + sum(out.cost for out in position.disposals)
    opening, added, sold = position.since_mark()
    assert (opening, added, opening - sold) == (value, 0, position.value)


def test_what_is_bought_after_a_sale_of_the_same_day_is_not_sold() -> None:
    """Marked 4 000 at 1 000 shares; half sold (2 000); on the same day 500 more for 3 000."""
    sold = sale(D2, 500, 2_000, (1, 500, 500))
    position = Position(
        lots=(Lot(1, D1, Fraction(1_000), 1_000), Lot(2, D2, Fraction(500), 3_000)),
        disposals=(sold,),
        marks=(Valued(9, D1, 4_000),),
    )
    assert position.since_mark() == (4_000, 3_000, 2_000)
    before = Position(position.lots, (sale(D2, 750, 0, (1, 500, 500), (2, 250, 1_500)),), position.marks)
    assert before.since_mark() == (4_000, 3_000, 3_500)
