from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fund.indemnities.rules import (
    AboveGiveback,
    GivebackNotPositive,
    Money,
    NothingToGiveBack,
    Reach,
    Term,
    not_given,
    reach,
    shares,
)

FIRST, SECOND, THIRD = date(2026, 4, 1), date(2027, 6, 1), date(2028, 2, 1)
ON = date(2028, 5, 10)
QUARTER = Term(Fraction(1, 4), 24)
CODES = {1: "LP01", 2: "LP02", 3: "LP03"}


def test_a_distribution_is_free_after_its_months_and_still_counts_for_the_cap() -> None:
    received = [Money(FIRST, 600), Money(SECOND, 240)]
    assert reach(1, received=received, given=[], term=QUARTER, on=ON) == Reach(1, 840, 0, 240, 210)
    last, after = date(2028, 4, 1), date(2028, 4, 2)
    assert reach(1, received=received, given=[], term=QUARTER, on=last).within == 840
    assert reach(1, received=received, given=[], term=QUARTER, on=after).within == 240
    for_ever = Term(Fraction(1), None)
    assert reach(1, received=received, given=[], term=for_ever, on=date(2060, 1, 1)).most == 840


def test_what_was_given_back_came_out_of_the_latest_distribution_before_it() -> None:
    received = [Money(FIRST, 600), Money(SECOND, 240), Money(THIRD, 100)]
    back = [Money(date(2027, 12, 1), 300)]
    assert not_given(received, back) == [Money(FIRST, 540), Money(THIRD, 100)]
    assert reach(1, received=received, given=back, term=QUARTER, on=ON) == Reach(1, 940, 300, 100, 0)
    whole = Term(Fraction(1), 24)
    assert reach(1, received=received, given=back, term=whole, on=ON).most == 100


def test_shares_go_by_what_is_within_the_period_and_what_is_beyond_one_most_falls_to_the_others() -> None:
    even = [Reach(1, 600, 0, 600, 150), Reach(2, 400, 0, 400, 100)]
    assert shares(100, even, codes=CODES, on=ON) == {1: 60, 2: 40}
    bound = [Reach(1, 600, 100, 600, 50), Reach(2, 400, 0, 400, 100), Reach(3, 200, 0, 200, 50)]
    # A third of 150 each by 6 : 4 : 2 would be 75, 50, 25; the first gives 50, and 100 go 4 : 2.
    assert shares(150, bound, codes=CODES, on=ON) == {1: 50, 2: 67, 3: 33}
    assert shares(200, bound, codes=CODES, on=ON) == {1: 50, 2: 100, 3: 50}
    assert shares(1, bound, codes=CODES, on=ON) == {1: 1}


def test_more_than_is_left_is_refused_with_what_is_left_of_each() -> None:
    bound = [Reach(1, 60_000, 0, 60_000, 15_000), Reach(2, 0, 0, 0, 0)]
    with pytest.raises(AboveGiveback, match=r"partners give back 150\.00 at most; 150\.01 is more") as caught:
        shares(15_001, bound, codes=CODES, on=ON)
    [problem] = caught.value.problems
    assert problem.where == "LP01"
    assert problem.facts == {"most": "150.00", "within": "600.00", "received": "600.00", "given": "0.00"}
    with pytest.raises(NothingToGiveBack):
        shares(1, [Reach(1, 100, 25, 75, 0)], codes=CODES, on=ON)
    with pytest.raises(GivebackNotPositive):
        shares(0, bound, codes=CODES, on=ON)


money = st.builds(
    Money,
    st.dates(date(2026, 1, 1), date(2029, 12, 31)),
    st.integers(1, 10**12),
)
caps = st.fractions(min_value=Fraction(1, 100), max_value=1, max_denominator=100)


@settings(max_examples=150)
@given(st.lists(st.lists(money, max_size=5), min_size=1, max_size=6), caps, st.data())
def test_givebacks_sum_to_what_is_asked_and_nobody_gives_more_than_its_most(
    received: list[list[Money]], cap: Fraction, data: st.DataObject
) -> None:
    term = Term(cap, data.draw(st.none() | st.integers(1, 48)))
    on, given_back = date(2030, 1, 1), {key: list[Money]() for key in range(len(received))}
    codes = {key: f"LP{key}" for key in given_back}
    for _ in range(3):
        found = [
            reach(key, received=own, given=given_back[key], term=term, on=on)
            for key, own in enumerate(received)
        ]
        for one in found:
            assert 0 <= one.most <= one.within <= one.received - one.given
            assert one.most + one.given <= cap * one.received
        left = sum(one.most for one in found)
        if not left:
            return
        amount = data.draw(st.integers(1, left))
        parts = shares(amount, found, codes=codes, on=on)
        assert sum(parts.values()) == amount
        most = {one.partner_id: one.most for one in found}
        assert all(0 < part <= most[key] for key, part in parts.items())
        with pytest.raises(AboveGiveback):
            shares(left + 1, found, codes=codes, on=on)
        for key, part in parts.items():
            given_back[key].append(Money(on, part))
