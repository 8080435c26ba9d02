import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.valuation.test_pacing import YALE
from valuation.flows import InvalidInput
from valuation.pacing import PacingYear, takahashi_alexander
from valuation.pacing_fit import FundYear, RunningYear, fit_pacing


def _history(years: list[PacingYear]) -> list[FundYear]:
    return [FundYear(year.contribution, year.distribution, year.nav) for year in years]


@given(
    st.lists(st.floats(0.05, 0.9), min_size=1, max_size=4),
    st.integers(3, 15),
    st.floats(0.2, 6),
    st.floats(-0.3, 0.6),
    st.sampled_from([0, 0.01]),
    st.data(),
)
def test_a_history_made_by_the_model_gives_back_its_parameters(
    rates: list[float], life: int, bow: float, growth: float, floor: float, data: st.DataObject
) -> None:
    years = takahashi_alexander(
        commitment=100, contribution_rates=rates, life=life, bow=bow, growth=growth, yield_floor=floor
    )
    known = data.draw(st.integers(2, life))
    assume((known / life) ** bow > floor + 1e-3)
    found = fit_pacing(_history(years[:known]), commitment=100, life=life, yield_floor=floor)
    assert found.growth == pytest.approx(growth, abs=1e-9)
    assert found.bow == pytest.approx(bow, rel=1e-6)
    assert found.assumed == ()
    for model, year in zip(found.model, years, strict=False):
        assert model.nav == pytest.approx(year.nav, rel=1e-6)


def test_a_fitted_model_goes_on_as_the_model_does() -> None:
    """With one rate of contribution for every year, the forecast is the rest of the model's own years."""
    terms = {**YALE, "contribution_rates": [0.25]}
    years = takahashi_alexander(**terms)
    found = fit_pacing(_history(years[:5]), commitment=100, life=12)
    assert found.later_rate == pytest.approx(0.25)
    for ahead, year in zip(found.forecast(), years[5:], strict=True):
        assert ahead.year == year.year
        assert ahead.contribution == pytest.approx(year.contribution)
        assert ahead.distribution == pytest.approx(year.distribution)
        assert ahead.nav == pytest.approx(year.nav)
        assert ahead.unfunded == pytest.approx(year.unfunded)


def test_a_young_fund_worked_by_hand() -> None:
    """Year 2 opens with 18 and grows to 27 + 0 - 10 = 17; year 3 opens with 27 and grows to 40 + 4 - 8 = 36. So 45
    grew to 53: 17.8 %. Of 17 and 36 the model must pay out 4 at 2 / 10 and 3 / 10 of the life: a bow of 2 pays 3.92,
    and falls there by 4.995 a unit, so it is 1.984.
    """
    history = [FundYear(20, 0, 18), FundYear(10, 0, 27), FundYear(8, 4, 40)]
    found = fit_pacing(history, commitment=100, life=10)
    assert found.contribution_rates == pytest.approx((0.2, 10 / 80, 8 / 70))
    assert found.later_rate == pytest.approx(38 / 250)
    assert found.growth == pytest.approx(8 / 45)
    assert 17 * 0.2**found.bow + 36 * 0.3**found.bow == pytest.approx(4, rel=1e-12)
    assert found.bow == pytest.approx(1.984, abs=0.001)
    ahead = found.forecast(last_investment_year=5)
    assert [year.year for year in ahead] == [4, 5, 6, 7, 8, 9, 10]
    assert ahead[0].contribution == pytest.approx(62 * 38 / 250)
    assert [year.contribution for year in ahead[2:]] == [0] * 5
    assert ahead[-1].nav == pytest.approx(0, abs=1e-12)


def test_what_a_history_does_not_tell_is_assumed_and_said() -> None:
    first = [FundYear(20, 0, 19)]
    found = fit_pacing(first, commitment=100, life=10, growth=0.1, bow=2.5)
    assert found.assumed == ("growth", "bow")
    assert (found.growth, found.bow) == (0.1, 2.5)
    two = [*first, FundYear(10, 0, 31)]
    grown = fit_pacing(two, commitment=100, life=10, growth=0.1, bow=2.5)
    assert grown.assumed == ("bow",)
    assert grown.growth == pytest.approx(2 / 19)


def test_more_paid_out_than_any_bow_would_is_not_told() -> None:
    """The floor alone is above what was paid: no bow explains it."""
    history = [FundYear(50, 0, 50), FundYear(0, 1, 49)]
    assert fit_pacing(history, commitment=100, life=10, yield_floor=0.1, bow=3).assumed == ("bow",)


def test_a_year_that_paid_out_everything() -> None:
    history = [FundYear(50, 0, 50), FundYear(0, 60, 0), FundYear(10, 0, 10)]
    found = fit_pacing(history, commitment=100, life=10)
    assert found.growth == pytest.approx(0.2)
    assert found.bow == pytest.approx(0, abs=1e-12)


def test_everything_called_and_everything_lost() -> None:
    history = [FundYear(100, 0, 100), FundYear(0, 0, 0), FundYear(0, 0, 0)]
    found = fit_pacing(history, commitment=100, life=10, bow=1)
    assert found.contribution_rates == (1, 0, 0)
    assert found.growth == -1
    assert [year.nav for year in found.forecast()] == [0] * 7


@pytest.mark.parametrize(
    ("history", "change", "says"),
    [
        ([], {}, "history is empty"),
        ([FundYear(1, 0, 1)] * 3, {"life": 2}, "life is 2 and history has 3 years"),
        ([FundYear(1, 0, 1)], {}, "the history does not tell the growth"),
        ([FundYear(1, 0, 1)] * 2, {}, "the history does not tell the bow"),
        ([FundYear(60, 0, 60), FundYear(60, 0, 120)], {}, "year 2 called 60 of 40 that were left"),
        ([FundYear(1, -1, 1)], {}, "distribution of year 1 is -1"),
        ([FundYear(9, 0, 10), FundYear(9, 0, 5)], {}, "year 2 opened with 10 and lost 14"),
        ([FundYear(1, 0, 1)], {"commitment": 0}, "commitment is 0"),
        ([FundYear(1, 0, 1)], {"growth": -2, "bow": 1}, "growth is -2; expected -1 or more"),
        ([FundYear(1, 0, 1)], {"growth": float("nan")}, "growth is nan"),
    ],
)
def test_refusals(history: list[FundYear], change: dict[str, object], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        fit_pacing(history, **{"commitment": 100, "life": 10, **change})


def test_a_year_that_runs_counts_what_is_booked_and_forecasts_its_rest() -> None:
    """Half the fourth year is over. Of the 72 that were left 20 are called, and half a year of 38 / 280 follows."""
    history = [FundYear(20, 0, 18), FundYear(10, 0, 27), FundYear(8, 4, 40)]
    found = fit_pacing(history, commitment=110, life=4)
    (begun,), (whole,) = found.forecast(running=RunningYear(0, 0, 40, 0)), found.forecast()
    assert list(vars(begun).values()) == pytest.approx(list(vars(whole).values()))
    (running,) = found.forecast(running=RunningYear(20, 30, 35, 0.5))
    called = (1 - (1 - found.later_rate) ** 0.5) * 52
    grown = 35 * (1 + found.growth) ** 0.5
    assert running.contribution == pytest.approx(20 + called)
    assert running.distribution == pytest.approx(30 + grown)
    assert running.nav == pytest.approx(called)
    assert running.unfunded == pytest.approx(52 - called)
    (coming,) = found.forecast(running=RunningYear(20, 30, 35, 0.5, coming=7))
    assert coming.nav == pytest.approx(running.nav + 7)
    late = found.forecast(running=RunningYear(20, 30, -1, 0.5), last_investment_year=3)
    assert (late[0].contribution, late[0].distribution) == (20, 30)


def test_a_year_beyond_the_life_is_not_forecast() -> None:
    found = fit_pacing([FundYear(20, 0, 18), FundYear(10, 5, 27)], commitment=100, life=2, bow=2)
    assert found.forecast(running=RunningYear(1, 2, 3, 0.5)) == []
