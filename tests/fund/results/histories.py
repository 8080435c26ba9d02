"""Random histories of a fund, played through its real acts, each refused or booked; what must hold is asked after."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from fund.capital.calls import approve_call, cancel_call, draft_call, issue_call
from fund.capital.carry import accrue_carry
from fund.capital.distributions import undo_distribution
from fund.capital.passing_on import pay_equalisation
from fund.capital.positions import commitments, contributions, unfunded
from fund.capital.queries import call_sheet
from fund.capital.receipts import receive, reverse_receipt
from fund.capital.rules import CallState
from fund.fees.accruals import pay_expense, release_expense, undo_settlement
from fund.fees.accrued import accruals
from fund.fees.actions import charge, record_expense
from fund.fees.closes import later_close, undo_close
from fund.fees.transfers import undo_transfer
from fund.holdings.actions import sell
from fund.holdings.queries import HoldingSheet, holdings
from fund.holdings.undoing import undo_disposal
from fund.ledger.cash import check_cash
from fund.ledger.queries import balances
from fund.results.accounts import navs
from kernel.calendar import AS_PACKAGED
from kernel.db import Tx
from kernel.errors import Refusal
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_distribution,
    committed,
    expense,
    investment,
    noon,
)
from tests.builders.holdings import a_holding, a_mark, bought
from tests.builders.transfers import a_transfer

M = 1_000_000 * YUAN
STARTS_ON = date(2026, 1, 15)
ASKED_EVERY = 3  # An answer takes as long as an act.
Standing = dict[tuple[Any, ...], int]


@dataclass
class History:
    """A fund on its way: what day it is, what was booked, and what was answered on the days that have passed."""

    tx: Tx
    fund: CapitalFund
    today: date = STARTS_ON
    booked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    answers: list[tuple[date, Standing]] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    receipts: list[int] = field(default_factory=list)
    sales: dict[int, list[int]] = field(default_factory=dict)
    undos: list[tuple[Standing, Callable[[], object]]] = field(default_factory=list)

    @property
    def now(self) -> Any:
        """Noon of the day."""
        return noon(self.today)

    def step(self, kind: str, days: int, number: int) -> None:
        """Let some days pass and do one thing, which may be refused as a whole."""
        self.today += timedelta(days=days)
        before = len(self.undos)
        try:
            with self.tx.begin_nested():
                getattr(self, f"_{kind}")(number)
        except Refusal as refusal:
            del self.undos[min(before, len(self.undos)) :]
            if kind == "undo":
                self.undos.clear()
            self.refused.append(f"{kind}: {refusal.code}")
        else:
            self.booked.append(kind)
            if kind != "undo" and len(self.undos) == before:
                # Something else was booked since: what stood before is not what stands once they are taken back.
                self.undos.clear()
        if (len(self.booked) + len(self.refused)) % ASKED_EVERY == 0:
            self.answers.append((self.today, self.standing(self.today, known=True)))

    def standing(self, on: date, *, known: bool = False) -> Standing:
        """What stands on every account and what may still be called, on a day; `known`: as known at its noon."""
        at = noon(on) if known else None
        found = balances(self.tx, fund_id=self.fund.fund_id, as_of=on, known_at=at)
        stands: Standing = {(one.account, one.partner_id, one.holding_id): one.amount for one in found}
        ask: dict[str, Any] = {"fund_id": self.fund.fund_id, "as_of": on, "known_at": at}
        for query in (commitments, contributions, unfunded, navs):
            stands |= {(query.__name__, key): amount for key, amount in query(self.tx, **ask).items()}
        return stands

    def _undone(self, act: Callable[[], object]) -> None:
        """Remember how the act that comes now is taken back, and what stood before it."""
        self.undos.append((self.standing(date(2099, 12, 31)), act))

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
            facts: dict[str, Any] = {"reason": "off", "undone_on": self.today, "now": self.now}
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

    def _undo(self, number: int) -> None:
        """Take the last act back and find what stood before it, to the fen."""
        if not self.undos:
            return
        before, act = self.undos.pop()
        act()
        after = self.standing(date(2099, 12, 31))
        assert _something(after) == _something(before)


def _something(stands: Standing) -> Standing:
    return {key: amount for key, amount in stands.items() if amount}


def begun(tx: Tx) -> History:
    """A fund of three partners that have committed odd sums, three more that may come, and a general partner."""
    promised = {"LP01": 60 * M + 7, "LP02": 40 * M, "LP04": 10 * M + 3}
    return History(tx, committed(tx, promised, newcomers=["LP03", "LP05", "LP06"]))


KINDS = (
    *("call", "receive", "receive", "close", "buy", "mark", "mark", "sell", "fee", "expense", "carry"),
    *("accrue", "pay_owed"),
    *("distribute", "distribute", "transfer", "transfer", "transfer", "undo", "undo", "bounce", "pass_on"),
)
