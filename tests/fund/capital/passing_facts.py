"""Facts of an interest that passes, for good or until it goes back on a later day (see `orderings`)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from fund.fees.transfers import undo_transfer
from fund.interests.queries import passed_balances, transfer_by_code
from tests.builders.capital import MANAGER
from tests.builders.transfers import a_transfer
from tests.fund.capital.orderings import Book, Fact, Standing

PASSED = "passed"


class BookOfInterests(Book):
    """A book of which it is asked, too, what stands for another than the entries name."""

    def standing(self, days: Iterable[date]) -> Standing:
        """As of any book, with what passed by account, holding and partner."""
        asked = list(days)
        found = super().standing(asked)
        for on in asked:
            for (account, holding), parts in passed_balances(
                self.tx, fund_id=self.fund.fund_id, as_of=on
            ).items():
                found |= {
                    (on, f"passed {account}", key, holding): part for key, part in parts.items() if part
                }
        return found


def stays(name: str, seller: str, buyer: str, commitment: int, on: date) -> Fact:
    """A part of an interest that passes for good."""

    def play(book: Book, now: Any) -> None:
        a_transfer(book.tx, book.fund, seller=seller, buyer=buyer, commitment=commitment, on=on)

    return Fact(name, on, play)


def passed(
    seller: str, buyer: str, commitment: int, on: date, undone_on: date, number: int = 1
) -> list[Fact]:
    """A transfer of a fund, and that it is taken back as of another day."""

    def play(book: Book, now: Any) -> None:
        a_transfer(book.tx, book.fund, seller=seller, buyer=buyer, commitment=commitment, on=on)

    def undo(book: Book, now: Any) -> None:
        sheet = transfer_by_code(book.tx, fund_id=book.fund.fund_id, code=f"TRF-{number:03}")
        ask: dict[str, Any] = {"reason": "no consent", "undone_on": undone_on, "now": now}
        undo_transfer(book.tx, MANAGER, transfer_id=sheet.id, **ask)

    name = PASSED if number == 1 else f"{PASSED}-{number}"
    return [Fact(name, on, play), Fact(f"{name}-undone", undone_on, undo, (name,))]


def around(passing: list[Fact], others: list[Fact]) -> list[Fact]:
    """All of it. What is of days after the interest passed is written down after that, what is of days after it went
    back after that: before, it would be shared with another, and the one refused that is written down later. What takes
    something back may be written down at any time.
    """
    first, back = passing
    return [
        *passing,
        *(
            replace(one, after=(*one.after, first.name, *([back.name] if _is_since(one, back) else [])))
            for one in others
        ),
    ]


def _is_since(one: Fact, back: Fact) -> bool:
    takes_back = "-undone" in one.name or "-restored" in one.name
    return one.on > back.on and not takes_back
