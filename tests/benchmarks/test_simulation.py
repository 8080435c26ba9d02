"""`simulate` beside naive Python: 100,000 scenarios of 40 deals over 40 quarters, a waterfall and a rate each."""

import random

import numpy as np
from pytest_benchmark.fixture import BenchmarkFixture

from tests.benchmarks import naive_simulation
from tests.benchmarks.measure import TABLES, in_turns, peak_megabytes
from valuation.simulation import SimulatedDeal, Simulation, SimulationTerms, simulate

SCENARIOS, QUARTERS, ROUNDS = 100_000, 40, 5
# The naive one is timed on fewer and taken in proportion; it has no fixed cost to speak of.
NAIVE = 500
DEALS = [
    SimulatedDeal(
        name=f"Deal {at}",
        value=5 + at % 7,
        drift=0.08 + 0.004 * (at % 9),
        volatility=0.3 + 0.02 * (at % 11),
        failure_rate=0.02 + 0.005 * (at % 5),
        exit_from=4 + at % 8,
        exit_to=20 + at % 25,
    )
    for at in range(40)
]
TERMS = SimulationTerms(
    0.08, 1.0, 0.2, past=tuple((ago, -16.0) for ago in range(12, 0, -1)), market_share=0.3
)


def test_a_forecast_of_many_scenarios(benchmark: BenchmarkFixture) -> None:
    def ours(cores: int = 1) -> Simulation:
        return simulate(DEALS, TERMS, scenarios=SCENARIOS, quarters=QUARTERS, seed=1, cores=cores)

    def naive() -> list[float]:
        chance = random.Random(1)
        return [naive_simulation.play(DEALS, TERMS, QUARTERS, chance) for _ in range(NAIVE)]

    result = benchmark.pedantic(ours, rounds=ROUNDS, warmup_rounds=1)
    times = in_turns({"ours, one core": ours, "ours, two cores": lambda: ours(2), "naive": naive}, ROUNDS)
    scale = {"naive": SCENARIOS / NAIVE}
    base = times["naive"]
    lines = [f"{'':24}{'seconds':>10}{'of processor':>14}{'ratio':>8}{'ratio, processor':>18}"]
    for name, took in times.items():
        clock, processor = took.clock * scale.get(name, 1), took.processor * scale.get(name, 1)
        lines.append(
            f"{name:24}{clock:10.2f}{processor:14.2f}{base.clock * scale['naive'] / clock:8.1f}"
            f"{base.processor * scale['naive'] / processor:18.1f}"
        )
    lines.append(f"peak memory of ours: {peak_megabytes(ours):.0f} MB")
    lines.append(f"median rate: ours {np.nanmedian(result.rates.values):.3f}, naive {np.median(naive()):.3f}")
    TABLES["forecast of 100,000 scenarios"] = lines
