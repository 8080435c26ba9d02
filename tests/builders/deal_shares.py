"""A fund of two partners and what each has in its deals, for tests."""

from datetime import date

from kernel.db import Tx
from tests.builders.capital import (
    YUAN,
    CapitalFund,
    committed,
)

MILLION = 1_000_000 * YUAN
MARCH, APRIL = date(2026, 3, 2), date(2026, 4, 1)


def by_code(fund: CapitalFund, parts: dict[int, int]) -> dict[str, int]:
    """The same by the codes of the partners."""
    codes = {key: code for code, key in fund.partners.items()}
    return {codes[key]: part for key, part in parts.items()}


def seventy_thirty(tx: Tx) -> CapitalFund:
    """LP01 has committed 70 and LP02 30 million."""
    return committed(tx, {"LP01": 70 * MILLION, "LP02": 30 * MILLION})


def parts_of(first: int, second: int) -> dict[str, int]:
    """What LP01 and LP02 have, given in yuan."""
    return {"LP01": first * YUAN, "LP02": second * YUAN}
