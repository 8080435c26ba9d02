"""The course of a history: days pass, an act is booked or refused, and what stands is asked and remembered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from fund.capital.positions import commitments, contributions, unfunded
from fund.ledger.queries import balances
from fund.results.accounts import navs
from kernel.db import Tx
from kernel.errors import Refusal
from tests.builders.capital import (
    YUAN,
    CapitalFund,
    noon,
)

M = 1_000_000 * YUAN
STARTS_ON = date(2026, 1, 15)
ASKED_EVERY = 3  # An answer takes as long as an act.
Standing = dict[tuple[Any, ...], int]


@dataclass
class Course:
    """A fund on its way: what day it is, what was booked, and what was answered on the days that have passed."""

    tx: Tx
    fund: CapitalFund
    today: date = STARTS_ON
    booked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    answers: list[tuple[date, Standing]] = field(default_factory=list)
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
