"""Funds with commitments, calls and distributions for tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from fund.capital.calls import approve_call, draft_call, issue_call
from fund.capital.commitments import commit
from fund.capital.distributions import approve_distribution, draft_distribution, pay_distribution
from fund.capital.receipts import receive
from fund.capital.rules import Item, ItemKind
from fund.capital.sheets import CallSheet, DistributionSheet, ReceiptSheet
from fund.ledger.actions import open_chart
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from tests.builders.charter import OPENED_AT, a_fund
from tests.builders.partners import a_partner

YUAN = 100
ACCOUNTANT = Actor(user_id=9001, name="Accountant", roles=frozenset({Role.ACCOUNTANT}))
MANAGER = Actor(user_id=9002, name="Manager", roles=frozenset({Role.MANAGER}))


def noon(day: date) -> datetime:
    """Twelve o'clock in Beijing."""
    return datetime.combine(day, time(4), UTC)


@dataclass(frozen=True)
class CapitalFund:
    """A fund with open books; partner ids by code."""

    fund_id: int
    partners: dict[str, int]

    def __getitem__(self, code: str) -> int:
        return self.partners[code]


def committed(
    tx: Tx,
    commitments: Mapping[str, int] | None = None,
    *,
    newcomers: Sequence[str] = (),
    closed_on: date = date(2026, 1, 15),
    **changes: Any,
) -> CapitalFund:
    """A fund closed first on 15 January 2026: LP01 60m, LP02 40m yuan and an uncommitted general partner.

    Limited partners bear carry; `newcomers` are partners without a commitment yet.
    """
    days = {
        "first_close_on": date(2026, 1, 15),
        "final_close_on": date(2027, 1, 15),
        "commitment_period_ends_on": date(2031, 1, 15),
        "term_ends_on": date(2034, 1, 15),
    }
    fund = a_fund(tx, **{**days, **changes})
    open_chart(tx, SYSTEM, fund_id=fund.id, now=OPENED_AT)
    promised = commitments or {"LP01": 60_000_000 * YUAN, "LP02": 40_000_000 * YUAN}
    codes = [*promised, *newcomers, *([] if "GP" in promised else ["GP"])]
    ids = {
        code: a_partner(
            tx, fund.id, code, admitted_on=closed_on, bears_fee=code != "GP", bears_carry=code != "GP"
        ).id
        for code in codes
    }
    for code, amount in promised.items():
        commit(
            tx,
            SYSTEM,
            fund_id=fund.id,
            partner_id=ids[code],
            amount=amount,
            closed_on=closed_on,
            now=noon(closed_on),
        )
    return CapitalFund(fund.id, ids)


def investment(amount: int, **facts: Any) -> Item:
    """An investment item."""
    return Item(ItemKind.INVESTMENT, amount, **facts)


def expense(amount: int) -> Item:
    """An expense item."""
    return Item(ItemKind.EXPENSE, amount)


def fee(amounts: Mapping[int, int]) -> Item:
    """A fee item with each partner's amount."""
    return Item(ItemKind.FEE, sum(amounts.values()), amounts=amounts)


def a_draft(
    tx: Tx, fund: CapitalFund, *items: Item, due_on: date = date(2026, 3, 2), drafted_on: date | None = None
) -> CallSheet:
    """A call drafted by the accountant."""
    return draft_call(
        tx,
        ACCOUNTANT,
        fund_id=fund.fund_id,
        items=items,
        due_on=due_on,
        purpose="first drawdown",
        now=noon(drafted_on or date.fromordinal(due_on.toordinal() - 30)),
    )


def a_call(tx: Tx, fund: CapitalFund, *items: Item, due_on: date = date(2026, 3, 2)) -> CallSheet:
    """A call issued thirty days before it is due."""
    draft = a_draft(tx, fund, *items, due_on=due_on)
    at = noon(date.fromordinal(due_on.toordinal() - 30))
    approve_call(tx, MANAGER, call_id=draft.id, now=at)
    return issue_call(tx, ACCOUNTANT, call_id=draft.id, now=at)


def a_receipt(
    tx: Tx,
    call: CallSheet,
    partner_id: int,
    amount: int | None = None,
    *,
    on: date | None = None,
    bank_reference: str | None = None,
) -> ReceiptSheet:
    """Money of a partner's on a call: all it owes on the due date, unless said otherwise."""
    on = on or call.call.due_on
    return receive(
        tx,
        ACCOUNTANT,
        call_id=call.id,
        partner_id=partner_id,
        amount=call.line(partner_id).outstanding if amount is None else amount,
        received_on=on,
        bank_reference=bank_reference or f"BANK-{call.call.code}-{partner_id}-{on}",
        now=noon(on),
    )


def a_paid_call(tx: Tx, fund: CapitalFund, *items: Item, due_on: date = date(2026, 3, 2)) -> CallSheet:
    """A call that everybody has paid on its due date."""
    call = a_call(tx, fund, *items, due_on=due_on)
    for line in call.lines:
        a_receipt(tx, call, line.partner_id)
    return call


def a_distribution(tx: Tx, fund: CapitalFund, *, pay_on: date, **facts: Any) -> DistributionSheet:
    """A distribution drafted by the accountant, approved by the manager and paid on its day."""
    at = noon(pay_on)
    draft = draft_distribution(
        tx, ACCOUNTANT, fund_id=fund.fund_id, pay_on=pay_on, source="sale", now=at, **facts
    )
    approve_distribution(tx, MANAGER, distribution_id=draft.id, now=at)
    return pay_distribution(tx, ACCOUNTANT, distribution_id=draft.id, now=at)
