from datetime import UTC, date, datetime

from fund.capital.leaving import leaves, taken
from fund.capital.own_days import opened
from fund.ledger.belonging import Side

PARTS = {7: 50, 8: 50}


def test_what_a_disposal_takes_follows_what_each_carries() -> None:
    assert leaves(30, {7: 20, 8: 10}, PARTS) == {7: 20, 8: 10}
    assert leaves(15, {7: 20, 8: 10}, PARTS) == {7: 10, 8: 5}
    assert leaves(-15, {7: -20, 8: -10}, PARTS) == {7: -10, 8: -5}
    assert leaves(10, {7: 30, 8: -10}, PARTS) == {7: 5, 8: 5}
    assert leaves(20, {7: 30, 8: -10, 9: 0}, PARTS) == {7: 30, 8: -10}
    assert leaves(4, {}, PARTS) == {7: 2, 8: 2}
    # Nothing in all: of a part that leaves nobody knows how large it is; all of it takes all.
    assert leaves(0, {7: 10, 8: -10}, PARTS) == leaves(0, {7: 20, 8: 10}, PARTS) == {}
    assert leaves(0, {7: 10, 8: -10}, PARTS, is_all=True) == {7: 10, 8: -10}


def test_more_than_is_carried_goes_by_the_parts_and_not_by_a_fen_that_happens_to_be_left() -> None:
    """Of two instruments the one is 1,000,000.00 above its cost, the other 999,999.99 below: 0.01 is carried in all."""
    sixty = {7: 60, 8: 40}
    assert leaves(100_000_000, {7: 1, 8: 0}, sixty) == {7: 60_000_000, 8: 40_000_000}
    assert leaves(-30, {7: 20, 8: 10}, PARTS) == {7: -15, 8: -15}
    assert leaves(-40, {7: -20, 8: -10}, PARTS) == {7: -25, 8: -15}


def test_an_interest_passes_as_its_day_ends_and_what_leaves_on_it_is_the_seller_s() -> None:
    on, at = date(2026, 3, 16), date(2026, 3, 20)
    written = datetime(at.year, at.month, at.day, tzinfo=UTC)

    def side(partner_id: int, amount: int, day: date, act: str) -> Side:
        return Side(("1250", 1), partner_id, amount, day, day, written, act, "H01/X", False)

    sides = [
        side(7, -6, date(2026, 3, 2), "mark:1"),
        side(7, 6, on, "transfer:1"),
        side(8, -6, on, "transfer:1"),
        side(7, 2, on, "disposal:5"),
    ]
    assert opened(sides, on) == {7: 6}
    assert opened(sides, date(2026, 3, 17)) == {7: -2, 8: 6}


def test_the_odd_fen_goes_to_the_same_partner_whoever_is_named_first() -> None:
    assert leaves(1, {8: 5, 7: 5}, PARTS) == leaves(1, {7: 5, 8: 5}, PARTS) == {7: 1}


def test_disposals_of_a_day_take_together_what_one_of_them_all_would() -> None:
    carried = {7: 10, 8: 10, 9: 10}
    parts = taken([10, 10, 10], carried, carried)
    assert parts == [{7: 4, 8: 3, 9: 3}, {7: 3, 8: 4, 9: 3}, {7: 3, 8: 3, 9: 4}]
    assert taken([10, 10], carried, carried, before=10) == parts[1:]
    assert taken([0, 30], {7: 40, 8: -10}, PARTS) == [{}, {7: 40, 8: -10}]
    assert taken([0, 0], {7: 10, 8: -10}, PARTS, is_all=True) == [{}, {7: 10, 8: -10}]
