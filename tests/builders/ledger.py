"""Books and entries for tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fund.ledger.actions import lock_period, open_chart, post
from fund.ledger.models import Entry
from fund.ledger.queries import open_through
from fund.ledger.rules import Account, Posting
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor
from kernel.periods import Quarter
from tests.builders.charter import OPENED_AT, a_fund
from tests.builders.partners import partners


@dataclass(frozen=True)
class Books:
    """A fund with its accounts and partners (ids by code)."""

    fund_id: int
    partners: dict[str, int]


def books(tx: Tx, *codes: str, code: str = "AF1") -> Books:
    """A fund with open books and the partners LP01, LP02 and GP, or those named."""
    fund = a_fund(tx, code=code)
    open_chart(tx, SYSTEM, fund_id=fund.id, now=OPENED_AT)
    return Books(fund.id, partners(tx, fund.id, *(codes or ("LP01", "LP02", "GP"))))


def a_posting(**changes: Any) -> Posting:
    """A purchase of holding 1 for 100.00 on 2026-01-15, changed as said."""
    facts: dict[str, Any] = {
        "reference": "BUY-001",
        "effective_on": date(2026, 1, 15),
        "debit": Account.INVESTMENTS_AT_COST,
        "credit": Account.CASH,
        "amount": 100_00,
        "memo": "",
        "act": "buy:1",
        "holding_id": 1,
    }
    return Posting(**{**facts, **changes})


def contribution(partner_id: int, amount: int, on: date, reference: str) -> Sequence[Posting]:
    """A call and its receipt on the same day."""
    called = {
        "debit": Account.CONTRIBUTIONS_RECEIVABLE,
        "credit": Account.CONTRIBUTIONS,
        "debit_partner_id": partner_id,
        "credit_partner_id": partner_id,
    }
    received = {
        "debit": Account.CASH,
        "credit": Account.CONTRIBUTIONS_RECEIVABLE,
        "credit_partner_id": partner_id,
    }
    return [
        a_posting(
            reference=f"{reference}/{step}",
            effective_on=on,
            amount=amount,
            holding_id=None,
            act="call:1",
            **sides,
        )
        for step, sides in (("called", called), ("received", received))
    ]


def booked(tx: Tx, fund_id: int, postings: Sequence[Posting], *, now: datetime = OPENED_AT) -> list[Entry]:
    """Book the postings as the system."""
    return post(tx, SYSTEM, fund_id=fund_id, postings=postings, now=now)


def locked(tx: Tx, fund_id: int, quarter: Quarter, *, actor: Actor = SYSTEM, now: datetime) -> None:
    """Lock the books through `quarter`, one quarter after another as the rule wants it."""
    for one in open_through(tx, fund_id=fund_id, through=quarter):
        lock_period(tx, actor, fund_id=fund_id, quarter=one, now=now)
