"""Givebacks for tests: partners return distributions so that the fund can pay a liability."""

from datetime import date
from fractions import Fraction
from typing import Any

from fund.capital.giveback_receipts import receive_giveback
from fund.capital.indemnities import (
    approve_indemnity,
    draft_indemnity,
    reaches,
    undo_indemnity,
)
from fund.capital.positions import unfunded
from fund.indemnities.queries import IndemnitySheet
from fund.ledger.queries import balances
from fund.results.ilpa import tables
from fund.results.performance import performance
from kernel.db import Tx
from kernel.periods import Quarter
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_distribution,
    a_paid_call,
    committed,
    investment,
    noon,
)

MILLION = 1_000_000 * YUAN
PAID_IN, FIRST, SECOND = date(2026, 3, 2), date(2026, 4, 1), date(2026, 8, 3)
NOTICE, DUE = date(2026, 10, 12), date(2026, 11, 2)


def distributed(tx: Tx, **terms: Any) -> CapitalFund:
    """20m were called, 60 : 40; of them 10m came back in April and 4m in August. A quarter may be asked back for six
    months.
    """
    usual: dict[str, Any] = {"giveback_cap": Fraction(1, 4), "giveback_months": 6, "hurdle": Fraction(0)}
    fund = committed(tx, newcomers=["LP03"], **usual | terms)
    a_paid_call(tx, fund, investment(20 * MILLION), due_on=PAID_IN)
    a_distribution(tx, fund, pay_on=FIRST, return_of_capital=10 * MILLION)
    a_distribution(tx, fund, pay_on=SECOND, return_of_capital=4 * MILLION)
    return fund


def a_giveback_draft(tx: Tx, fund: CapitalFund, **facts: Any) -> IndemnitySheet:
    """A giveback of 2m drafted by the accountant on the day of the notice."""
    usual: dict[str, Any] = {
        "amount": 2 * MILLION,
        "reason": "buyer's warranty claim",
        "due_on": DUE,
        "now": noon(NOTICE),
    }
    return draft_indemnity(tx, ACCOUNTANT, fund_id=fund.fund_id, **usual | facts)


def a_giveback(tx: Tx, fund: CapitalFund, *, notice_on: date = NOTICE, **facts: Any) -> IndemnitySheet:
    """A giveback of which the manager has given notice."""
    draft = a_giveback_draft(tx, fund, now=noon(notice_on), **facts)
    return approve_indemnity(tx, MANAGER, indemnity_id=draft.id, now=noon(notice_on))


def given_back(tx: Tx, sheet: IndemnitySheet, *, on: date = DUE) -> IndemnitySheet:
    """The giveback once every partner has paid its part on a day."""
    for line in sheet.lines:
        sheet = receive_giveback(
            tx,
            ACCOUNTANT,
            indemnity_id=sheet.id,
            partner_id=line.partner_id,
            amount=line.amount,
            received_on=on,
            bank_reference=f"BACK-{sheet.code}-{line.partner_id}",
            now=noon(on),
        )
    return sheet


YUAN = MILLION // 1_000_000
QUARTER, LATER = Quarter.containing(DUE), date(2026, 12, 1)


def stands(tx: Tx, fund: CapitalFund) -> object:
    """Everything that a giveback moves."""
    return (
        balances(tx, fund_id=fund.fund_id, as_of=date.max, by=("account", "partner")),
        unfunded(tx, fund_id=fund.fund_id, as_of=LATER),
        reaches(tx, fund_id=fund.fund_id, on=LATER),
        performance(tx, fund_id=fund.fund_id, as_of=LATER),
    )


def row(tx: Tx, fund: CapitalFund, number: int, code: str | None = "LP01") -> tuple[int, ...]:
    """A row of the template in the quarter of the giveback: of the quarter, the year, since inception."""
    columns = tables(tx, fund_id=fund.fund_id, quarter=QUARTER)[fund[code] if code else None]
    return tuple(columns[period][number] for period in ("qtd", "ytd", "itd"))


def receive(tx: Tx, sheet: IndemnitySheet, partner: int, amount: int, **facts: Any) -> IndemnitySheet:
    """Money of a partner for a giveback, on its due date unless said otherwise."""
    usual: dict[str, Any] = {"received_on": DUE, "bank_reference": "B-1", "now": noon(DUE)}
    return receive_giveback(
        tx, ACCOUNTANT, indemnity_id=sheet.id, partner_id=partner, amount=amount, **usual | facts
    )


def undo(tx: Tx, sheet: IndemnitySheet, on: date = LATER) -> IndemnitySheet:
    """The giveback, taken back as a whole."""
    return undo_indemnity(
        tx, MANAGER, indemnity_id=sheet.id, reason="claim withdrawn", undone_on=on, now=noon(on)
    )
