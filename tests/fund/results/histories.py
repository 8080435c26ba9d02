"""Random histories of a fund, played through its real acts, each refused or booked; what must hold is asked after."""

from dataclasses import dataclass, field
from typing import Any

from fund.capital.calls import approve_call, cancel_call, draft_call, issue_call
from fund.capital.carry import accrue_carry
from fund.capital.distributions import undo_distribution
from fund.capital.passing_on import pay_equalisation
from fund.capital.positions import commitments
from fund.capital.queries import call_sheet
from fund.capital.receipts import receive, reverse_receipt
from fund.capital.rules import CallState
from fund.fees.closes import later_close, undo_close
from fund.fees.transfers import undo_transfer
from kernel.calendar import AS_PACKAGED
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    a_distribution,
    committed,
    expense,
    investment,
)
from tests.builders.transfers import a_transfer
from tests.fund.results.course import M
from tests.fund.results.spending_histories import Spending


@dataclass
class History(Spending):
    """The same, with what partners pay in and get back."""

    calls: list[int] = field(default_factory=list)
    receipts: list[int] = field(default_factory=list)

    def _call(self, number: int) -> None:
        amounts = [investment((1 + number % 9) * M + number % 101), expense(number % 97 + 1)]
        ask: dict[str, Any] = {"due_on": AS_PACKAGED.add_business_days(self.today, 12), "purpose": "call"}
        draft = draft_call(
            self.tx,
            ACCOUNTANT,
            fund_id=self.fund.fund_id,
            items=amounts[: 1 + number % 2],
            now=self.now,
            **ask,
        )
        approve_call(self.tx, MANAGER, call_id=draft.id, now=self.now)

        def off() -> None:
            on = self.today
            cancel_call(self.tx, MANAGER, call_id=draft.id, reason="off", cancelled_on=on, now=self.now)

        self._undone(off)
        issue_call(self.tx, ACCOUNTANT, call_id=draft.id, now=self.now)
        self.calls.append(draft.id)

    def _receive(self, number: int) -> None:
        for call_id in self.calls:
            sheet = call_sheet(self.tx, call_id=call_id)
            for line in sheet.lines if sheet.call.state is CallState.ISSUED else ():
                if line.outstanding > 0:
                    part = line.outstanding if number % 3 else (line.outstanding + 1) // 2
                    self._receipt(call_id, line.partner_id, part)

    def _receipt(self, call_id: int, partner_id: int, amount: int) -> None:
        reference = f"B-{call_id}-{partner_id}-{self.today}"
        paid = receive(
            self.tx,
            ACCOUNTANT,
            call_id=call_id,
            partner_id=partner_id,
            amount=amount,
            received_on=self.today,
            bank_reference=reference,
            now=self.now,
        )
        self.receipts.append(paid.id)

    def _bounce(self, number: int) -> None:
        if self.receipts:
            receipt_id = self.receipts.pop(number % len(self.receipts))
            ask: dict[str, Any] = {"reason": "bounced", "reversed_on": self.today, "now": self.now}
            reverse_receipt(self.tx, ACCOUNTANT, receipt_id=receipt_id, **ask)

    def _close(self, number: int) -> None:
        ask: dict[str, Any] = {
            "closed_on": self.today,
            "due_on": AS_PACKAGED.add_business_days(self.today, 12),
        }
        newcomers = {self.fund[f"LP0{5 + number % 2}"]: (5 + number % 7) * M + number}

        def off() -> None:
            number = made.number
            facts: dict[str, Any] = {"reason": "off", "undone_on": made.closed_on, "now": self.now}
            undo_close(self.tx, MANAGER, fund_id=self.fund.fund_id, number=number, **facts)

        self._charged()
        self._undone(off)
        made = later_close(
            self.tx, MANAGER, fund_id=self.fund.fund_id, newcomers=newcomers, now=self.now, **ask
        )
        if made.call_id is not None:
            self.calls.append(made.call_id)

    def _pass_on(self, number: int) -> None:
        call_id = self.calls[number % len(self.calls)] if self.calls else 0
        pay_equalisation(self.tx, ACCOUNTANT, call_id=call_id, paid_on=self.today, now=self.now)

    def _carry(self, number: int) -> None:
        accrue_carry(self.tx, SYSTEM, fund_id=self.fund.fund_id, on=self.today, now=self.now)

    def _distribute(self, number: int) -> None:
        kinds = ("return_of_capital", "income", "gain")
        parts: dict[str, Any] = {kinds[number % 3]: number % (2 * M) + 1, kinds[(number + 1) % 3]: number % 7}

        def off() -> None:
            ask: dict[str, Any] = {"reason": "off", "undone_on": self.today, "now": self.now}
            undo_distribution(self.tx, MANAGER, distribution_id=made.id, **ask)

        self._undone(off)
        made = a_distribution(self.tx, self.fund, pay_on=self.today, recallable=number % 2 == 0, **parts)

    def _transfer(self, number: int) -> None:
        there = commitments(self.tx, fund_id=self.fund.fund_id, as_of=self.today)
        codes = {key: code for code, key in self.fund.partners.items()}
        seller, whole = sorted(there.items())[number % len(there)]
        others = [code for code in ("LP01", "LP02", "LP03", "LP04") if code != codes[seller]]

        def off() -> None:
            ask: dict[str, Any] = {"reason": "off", "undone_on": self.today, "now": self.now}
            undo_transfer(self.tx, MANAGER, transfer_id=made.id, **ask)

        self._charged()
        self._undone(off)
        made = a_transfer(
            self.tx,
            self.fund,
            seller=codes[seller],
            buyer=others[number % len(others)],
            commitment=whole if number % 4 == 0 else 1 + number * 7919 % whole,
            on=self.today,
        )


def begun(tx: Tx) -> History:
    """A fund of three partners that have committed odd sums, three more that may come, and a general partner."""
    promised = {"LP01": 60 * M + 7, "LP02": 40 * M, "LP04": 10 * M + 3}
    return History(tx, committed(tx, promised, newcomers=["LP03", "LP05", "LP06"]))


KINDS = (
    *("call", "receive", "receive", "close", "buy", "mark", "mark", "sell", "fee", "expense", "carry"),
    *("accrue", "pay_owed"),
    *("distribute", "distribute", "transfer", "transfer", "transfer", "undo", "undo", "bounce", "pass_on"),
)
