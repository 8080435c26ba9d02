"""One rate for every play: of several the one on the side of gain or loss, and a loss without a rate at the bottom."""

import math

import numpy as np
import pytest

from valuation.counted import counted_rates
from valuation.irr import CODES, RateStatus, xirr_batch

DAYS = np.array([0, 0, 365, 730])
# Each row by its roots in 1 / (1 + r); the payment of the first day stands in two parts.
ROWS = [
    ("a gain, of -50 % and 25 %", (-60.0, -40.0, 175.0, -62.5), RateStatus.MULTIPLE, 0.25),
    ("a loss, of -50 % and -20 %", (-60.0, -40.0, 130.0, -40.0), RateStatus.MULTIPLE, -0.2),
    ("neither, of -50 % and 0 %", (-60.0, -40.0, 150.0, -50.0), RateStatus.MULTIPLE, 0.0),
    ("a loss, yet of 25 % and 100 %", (-60.0, -40.0, 325.0, -250.0), RateStatus.MULTIPLE, -1.0),
    ("a loss at every rate", (-60.0, -40.0, 10.0, -20.0), RateStatus.NONE, -1.0),
    ("a loss of everything", (-60.0, -40.0, 0.0, -5.0), RateStatus.TOTAL_LOSS, -1.0),
    ("one rate", (-60.0, -40.0, 0.0, 121.0), RateStatus.UNIQUE, 0.1),
    ("nothing paid in", (0.0, 0.0, 0.0, 5.0), RateStatus.UNDEFINED, math.nan),
]


def counted(rows: list[tuple[float, ...]]) -> tuple[list[int], list[float]]:
    flows = np.array(rows)
    days = np.tile(DAYS, len(rows))
    rates = xirr_batch(days, flows.ravel(), np.arange(len(rows) + 1) * len(DAYS))
    return list(rates.status), list(counted_rates(DAYS, flows, rates))


def test_every_play_counts_by_the_rule() -> None:
    status, found = counted([flows for _, flows, _, _ in ROWS])
    assert status == [CODES[status] for _, _, status, _ in ROWS]
    assert found == pytest.approx([rate for *_, rate in ROWS], abs=1e-6, nan_ok=True)


def test_where_all_have_one_rate_nothing_is_chosen() -> None:
    assert counted([(-60.0, -40.0, 0.0, 121.0)])[1] == pytest.approx([0.1])
