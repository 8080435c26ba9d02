"""Timing in turns, and tables for the end of the run."""

import time
import tracemalloc
from collections.abc import Callable

TABLES: dict[str, list[str]] = {}


def in_turns(functions: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The best of some rounds of each, in seconds, run in turns so that a busy moment hits all alike."""
    best = dict.fromkeys(functions, float("inf"))
    for _ in range(rounds):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            best[name] = min(best[name], time.perf_counter() - start)
    return best


def peak_megabytes(function: Callable[[], object]) -> float:
    """The most memory that Python and NumPy held at once while it ran."""
    tracemalloc.start()
    function()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20
