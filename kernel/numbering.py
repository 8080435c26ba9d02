"""Numbers that count rows within something: the calls of a fund, the purchases of a holding, the entries of a deal."""

from typing import Any

import sqlalchemy as sa

from kernel.db import Tx


def next_number(tx: Tx, *, of: Any, within: sa.ColumnElement[bool]) -> int:
    """One more than the highest of a column among the rows `within`, 1 for the first.

    The caller holds the lock under which they are counted.
    """
    highest = sa.select(sa.func.coalesce(sa.func.max(of), 0)).where(within)
    return int(tx.execute(highest).scalar_one()) + 1
