"""The loop that the extra compiles, here as plain Python, beside the steps over tables."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks.series import KINDS, ragged
from tests.valuation.hard_series import series
from valuation import compiled, compiled_march, machine
from valuation.answers import Roots
from valuation.flows import InvalidInput
from valuation.irr import CODES, RateBatch, RateStatus, xirr_batch
from valuation.machine import exponential, rough_exponential

Flows = list[tuple[int, float]]


@pytest.fixture(autouse=True)
def _as_if_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "AVAILABLE", True)


def both(days: np.ndarray, amounts: np.ndarray, cuts: np.ndarray) -> tuple[RateBatch, RateBatch]:
    return xirr_batch(days, amounts, cuts), xirr_batch(days, amounts, cuts, compiled=True)


def agree(tables: RateBatch, loop: RateBatch, within: float) -> None:
    assert tables.status.tolist() == loop.status.tolist()
    assert loop.values == pytest.approx(tables.values, rel=within, abs=within, nan_ok=True)


def test_the_exponentials() -> None:
    points = np.concatenate((np.linspace(-700, 700, 2_001), np.linspace(-1, 1, 2_001)))
    closely = np.array([exponential(y) for y in points])
    roughly = np.array([rough_exponential(y) for y in points])
    assert closely == pytest.approx(np.exp(points), rel=2e-15)
    assert roughly == pytest.approx(np.exp(points), rel=2e-7)


def test_hard_series() -> None:
    hard = series()
    cuts = np.cumsum([0, *(len(one.days) for one in hard)])
    tables, loop = both(
        np.concatenate([one.days for one in hard]), np.concatenate([one.amounts for one in hard]), cuts
    )
    agree(tables, loop, 1e-9)


def test_series_as_they_are_timed() -> None:
    some = ragged(700, seed=3)
    agree(*both(some.days, some.amounts, some.offsets), 1e-10)


def test_the_loop_itself_decides_nearly_all() -> None:
    some = ragged(100 * len(KINDS), seed=5)
    left = compiled.looped(some.days, some.amounts, some.offsets, Roots.unknown(len(some.kinds)), cores=2)
    assert {some.kinds[at] for at in np.flatnonzero(left == compiled.UNTIDY)} == {"one day"}
    assert np.count_nonzero(left == compiled.OPEN) <= 1


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 4_000), st.integers(-20, 20)), min_size=0, max_size=9),
        min_size=1,
        max_size=12,
    )
)
def test_any_series(parts: list[Flows]) -> None:
    rows = [row for part in parts for row in sorted(part)]
    cuts = np.cumsum([0, *map(len, parts)])
    days = np.array([day for day, _ in rows], dtype=np.int64)
    agree(*both(days, np.array([amount for _, amount in rows], dtype=np.float64), cuts), 1e-9)


@pytest.mark.parametrize(
    "flows",
    [
        pytest.param([(0, -100.0), (365, 200.0), (730, -100.0)], id="touches zero where the march begins"),
        pytest.param([(0, -1e-20), (365, 1e20), (730, 1e20)], id="what was paid drowns in what was received"),
        pytest.param([(0, -1e-6), (9_999, -1.0), (10_000, 1.1)], id="nearly all within a day of a long span"),
        pytest.param([(0, -1.0), (365, 1e12), (730, -1.0)], id="far from a root where the march begins"),
        pytest.param([(0, -1.0), (365, 1.1764), (730, -0.3347)], id="two losses"),
        pytest.param([(0, -1e9), (1, 1e-200), (4_000, 1e-280)], id="further out than the steps go"),
    ],
)
def test_what_is_hard_for_the_loop(flows: Flows) -> None:
    days, amounts = np.array([day for day, _ in flows]), np.array([amount for _, amount in flows])
    agree(*both(days, amounts, np.array([0, len(flows)])), 1e-9)


@pytest.mark.parametrize(
    "amounts", [(-1.0, 1e12, -1.0), (-6.0, 5.0, -1.0)], ids=["on both sides of 0", "below"]
)
def test_several_roots_that_no_step_led_to(amounts: tuple[float, ...]) -> None:
    days = np.array([0.0, 365.0, 730.0])
    assert compiled_march.counted(np.array(amounts), days, np.empty(3), 2, np.nan)[0] == 2


def test_a_march_that_is_given_up_is_left_to_the_tables() -> None:
    """All but a root at 50 %: there the march creeps, the more so as a thousandth comes twenty years later."""
    days, cuts = np.array([0, 365, 730, 7_300]), np.array([0, 4])
    amounts = np.array([-100, 300, -225.000_000_225, -0.001])
    left = compiled.looped(days, amounts, cuts, Roots.unknown(1), cores=1)
    assert left.tolist() == [compiled.OPEN]
    tables, loop = both(days, amounts, cuts)
    assert tables.status.tolist() == [CODES[RateStatus.NONE]]
    agree(tables, loop, 1e-10)


def test_a_loop_is_handed_to_the_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, object]] = []
    compiler = SimpleNamespace(njit=lambda **options: lambda function: told.append(options) or function)
    monkeypatch.setitem(sys.modules, "numba", compiler)
    monkeypatch.setattr(machine, "AVAILABLE", True)
    assert machine.loop(exponential) is machine.loop_in_any_order(exponential) is exponential
    assert [one["fastmath"] for one in told] == [set(), machine.ANY_ORDER]


def test_without_its_compiler_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "AVAILABLE", False)
    with pytest.raises(InvalidInput, match="install the extra `compiled`"):
        xirr_batch([0, 365], [-100, 110], [0, 2], compiled=True)
