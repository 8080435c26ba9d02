"""By which names the partners of a fund are known: those of the others are written in nobody's file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fund.parties import queries as parties
from fund.partners.queries import partners
from kernel.db import Tx
from lp_reports.rules import names_of

FOR_EVER = date(9998, 12, 31)
"""A group is concealed as it is known at last: what joins it later must not have been named before."""


@dataclass(frozen=True)
class Names:
    """Every name of each partner and of the companies of its group, by partner, in the partners' order.

    A university is left out, though it may own a partner: every paper of such a fund names it.
    """

    of: Mapping[int, tuple[str, ...]]
    general: frozenset[int]

    def others(self, partner_id: int) -> tuple[str, ...]:
        """Every name by which another limited partner, or a company of its group, is known."""
        own = set(self.of[partner_id])
        limited = (names for key, names in self.of.items() if key != partner_id and key not in self.general)
        return tuple(dict.fromkeys(name for names in limited for name in names if name not in own))


def known_names(tx: Tx, *, fund_id: int) -> Names:
    """The names of all partners; as many questions of the database for a thousand of them as for two."""
    found = partners(tx, fund_id=fund_id)
    groups = parties.groups(tx, party_ids=[one.party_id for one in found], as_of=FOR_EVER)
    everyone = frozenset[int]().union(*groups.values())
    members = parties.parties(tx, party_ids=everyone)
    unsaid = parties.universities(tx, party_ids=everyone)
    names = {key: tuple(names_of(one.name_zh, one.name_en)) for key, one in members.items()}
    return Names(
        {
            one.id: tuple(
                name
                for key in sorted(groups[one.party_id])
                if key == one.party_id or key not in unsaid
                for name in names[key]
            )
            for one in found
        },
        frozenset(one.id for one in found if one.is_general),
    )
