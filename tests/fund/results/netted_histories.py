"""Steps of a history in which money goes both ways: nettings, givebacks, arrears set off against a distribution."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from fund.capital.calls import draft_call
from fund.capital.distributions import draft_distribution
from fund.capital.giveback_receipts import receive_giveback, reverse_giveback_receipt
from fund.capital.indemnities import approve_indemnity, draft_indemnity, reaches, undo_indemnity
from fund.capital.nettings import approve_netting, issue_netting, join, settle_netting, undo_netting
from fund.capital.queries import due_calls
from fund.capital.set_off_rights import end_set_off, grant_set_off
from fund.indemnities.queries import indemnity, open_indemnities
from kernel.calendar import AS_PACKAGED
from kernel.db import Tx
from tests.builders.capital import ACCOUNTANT, MANAGER, committed, expense, investment
from tests.fund.results.course import M
from tests.fund.results.histories import KINDS as ONE_WAY
from tests.fund.results.histories import History


@dataclass
class BothWays(History):
    """A history with nettings that were announced and givebacks of which notice was given."""

    announced: list[int] = field(default_factory=list)
    given_back: list[int] = field(default_factory=list)

    def _net(self, number: int) -> None:
        """Announce a netting; every other is settled in the same step, for which the time passes until its day."""
        on, ask = (
            AS_PACKAGED.add_business_days(self.today, 12),
            {"fund_id": self.fund.fund_id, "now": self.now},
        )
        items = [investment((1 + number % 5) * M + number % 103), expense(number % 89 + 1)]
        call = draft_call(
            self.tx, ACCOUNTANT, items=items[: 1 + number % 2], due_on=on, purpose="netted", **ask
        )
        kinds = ("return_of_capital", "income", "gain")
        parts: dict[str, Any] = {kinds[number % 3]: number * 7 % (2 * M) + 1}
        paid = draft_distribution(
            self.tx, ACCOUNTANT, pay_on=on, source="sale", recallable=number % 5 == 0, **parts, **ask
        )

        def off() -> None:
            undo_netting(
                self.tx, MANAGER, netting_id=sheet.id, reason="off", undone_on=self.today, now=self.now
            )

        self._undone(off)
        sheet = join(self.tx, ACCOUNTANT, call_id=call.id, distribution_id=paid.id, now=self.now)
        approve_netting(self.tx, MANAGER, netting_id=sheet.id, now=self.now)
        issue_netting(self.tx, ACCOUNTANT, netting_id=sheet.id, now=self.now)
        if number % 2:
            self.today = on
            settle_netting(self.tx, ACCOUNTANT, netting_id=sheet.id, now=self.now)
        else:
            self.announced.append(sheet.id)
        self.calls.append(call.id)

    def _settle(self, number: int) -> None:
        """Settle an announced netting, be it late."""
        if self.announced:
            chosen = self.announced[number % len(self.announced)]
            settle_netting(self.tx, ACCOUNTANT, netting_id=chosen, now=self.now)
            self.announced.remove(chosen)

    def _giveback(self, number: int) -> None:
        """Ask for as much as can be asked or less."""
        left = sum(one.most for one in reaches(self.tx, fund_id=self.fund.fund_id, on=self.today))
        ask: dict[str, Any] = {"due_on": AS_PACKAGED.add_business_days(self.today, 12), "reason": "claim"}
        amount = left if number % 4 == 0 else left * (number % 97 + 1) // 100
        draft = draft_indemnity(
            self.tx, ACCOUNTANT, fund_id=self.fund.fund_id, amount=amount, now=self.now, **ask
        )

        def off() -> None:
            facts: dict[str, Any] = {"reason": "off", "undone_on": self.today, "now": self.now}
            undo_indemnity(self.tx, MANAGER, indemnity_id=draft.id, **facts)

        self._undone(off)
        approve_indemnity(self.tx, MANAGER, indemnity_id=draft.id, now=self.now)
        if number % 3 == 0:
            self._give(number)

    def _give(self, number: int) -> None:
        """Take what partners still have to give back, all or half of it."""
        for sheet in open_indemnities(self.tx, fund_id=self.fund.fund_id):
            for line in sheet.lines:
                if line.outstanding > 0:
                    receive_giveback(
                        self.tx,
                        ACCOUNTANT,
                        indemnity_id=sheet.id,
                        partner_id=line.partner_id,
                        amount=line.outstanding if number % 3 else (line.outstanding + 1) // 2,
                        received_on=self.today,
                        bank_reference=f"G-{sheet.id}-{line.partner_id}-{self.today}",
                        now=self.now,
                    )
            self.given_back += [one.id for one in indemnity(self.tx, indemnity_id=sheet.id).receipts]

    def _send_back(self, number: int) -> None:
        """A receipt of a giveback was booked wrongly."""
        if self.given_back:
            receipt_id = self.given_back.pop(number % len(self.given_back))
            ask: dict[str, Any] = {"reason": "bounced", "reversed_on": self.today, "now": self.now}
            reverse_giveback_receipt(self.tx, ACCOUNTANT, receipt_id=receipt_id, **ask)

    def _set_off(self, number: int) -> None:
        """Let everything that is in arrears be set off against distributions from now on."""
        fund_id = self.fund.fund_id
        for line in due_calls(self.tx, fund_id=fund_id, as_of=self.today):
            ask: dict[str, Any] = {"effective_on": self.today, "reason": "arrears", "now": self.now}
            right = grant_set_off(
                self.tx, MANAGER, fund_id=fund_id, call_id=line.call_id, partner_id=line.partner_id, **ask
            )
            if number % 7 == 0:
                end_set_off(self.tx, MANAGER, fund_id=fund_id, right_id=right.key, **ask)

    def _arrears(self, number: int) -> None:
        """Grant that, and distribute at once."""
        self._set_off(1)
        self._distribute(number)


def begun_both_ways(tx: Tx, *, restores: bool) -> BothWays:
    """The same fund with a term of givebacks: half of what was received, for two years."""
    promised = {"LP01": 60 * M + 7, "LP02": 40 * M, "LP04": 10 * M + 3}
    terms: dict[str, Any] = {
        "giveback_cap": Fraction(1, 2),
        "giveback_months": 24,
        "giveback_restores": restores,
    }
    return BothWays(tx, committed(tx, promised, newcomers=["LP03", "LP05", "LP06"], **terms))


KINDS = (
    *ONE_WAY,
    "net",
    "net",
    "settle",
    "settle",
    "giveback",
    "giveback",
    "give",
    "send_back",
    "arrears",
    "arrears",
)
