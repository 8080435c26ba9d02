"""Who paid for what a holding cost, on paper."""

from datetime import date
from fractions import Fraction

from fund.capital.funding import Bought, Paid, Sold, funded, kept

MARCH, APRIL, MAY, JUNE = (date(2026, month, 2) for month in (3, 4, 5, 6))


def test_money_called_by_name_counts_first_and_general_money_pays_for_the_rest() -> None:
    named, general = [Paid(APRIL, {1: 5})], [Paid(MARCH, {1: 70, 2: 30})]
    assert funded([Bought(APRIL, 25)], named, general, otherwise={}) == {1: 5 + 14, 2: 6}


def test_a_purchase_is_paid_by_those_who_had_paid_in_by_its_day() -> None:
    general = [Paid(MARCH, {1: 50, 2: 50}), Paid(MAY, {1: 100})]
    assert funded([Bought(APRIL, 10), Bought(JUNE, 20)], [], general, otherwise={}) == {1: 5 + 15, 2: 5 + 5}


def test_money_called_by_name_after_a_purchase_pays_for_the_next_and_what_is_left_for_the_latest_before() -> (
    None
):
    bought = [Bought(MARCH, 10), Bought(APRIL, 10), Bought(JUNE, 10)]
    general = [Paid(MARCH, {1: 1, 2: 1}), Paid(APRIL, {2: 8})]
    # 15 pay for all of June's 10 and half of April's; general money for March's 10 and April's other half.
    assert funded(bought, [Paid(MAY, {3: 15})], general, otherwise={}) == {3: 30, 1: 10 + 1, 2: 10 + 9}


def test_a_purchase_before_any_money_goes_by_the_money_that_came_and_without_any_by_the_weights_given() -> (
    None
):
    assert funded([Bought(MARCH, 10)], [], [Paid(MAY, {1: 3, 2: 1})], otherwise={}) == {1: 15, 2: 5}
    assert funded([Bought(MARCH, 10)], [Paid(MAY, {1: 4})], [], otherwise={2: 1}) == {1: 4, 2: 6}
    assert funded([Bought(MARCH, 10)], [Paid(MAY, {1: 4})], [], otherwise={}) == {1: 4}


def test_nothing_called_and_nothing_bought_is_nobody() -> None:
    assert funded([], [], [Paid(MAY, {1: 3})], otherwise={1: 1}) == {}
    assert funded([Bought(MARCH, 0)], [Paid(MARCH, {1: 5, 2: 0})], [], otherwise={}) == {1: 5}


def test_a_sale_takes_its_part_of_what_each_paid_for_what_it_finds() -> None:
    """100 bought 60 : 40, half of it sold, then 50 more paid by the first alone: 30 + 50 against 20, not 110 : 40."""
    held = kept([Bought(MARCH, 100), Sold(APRIL, 50), Bought(JUNE, 50)])
    assert held == [Bought(MARCH, 100, Fraction(1, 2)), Bought(JUNE, 50)]
    general, named = [Paid(MARCH, {1: 60, 2: 40})], [Paid(MAY, {1: 50})]
    assert funded(held, named, general, otherwise={}) == {1: 80, 2: 20}
    assert funded(held, [Paid(MARCH, {1: 60, 2: 40}), Paid(MAY, {1: 50})], [], otherwise={}) == {1: 80, 2: 20}


def test_of_what_was_sold_for_good_the_shares_stay() -> None:
    held = kept([Bought(MARCH, 10), Sold(APRIL, 10)])
    assert funded(held, [], [Paid(MARCH, {1: 7, 2: 3})], otherwise={}) == {1: 7, 2: 3}
    again = kept([Bought(MARCH, 10), Sold(APRIL, 10), Bought(JUNE, 4)])
    assert funded(again, [Paid(MAY, {2: 4})], [Paid(MARCH, {1: 7, 2: 3})], otherwise={}) == {2: 4}


def test_a_sale_changes_no_share_in_what_is_left() -> None:
    held = kept([Bought(MARCH, 10), Sold(APRIL, 3)])
    assert funded(held, [Paid(MARCH, {1: 5, 2: 3, 3: 2})], [], otherwise={}) == {1: 35, 2: 21, 3: 14}
    assert kept([Sold(MARCH, 3)]) == []
