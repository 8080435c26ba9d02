"""Timing in turns, and tables for the end of the run."""

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass

TABLES: dict[str, list[str]] = {}


@dataclass(frozen=True)
class Took:
    """Seconds by the clock, and of the processor: the latter tell more on a busy machine with few threads."""

    clock: float
    processor: float


def in_turns(functions: dict[str, Callable[[], object]], rounds: int) -> dict[str, Took]:
    """The best of some rounds of each, run in turns so that a busy moment hits all alike."""
    clock, processor = dict.fromkeys(functions, float("inf")), dict.fromkeys(functions, float("inf"))
    for _ in range(rounds):
        for name, function in functions.items():
            start, worked = time.perf_counter(), time.process_time()
            function()
            processor[name] = min(processor[name], time.process_time() - worked)
            clock[name] = min(clock[name], time.perf_counter() - start)
    return {name: Took(clock[name], processor[name]) for name in functions}


def peak_megabytes(function: Callable[[], object]) -> float:
    """The most memory that Python and NumPy held at once while it ran."""
    tracemalloc.start()
    function()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20
