"""Facts of a fund with later closes, each with its own day, written down in any order; what stands on every day."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fund.capital.positions import commitments, contributions, unfunded
from fund.fees.actions import record_expense
from fund.fees.closes import later_close, undo_close
from fund.fees.undoing import undo_expense
from fund.holdings.actions import receive_income, sell
from fund.holdings.queries import lots
from fund.holdings.rules import IncomeKind, InstrumentKind
from fund.holdings.undoing import undo_disposal, undo_purchase
from fund.income.actions import earn, undo_earned
from fund.income.rules import EarnedKind
from fund.ledger.queries import balances
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_paid_call,
    committed,
    expense,
    investment,
    noon,
)
from tests.builders.holdings import a_holding, a_mark, bought

M = 1_000_000 * YUAN
CALLED, BOUGHT = date(2026, 3, 2), date(2026, 3, 9)
NOW = noon(date(2026, 10, 30))
Standing = dict[tuple[Any, ...], int]


@dataclass(frozen=True)
class Fact:
    """Something that happened on a day, to an instrument or not; `after` names what is written down before it."""

    name: str
    on: date
    play: Callable[["Book", Any], None]
    after: tuple[str, ...] = ()
    due_on: date | None = None
    instrument: str | None = None


@dataclass
class Book:
    """The fund in which facts are written down, one a minute."""

    tx: Tx
    fund: CapitalFund
    held: int
    written: int = 0
    sales: int = 1

    def write(self, facts: Iterable[Fact]) -> None:
        """Write the facts down in the order in which they come."""
        for fact in facts:
            self.written += 1
            fact.play(self, NOW + timedelta(minutes=self.written))

    def standing(self, days: Iterable[date]) -> Standing:
        """What stands on every account, is promised, paid in and can be called on some days, by partner and holding."""
        found: Standing = {}
        for on in days:
            ask: dict[str, Any] = {"fund_id": self.fund.fund_id, "as_of": on}
            for one in balances(self.tx, **ask):
                if one.amount:
                    found[on, one.account, one.partner_id, one.holding_id] = one.amount
            for query in (commitments, contributions, unfunded):
                found |= {
                    (on, query.__name__, key, None): part for key, part in query(self.tx, **ask).items()
                }
        return found


def a_fund(tx: Tx) -> tuple[CapitalFund, int]:
    """LP01 60m and 7 fen, LP02 40m; 10m called, of which 8m bought a holding; LP03 to LP06 may come."""
    fund = committed(
        tx,
        {"LP01": 60 * M + 7, "LP02": 40 * M},
        newcomers=["LP03", "LP04", "LP05", "LP06"],
        close_at_nav=True,
    )
    a_paid_call(tx, fund, investment(8 * M + 1), expense(2 * M), due_on=CALLED)
    held = a_holding(tx, fund.fund_id)
    bought(tx, held.id, on=BOUGHT, cost=8 * M, now=noon(BOUGHT))
    return fund, held.id


def a_fund_of_two(tx: Tx) -> tuple[CapitalFund, int]:
    """The same, and a convertible of the holding for 1m and 3 fen."""
    fund, held = a_fund(tx)
    facts: dict[str, Any] = {"instrument": "CB", "kind": InstrumentKind.CONVERTIBLE, "now": noon(BOUGHT)}
    bought(tx, held, on=BOUGHT, cost=M + 3, **facts)
    return fund, held


def close(number: int, code: str, amount: int, closed_on: date, due_on: date) -> Fact:
    """A later close by which one partner joins; those before it are written down first."""

    def play(book: Book, now: Any) -> None:
        ask: dict[str, Any] = {"closed_on": closed_on, "due_on": due_on, "now": now}
        later_close(book.tx, MANAGER, fund_id=book.fund.fund_id, newcomers={book.fund[code]: amount}, **ask)

    before = (f"close-{number - 1}",) if number > 2 else ()
    return Fact(f"close-{number}", closed_on, play, before, due_on)


def never_joined(number: int, code: str, amount: int, closed_on: date, due_on: date) -> list[Fact]:
    """A later close after all others, and that it is taken back."""

    def undo(book: Book, now: Any) -> None:
        facts: dict[str, Any] = {"reason": "not admitted", "undone_on": closed_on, "now": now}
        undo_close(book.tx, MANAGER, fund_id=book.fund.fund_id, number=number, **facts)

    made = close(number, code, amount, closed_on, due_on)
    return [made, Fact(f"{made.name}-undone", closed_on, undo, (made.name,))]


def earned(name: str, on: date, amount: int, undone_on: date | None = None) -> list[Fact]:
    """Income of the fund as a whole, and that it is taken back."""

    def play(book: Book, now: Any) -> None:
        facts: dict[str, Any] = {"kind": EarnedKind.OTHER, "amount": amount, "payer": "city", "now": now}
        earn(book.tx, ACCOUNTANT, fund_id=book.fund.fund_id, reference=name, earned_on=on, **facts)

    def undo(book: Book, now: Any) -> None:
        facts: dict[str, Any] = {"reason": "twice", "undone_on": undone_on, "now": now}
        undo_earned(book.tx, ACCOUNTANT, fund_id=book.fund.fund_id, reference=name, **facts)

    made = [Fact(name, on, play)]
    return made if undone_on is None else [*made, Fact(f"{name}-undone", undone_on, undo, (name,))]


def spent(name: str, on: date, amount: int, undone_on: date | None = None) -> list[Fact]:
    """An expense, and that it is taken back."""

    def play(book: Book, now: Any) -> None:
        facts: dict[str, Any] = {"ilpa_row": 41, "amount": amount, "payee": "auditors", "now": now}
        record_expense(
            book.tx, ACCOUNTANT, fund_id=book.fund.fund_id, reference=name, incurred_on=on, **facts
        )

    def undo(book: Book, now: Any) -> None:
        facts: dict[str, Any] = {"reason": "twice", "undone_on": undone_on, "now": now}
        undo_expense(book.tx, ACCOUNTANT, fund_id=book.fund.fund_id, reference=name, **facts)

    made = [Fact(name, on, play)]
    return made if undone_on is None else [*made, Fact(f"{name}-undone", undone_on, undo, (name,))]


def marked(name: str, on: date, value: int, instrument: str = "EQ") -> list[Fact]:
    """What an instrument of the holding is worth at the end of a day."""

    def play(book: Book, now: Any) -> None:
        facts: dict[str, Any] = {"value": value, "instrument": instrument, "reason": "milestones met"}
        a_mark(book.tx, book.held, on=on, now=now, **facts)

    return [Fact(name, on, play, instrument=instrument)]


def dividend(name: str, on: date, amount: int) -> list[Fact]:
    """A dividend of the holding."""

    def play(book: Book, now: Any) -> None:
        facts: dict[str, Any] = {"received_on": on, "kind": IncomeKind.DIVIDEND, "amount": amount}
        receive_income(book.tx, SYSTEM, holding_id=book.held, now=now, **facts)

    return [Fact(name, on, play)]


def in_order(facts: Sequence[Fact], order: Sequence[str]) -> list[Fact]:
    """The facts in an order of their names; what is to be written down before one comes before it."""
    known = {one.name: one for one in facts}
    found: dict[str, Fact] = {}

    def put(one: Fact) -> None:
        for name in one.after:
            if name in known:
                put(known[name])
        found.setdefault(one.name, one)

    for name in order:
        put(known[name])
    return list(found.values())


def by_day(facts: Sequence[Fact]) -> list[str]:
    """The names in the order of the days."""
    return [one.name for one in sorted(facts, key=lambda one: one.on)]


def sold(
    name: str,
    on: date,
    quantity: int,
    proceeds: int,
    undone_on: date | None = None,
    after: tuple[str, ...] = (),
    instrument: str = "EQ",
) -> list[Fact]:
    """A part of an instrument's 1,000,000 that leaves, and that it is taken back; all but all leaves at most once."""
    numbers: list[int] = []

    def play(book: Book, now: Any) -> None:
        facts: dict[str, Any] = {"sold_on": on, "quantity": quantity, "proceeds": proceeds, "now": now}
        sell(book.tx, SYSTEM, holding_id=book.held, instrument=instrument, **facts)
        numbers.append(book.sales)
        book.sales += 1

    def undo(book: Book, now: Any) -> None:
        facts: dict[str, Any] = {"number": numbers[-1], "on": undone_on, "reason": "fell through", "now": now}
        undo_disposal(book.tx, MANAGER, holding_id=book.held, **facts)

    made = [Fact(name, on, play, after, instrument=instrument)]
    if undone_on is None:
        return made
    return [*made, Fact(f"{name}-undone", undone_on, undo, (name,), instrument=instrument)]


def bought_more(
    name: str, on: date, cost: int, undone_on: date | None = None, instrument: str = "EQ"
) -> list[Fact]:
    """200,000 more of an instrument, and that the purchase is taken back."""
    numbers: list[int] = []

    def play(book: Book, now: Any) -> None:
        kind = InstrumentKind.CONVERTIBLE if instrument == "CB" else InstrumentKind.REGISTERED_CAPITAL
        facts: dict[str, Any] = {"quantity": 200_000, "cost": cost, "instrument": instrument, "kind": kind}
        bought(book.tx, book.held, on=on, now=now, **facts)
        numbers.append(max(lot.number for lot in lots(book.tx, holding_id=book.held, as_of=date.max)))

    def undo(book: Book, now: Any) -> None:
        facts: dict[str, Any] = {"number": numbers[-1], "on": undone_on, "reason": "fell through", "now": now}
        undo_purchase(book.tx, MANAGER, holding_id=book.held, **facts)

    made = [Fact(name, on, play, instrument=instrument)]
    if undone_on is None:
        return made
    return [*made, Fact(f"{name}-undone", undone_on, undo, (name,), instrument=instrument)]
