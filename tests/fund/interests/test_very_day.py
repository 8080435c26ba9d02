"""An interest passes as its day ends, and goes back as a day ends: what is of the day is the seller's, or the buyer's,
in whatever order it is written down.
"""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest

from fund.ledger.chart import Account
from fund.ledger.queries import balances
from fund.results.proof import prove
from kernel.db import Tx
from tests.builders.capital import CapitalFund
from tests.builders.reliefs import proposed
from tests.fund.capital.orderings import (
    Book,
    Fact,
    M,
    Standing,
    a_fund_of_two,
    dividend,
    earned,
    in_order,
    marked,
    sold,
    spent,
)
from tests.fund.capital.passing_facts import BookOfInterests, passed, stays
from tests.scenes import Scene

ON, GONE_ON, LAST = date(2026, 5, 20), date(2026, 6, 10), date(2026, 7, 31)
DAYS = (ON - timedelta(days=1), ON, ON + timedelta(days=1), GONE_ON, GONE_ON + timedelta(days=1), LAST)
PART = 23 * M + 1

OF_THE_DAY: dict[str, list[Fact]] = {
    "a sale and a mark": [
        *sold("S1", ON, 333_333, 7 * M + 1),
        replace(marked("M1", ON, 11 * M + 5)[0], after=("S1",)),
    ],
    "a sale taken back on the day": [
        *marked("M1", ON - timedelta(days=6), 13 * M + 5),
        *sold("S1", ON - timedelta(days=3), 333_333, 7 * M + 1, ON),
    ],
    "costs": [
        spent("E1", ON, 1_000_003, LAST)[0],
        # Undone as of a later day beforehand, it would refuse the transfer.
        replace(spent("E1", ON, 1_000_003, LAST)[1], after=("E1", "passes")),
        *spent("E2", ON - timedelta(days=2), 7, ON),
    ],
    "income": [*earned("I1", ON, 9_000_001), *dividend("D1", ON, 333_331)],
}


def written(tx: Tx, fund: CapitalFund, held: int, facts: list[Fact], order: tuple[Fact, ...]) -> Standing:
    with tx.begin_nested() as whole:
        book = BookOfInterests(tx, fund, held)
        book.write(in_order(facts, [one.name for one in order]))
        assert prove(tx, fund_id=fund.fund_id) == []
        found = book.standing(DAYS)
        whole.rollback()
    return found


@pytest.mark.parametrize("facts", OF_THE_DAY.values(), ids=OF_THE_DAY)
def test_what_is_of_the_day_on_which_an_interest_passes_says_the_same_in_any_order(
    scene: Scene, facts: list[Fact]
) -> None:
    tx, (fund, held) = scene(a_fund_of_two)
    every = [stays("passes", "LP01", "LP02", PART, ON), *facts]
    first, *others = (written(tx, fund, held, every, order) for order in some_orders(every))
    assert all(other == first for other in others)


@pytest.mark.parametrize("facts", OF_THE_DAY.values(), ids=OF_THE_DAY)
def test_what_is_of_the_day_on_which_an_interest_goes_back_says_the_same_in_any_order(
    scene: Scene, facts: list[Fact]
) -> None:
    tx, (fund, held) = scene(a_fund_of_two)
    came, went = passed("LP01", "LP02", PART, ON - timedelta(days=30), ON)
    # What is of days since it passed is shared with the buyer, and comes after it.
    first, *others = (
        written(tx, fund, held, [came, went, *facts], order) for order in _after(came, went, facts)
    )
    assert all(other == first for other in others)


def _after(came: Fact, went: Fact, facts: list[Fact]) -> list[tuple[Fact, ...]]:
    return [(came, *order) for order in some_orders([went, *facts])]


def some_orders(facts: list[Fact]) -> list[tuple[Fact, ...]]:
    """All of few, and a dozen of many."""
    every = list(permutations(facts))
    return every[:: max(1, len(every) // 12)]


def test_an_offset_of_the_day_is_the_sellers_in_either_order(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund_of_two)
    found = []
    for is_offset_first in (True, False):
        with tx.begin_nested() as whole:
            if is_offset_first:
                found.append(proposed(tx, fund, 10_000_00, on=ON).parts)
            Book(tx, fund, held).write([stays("passes", "LP01", "LP02", 20 * M + 1, ON)])
            if not is_offset_first:
                found.append(proposed(tx, fund, 10_000_00, on=ON).parts)
            whole.rollback()
    assert found[0] == found[1]
    assert found[0][fund["LP01"]] > found[0][fund["LP02"]]


def test_the_seller_bears_what_is_of_the_day_and_passes_its_part_on(scene: Scene) -> None:
    """LP01 has 60m and 7 fen, sells a third and a fen of it as of the day, and an audit of that day comes in later."""
    tx, (fund, held) = scene(a_fund_of_two)
    book = Book(tx, fund, held)
    book.write([stays("passes", "LP01", "LP02", 20 * M + 1, ON), *spent("audit", ON, 100_000_00)])
    ask: dict[str, Any] = {"fund_id": fund.fund_id, "as_of": ON, "by": ("partner",)}
    costs = balances(tx, accounts=[Account.AUDIT], **ask)
    assert {one.partner_id: one.amount for one in costs} == {
        fund["LP01"]: -60_000_00,
        fund["LP02"]: -40_000_00,
    }
    [before] = [
        one for one in balances(tx, accounts=[Account.TRANSFERS], **ask) if one.partner_id == fund["LP02"]
    ]
    book.write(spent("audit-2", ON, 100_000_00))
    [after] = [
        one for one in balances(tx, accounts=[Account.TRANSFERS], **ask) if one.partner_id == fund["LP02"]
    ]
    assert after.amount - before.amount == -20_000_00
