"""The series that the rates are timed on: made from a seed, like those a fund of funds keeps.

100,000 series of 10 to 60 flows, 3.5 million in all. Of 100 series 99 are holdings as they are in life: money
goes out first, comes back later, and both are mixed in between; the last flow is the value today. One in a
hundred is degenerate, of seven kinds in turn.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SHORTEST, LONGEST = 10, 60
DEGENERATE_EVERY = 100
KINDS = ("total loss", "receipts only", "one day", "no root", "two roots", "near -100 %", "above 1e6")


@dataclass(frozen=True)
class Series:
    """Ragged series: series i is days[offsets[i]:offsets[i + 1]] with its amounts; kinds[i] is "healthy" or
    one of KINDS.
    """

    days: NDArray[np.int64]
    amounts: NDArray[np.float64]
    offsets: NDArray[np.int64]
    kinds: list[str]


def ragged(count: int, seed: int) -> Series:
    """`count` series from a seed."""
    chance = np.random.default_rng(seed)
    lengths = chance.integers(SHORTEST, LONGEST + 1, count)
    kinds = ["healthy"] * count
    for turn, at in enumerate(range(DEGENERATE_EVERY - 1, count, DEGENERATE_EVERY)):
        kinds[at] = KINDS[turn % len(KINDS)]
    parts = [_one(kind, int(length), chance) for kind, length in zip(kinds, lengths, strict=True)]
    days = np.concatenate([part[0] for part in parts])
    amounts = np.concatenate([part[1] for part in parts])
    return Series(days, amounts, np.concatenate(([0], np.cumsum(lengths))), kinds)


def _one(
    kind: str, length: int, chance: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    days = 12_000 + chance.integers(0, 4_000) + np.cumsum(chance.integers(20, 160, length))
    sizes = np.round(chance.lognormal(2.0, 1.0, length), 2) + 0.01
    later = np.linspace(0, 1, length)
    received = chance.random(length) < 1 / (1 + np.exp(-20 * (later - 0.45)))
    received[0], received[-1] = False, True
    multiple = chance.lognormal(0.4, 0.5)
    if kind == "one day":
        days[:] = days[0]
    elif kind in {"total loss", "receipts only"}:
        received[:] = kind == "receipts only"
    elif kind in {"no root", "two roots"}:
        received[:] = False
        received[length // 3 : 2 * length // 3] = True
        multiple = 0.6 if kind == "no root" else 1.6
    elif kind in {"near -100 %", "above 1e6"}:
        received[:-1] = False
        multiple = 1e-9 if kind == "near -100 %" else 1e9
        days = days[0] + np.arange(length) * (60 if kind == "near -100 %" else 5)
    if 0 < received.sum() < length:
        sizes[received] *= multiple * sizes[~received].sum() / sizes[received].sum()
    return days, np.where(received, sizes, -sizes)
