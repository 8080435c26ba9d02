"""Loops that the optional extra `compiled` turns into the machine's own instructions.

Without the extra a loop stays plain Python, the same but slow, which is how the tests see every branch of it.
"""

import importlib
import importlib.util
import math
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

AVAILABLE = importlib.util.find_spec("numba") is not None
# Sums may be taken in any order, so that several flows are worked on at once; NaN and infinity keep their sense.
ANY_ORDER = {"reassoc", "nsz", "arcp", "contract"}

Loop = TypeVar("Loop", bound=Callable[..., Any])

# exp(y) = 2^k * exp(r), k being the whole number nearest to y / ln 2. Adding 1.5 * 2^52 leaves k in the last bits
# of the float. ln 2 is taken in two parts, the first so short that k times it is exact.
PER_LN2 = 1 / math.log(2)
SHIFT = 1.5 * 2.0**52
SHIFT_BITS = np.int64(np.float64(SHIFT).view(np.int64))
LN2_HIGH, LN2_LOW = 0.6931471806019545, -4.2009150726810846e-11
C2, C3, C4, C5, C6, C7 = (1 / math.factorial(k) for k in range(2, 8))
C8, C9, C10, C11, C12 = (1 / math.factorial(k) for k in range(8, 13))


def loop(function: Loop) -> Loop:
    """The function, compiled when it is first called, if the extra is there, and kept beside it."""
    return _compiled(function, set())


def loop_in_any_order(function: Loop) -> Loop:
    """The same, where the order in which sums are taken does not matter."""
    return _compiled(function, ANY_ORDER)


def _compiled(function: Loop, liberties: set[str]) -> Loop:
    if not AVAILABLE:
        return function
    numba = importlib.import_module("numba")
    made: Loop = numba.njit(nogil=True, cache=True, error_model="numpy", fastmath=liberties)(function)
    return made


@loop
def _power_of_two(shifted: Any) -> Any:
    """2^k from a float whose last bits hold k."""
    return np.int64((np.float64(shifted).view(np.int64) - SHIFT_BITS + 1023) << 52).view(np.float64)


@loop
def _shifted(y: Any) -> Any:
    return y * PER_LN2 + SHIFT


@loop
def _unshifted(shifted: Any) -> Any:
    """The whole number k. In any order the two shifts would cancel, and few processors turn k's bits into a float."""
    return shifted - SHIFT


@loop_in_any_order
def exponential(y: Any) -> Any:
    """exp(y) for |y| <= 700, to two units of the last place."""
    shifted = _shifted(y)
    k = _unshifted(shifted)
    r = (y - k * LN2_HIGH) - k * LN2_LOW
    p = ((((C12 * r + C11) * r + C10) * r + C9) * r + C8) * r + C7
    p = (((((p * r + C6) * r + C5) * r + C4) * r + C3) * r + C2) * r
    return ((p + 1) * r + 1) * _power_of_two(shifted)


@loop_in_any_order
def rough_exponential(y: Any) -> Any:
    """exp(y) for |y| <= 700, to two parts in ten million."""
    shifted = _shifted(y)
    r = y - _unshifted(shifted) * LN2_HIGH
    p = ((((C6 * r + C5) * r + C4) * r + C3) * r + C2) * r
    return ((p + 1) * r + 1) * _power_of_two(shifted)
