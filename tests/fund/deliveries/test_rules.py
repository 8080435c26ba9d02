from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.deliveries.rules import NothingWhole, Offer, OfferInvalid, Part, check_offer, handed_over


def an_offer(units: int = 1000, price: str = "12.345", source: str = "上交所收盘价") -> Offer:
    return Offer("EQ", units, Fraction(price), source)


def test_an_offer_has_units_a_price_and_says_where_the_price_is_from() -> None:
    check_offer(an_offer())
    with pytest.raises(OfferInvalid) as caught:
        check_offer(an_offer(0, "-1", " "))
    assert [problem.where for problem in caught.value.problems] == ["units", "price", "price_source"]
    with pytest.raises(OfferInvalid):
        # A thousand units of a ten-thousandth of a fen are no money.
        check_offer(an_offer(price="0.000001"))


def test_each_gets_the_whole_units_in_its_part_and_the_rest_in_cash() -> None:
    # 1,000 units at 12.345 are 12,345.00; 60 % of it are 7,407.00: 600 units exactly. 2,469.10 are 200 and ten fen.
    parts = handed_over(an_offer(), {1: 740_700, 2: 246_910, 3: 1_234})
    assert parts == {1: Part(600, 740_700), 2: Part(200, 246_900)}
    with pytest.raises(NothingWhole, match=r"12\.345"):
        handed_over(an_offer(), {1: 1_234, 2: 0})


@given(
    units=st.integers(1, 10**7),
    price=st.fractions(Fraction(1, 100), 500, max_denominator=1000),
    weights=st.lists(st.integers(1, 100), min_size=1, max_size=6),
)
def test_no_more_units_leave_than_are_offered_and_no_rest_is_a_whole_unit(
    units: int, price: Fraction, weights: list[int]
) -> None:
    offer = Offer("EQ", units, price, "收盘价")
    entitled = {key: offer.value * weight // sum(weights) for key, weight in enumerate(weights)}
    try:
        parts = handed_over(offer, entitled)
    except NothingWhole:
        assert all(amount < price * 100 for amount in entitled.values())
        return
    assert sum(part.units for part in parts.values()) <= units
    for key, amount in entitled.items():
        rest = amount - parts.get(key, Part(0, 0)).value
        # The value is told in whole fen, so that the rest is under a unit and a fen.
        assert 0 <= rest < price * 100 + 1
