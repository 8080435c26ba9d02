import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuation.flows import InvalidInput
from valuation.multiples import dpi, moic, pic, rvpi, tvpi

MONEY = st.integers(0, 10**13)


def test_each_is_the_ratio_of_its_name() -> None:
    assert pic(60, 100) == 0.6
    assert dpi(30, 60) == 0.5
    assert rvpi(75, 60) == 1.25
    assert tvpi(30, 75, 60) == 1.75
    assert moic(20, 100, 48) == 2.5


@given(MONEY, MONEY, st.integers(1, 10**13))
def test_total_is_distributed_plus_residual(distributed: int, nav: int, paid_in: int) -> None:
    assert tvpi(distributed, nav, paid_in) == pytest.approx(
        dpi(distributed, paid_in) + rvpi(nav, paid_in), rel=1e-14
    )


def test_a_multiple_of_nothing_is_refused_by_name() -> None:
    for multiple in (lambda: dpi(1, 0), lambda: rvpi(1, 0), lambda: tvpi(1, 1, 0)):
        with pytest.raises(InvalidInput, match="paid_in is 0; expected more than 0"):
            multiple()
    with pytest.raises(InvalidInput, match="committed is 0"):
        pic(1, 0)
    with pytest.raises(InvalidInput, match="invested is -1"):
        moic(1, 1, -1)


def test_money_that_came_back_is_not_negative_but_value_may_be() -> None:
    with pytest.raises(InvalidInput, match="distributed is -1; expected 0 or more"):
        dpi(-1, 10)
    assert tvpi(5, -10, 10) == -0.5
