"""Which of the fund's limits a payment would break further."""

from collections.abc import Sequence
from datetime import date

from fund.results.exposure import exposure
from fund.results.exposure_rules import LimitCheck, Promised, WhatIf
from kernel.db import Tx
from pipeline.closing.rules import Breach


def breaches(
    tx: Tx, *, fund_id: int, on: date, what_if: WhatIf, promised: Sequence[Promised]
) -> tuple[list[Breach], tuple[LimitCheck, ...]]:
    """The limits that an investment would break further beside what else is `promised`, and where it would bring every
    limit.

    A limit that is broken already and is not made worse by the payment does not stand in its way.
    """
    found = exposure(tx, fund_id=fund_id, as_of=on, what_if=what_if, promised=promised)
    worse = [check for check in found.breaches if check.current > check.before]
    broken = [
        Breach(check.limit.dimension.value, check.key, check.before, check.current, check.limit.maximum)
        for check in worse
    ]
    return broken, found.limits
