"""What of the portfolio lies in the partner's own industrial chain."""

from datetime import datetime
from fractions import Fraction

from fund.results.chain_rules import Link
from fund.results.chains import chains
from kernel.db import Tx
from kernel.periods import Quarter
from lp_reports.gathering.charter import decimal
from lp_reports.portfolio import Chain, ChainLine


def chain(tx: Tx, *, fund_id: int, partner_id: int, quarter: Quarter, known_at: datetime) -> Chain | None:
    """The chain at the quarter's end, the most valuable company first; None while nothing of value is in it."""
    [own] = chains(tx, fund_id=fund_id, partner_id=partner_id, as_of=quarter.ends_on, known_at=known_at)
    found = own.chain
    if not found.value or found.share is None:
        return None
    whole = sum(one.value for one in found.slices)
    return Chain(
        tuple(_line(link, whole) for link in found.links if link.holding.value),
        found.value,
        decimal(found.share),
        found.told,
        found.resting,
    )


def _line(link: Link, whole: int) -> ChainLine:
    told = link.dependence
    return ChainLine(
        link.holding.code,
        tuple(role.value for role in link.roles),
        link.holding.value,
        decimal(Fraction(link.holding.value, whole)),
        told.year if told else None,
        decimal(told.share) if told else None,
        link.resting if told else None,
    )
