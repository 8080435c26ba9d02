"""Steps of a history in which money is spent: on holdings that are valued and sold, on fees and on expenses."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from fund.fees.accruals import pay_expense, release_expense, undo_settlement
from fund.fees.accrued import accruals
from fund.fees.actions import charge, record_expense
from fund.holdings.actions import sell
from fund.holdings.queries import HoldingSheet, holdings
from fund.holdings.undoing import undo_disposal
from fund.ledger.cash import check_cash
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
)
from tests.builders.holdings import a_holding, a_mark, bought
from tests.fund.results.course import STARTS_ON, Course, M


@dataclass
class Spending(Course):
    """A history of what the fund buys and owes."""

    sales: dict[int, list[int]] = field(default_factory=dict)

    def _buy(self, number: int) -> None:
        """A purchase out of the cash that is there, which a closing asks about before it buys."""
        cost, held = (number % 5 + 1) * M + number % 7, self._held()
        check_cash(self.tx, fund_id=self.fund.fund_id, amount=cost, on=self.today, today=self.today)
        if len(held) < 2:
            facts = {"name_zh": f"公司{len(held)}", "code": f"H0{len(held) + 1}"}
            held = [a_holding(self.tx, self.fund.fund_id, now=self.now, **facts)]
        bought(self.tx, held[number % len(held)].id, on=self.today, cost=cost, now=self.now)

    def _held(self) -> list[HoldingSheet]:
        return list(holdings(self.tx, fund_id=self.fund.fund_id, as_of=self.today))

    def _mark(self, number: int) -> None:
        """A mark; every third restates the value of a day that has passed."""
        held = self._held()
        if held:
            sheet = held[number % len(held)]
            on = self.today - timedelta(days=number % 40 if number % 3 == 0 else 0)
            value = max(0, sheet.cost * (50 + number % 150) // 100 + number % 3)
            a_mark(self.tx, sheet.id, on=on, value=value, reason="milestones met", now=self.now)

    def _sell(self, number: int) -> None:
        held = [one for one in self._held() if one.cost]
        sheet = held[number % len(held)] if held else None
        if sheet is None:
            return

        def off() -> None:
            ask: dict[str, Any] = {"reason": "off", "on": self.today, "now": self.now}
            undo_disposal(self.tx, MANAGER, holding_id=sheet.id, number=len(sold), **ask)

        sold = self.sales.setdefault(sheet.id, [])
        self._undone(off)
        sell(
            self.tx,
            SYSTEM,
            holding_id=sheet.id,
            sold_on=self.today,
            quantity=1000 * (1 + number % 400),
            proceeds=sheet.cost * (number % 40 + 1) // 30 + number % 11,
            now=self.now,
        )
        sold.append(number)

    def _fee(self, number: int) -> None:
        quarter = Quarter.containing(self.today)
        quarter = quarter.next if number % 4 == 0 else quarter
        charge(self.tx, SYSTEM, fund_id=self.fund.fund_id, quarter=quarter, now=self.now)

    def _charged(self) -> None:
        """Charge what is due by now, as a close and a transfer do first: that stays when they are taken back."""
        quarter = Quarter.containing(STARTS_ON)
        while quarter <= Quarter.containing(self.today):
            charge(self.tx, SYSTEM, fund_id=self.fund.fund_id, quarter=quarter, now=self.now)
            quarter = quarter.next

    def _expense(self, number: int) -> None:
        record_expense(
            self.tx,
            ACCOUNTANT,
            fund_id=self.fund.fund_id,
            reference=f"E-{self.today}",
            ilpa_row=41,
            amount=number % 99_991 + 1,
            incurred_on=self.today,
            payee="auditor",
            now=self.now,
        )

    def _accrue(self, number: int) -> None:
        """An expense that is owed, at times from a day that has passed."""
        record_expense(
            self.tx,
            ACCOUNTANT,
            fund_id=self.fund.fund_id,
            reference=f"A-{self.today}",
            ilpa_row=43 if number % 5 == 0 else 39,
            amount=number % 99_991 + 1,
            incurred_on=max(STARTS_ON, self.today - timedelta(days=number % 3 * 10)),
            payee="lawyer",
            is_accrued=True,
            now=self.now,
        )

    def _pay_owed(self, number: int) -> None:
        """Pay or release the whole or a part of the oldest expense that is owed; each can be taken back."""
        found = [one for one in accruals(self.tx, fund_id=self.fund.fund_id) if one.open]
        if not found:
            return
        sheet = found[0]
        reference, amount = sheet.expense.reference, sheet.open if number % 3 else (sheet.open + 1) // 2
        facts: dict[str, Any] = {"fund_id": self.fund.fund_id, "reference": reference, "now": self.now}

        def off() -> None:
            made = len(sheet.settled) + 1
            undo_settlement(
                self.tx,
                ACCOUNTANT,
                number=made,
                reason="off",
                undone_on=self.today,
                **facts | {"now": self.now},
            )

        self._undone(off)
        if number % 2:
            pay_expense(self.tx, ACCOUNTANT, amount=amount, paid_on=self.today, **facts)
        else:
            release_expense(
                self.tx, ACCOUNTANT, amount=amount, released_on=self.today, reason="lower", **facts
            )
