"""How much of the portfolio lies in each partner's industrial chain."""

from dataclasses import dataclass
from datetime import date, datetime

from fund.holdings.queries import holdings
from fund.parties.queries import edges
from fund.partners.queries import PartnerSheet
from fund.results.chain_rules import Chain, chain_of
from fund.results.reading import see
from fund.revenues.queries import latest_revenues
from kernel.db import Tx


@dataclass(frozen=True)
class PartnerChain:
    """A partner with its chain."""

    partner: PartnerSheet
    chain: Chain


def chains(
    tx: Tx,
    *,
    fund_id: int,
    as_of: date,
    partner_id: int | None = None,
    known_at: datetime | None = None,
) -> list[PartnerChain]:
    """The chain of one partner, or for whoever reads the whole fund those of all limited partners.

    A partner learns its own and never another's. Holdings and revenues are those known at an instant; relations are
    taken as they are on record now for that day.
    """
    found = see(tx, fund_id=fund_id, partner_id=partner_id)
    held = holdings(tx, fund_id=fund_id, as_of=as_of, known_at=known_at)
    known, sold = edges(tx), latest_revenues(tx, as_of=as_of, known_at=known_at)
    return [
        PartnerChain(one, chain_of(one.party_id, held, known, sold, as_of=as_of))
        for one in found
        if partner_id is not None or not one.is_general
    ]
