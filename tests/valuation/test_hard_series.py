"""Ours against brute force at 50 digits on 200 hard series; the table for people is `docs/rates.md`."""

from datetime import date, timedelta

import mpmath as mp
import numpy as np
import pytest

from tests.valuation.brute_force import log_roots
from tests.valuation.hard_series import MAKERS, Hard, series
from valuation.irr import CODES, xirr, xirr_batch

EPOCH = date(1970, 1, 1)
SERIES = series()


@pytest.mark.parametrize("kind", MAKERS)
def test_every_root_of_every_series(kind: str) -> None:
    for hard in (one for one in SERIES if one.kind == kind):
        expected = log_roots(hard.days, hard.amounts)
        ours = xirr([EPOCH + timedelta(day) for day in hard.days], hard.amounts)
        assert len(ours.roots) == len(expected), hard
        for found, exact in zip(ours.log_roots, expected, strict=True):
            assert abs(found - exact) <= _allowed(hard, exact), hard
        assert ours.residual < 1e-12


def _allowed(hard: Hard, exact: mp.mpf) -> float:
    """1e-9; at a double root the sixteenth digit of the amounts moves the root in the eighth."""
    return 1e-6 if "touches" in hard.kind else 1e-9 * max(1.0, abs(float(exact)))


def test_the_batch_says_the_same() -> None:
    days = np.concatenate([one.days for one in SERIES])
    amounts = np.concatenate([one.amounts for one in SERIES])
    batch = xirr_batch(days, amounts, np.cumsum([0, *(len(one.days) for one in SERIES)]))
    for at, hard in enumerate(SERIES):
        ours = xirr([EPOCH + timedelta(day) for day in hard.days], hard.amounts)
        assert batch.status[at] == CODES[ours.status], hard
        expected = np.nan if ours.value is None else ours.value
        assert batch.values[at] == pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True), hard
