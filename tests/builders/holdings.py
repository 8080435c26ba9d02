"""Holdings, purchases and marks for tests."""

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from sqlmodel import select

from fund.capital.models import CapitalClose, Commitment
from fund.holdings.actions import approve_mark, buy, open_holding, prepare_mark
from fund.holdings.mark_rules import Technique
from fund.holdings.queries import HoldingSheet, MarkSheet
from fund.ledger.rules import Account
from kernel.db import Tx
from kernel.identity.models import User
from kernel.identity.queries import actor_of
from kernel.identity.rules import SYSTEM, Actor, Role
from tests.builders.charter import OPENED_AT
from tests.builders.ledger import Books, a_posting, booked, books
from tests.builders.parties import an_organisation
from tests.builders.people import an_actor

BOUGHT_ON = date(2024, 3, 20)
NOW = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)


def committed(tx: Tx, *, code: str = "AF1") -> Books:
    """A fund with open books in which LP01, LP02 and the GP have committed 60 : 30 : 10.

    It has 100m yuan in the bank, for which it owes an invoice: it can buy, and its net assets are nil.
    """
    opened = books(tx, code=code)
    close = CapitalClose(
        fund_id=opened.fund_id,
        number=1,
        closed_on=date(2024, 1, 15),
        recorded_by="test",
        recorded_at=OPENED_AT,
    )
    tx.add(close)
    tx.flush()
    for partner_id, amount in zip(opened.partners.values(), (60, 30, 10), strict=True):
        tx.add(
            Commitment(
                fund_id=opened.fund_id,
                close_id=close.key,
                partner_id=partner_id,
                amount=amount * 1_000_000_00,
                effective_on=date(2024, 1, 15),
                recorded_at=OPENED_AT,
            )
        )
    tx.flush()
    cash = a_posting(
        reference="IN-HAND",
        effective_on=date(2024, 1, 15),
        debit=Account.CASH,
        credit=Account.ACCOUNTS_PAYABLE,
        amount=100_000_000_00,
        act="opening:1",
        holding_id=None,
    )
    booked(tx, opened.fund_id, [cash])
    return opened


def a_holding(
    tx: Tx, fund_id: int, *, name_zh: str = "氢材科技有限公司", now: datetime = NOW, **facts: Any
) -> HoldingSheet:
    """A company on the list of which nothing is held yet."""
    labels = {
        "sector": "hydrogen",
        "chain_position": "upstream",
        "stage": "seed",
        "origin": "laboratory",
        "city": "北京",
    }
    party = an_organisation(tx, name_zh, name_en="Hydrogen Materials", now=now)
    return open_holding(tx, SYSTEM, fund_id=fund_id, party_id=party.id, now=now, **{**labels, **facts})


def bought(
    tx: Tx,
    holding_id: int,
    *,
    on: date = BOUGHT_ON,
    quantity: int | Fraction = 1_000_000,
    cost: int = 20_000_000_00,
    now: datetime = NOW,
    **facts: Any,
) -> HoldingSheet:
    """A purchase, by default of 1,000,000 yuan of registered capital for 20,000,000.00."""
    return buy(
        tx, SYSTEM, holding_id=holding_id, bought_on=on, quantity=quantity, cost=cost, now=now, **facts
    )


def held(tx: Tx, fund_id: int, *, cost: int = 20_000_000_00, **facts: Any) -> HoldingSheet:
    """A holding with its first purchase made."""
    return bought(tx, a_holding(tx, fund_id, **facts).id, cost=cost)


def the_analyst(tx: Tx, *, now: datetime = NOW) -> Actor:
    """The person who prepares marks."""
    return _once(tx, Role.ANALYST, now)


def the_manager(tx: Tx, *, now: datetime = NOW) -> Actor:
    """The person who approves them."""
    return _once(tx, Role.MANAGER, now)


def _once(tx: Tx, role: Role, now: datetime) -> Actor:
    login = f"marks.{role.value}"
    known = tx.exec(select(User).where(User.login == login)).one_or_none()
    return actor_of(tx, user=known) if known else an_actor(tx, role, login=login, now=now)


def a_draft(
    tx: Tx, analyst: Actor, holding_id: int, *, on: date, value: int, now: datetime = NOW, **facts: Any
) -> MarkSheet:
    """A mark that waits for approval."""
    usual = {"technique": Technique.MILESTONES, "calibration": "calibrated to the round"}
    return prepare_mark(
        tx, analyst, holding_id=holding_id, marked_on=on, value=value, now=now, **{**usual, **facts}
    )


def a_mark(tx: Tx, holding_id: int, *, on: date, value: int, now: datetime = NOW, **facts: Any) -> MarkSheet:
    """An approved mark."""
    draft = a_draft(tx, the_analyst(tx, now=now), holding_id, on=on, value=value, now=now, **facts)
    return approve_mark(tx, the_manager(tx, now=now), mark_id=draft.id, now=now)
