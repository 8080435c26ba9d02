"""A transfer taken back as of a later day: what is of the days between is the buyer's until then, then the seller's."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from fund.capital.commitments import HeldOtherwise
from fund.interests.queries import passed_balances
from fund.interests.rules import TransferGoneTooEarly
from fund.ledger.chart import CAPITAL_ACCOUNTS, Account
from fund.ledger.queries import balances
from fund.results.proof import prove
from kernel.db import Tx
from tests.builders.capital import CapitalFund
from tests.builders.transfers import a_transfer
from tests.fund.capital.orderings import (
    Book,
    Fact,
    M,
    a_fund,
    by_day,
    close,
    dividend,
    earned,
    in_order,
    marked,
    spent,
)
from tests.fund.capital.passing_facts import around, passed
from tests.fund.capital.settled_facts import Released, owed
from tests.scenes import Scene

PASSED_ON, GONE_ON = date(2026, 4, 1), date(2026, 6, 1)
BEFORE, EARLY, LATE, AFTER, LAST = (
    date(2026, 3, 20),
    date(2026, 4, 10),
    date(2026, 5, 20),
    date(2026, 6, 10),
    date(2026, 8, 14),
)
DAYS = (BEFORE, PASSED_ON, EARLY, LATE, GONE_ON, AFTER, LAST)


def all_orders(tx: Tx, fund: CapitalFund, held: int, facts: list[Fact]) -> list[Any]:
    """What stands by days, with the transfer undone before all else, and backwards."""
    found = []
    names = [one.name for one in facts]
    for order in (by_day(facts), names, names[::-1]):
        with tx.begin_nested() as whole:
            book = Book(tx, fund, held)
            book.write(in_order(facts, order))
            found.append(
                (
                    book.standing(DAYS),
                    [passed_balances(tx, fund_id=fund.fund_id, as_of=day) for day in DAYS],
                )
            )
            whole.rollback()
    return found


PASTS: dict[str, list[Fact]] = {
    "costs": [
        *spent("S1", EARLY, 1_000_003),
        *spent("S2", EARLY, 3_000_001, LATE),
        *spent("S3", LATE, 2_000_003, AFTER),
        *owed("O1", EARLY, 7_000_001, [Released(LATE, 1_000_001), Released(AFTER, 3_333_333)]),
    ],
    "gains": [
        *earned("E1", LATE, 9_000_001, GONE_ON),
        *dividend("D1", LATE, 333_331),
        *marked("M1", EARLY, 11 * M + 5),
        *marked("M2", LATE, 9 * M + 1),
        *marked("M3", AFTER, 14 * M),
    ],
    "a later close": [
        close(2, "LP03", 50 * M, date(2026, 6, 8), date(2026, 6, 29)),
        *spent("S1", EARLY, 1_000_003),
        *earned("E1", LATE, 9_000_001, LAST),
        *marked("M1", LATE, 11 * M + 5),
    ],
}


@pytest.mark.parametrize(
    ("past", "buyer", "commitment"),
    [("costs", "LP02", 25 * M + 3), ("gains", "LP02", 25 * M + 3), ("a later close", "LP05", 60 * M + 7)],
)
def test_it_makes_no_difference_whether_it_is_written_down_before_the_transfer_went_back(
    scene: Scene, past: str, buyer: str, commitment: int
) -> None:
    tx, (fund, held) = scene(a_fund)
    facts = around(passed("LP01", buyer, commitment, PASSED_ON, GONE_ON), PASTS[past])
    for one, other in pairwise(all_orders(tx, fund, held, facts)):
        assert one == other


def capital(tx: Tx, fund: CapitalFund, on: date) -> dict[str, int]:
    """Each partner's capital on a day."""
    ask: dict[str, Any] = {"fund_id": fund.fund_id, "accounts": CAPITAL_ACCOUNTS, "by": ("partner",)}
    codes = {key: code for code, key in fund.partners.items()}
    rows = balances(tx, as_of=on, **ask)
    return {codes[one.partner_id]: one.amount for one in rows if one.partner_id is not None and one.amount}


def test_from_the_day_on_which_it_goes_back_all_have_what_they_would_had_it_never_passed(
    scene: Scene,
) -> None:
    tx, (fund, held) = scene(a_fund)
    items = [
        *spent("S0", BEFORE, 5_000_003),
        *spent("S1", EARLY, 1_000_003),
        *earned("E1", LATE, 9_000_001),
        *marked("M1", LATE, 11 * M + 5),
        *spent("S2", AFTER, 3_000_007),
    ]
    with tx.begin_nested() as whole:
        # Gone as of its own day it has never passed; the fee is charged alike.
        Book(tx, fund, held).write([*passed("LP01", "LP05", 60 * M + 7, PASSED_ON, PASSED_ON), *items])
        never = {on: capital(tx, fund, on) for on in DAYS}
        whole.rollback()
    gone = passed("LP01", "LP05", 60 * M + 7, PASSED_ON, GONE_ON)
    for late in (items, items[1:], items[::-1]):
        with tx.begin_nested() as whole:
            early = [one for one in items if one not in late]
            Book(tx, fund, held).write([*early, *gone, *late])
            found = {on: capital(tx, fund, on) for on in DAYS}
            for on in (BEFORE, GONE_ON, AFTER, LAST):
                assert found[on] == never[on]
            for on in (PASSED_ON, EARLY, LATE):
                both = {**never[on], "LP05": never[on]["LP01"]}
                assert found[on] == {key: amount for key, amount in both.items() if key != "LP01"}
            assert prove(tx, fund_id=fund.fund_id) == []
            whole.rollback()


def test_it_goes_on_with_what_the_seller_has_sold_since(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund)
    gone = passed("LP01", "LP02", 60 * M + 7, PASSED_ON, GONE_ON)
    items = [*spent("S1", LATE, 1_000_003), *marked("M1", LATE, 11 * M + 5), *earned("E0", BEFORE, 7_000_001)]
    found = []
    for late in ([], items):
        with tx.begin_nested() as whole:
            early = [] if late else [items[2], gone[0], *items[:2], gone[1]]
            Book(tx, fund, held).write(early or gone)
            a_transfer(tx, fund, seller="LP01", buyer="LP04", commitment=60 * M + 7, on=AFTER)
            Book(tx, fund, held, written=60).write(late)
            found.append({on: capital(tx, fund, on) for on in DAYS})
            assert prove(tx, fund_id=fund.fund_id) == []
            whole.rollback()
    assert found[0] == found[1]
    assert set(found[0][LAST]) == {"LP02", "LP04"}
    # A part of it: to the fen of each item that parts by itself.
    Book(tx, fund, held).write(gone)
    a_transfer(tx, fund, seller="LP01", buyer="LP04", commitment=20 * M, on=AFTER)
    stood = capital(tx, fund, LAST)
    Book(tx, fund, held, written=60).write(items[:1])
    # LP01 would have borne 600,002 of it, and has sold a third.
    now = capital(tx, fund, LAST)
    assert {code: now[code] - stood[code] for code in now} == {
        "LP01": -400_001,
        "LP02": -400_001,
        "LP04": -200_001,
    }
    assert prove(tx, fund_id=fund.fund_id) == []


def test_sold_on_between_it_goes_back_from_one_to_the_other(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund)
    first, first_gone = passed("LP01", "LP02", 30 * M, PASSED_ON, GONE_ON)
    second, second_gone = passed("LP02", "LP05", 50 * M, date(2026, 4, 8), date(2026, 5, 25), number=2)
    items = [*spent("S1", LATE, 10_000_000), *marked("M1", LATE, 11 * M)]
    found = []
    for order in (
        [first, second, *items, second_gone, first_gone],
        [first, second, second_gone, *items, first_gone],
        [first, second, second_gone, first_gone, *items],
    ):
        with tx.begin_nested() as whole:
            Book(tx, fund, held).write(order)
            found.append({on: capital(tx, fund, on) for on in DAYS})
            assert bearing(tx, fund, LATE) == {"LP01": 3_000_000, "LP02": 2_000_000, "LP05": 5_000_000}
            assert bearing(tx, fund, date(2026, 5, 25)) == {"LP01": 3_000_000, "LP02": 7_000_000}
            assert bearing(tx, fund, LAST) == {"LP01": 6_000_000, "LP02": 4_000_000}
            assert prove(tx, fund_id=fund.fund_id) == []
            whole.rollback()
    assert found[0] == found[1] == found[2]


def bearing(tx: Tx, fund: CapitalFund, on: date) -> dict[str, int]:
    """What each partner bears of audits on a day, whoever was booked with it."""
    codes = {key: code for code, key in fund.partners.items()}
    rows = balances(tx, fund_id=fund.fund_id, as_of=on, accounts=[Account.AUDIT], by=("partner",))
    found = Counter({one.partner_id: one.amount for one in rows})
    found.update(passed_balances(tx, fund_id=fund.fund_id, as_of=on).get((Account.AUDIT, None), {}))
    return {codes[key]: -amount for key, amount in found.items() if key is not None and amount}


def test_it_does_not_go_back_before_what_was_shared_with_the_buyer_counts_no_more(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund)
    book = Book(tx, fund, held)
    first, back = passed("LP01", "LP02", 25 * M + 3, PASSED_ON, EARLY)
    book.write([first, *spent("S1", LATE, 1_000_003, AFTER)])
    with pytest.raises(TransferGoneTooEarly, match="taken back as of 2026-06-10"), tx.begin_nested():
        book.write([back])
    book.write(passed("LP01", "LP02", 25 * M + 3, PASSED_ON, AFTER)[1:])
    assert prove(tx, fund_id=fund.fund_id) == []


def test_a_close_does_not_begin_while_an_interest_counted_that_went_back(scene: Scene) -> None:
    tx, (fund, held) = scene(a_fund)
    book = Book(tx, fund, held)
    book.write(passed("LP01", "LP02", 25 * M + 3, PASSED_ON, GONE_ON))
    for on in (date(2026, 3, 23), GONE_ON):
        with pytest.raises(HeldOtherwise), tx.begin_nested():
            book.write([close(2, "LP03", 50 * M, on, date(2026, 6, 29))])
    book.write([close(2, "LP03", 50 * M, GONE_ON + timedelta(days=1), date(2026, 6, 29))])
    assert prove(tx, fund_id=fund.fund_id) == []
