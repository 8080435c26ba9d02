"""Two later closes, one of which is not due yet when the other is made: nothing depends on what is written first."""

from datetime import date
from typing import Any

import pytest

from fund.capital.inflows import call_sheet
from fund.capital.premiums import CloseBasis
from fund.capital.rules import CommitmentRefused
from fund.fees.closes import later_close, undo_close
from fund.ledger.chart import Account
from fund.ledger.queries import balances
from fund.results.proof import prove
from kernel.db import Tx
from tests.builders.capital import MANAGER, CapitalFund, noon
from tests.fund.capital.orderings import (
    NOW,
    Book,
    Fact,
    M,
    Standing,
    a_fund,
    by_day,
    close,
    dividend,
    earned,
    in_order,
    marked,
    spent,
)
from tests.scenes import Scene

CLOSED_2, DUE_2 = date(2026, 6, 8), date(2026, 6, 29)
CLOSED_3, DUE_3 = date(2026, 6, 15), date(2026, 7, 6)
BEFORE, FIRST, BOTH, BETWEEN, AFTER = (
    date(2026, 5, 20),
    date(2026, 6, 10),
    date(2026, 6, 17),
    date(2026, 7, 1),
    date(2026, 7, 10),
)
DAYS = (BEFORE, FIRST, CLOSED_3, BOTH, DUE_2, BETWEEN, DUE_3, AFTER, date(2026, 8, 14))


def closes(closed_3: date = CLOSED_3, due_3: date = DUE_3) -> list[Fact]:
    """LP03 joins with 50m, LP04 with 30m and a fen."""
    return [close(2, "LP03", 50 * M, CLOSED_2, DUE_2), close(3, "LP04", 30 * M + 1, closed_3, due_3)]


def stands_alike(tx: Tx, fund: CapitalFund, held: int, facts: list[Fact]) -> Standing:
    """What stands once the facts are written down by their days, the closes first, or all backwards: it is the same."""
    found: list[Standing] = []
    names = [one.name for one in facts]
    for order in (by_day(facts), names, names[::-1]):
        with tx.begin_nested() as whole:
            book = Book(tx, fund, held)
            book.write(in_order(facts, order))
            found.append(book.standing(DAYS))
            whole.rollback()
    assert found[1] == found[0]
    assert found[2] == found[0]
    return found[0]


PASTS: dict[str, list[Fact]] = {
    "income of before, undone between": earned("E1", BEFORE, 9_000_001, BETWEEN),
    "income of each stretch": [
        *(
            one
            for at, on in enumerate((BEFORE, FIRST, BOTH, BETWEEN, AFTER))
            for one in earned(f"E{at}", on, 7_000_003)
        ),
        *spent("S1", BOTH, 1_000_001),
    ],
    "expenses undone within and after": [
        *spent("S1", FIRST, 8_000_003, BOTH),
        *spent("S2", BOTH, 5_000_001, BETWEEN),
        *spent("S3", BOTH, 3_000_007, AFTER),
        *spent("S4", BETWEEN, 6_000_011, AFTER),
    ],
    "a holding": [
        *marked("M1", BEFORE, 11 * M + 5),
        *dividend("D1", BOTH, 333_333),
        *marked("M2", BETWEEN, 14 * M),
    ],
}


@pytest.mark.parametrize(
    ("past", "closed_3", "due_3"),
    [
        *((past, CLOSED_3, DUE_3) for past in PASTS),
        ("income of each stretch", CLOSED_2, DUE_2),
        ("a holding", CLOSED_2, DUE_2),
        ("expenses undone within and after", DUE_2, DUE_3),
    ],
)
def test_closes_that_overlap_say_the_same_in_whatever_order_all_is_written_down(
    scene: Scene, past: str, closed_3: date, due_3: date
) -> None:
    tx, (fund, held) = scene(a_fund)
    stands_alike(tx, fund, held, [*closes(closed_3, due_3), *PASTS[past]])


def of(tx: Tx, fund: CapitalFund, account: Account, on: date) -> dict[str, int]:
    """What each partner has on an account on a day, a credit above nil."""
    rows = balances(tx, fund_id=fund.fund_id, as_of=on, accounts=[account], by=("partner",))
    codes = {key: code for code, key in fund.partners.items()}
    return {codes[one.partner_id]: one.amount for one in rows if one.partner_id is not None and one.amount}


@pytest.mark.parametrize("is_late", [False, True])
def test_between_two_due_dates_the_past_is_of_those_who_joined_by_the_first(
    scene: Scene, is_late: bool
) -> None:
    tx, (fund, held) = scene(a_fund)
    income, joins = earned("E1", BEFORE, 180_000), closes()
    Book(tx, fund, held).write([*joins, *income] if is_late else [*income, *joins])
    assert of(tx, fund, Account.OTHER_INCOME, CLOSED_3) == {"LP01": 108_000, "LP02": 72_000}
    assert of(tx, fund, Account.OTHER_INCOME, DUE_2) == {"LP01": 72_000, "LP02": 48_000, "LP03": 60_000}
    assert of(tx, fund, Account.OTHER_INCOME, DUE_3) == {
        "LP01": 60_000,
        "LP02": 40_000,
        "LP03": 50_000,
        "LP04": 30_000,
    }


def test_the_second_of_them_goes_back_and_leaves_what_the_first_has_shared(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund)
    past = [
        *earned("E1", BEFORE, 9_000_001),
        *spent("S1", BEFORE, 5_000_003),
        *marked("M1", BEFORE, 11 * M + 5),
    ]
    first, second = closes()
    book = Book(tx, fund, held)
    book.write([past[0], first])
    with tx.begin_nested() as whole:
        book.write(past[1:])
        alone = book.standing([DUE_3, AFTER])
        whole.rollback()
    book.write([second, *past[1:]])
    facts: dict[str, Any] = {"reason": "not admitted", "undone_on": CLOSED_3, "now": NOW}
    undo_close(tx, MANAGER, fund_id=fund.fund_id, number=3, **facts)
    assert book.standing([DUE_3, AFTER]) == alone
    assert prove(tx, fund_id=fund.fund_id) == []


def test_by_net_asset_value_nobody_pays_for_what_comes_to_it_by_the_close_before(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund)
    book = Book(tx, fund, held)
    book.write([*marked("M1", CLOSED_2, 11 * M), closes()[0]])
    facts: dict[str, Any] = {"closed_on": CLOSED_3, "due_on": DUE_3, "now": noon(CLOSED_3)}
    newcomers = {fund["LP04"]: 30 * M}
    made = later_close(tx, MANAGER, fund_id=fund.fund_id, newcomers=newcomers, basis=CloseBasis.NAV, **facts)
    assert made.call_id is not None
    codes = {key: code for code, key in fund.partners.items()}
    lines = {codes[one.partner_id]: one.premium for one in call_sheet(tx, call_id=made.call_id).lines}
    # Of a sixth of the gain of 3 million, less the carry on it, LP03 gives up a third: it has that by then.
    assert lines == {"LP01": -17_229_630, "LP02": -11_486_419, "LP03": -14_358_025, "LP04": 43_074_074}


@pytest.mark.parametrize(
    ("closed_on", "due_on", "says"),
    [
        (date(2026, 6, 5), DUE_3, "date this one on that day or later, or take that close back first"),
        (CLOSED_3, date(2026, 6, 22), "close 2 is due on 2026-06-29"),
    ],
)
def test_a_close_comes_after_the_one_before_in_both_of_its_days(
    scene: Scene, closed_on: date, due_on: date, says: str
) -> None:
    tx, (fund, held) = scene(a_fund)
    book = Book(tx, fund, held)
    book.write(closes()[:1])
    with pytest.raises(CommitmentRefused) as refused:
        book.write([close(3, "LP04", 30 * M, closed_on, due_on)])
    assert any(says in str(one) for one in refused.value.problems)
