"""What a fund may promise about distributions that partners give back to pay a liability of the fund. Pure."""

from fractions import Fraction

from kernel.errors import Problem
from kernel.money import format_percent


def giveback_faults(*, cap: Fraction | None, months: int | None, restores: bool) -> list[Problem]:
    """Everything that is wrong with the term: a cap that is no share, and conditions of a term that there is not."""
    faults = []
    if cap is not None and not 0 < cap <= 1:
        says = "expected more than 0 % and at most 100 %, got {share}; leave it out for none"
        faults.append(Problem("giveback_cap", says, {"share": format_percent(cap)}))
    if cap is None and (months is not None or restores):
        faults.append(
            Problem("giveback_cap", "without a cap nothing is given back; name it, or none of the rest")
        )
    return faults
