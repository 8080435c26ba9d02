"""Facts of what is owed or earned, released in parts, and of releases taken back (see `orderings`)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from fund.fees.accruals import release_expense, undo_settlement
from fund.fees.actions import record_expense
from fund.fees.undoing import undo_expense
from fund.income.actions import earn, release_earned, undo_earned, undo_income_settlement
from fund.income.rules import EarnedKind
from tests.builders.capital import ACCOUNTANT
from tests.fund.capital.orderings import Book, Fact


@dataclass(frozen=True)
class Released:
    """A part that is released on a day, and the day as of which that is taken back."""

    on: date
    amount: int
    undone_on: date | None = None


def owed(
    name: str, on: date, amount: int, released: Sequence[Released], undone_on: date | None = None
) -> list[Fact]:
    """An expense that is owed, what is released of it, and that it is taken back."""

    def begin(book: Book, ask: Any) -> None:
        said: dict[str, Any] = {"ilpa_row": 41, "amount": amount, "payee": "auditors", "is_accrued": True}
        record_expense(book.tx, ACCOUNTANT, incurred_on=on, **said, **ask)

    return _facts(name, on, released, undone_on, (begin, release_expense, undo_settlement, undo_expense))


def earned_in_part(
    name: str,
    on: date,
    amount: int,
    released: Sequence[Released],
    undone_on: date | None = None,
    *,
    is_held: bool = False,
) -> list[Fact]:
    """Income of the fund as a whole or of its holding, what never comes of it, and that it is taken back."""

    def begin(book: Book, ask: Any) -> None:
        kind = EarnedKind.DIVIDEND if is_held else EarnedKind.OTHER
        said: dict[str, Any] = {"kind": kind, "amount": amount, "payer": "" if is_held else "city"}
        earn(book.tx, ACCOUNTANT, earned_on=on, holding_id=book.held if is_held else None, **said, **ask)

    acts = (begin, release_earned, undo_income_settlement, undo_earned)
    return _facts(name, on, released, undone_on, acts)


Acts = tuple[Callable[[Book, Any], None], Callable[..., Any], Callable[..., Any], Callable[..., Any]]


def _facts(
    name: str, on: date, released: Sequence[Released], undone_on: date | None, acts: Acts
) -> list[Fact]:
    begin, release, undo_release, undo = acts

    def fact(step: str, on: date, after: Sequence[str], act: Callable[[Book, Any], object]) -> Fact:
        def play(book: Book, now: Any) -> None:
            act(book, {"fund_id": book.fund.fund_id, "reference": name, "now": now})

        return Fact(step, on, play, tuple(after))

    def part(number: int, one: Released) -> list[tuple[tuple[date, int], Fact]]:
        def go(book: Book, ask: Any) -> None:
            release(book.tx, ACCOUNTANT, amount=one.amount, released_on=one.on, reason="less", **ask)

        def back(book: Book, ask: Any) -> None:
            undo_release(book.tx, ACCOUNTANT, number=number, reason="wrong", undone_on=one.undone_on, **ask)

        made = fact(f"{name}-released-{number}", one.on, (), go)
        found = [((one.on, 1), made)]
        if one.undone_on is not None:
            turn = 0 if one.on < one.undone_on else 2
            undone = fact(f"{name}-restored-{number}", one.undone_on, [made.name], back)
            found.append(((one.undone_on, turn), undone))
        return found

    def gone(book: Book, ask: Any) -> None:
        undo(book.tx, ACCOUNTANT, reason="twice", undone_on=undone_on, **ask)

    found, parts = [fact(name, on, (), begin)], sorted(released, key=lambda one: one.on)
    # Releases of one thing are written down and taken back by days: each takes its part of what the others left. What
    # is restored of earlier days comes first, what is restored on the day of its own release last.
    steps = [step for number, one in enumerate(parts, start=1) for step in part(number, one)]
    found += [step for _, step in sorted(steps, key=lambda turn: turn[0])]
    if undone_on is not None:
        found.append(fact(f"{name}-undone", undone_on, (), gone))
    for before, one in enumerate(found):
        found[before] = replace(one, after=(*one.after, *(each.name for each in found[:before])))
    return found
