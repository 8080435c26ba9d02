"""How the fund left companies, as a partner reads of it: the kind and the day, and no other partner's name."""

from collections.abc import Mapping

from lp_reports.gathering.conflicts import Partners
from lp_reports.portfolio import Exit
from pipeline.stewardship.queries import Left

YOURS, A_PARTNERS = "yours", "partner"


def exits(found: Mapping[int, Left], partners: Partners) -> Mapping[int, Exit]:
    """The exits that were recorded, by holding."""
    return {key: Exit(left.kind.value, left.exited_on, _chain(left, partners)) for key, left in found.items()}


def _chain(left: Left, partners: Partners) -> str:
    if not left.into_partner_chain:
        return ""
    own = partners.groups.get(partners.reader.id, frozenset())
    return YOURS if left.counterparty_id in own else A_PARTNERS
