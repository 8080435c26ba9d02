"""A later close that is taken back never counted: whatever is written down before it, with it or after it was gone."""

from datetime import date, timedelta
from typing import Any

import pytest

from fund.capital.gone_closes import CountedUntil, taken_back_from
from fund.capital.participation import participation
from fund.capital.queries import closes
from fund.capital.rules import CommitmentRefused
from fund.fees.actions import charge
from fund.fees.closes import later_close
from fund.fees.undoing import undo_charge
from fund.income.actions import undo_earned
from fund.ledger.actions import lock_period, reopen_period
from fund.results.proof import prove
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import MANAGER, CapitalFund, noon
from tests.fund.capital.orderings import (
    NOW,
    Book,
    Fact,
    M,
    Standing,
    a_fund,
    dividend,
    earned,
    marked,
    never_joined,
    sold,
    spent,
)
from tests.scenes import Scene

CLOSED, DUE, LATE_DUE, OPEN = date(2026, 6, 8), date(2026, 6, 29), date(2026, 7, 6), date(2026, 7, 1)
BEFORE, WITHIN, AFTER = date(2026, 5, 20), date(2026, 6, 15), date(2026, 7, 10)
DAY = timedelta(days=1)
DAYS = [BEFORE, CLOSED - DAY, CLOSED, WITHIN, DUE - DAY, DUE, OPEN, LATE_DUE, AFTER, date(2026, 8, 14)]
Q1, Q2 = Quarter(2026, 1), Quarter(2026, 2)
# Of before the close it is the newcomer's as of the due date only, and by the close: that does not hold the close up.
PAST = [*earned("E1", BEFORE, 9_000_001), *marked("M1", BEFORE, 11 * M + 5)]
PAST_UNDONE = [*spent("S0", BEFORE, 4_000_003, WITHIN), *earned("E0", BEFORE, 3_000_001, AFTER)]
# Of its own days it names the newcomer on its own day, and rests on the close while that stands.
OWN = [
    *spent("S1", WITHIN, 5_000_003),
    *dividend("D1", AFTER, 333_333),
    *marked("M2", AFTER, 14 * M + 1),
    *sold("V1", AFTER + DAY, 250_000, 4 * M),
]


def gone(due_on: date = DUE) -> list[Fact]:
    """LP03 joins with 50m and a fen, and that is taken back."""
    return never_joined(2, "LP03", 50 * M + 1, CLOSED, due_on)


def locked(book: Book, now: Any) -> None:
    """The quarter of the close is locked."""
    for quarter in (Q1, Q2):
        lock_period(book.tx, SYSTEM, fund_id=book.fund.fund_id, quarter=quarter, now=now)


LOCK = Fact("locked", OPEN, locked)


def a_charged_fund(tx: Tx) -> tuple[CapitalFund, int]:
    """The fund of the orderings with the fee charged that a close charges first."""
    fund, held = a_fund(tx)
    for quarter in (Q1, Q2):
        charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=quarter, now=NOW)
    return fund, held


def standing(book: Book, days: list[date]) -> Standing:
    """What stands on some days in the books and beside them."""
    found = book.standing(days)
    for on in days:
        for holding_id in (None, book.held):
            shares = participation(book.tx, fund_id=book.fund.fund_id, as_of=on, holding_id=holding_id)
            found |= {(on, "shares", key, holding_id): part for key, part in shares.items()}
    return found


def without(tx: Tx, fund: CapitalFund, held: int, facts: list[Fact], days: list[date]) -> Standing:
    """What stands where the close never was."""
    with tx.begin_nested() as whole:
        book = Book(tx, fund, held)
        book.write(facts)
        found = standing(book, days)
        whole.rollback()
    return found


@pytest.mark.parametrize(
    ("before", "between", "after"),
    [
        ([], [], [*PAST, *PAST_UNDONE, *OWN]),
        ([*PAST, *PAST_UNDONE, *OWN], [], []),
        ([], [*PAST, *PAST_UNDONE], OWN),
        (OWN[:1], PAST[::-1], [*PAST_UNDONE, *OWN[1:]]),
        ([PAST[0], PAST_UNDONE[0]], [PAST_UNDONE[1]], [PAST[1], *OWN, *PAST_UNDONE[2:]]),
        ([], spent("S2", WITHIN, 70_003, WITHIN), [*PAST, *OWN]),
        # What names the newcomer, and was taken back as of a later day: until then it stood.
        ([], spent("S3", WITHIN, 5_000_003, AFTER), [*PAST, *OWN]),
        (PAST, [*spent("S3", WITHIN, 5_000_003, AFTER), *earned("E3", AFTER, 777_777, AFTER + DAY)], OWN),
        (PAST, sold("V2", AFTER, 333_333, 5 * M + 1, AFTER + DAY), [*PAST_UNDONE, *OWN]),
    ],
)
def test_every_day_is_as_if_it_had_never_been(
    scene: Scene, before: list[Fact], between: list[Fact], after: list[Fact]
) -> None:
    tx, (fund, held) = scene(a_charged_fund)
    never = without(tx, fund, held, [*before, *between, *after], DAYS)
    book, (joins, undone) = Book(tx, fund, held), gone()
    book.write([*before, joins, *between])
    assert standing(book, DAYS) != never
    book.write([undone, *after])
    assert standing(book, DAYS) == never
    assert prove(tx, fund_id=fund.fund_id) == []


@pytest.mark.parametrize("due_on", [DUE, LATE_DUE])
def test_where_its_quarter_is_locked_the_open_days_are_as_if_it_had_never_been(
    scene: Scene, due_on: date
) -> None:
    tx, (fund, held) = scene(a_charged_fund)
    shut, open_ = [one for one in DAYS if one < OPEN], [one for one in DAYS if one >= OPEN]
    before, between = [PAST[0], OWN[0], PAST_UNDONE[0]], [PAST[1], PAST_UNDONE[2]]
    after = [*OWN[1:], *earned("E2", OPEN, 8_000_001), PAST_UNDONE[3]]
    never = without(tx, fund, held, [*before, *between, LOCK, *after], open_)
    book, (joins, undone) = Book(tx, fund, held), gone(due_on)
    book.write([*before, joins, *between, LOCK])
    known = standing(book, shut)
    book.write([undone])
    assert closes(tx, fund_id=fund.fund_id)[1].undone_on == OPEN
    book.write(after)
    assert standing(book, shut) == known
    assert standing(book, open_) == never
    assert prove(tx, fund_id=fund.fund_id) == []


def a_fund_opened_again(tx: Tx, due_on: date) -> tuple[CapitalFund, int]:
    """The fund after all that `opened_again` does."""
    fund, held = a_charged_fund(tx)
    opened_again(tx, fund, held, due_on)
    return fund, held


def opened_again(tx: Tx, fund: CapitalFund, held: int, due_on: date) -> None:
    """Take a close of a locked quarter back as of 1 July, and open the quarter again."""
    joins, undone = gone(due_on)
    Book(tx, fund, held).write([*PAST, joins, LOCK, undone])
    facts: dict[str, Any] = {"quarter": Q2, "reason": "an invoice came late", "now": noon(date(2026, 11, 2))}
    reopen_period(tx, MANAGER, fund_id=fund.fund_id, **facts)


@pytest.mark.parametrize(
    "fact",
    [
        spent("S1", WITHIN, 7)[0],
        earned("E9", CLOSED, 7)[0],
        earned("E9", OPEN - DAY, 7)[0],
        dividend("D9", DUE, 7)[0],
        spent("S9", BEFORE, 7)[0],
    ],
)
def test_opened_again_nothing_is_booked_of_days_on_which_it_counted(scene: Scene, fact: Fact) -> None:
    tx, (fund, held) = scene(a_fund_opened_again, DUE)
    with pytest.raises(CountedUntil) as refused, tx.begin_nested():
        Book(tx, fund, held).write([fact])
    assert str(refused.value) == (
        f"Close 2 was taken back as of 2026-07-01 and counted until then; {refused.value.facts['reference']} cannot be "
        f"booked as of {fact.on} any more. Book it as of 2026-07-01 or later."
    )


def test_opened_again_what_it_had_not_reached_by_then_is_booked_and_undone_as_ever(scene: Scene) -> None:
    tx, (fund, held) = scene(a_charged_fund)
    facts = [*spent("S9", BEFORE, 7_000_001), *marked("M9", BEFORE + DAY, 12 * M + 3)]
    never = without(tx, fund, held, [*PAST, *facts], DAYS)
    opened_again(tx, fund, held, LATE_DUE)
    book = Book(tx, fund, held)
    book.write(facts)
    open_ = [one for one in DAYS if not CLOSED <= one < OPEN]
    assert standing(book, open_) == {key: one for key, one in never.items() if key[0] in open_}
    with pytest.raises(CountedUntil, match="as of 2026-06-15 any more"):
        book.write(spent("S8", WITHIN, 7))


def test_opened_again_what_stood_is_undone_from_the_day_on_and_leaves_nothing_behind(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund_opened_again, DUE)
    asked: dict[str, Any] = {"fund_id": fund.fund_id, "reference": "E1", "reason": "twice", "now": NOW}
    with pytest.raises(CountedUntil), tx.begin_nested():
        undo_earned(tx, MANAGER, undone_on=WITHIN, **asked)
    undo_earned(tx, MANAGER, undone_on=OPEN, **asked)
    left = Book(tx, fund, held).standing([OPEN, AFTER])
    assert not [key for key in left if key[1] == "4900" or key[2] == fund["LP03"]]
    assert prove(tx, fund_id=fund.fund_id) == []


def test_opened_again_nobody_joins_on_a_day_on_which_it_counted(scene: Scene) -> None:
    tx, (fund, _) = scene(a_fund_opened_again, DUE)
    asked: dict[str, Any] = {"newcomers": {fund["LP04"]: M}, "due_on": LATE_DUE, "now": NOW}
    with pytest.raises(CommitmentRefused) as refused, tx.begin_nested():
        later_close(tx, MANAGER, fund_id=fund.fund_id, closed_on=OPEN - DAY, **asked)
    assert [str(one) for one in refused.value.problems] == [
        "closed_on: close 2 counts until 2026-07-01; date this one on that day or later"
    ]
    later_close(tx, MANAGER, fund_id=fund.fund_id, closed_on=OPEN, **asked)
    assert prove(tx, fund_id=fund.fund_id) == []


def charged_and_undone(number: int, undone_on: date) -> list[Fact]:
    """The fee of the next quarter is charged, and that is taken back as of a later day."""
    facts: dict[str, Any] = {"quarter": Quarter(2026, 3)}

    def play(book: Book, now: Any) -> None:
        charge(book.tx, SYSTEM, fund_id=book.fund.fund_id, now=now, **facts)

    def undo(book: Book, now: Any) -> None:
        ask: dict[str, Any] = {"reason": "rate mistyped", "undone_on": undone_on, "now": now}
        undo_charge(book.tx, MANAGER, fund_id=book.fund.fund_id, **facts, **ask)

    return [Fact(f"fee-{number}", OPEN, play), Fact(f"fee-{number}-undone", undone_on, undo)]


def test_until_a_fee_of_the_newcomers_was_taken_back_that_had_stood_it_did_count(scene: Scene) -> None:
    tx, (fund, held) = scene(a_charged_fund)
    settled = date(2026, 7, 15)
    fee, days = charged_and_undone(1, settled), [settled, settled + DAY, date(2026, 8, 14)]
    never = without(tx, fund, held, [*PAST, *fee], days)
    book, (joins, undone) = Book(tx, fund, held), gone()
    book.write([*PAST, joins, *fee])
    sheet = closes(tx, fund_id=fund.fund_id)[1]
    assert taken_back_from(tx, fund_id=fund.fund_id, close=sheet) == settled
    known = standing(book, DAYS[:-1])
    book.write([undone])
    assert closes(tx, fund_id=fund.fund_id)[1].undone_on == settled
    assert standing(book, days) == never
    assert standing(book, DAYS[:-1]) == known
    with pytest.raises(CountedUntil, match="taken back as of 2026-07-15 and counted until then"):
        book.write(spent("late", AFTER, 1_000_003))
    assert prove(tx, fund_id=fund.fund_id) == []
