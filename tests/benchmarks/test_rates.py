"""`xirr_batch` beside pyxirr: 100,000 ragged series, 3.5 million flows, one in a hundred degenerate."""

from collections import Counter
from collections.abc import Callable

import mpmath as mp
import numpy as np
import pytest
import pyxirr
from pytest_benchmark.fixture import BenchmarkFixture

from tests.benchmarks.measure import TABLES, in_turns, peak_megabytes
from tests.benchmarks.series import Series, ragged
from valuation.irr import RateBatch, RateStatus, xirr_batch
from valuation.machine import AVAILABLE

COUNT, ROUNDS, SAMPLE = 100_000, 5, 400
EVERY_STATUS = list(RateStatus)


@pytest.fixture(scope="module")
def series() -> Series:
    return ragged(COUNT, seed=1)


def test_rates_of_many_series(benchmark: BenchmarkFixture, series: Series) -> None:
    ours = benchmark.pedantic(
        xirr_batch, (series.days, series.amounts, series.offsets), rounds=ROUNDS, warmup_rounds=1
    )
    days = np.split(series.days.astype("datetime64[D]"), series.offsets[1:-1])
    amounts = np.split(series.amounts, series.offsets[1:-1])
    healthy = [at for at, kind in enumerate(series.kinds) if kind == "healthy"]
    theirs: list[float | None] = []

    def peer() -> None:
        theirs[:] = [pyxirr.xirr(*one, silent=True) for one in zip(days, amounts, strict=True)]

    times = in_turns(
        {
            "ours": lambda: xirr_batch(series.days, series.amounts, series.offsets),
            "ours, two cores": lambda: xirr_batch(series.days, series.amounts, series.offsets, cores=2),
            **_compiled(series),
            "pyxirr": peer,
            "pyxirr, healthy only": lambda: [
                pyxirr.xirr(days[at], amounts[at], silent=True) for at in healthy
            ],
        },
        ROUNDS,
    )
    counts = {"pyxirr, healthy only": len(healthy)}
    errors = _errors(series, ours, theirs)
    lines = [
        f"{len(series.amounts):,} flows; error: greatest |r - exact| / max(1, exact) of {SAMPLE} series",
        "and of 300 degenerate ones, where there is one root and an answer",
    ]
    lines.append(f"{'':26}{'series/s':>12}{'ratio':>8}{'ratio, processor':>18}{'error':>10}")
    base = times["pyxirr"]
    for name, took in times.items():
        count = counts.get(name, COUNT)
        share = count / COUNT
        lines.append(
            f"{name:26}{count / took.clock:12,.0f}{share * base.clock / took.clock:8.1f}"
            f"{share * base.processor / took.processor:18.1f}{errors.get(name, np.nan):10.1e}"
        )
    peak = peak_megabytes(lambda: xirr_batch(series.days, series.amounts, series.offsets))
    lines.append(f"peak memory of ours beyond the flows: {peak:.0f} MB")
    TABLES["rates of many series"] = lines + _answers(series, ours, theirs)


def _compiled(series: Series) -> dict[str, Callable[[], object]]:
    """The compiled loop on one core and on two, called once before it is timed; nothing without the extra."""
    if not AVAILABLE:
        return {}
    arguments = (series.days, series.amounts, series.offsets)
    one, tables = xirr_batch(*arguments, compiled=True), xirr_batch(*arguments)
    assert (one.status == tables.status).all()
    assert np.allclose(one.values, tables.values, rtol=1e-10, atol=1e-10, equal_nan=True)
    return {
        "ours, compiled": lambda: xirr_batch(*arguments, compiled=True),
        "ours, compiled, two cores": lambda: xirr_batch(*arguments, compiled=True, cores=2),
    }


def _errors(series: Series, ours: RateBatch, theirs: list[float | None]) -> dict[str, float]:
    """The greatest error against the root at 50 digits, where there is one root only."""
    chosen = np.linspace(0, COUNT - 1, SAMPLE).astype(int)
    # Every degenerate kind as well.
    chosen = np.unique([*chosen, *range(99, 30_000, 100)])
    worst = {"ours": 0.0, "pyxirr": 0.0}
    with mp.workdps(50):
        for at in chosen.tolist():
            if ours.status[at] == 0:
                exact = _exact(series, at, float(ours.values[at]))
                for name, value in (("ours", ours.values[at]), ("pyxirr", theirs[at])):
                    if value is not None:
                        worst[name] = max(
                            worst[name], float(abs(mp.mpf(float(value)) - exact) / max(1, exact))
                        )
    return worst


def _exact(series: Series, at: int, near: float) -> mp.mpf:
    part = slice(int(series.offsets[at]), int(series.offsets[at + 1]))
    days = series.days[part].tolist()
    flows = [
        (mp.mpf(day - days[0]) / 365, mp.mpf(amount))
        for day, amount in zip(days, series.amounts[part].tolist(), strict=True)
    ]
    x = mp.log1p(mp.mpf(near))
    for _ in range(6):
        values = [(time, amount * mp.exp(-time * x)) for time, amount in flows]
        x += mp.fsum(value for _, value in values) / mp.fsum(time * value for time, value in values)
    return mp.expm1(x)


def _answers(series: Series, ours: RateBatch, theirs: list[float | None]) -> list[str]:
    lines = ["", f"{'kind':16}{'series':>8}  {'pyxirr answers':>14}  ours"]
    for kind in dict.fromkeys(series.kinds):
        places = [at for at, one in enumerate(series.kinds) if one == kind]
        found = Counter(EVERY_STATUS[ours.status[at]].value for at in places)
        answered = sum(theirs[at] is not None for at in places)
        said = ", ".join(f"{count:,} {status}" for status, count in found.most_common())
        lines.append(f"{kind:16}{len(places):8,}  {answered:14,}  {said}")
    return lines
