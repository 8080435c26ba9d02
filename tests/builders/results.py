"""A small fund played through its real acts, for everything that is read off the books."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from fund.capital.calls import approve_call, draft_call, issue_call
from fund.capital.commitments import commit
from fund.capital.receipts import receive
from fund.capital.rules import Item, ItemKind
from fund.capital.sheets import CallSheet
from fund.fees.actions import charge
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.periods import Quarter
from tests.builders.charter import OPENED_AT
from tests.builders.holdings import a_holding, a_mark, bought
from tests.builders.ledger import Books, books

M = 1_000_000_00
PREPARER = Actor(901, "Preparer", frozenset({Role.ACCOUNTANT}))
APPROVER = Actor(902, "Approver", frozenset({Role.MANAGER}))
COMMITTED = {"LP01": 60 * M, "LP02": 30 * M, "GP": 10 * M}


@dataclass(frozen=True)
class Played:
    """The fund, its partners by code and its holdings by code."""

    fund_id: int
    partners: Mapping[str, int]
    holdings: Mapping[str, int]


def at(day: date) -> datetime:
    """Late morning in Beijing on `day`."""
    return datetime.combine(day, time(3), UTC)


def committed(tx: Tx, *, fund: str = "AF1", **amounts: int) -> Books:
    """A fund whose partners committed 60, 30 and 10 million at the first close, or what is given."""
    promised = amounts or COMMITTED
    opened = books(tx, *promised, code=fund)
    for code, amount in promised.items():
        commit(
            tx,
            SYSTEM,
            fund_id=opened.fund_id,
            partner_id=opened.partners[code],
            amount=amount,
            closed_on=date(2024, 1, 15),
            now=OPENED_AT,
        )
    return opened


def called(
    tx: Tx, fund_id: int, *, notice_on: date, due_on: date, investment: int, expense: int = 0
) -> CallSheet:
    """A call issued with notice; nothing has come in."""
    items = [Item(ItemKind.INVESTMENT, investment)]
    if expense:
        items.append(Item(ItemKind.EXPENSE, expense))
    call = draft_call(
        tx, PREPARER, fund_id=fund_id, items=items, due_on=due_on, purpose="investment", now=at(notice_on)
    )
    approve_call(tx, APPROVER, call_id=call.id, now=at(notice_on))
    return issue_call(tx, APPROVER, call_id=call.id, now=at(notice_on))


def received(tx: Tx, call: CallSheet, *, on: date, late: Mapping[int, date] | None = None) -> None:
    """Every partner that owes something on the call pays it on `on`, those in `late` on their own day."""
    for line in call.lines:
        if line.amount <= 0:
            continue
        day = (late or {}).get(line.partner_id, on)
        receive(
            tx,
            PREPARER,
            call_id=call.id,
            partner_id=line.partner_id,
            amount=line.amount,
            received_on=day,
            bank_reference=f"BANK-{call.id}-{line.partner_id}",
            now=at(day),
        )


def a_played_fund(tx: Tx, *, code: str = "AF1", marked_until: int = 2025) -> Played:
    """Two calls (LP02 late on the first), two holdings, fees for 2024, expenses, marks at two year ends.

    H01: 20m on 2024-03-20, marked 26m at the end of 2024 and 30m at the end of 2025.
    H02: 10m on 2024-09-20, marked 10m and 6m.
    """
    opened = committed(tx, fund=code)
    fund_id, ids = opened.fund_id, opened.partners
    first = called(
        tx,
        fund_id,
        notice_on=date(2024, 2, 20),
        due_on=date(2024, 3, 15),
        investment=20 * M,
        expense=3 * M,
    )
    received(tx, first, on=date(2024, 3, 15), late={ids["LP02"]: date(2024, 3, 19)})
    one = a_holding(tx, fund_id, code="H01")
    bought(tx, one.id, on=date(2024, 3, 20), cost=20 * M, now=at(date(2024, 3, 20)))
    second = called(tx, fund_id, notice_on=date(2024, 8, 20), due_on=date(2024, 9, 13), investment=10 * M)
    received(tx, second, on=date(2024, 9, 13))
    two = a_holding(tx, fund_id, name_zh="智造装备有限公司", code="H02", sector="manufacturing", city="天津")
    bought(tx, two.id, on=date(2024, 9, 20), cost=10 * M, now=at(date(2024, 9, 20)))
    for number in (1, 2, 3, 4):
        quarter = Quarter(2024, number)
        charge(tx, SYSTEM, fund_id=fund_id, quarter=quarter, now=at(quarter.ends_on))
    for year, values in ((2024, (26, 10)), (2025, (30, 6))):
        day = date(year, 12, 31)
        if year > marked_until:
            break
        for holding_id, value in zip((one.id, two.id), values, strict=True):
            a_mark(tx, holding_id, on=day, value=value * M, reason="milestones met", now=at(day))
    return Played(fund_id, ids, {"H01": one.id, "H02": two.id})
