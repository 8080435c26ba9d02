"""Multiples of paid-in capital, and of a single investment. Definitions: ILPA, GIPS.

A multiple of nothing does not exist: a denominator of zero or less is refused, never answered with a
stand-in number.
"""

from valuation.flows import Number, at_least, finite, positive


def pic(paid_in: Number, committed: Number) -> float:
    """Paid-in to committed capital."""
    return at_least(paid_in, "paid_in", 0) / positive(committed, "committed")


def dpi(distributed: Number, paid_in: Number) -> float:
    """Distributions to paid-in capital: what came back."""
    return at_least(distributed, "distributed", 0) / positive(paid_in, "paid_in")


def rvpi(nav: Number, paid_in: Number) -> float:
    """Residual value to paid-in capital: what is still in the fund. A negative net asset value is allowed."""
    return finite(nav, "nav") / positive(paid_in, "paid_in")


def tvpi(distributed: Number, nav: Number, paid_in: Number) -> float:
    """Total value to paid-in capital: DPI + RVPI."""
    return (at_least(distributed, "distributed", 0) + finite(nav, "nav")) / positive(paid_in, "paid_in")


def moic(realised: Number, unrealised: Number, invested: Number) -> float:
    """Multiple of invested capital, before fees and carry: (proceeds + remaining value) / cost."""
    return (at_least(realised, "realised", 0) + finite(unrealised, "unrealised")) / positive(
        invested, "invested"
    )
