"""How the fund left companies, as a partner reads of it: the kind and the day, and no other partner's name."""

from collections.abc import Mapping
from datetime import datetime

from kernel.db import Tx
from kernel.periods import Quarter
from lp_reports.gathering.conflicts import Partners
from lp_reports.portfolio import Exit
from pipeline.stewardship.queries import Left, left_by

YOURS, A_PARTNERS = "yours", "partner"


def exits(
    tx: Tx, *, fund_id: int, quarter: Quarter, known_at: datetime, partners: Partners
) -> Mapping[int, Exit]:
    """The exits recorded by the end of a quarter, by holding."""
    found = left_by(tx, fund_id=fund_id, as_of=quarter.ends_on, known_at=known_at)
    return {key: Exit(left.kind.value, left.exited_on, _chain(left, partners)) for key, left in found.items()}


def _chain(left: Left, partners: Partners) -> str:
    if not left.into_partner_chain:
        return ""
    own = partners.groups.get(partners.reader.id, frozenset())
    return YOURS if left.counterparty_id in own else A_PARTNERS
