"""Interests that pass from one partner to another, for tests."""

from datetime import date
from typing import Any

from fund.capital.transfers import draft_transfer
from fund.fees.transfers import approve_transfer
from fund.interests.queries import TransferSheet
from fund.interests.rules import Words
from kernel.db import Tx
from tests.builders.capital import ACCOUNTANT, MANAGER, CapitalFund, noon


def words(on: date, **changes: str) -> Words:
    """Reason and consent as they are usually given."""
    facts = {"reason": "restructuring", "consent": "resolution 2026-07", "related_note": "", **changes}
    return Words(consented_on=on, **facts)


def a_transfer_draft(
    tx: Tx,
    fund: CapitalFund,
    *,
    seller: str = "LP01",
    buyer: str = "LP03",
    commitment: int,
    on: date,
    price: int = 0,
    drafted_on: date | None = None,
    **changes: Any,
) -> TransferSheet:
    """A transfer drafted by the accountant."""
    return draft_transfer(
        tx,
        ACCOUNTANT,
        fund_id=fund.fund_id,
        seller_id=fund[seller],
        buyer_id=fund[buyer],
        commitment=commitment,
        price=price,
        effective_on=on,
        words=words(on, **changes),
        now=noon(drafted_on or on),
    )


def a_transfer(
    tx: Tx, fund: CapitalFund, *, on: date, approved_on: date | None = None, **facts: Any
) -> TransferSheet:
    """A transfer that the manager has approved, and so booked."""
    sheet = a_transfer_draft(tx, fund, on=on, **facts)
    return approve_transfer(tx, MANAGER, transfer_id=sheet.id, now=noon(approved_on or on))
