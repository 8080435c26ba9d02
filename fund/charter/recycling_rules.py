"""What a fund may promise about money that goes back: how soon unused money does, what may be called again. Pure."""

from collections.abc import Mapping

from kernel.errors import Problem

SPANS = ("unused_return_days", "recall_within_months", "recall_expires_months", "giveback_months")
LONGEST_DAYS = 3660
LONGEST_MONTHS = 360


def recycling_faults(counted: Mapping[str, int | None]) -> list[Problem]:
    """Everything that is wrong with spans counted in days or months; None is no such promise."""
    return [
        Problem(
            name,
            "expected a whole number from 1 to {most}, got {number}; leave it out for none",
            {"most": most, "number": number},
        )
        for name, number in counted.items()
        for most in [LONGEST_DAYS if name.endswith("days") else LONGEST_MONTHS]
        if number is not None and not 0 < number <= most
    ]
