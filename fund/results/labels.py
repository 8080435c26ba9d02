"""The labels that the holdings of a fund carry."""

from datetime import date

from fund.charter.rules import Dimension
from fund.holdings.queries import holdings
from kernel.db import Tx


def labels_in_use(tx: Tx, *, fund_id: int, as_of: date) -> dict[Dimension, frozenset[str]]:
    """In every dimension the labels under which something was bought by a day, whether it is held still or not."""
    sheets = holdings(tx, fund_id=fund_id, as_of=as_of)
    found = {
        dimension: frozenset(getattr(one, dimension.value, "") for one in sheets) - {""}
        for dimension in Dimension
    }
    return found | {Dimension.COMPANY: frozenset(one.name for one in sheets)}
