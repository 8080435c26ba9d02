"""Steps of a history with up to three later closes, and with what is written down afterwards of days before them."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from fund.capital.passing_on import pay_equalisation
from fund.capital.queries import call_sheet, closes, due_calls
from fund.defaults.actions import give_notice, receive_interest, withdraw_notice
from fund.defaults.queries import default
from fund.fees.actions import record_expense
from fund.fees.closes import later_close, undo_close
from fund.fees.undoing import undo_expense
from fund.holdings.actions import receive_income
from fund.income.actions import earn, undo_earned
from fund.income.rules import EarnedKind
from kernel.calendar import AS_PACKAGED
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from tests.builders.capital import ACCOUNTANT, MANAGER, committed
from tests.builders.defaults import promised
from tests.builders.holdings import a_mark
from tests.fund.results.course import STARTS_ON, M
from tests.fund.results.histories import History

NEWCOMERS = ("LP05", "LP06", "LP07")


@dataclass
class Closing(History):
    """A history whose closes overlap, or have their past written down after them; partners may fail to pay."""

    closes: int = 0
    earned: list[str] = field(default_factory=list)
    spent: list[str] = field(default_factory=list)
    notices: list[int] = field(default_factory=list)

    def step(self, kind: str, days: int, number: int) -> None:
        """As any history; once all have joined there is late income instead of another close."""
        super().step(
            "late_income" if kind == "close" and self.closes == len(NEWCOMERS) else kind, days, number
        )

    def _past(self, number: int) -> date:
        """A day of the three months before, not before the fund."""
        return max(STARTS_ON, self.today - timedelta(days=number % 90))

    def _close(self, number: int) -> None:
        """A close of the day or of some days before it; another may not be due yet."""
        code = NEWCOMERS[self.closes % len(NEWCOMERS)]
        before = [one for one in closes(self.tx, fund_id=self.fund.fund_id) if one.undone_on is None][-1]
        on = max(before.closed_on, self.today - timedelta(days=number % 9))
        due_on = AS_PACKAGED.add_business_days(on, 3 + number % 14)
        ask: dict[str, Any] = {"closed_on": on, "due_on": max(due_on, before.due_on or due_on)}
        newcomers = {self.fund[code]: (5 + number % 7) * M + number}

        def off() -> None:
            facts: dict[str, Any] = {"reason": "off", "undone_on": made.closed_on, "now": self.now}
            undo_close(self.tx, MANAGER, fund_id=self.fund.fund_id, number=made.number, **facts)
            self.closes -= 1

        self._charged()
        self._undone(off)
        made = later_close(
            self.tx, MANAGER, fund_id=self.fund.fund_id, newcomers=newcomers, now=self.now, **ask
        )
        self.closes += 1
        if made.call_id is not None:
            self.calls.append(made.call_id)

    def _pass_on(self, number: int) -> None:
        """What the newcomers of a close owe comes in, and with every other is paid on."""
        made = [
            one for one in closes(self.tx, fund_id=self.fund.fund_id) if one.call_id and one.undone_on is None
        ]
        if not made:
            return
        sheet = call_sheet(self.tx, call_id=made[number % len(made)].call_id or 0)
        for line in sheet.lines:
            if line.outstanding > 0:
                self._receipt(sheet.id, line.partner_id, line.outstanding)
        if number % 2:
            pay_equalisation(self.tx, ACCOUNTANT, call_id=sheet.id, paid_on=self.today, now=self.now)

    def _late_income(self, number: int) -> None:
        reference, on = f"I-{len(self.booked)}-{self.today}", self._past(number)
        facts: dict[str, Any] = {"kind": EarnedKind.OTHER, "amount": number + 1, "payer": "city"}
        earn(
            self.tx,
            ACCOUNTANT,
            fund_id=self.fund.fund_id,
            reference=reference,
            earned_on=on,
            now=self.now,
            **facts,
        )
        self.earned.append(reference)

    def _late_expense(self, number: int) -> None:
        reference, on = f"L-{len(self.booked)}-{self.today}", self._past(number)
        facts: dict[str, Any] = {
            "ilpa_row": 41 if number % 2 else 43,
            "amount": number % 99_991 + 1,
            "payee": "auditor",
        }
        record_expense(
            self.tx,
            ACCOUNTANT,
            fund_id=self.fund.fund_id,
            reference=reference,
            incurred_on=on,
            now=self.now,
            is_accrued=True,
            **facts,
        )
        self.spent.append(reference)

    def _late_undo(self, number: int) -> None:
        """Something earned or spent at any time is taken back today."""
        facts: dict[str, Any] = {"reason": "twice", "undone_on": self.today, "now": self.now}
        if self.earned and (number % 2 or not self.spent):
            reference = self.earned[number % len(self.earned)]
            undo_earned(self.tx, ACCOUNTANT, fund_id=self.fund.fund_id, reference=reference, **facts)
            self.earned.remove(reference)
        elif self.spent:
            reference = self.spent[number % len(self.spent)]
            undo_expense(self.tx, ACCOUNTANT, fund_id=self.fund.fund_id, reference=reference, **facts)
            self.spent.remove(reference)

    def _late_mark(self, number: int) -> None:
        held = self._held()
        if held:
            sheet = held[number % len(held)]
            value = max(0, sheet.cost * (50 + number % 150) // 100 + number % 3)
            a_mark(self.tx, sheet.id, on=self._past(number), value=value, reason="as reported", now=self.now)

    def _dividend(self, number: int) -> None:
        held = self._held()
        if held:
            facts: dict[str, Any] = {"received_on": self._past(number), "amount": number + 1, "now": self.now}
            receive_income(self.tx, SYSTEM, holding_id=held[number % len(held)].id, **facts)

    def _default(self, number: int) -> None:
        """Notice to whoever has not paid what is due; every other is withdrawn, or interest comes in."""
        late = due_calls(self.tx, fund_id=self.fund.fund_id, as_of=self.today)
        if not late:
            return
        line = late[number % len(late)]
        made = give_notice(
            self.tx,
            ACCOUNTANT,
            call_id=line.call_id,
            partner_id=line.partner_id,
            noticed_on=self.today,
            now=self.now,
        )
        self.notices.append(made.id)

    def _default_ends(self, number: int) -> None:
        if not self.notices:
            return
        key = self.notices[number % len(self.notices)]
        if number % 2:
            withdraw_notice(self.tx, MANAGER, default_id=key, reason="paid elsewhere", now=self.now)
            self.notices.remove(key)
        else:
            sheet = default(self.tx, default_id=key, as_of=self.today)
            facts: dict[str, Any] = {"amount": sheet.interest_owed, "received_on": self.today}
            receive_interest(
                self.tx,
                ACCOUNTANT,
                default_id=key,
                bank_reference=f"D-{key}-{self.today}",
                now=self.now,
                **facts,
            )


def begun_closing(tx: Tx) -> Closing:
    """A fund of three partners that have committed odd sums, whom four more may join."""
    sums = {"LP01": 60 * M + 7, "LP02": 40 * M, "LP04": 10 * M + 3}
    history = Closing(tx, committed(tx, sums, newcomers=["LP03", *NEWCOMERS]))
    promised(tx, history.fund.fund_id)
    return history


KINDS = (
    *("close", "close", "close", "receive", "receive", "pass_on", "pass_on", "call", "mark", "fee"),
    *(
        "late_income",
        "late_income",
        "late_expense",
        "late_expense",
        "late_undo",
        "late_undo",
        "late_mark",
        "late_mark",
    ),
    *(
        "dividend",
        "transfer",
        "transfer",
        "default",
        "default_ends",
        "undo",
        "undo",
        "bounce",
        "sell",
        "carry",
    ),
    *("accrue", "pay_owed"),
)
