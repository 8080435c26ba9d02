import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuation.flows import InvalidInput
from valuation.pacing import takahashi_alexander

YALE = {"commitment": 100, "contribution_rates": [0.25, 1 / 3, 0.5], "life": 12, "bow": 2.5, "growth": 0.13}


def test_the_papers_parameters_by_hand() -> None:
    years = takahashi_alexander(**YALE)
    assert [year.year for year in years] == list(range(1, 13))
    assert [year.contribution for year in years[:5]] == pytest.approx([25, 25, 25, 12.5, 6.25])
    assert years[0].nav == 25
    assert years[1].distribution == pytest.approx(25 * 1.13 * (2 / 12) ** 2.5)
    assert years[1].nav == pytest.approx(25 * 1.13 + 25 - years[1].distribution)
    assert years[-1].nav == pytest.approx(years[-1].contribution)


def test_a_short_list_of_rates_repeats_its_last() -> None:
    longer = YALE | {"contribution_rates": [0.25, 1 / 3] + [0.5] * 10}
    assert takahashi_alexander(**YALE) == takahashi_alexander(**longer)


def test_nothing_is_called_after_the_last_investment_year() -> None:
    years = takahashi_alexander(**YALE, last_investment_year=4)
    assert all(year.contribution == 0 for year in years[4:])
    assert years[-1].unfunded == pytest.approx(12.5)
    assert years[-1].nav == pytest.approx(0, abs=1e-12)


def test_the_yield_is_a_floor_of_the_distribution() -> None:
    years = takahashi_alexander(**YALE, yield_floor=0.05)
    assert years[1].distribution == pytest.approx(25 * 1.13 * 0.05)
    assert years[11].distribution == pytest.approx(years[10].nav * 1.13)


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=5),
    st.integers(1, 20),
    st.floats(0, 5),
    st.floats(-0.5, 1),
    st.floats(0, 1),
)
def test_money_is_neither_made_nor_lost(
    rates: list[float], life: int, bow: float, growth: float, yield_floor: float
) -> None:
    years = takahashi_alexander(
        commitment=100, contribution_rates=rates, life=life, bow=bow, growth=growth, yield_floor=yield_floor
    )
    nav = 0.0
    for year in years:
        assert year.nav == pytest.approx(nav * (1 + growth) + year.contribution - year.distribution, abs=1e-9)
        assert min(year.contribution, year.distribution, year.unfunded) >= 0
        nav = year.nav
    assert sum(year.contribution for year in years) + years[-1].unfunded == pytest.approx(100)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"contribution_rates": []}, "contribution_rates is empty"),
        ({"contribution_rates": [0.2, 25]}, r"contribution_rates\[1\] is 25; expected a fraction"),
        ({"life": 0}, "life is 0"),
        ({"growth": -1.1}, r"growth is -1.1; expected -1 or more"),
        ({"bow": -1}, "bow is -1"),
        ({"commitment": -1}, "commitment is -1"),
    ],
)
def test_refusals(change: dict[str, object], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        takahashi_alexander(**{**YALE, **change})
