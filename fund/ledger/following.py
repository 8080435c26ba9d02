"""What follows on a booking by rules of rooms above the ledger, within the same act.

The ledger knows neither commitments nor closes. A room that does says once, when it is loaded, what it has to do with
whatever is booked; it is told of every booking but those that it makes itself by `fund.ledger.booking.book_following`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from fund.ledger.entries import line_of
from fund.ledger.models import Entry
from fund.ledger.rules import Line
from kernel.db import Tx
from kernel.identity.rules import Actor


@dataclass(frozen=True)
class Booked:
    """An entry that was booked, and the one that it reverses."""

    line: Line
    original: Line | None = None

    @property
    def first(self) -> Line:
        """The entry that says to which time both belong."""
        return self.original or self.line


class Follower(Protocol):
    """What a room does with entries that were booked; it may refuse them."""

    def __call__(
        self, tx: Tx, actor: Actor, /, *, fund_id: int, booked: Sequence[Booked], now: datetime
    ) -> None: ...


_followers: dict[Follower, frozenset[str]] = {}


def follow_bookings(follower: Follower, *, accounts: Collection[str]) -> None:
    """Have a room told of whatever is booked on some accounts from now on, in the order in which rooms ask for it."""
    _followers[follower] = frozenset(map(str, accounts))


def follow(
    tx: Tx, actor: Actor, *, fund_id: int, entries: Sequence[Entry], reverses: Sequence[Entry], now: datetime
) -> None:
    """Tell every room that wants to know what was booked; `reverses` holds, for each entry, the one that it undoes."""
    originals: Sequence[Entry | None] = reverses or [None] * len(entries)
    for follower, accounts in _followers.items():
        booked = [
            Booked(line_of(entry), None if original is None else line_of(original))
            for entry, original in zip(entries, originals, strict=True)
            if entry.debit in accounts or entry.credit in accounts
        ]
        if booked:
            follower(tx, actor, fund_id=fund_id, booked=booked, now=now)
