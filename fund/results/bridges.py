"""The value bridge of the fund or of a partner: how one value became another, company by company, to the fen.

Opening and closing value are what stands on the accounts of capital; the steps are their movements. Both are read
from the books by different roads, and a bridge that did not arrive would not be shown.
"""

from dataclasses import dataclass
from datetime import datetime

from fund.holdings.queries import holding_labels
from fund.ledger.chart import CAPITAL_ACCOUNTS
from fund.ledger.queries import by_quarter, total
from fund.results import bridge_rules as rules
from fund.results.bridge_rules import Gains
from fund.results.reading import see
from fund.results.rules import Period, since
from kernel.db import Tx
from kernel.periods import Quarter
from valuation.bridge import ValueBridge, value_bridge


@dataclass(frozen=True)
class CompanyGains:
    """What one company added; code and name are empty for what names no company."""

    code: str
    name: str
    gains: Gains


@dataclass(frozen=True)
class FundBridge:
    """The bridge over a period that ends with `quarter`, the quarters it is joined of, and its gains by company."""

    fund_id: int
    partner_id: int | None
    quarter: Quarter
    period: Period
    known_at: datetime | None
    whole: ValueBridge
    quarters: tuple[ValueBridge, ...]
    companies: tuple[CompanyGains, ...]


def bridges(
    tx: Tx,
    *,
    fund_id: int,
    quarter: Quarter,
    period: Period = Period.QTD,
    partner_id: int | None = None,
    known_at: datetime | None = None,
) -> FundBridge:
    """From the value with which the period opened to the one at the end of `quarter`."""
    see(tx, fund_id=fund_id, partner_id=partner_id)
    found = by_quarter(
        tx,
        fund_id=fund_id,
        through=quarter.ends_on,
        accounts=CAPITAL_ACCOUNTS,
        known_at=known_at,
        partner_id=partner_id,
        by_holding=True,
    )
    began = since(period, quarter)
    first = Quarter.containing(began) if began else min((one.quarter for one in found), default=quarter)
    moves = rules.movements(one for one in found if one.quarter >= first)
    eve = first.previous.ends_on
    opening, closing = (
        total(
            tx,
            fund_id=fund_id,
            as_of=day,
            accounts=CAPITAL_ACCOUNTS,
            partner_id=partner_id,
            known_at=known_at,
        )
        for day in (eve, quarter.ends_on)
    )
    whole = value_bridge(moves, opens_on=eve, closes_on=quarter.ends_on, opening=opening, closing=closing)
    labels = holding_labels(tx, fund_id=fund_id)
    return FundBridge(
        fund_id,
        partner_id,
        quarter,
        period,
        known_at,
        whole,
        rules.by_quarter(moves, since=first, through=quarter, opening=opening),
        tuple(CompanyGains(*labels.get(one.holding_id, ("", "")), one) for one in rules.gains(moves)),
    )
