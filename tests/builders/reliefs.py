"""Offsets of a fee, what stands on an account, and whether every proof holds."""

from datetime import date
from typing import Any

from fund.fees.relief_rules import OffsetKind
from fund.fees.reliefs import propose_offset
from fund.fees.unapplied import ReliefSheet
from fund.ledger.queries import total
from fund.ledger.rules import Account
from fund.results.ilpa import assertions
from fund.results.proof import prove
from kernel.db import Tx
from kernel.periods import Quarter
from tests.builders.capital import ACCOUNTANT, YUAN, CapitalFund, noon

MILLION = 1_000_000 * YUAN
Q1, Q2, Q3 = Quarter(2026, 1), Quarter(2026, 2), Quarter(2026, 3)
MARCH, APRIL, JULY = date(2026, 3, 20), date(2026, 4, 15), date(2026, 7, 10)


def proposed(tx: Tx, fund: CapitalFund, received: int, *, on: date = MARCH, **facts: Any) -> ReliefSheet:
    """A director's fee that the accountant wrote down."""
    ask = {"reference": "O-1", "kind": OffsetKind.DIRECTORS, "reason": "董事费"} | facts
    return propose_offset(
        tx, ACCOUNTANT, fund_id=fund.fund_id, received=received, received_on=on, now=noon(on), **ask
    )


def on(tx: Tx, fund: CapitalFund, account: Account, partner: str | None = None) -> int:
    """The balance of an account, of one partner if it is named."""
    key = fund[partner] if partner else None
    return total(tx, fund_id=fund.fund_id, as_of=date.max, accounts=[account], partner_id=key)


def holds(tx: Tx, fund: CapitalFund) -> bool:
    """Whether the ILPA assertions and the proof hold, quarter after quarter."""
    found = [one for q in (Q1, Q2, Q3) for one in assertions(tx, fund_id=fund.fund_id, quarter=q)]
    return all(one.holds for one in found) and prove(tx, fund_id=fund.fund_id) == []
