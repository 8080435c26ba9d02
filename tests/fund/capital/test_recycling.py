"""Capital given back that may be called again: within the charter's limits, used first, and expired in time."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.capital.distributions import undo_distribution
from fund.capital.payable import CalledAgain
from fund.capital.positions import expired, unfunded
from fund.capital.recycling import recalls, return_by
from fund.capital.recycling_rules import (
    Called,
    Given,
    RecallAboveCap,
    RecallAboveFees,
    RecallTooLate,
    Rolled,
    Room,
    beyond_limits,
    check_cap,
    check_fees,
    check_within,
    rolled,
)
from fund.charter.queries import terms
from fund.results.ilpa import assertions, tables
from fund.results.proof import prove
from fund.results.recall import recall_rows, room_left
from kernel.db import Tx
from kernel.periods import Quarter
from tests.builders.capital import (
    MANAGER,
    YUAN,
    a_call,
    a_distribution,
    a_paid_call,
    committed,
    expense,
    fee,
    investment,
    noon,
)
from tests.builders.transfers import a_transfer
from tests.fund.capital.test_distributions import drafted
from tests.scenes import Scene

MILLION = 1_000_000 * YUAN
DUE, BACK, AGAIN, GONE = date(2026, 3, 2), date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 2)


def test_calls_use_the_oldest_and_what_is_left_of_it_expires() -> None:
    back = [Given(BACK, 10), Given(AGAIN, 5)]
    called = [Called(date(2026, 8, 1), 12), Called(date(2026, 8, 1), -3)]
    assert rolled(back, called, months=None, on=date.max) == Rolled(15, 12, 0, 3)
    assert rolled(back, [Called(BACK, 4)], months=6, on=date(2026, 10, 1)) == Rolled(15, 4, 0, 11)
    assert rolled(back, [Called(BACK, 4)], months=6, on=GONE) == Rolled(15, 4, 6, 5)
    # A call after that finds only what still waits; events after the day asked about do not count.
    late = [Called(GONE, 9), Called(date(2027, 1, 1), 9)]
    assert rolled(back, late, months=6, on=GONE) == Rolled(15, 5, 10, 0)
    assert rolled([], late, months=6, on=GONE) == Rolled(0, 0, 0, 0)


@given(
    back=st.lists(st.builds(Given, st.dates(date(2026, 1, 1), date(2028, 1, 1)), st.integers(1, 9**9))),
    called=st.lists(st.builds(Called, st.dates(date(2026, 1, 1), date(2028, 1, 1)), st.integers(-9, 9**9))),
    months=st.none() | st.integers(1, 30),
    on=st.dates(date(2026, 1, 1), date(2029, 1, 1)),
)
def test_what_was_given_is_used_expired_or_left(
    back: list[Given], called: list[Called], months: int | None, on: date
) -> None:
    found = rolled(back, called, months=months, on=on)
    assert found.given == sum(one.amount for one in back if one.on <= on)
    assert found.given == found.used + found.expired + found.left
    assert min(found.used, found.expired, found.left) >= 0


def test_the_limits_name_what_is_left() -> None:
    check_cap(amount=10**12, given=0, commitments=0, cap=None)
    check_cap(amount=50, given=150, commitments=1000, cap=Fraction(1, 5))
    with pytest.raises(RecallAboveCap, match=r"lets 2\.00 be called again .*20 %.* 0\.50 is left, and 0\.51"):
        check_cap(amount=51, given=150, commitments=1000, cap=Fraction(1, 5))
    check_within(amount=50, called=100, given=50, since=DUE, months=18)
    with pytest.raises(
        RecallTooLate, match=r"18 months .* since 2026-03-02 1\.00 .* 0\.50 is left, and 0\.51"
    ):
        check_within(amount=51, called=100, given=50, since=DUE, months=18)


def test_what_the_limits_would_not_let_is_told_day_by_day() -> None:
    back, called = [Given(AGAIN, 5), Given(BACK, 10)], [Called(DUE, 8), Called(date(2026, 6, 1), 3)]
    assert beyond_limits(back, called, cap=None, months=None) == 0
    assert beyond_limits(back, called, cap=12, months=None) == 3
    # On 1 April 8 were paid in within a month, on 1 July 3.
    assert beyond_limits(back, called, cap=None, months=1) == 4
    assert beyond_limits(back, called, cap=9, months=1) == 6
    assert beyond_limits([*back, Given(GONE, 2)], called, cap=0, months=None) == 17


def test_fees_and_expenses_are_recycled_up_to_what_was_paid_in_and_the_share() -> None:
    room = Room(cap=2000, within=1500, fees=300, paid=400, beyond=100)
    assert (room.left, room.fees_left) == (500, 200)
    assert (Room(None, 0, None, 0, 0).left, Room(None, 0, None, 0, 0).fees_left) == (None, None)
    check_fees(beyond=300, room=room, share=Fraction(1, 20))
    told = r"4\.00 was paid in .* 3\.00 is the most \(5 % .* 1\.00 may be already, 2\.00 is left, and 2\.01"
    with pytest.raises(RecallAboveFees, match=told):
        check_fees(beyond=301, room=room, share=Fraction(1, 20))
    with pytest.raises(RecallAboveFees):
        check_fees(beyond=1, room=Room(0, 0, None, 0, 0), share=Fraction(1, 20))


def test_amounts_equal_to_fees_are_called_again_beyond_the_cap(tx: Tx) -> None:
    """Of 100 million called 3 were for fees and expenses: 20 % and those 3 may go back to be called again."""
    fund = committed(tx, recall_cap=Fraction(1, 5), recall_fees_cap=Fraction(1, 20), recall_within_months=2)
    fees = fee({fund["LP01"]: 1_200_000 * YUAN, fund["LP02"]: 800_000 * YUAN})
    a_paid_call(tx, fund, investment(97 * MILLION), fees, expense(MILLION), due_on=DUE)
    with pytest.raises(RecallAboveFees, match=r"3,000,000\.00 is left, and 3,000,000\.01"):
        drafted(tx, fund, pay_on=BACK, return_of_capital=23 * MILLION + 1, recallable=True)
    a_distribution(tx, fund, pay_on=BACK, return_of_capital=22 * MILLION, recallable=True)
    room = room_left(tx, fund_id=fund.fund_id, as_of=BACK)
    assert (room.cap, room.within, room.fees, room.beyond) == (
        20 * MILLION,
        20 * MILLION,
        3 * MILLION,
        2 * MILLION,
    )
    # The first call is older than two months by then; the fees are not asked how old they are.
    later = {"pay_on": AGAIN, "recallable": True}
    with pytest.raises(RecallAboveFees):
        a_distribution(tx, fund, return_of_capital=MILLION + 1, **later)
    a_distribution(tx, fund, return_of_capital=MILLION, **later)
    assert room_left(tx, fund_id=fund.fund_id, as_of=AGAIN).fees_left == 0
    assert unfunded(tx, fund_id=fund.fund_id, as_of=AGAIN)[fund["LP01"]] == 13_800_000 * YUAN
    assert prove(tx, fund_id=fund.fund_id) == []


def test_a_distribution_keeps_to_the_limits_and_what_is_not_used_leaves_unfunded(tx: Tx) -> None:
    facts: dict[str, Any] = {"recall_cap": Fraction(1, 5), "recall_expires_months": 6}
    fund = committed(tx, **facts)
    a_paid_call(tx, fund, investment(100 * MILLION), due_on=DUE)
    a_distribution(tx, fund, pay_on=BACK, return_of_capital=10 * MILLION, recallable=True)
    with pytest.raises(RecallAboveCap, match=r"10,000,000\.00 is left"):
        drafted(tx, fund, return_of_capital=11 * MILLION, recallable=True)
    drafted(tx, fund, return_of_capital=11 * MILLION)
    a_paid_call(tx, fund, investment(4 * MILLION), due_on=AGAIN)
    one, of = fund["LP01"], {"fund_id": fund.fund_id}
    assert unfunded(tx, **of, as_of=date(2026, 10, 1))[one] == 3_600_000 * YUAN
    assert recalls(tx, **of, as_of=GONE, months=6)[one] == Rolled(
        6 * MILLION, 2_400_000 * YUAN, 3_600_000 * YUAN, 0
    )
    assert (unfunded(tx, **of, as_of=GONE)[one], expired(tx, **of, as_of=GONE)[one]) == (0, 3_600_000 * YUAN)
    for quarter, moved in (
        (Quarter(2026, 2), (0, 6 * MILLION, 0)),
        (Quarter(2026, 3), (-2_400_000 * YUAN, 0, 0)),
        (Quarter(2026, 4), (0, 0, -3_600_000 * YUAN)),
    ):
        rows = tables(tx, **of, quarter=quarter)[one]["qtd"]
        assert (rows[110], rows[111], rows[112]) == moved
        assert all(found.holds for found in assertions(tx, **of, quarter=quarter))
    rows = [recall_rows(tx, **of, quarter=Quarter(2026, number))[0] for number in (2, 3, 4)]
    assert [(r.opening, r.given, r.recalled, r.expired, r.closing, r.otherwise) for r in rows] == [
        (0, 6 * MILLION, 0, 0, 6 * MILLION, 0),
        (6 * MILLION, 0, 2_400_000 * YUAN, 0, 3_600_000 * YUAN, 0),
        (3_600_000 * YUAN, 0, 0, 3_600_000 * YUAN, 0, 0),
    ]
    assert prove(tx, **of) == []


def test_what_is_left_expires_with_the_commitment_period_and_passes_with_an_interest(tx: Tx) -> None:
    """Of 10 million 4 are called again; a third of LP01's passes to LP09; the period ends in September."""
    fund = committed(
        tx, newcomers=("LP09",), commitment_period_ends_on=date(2026, 9, 15), final_close_on=date(2026, 6, 1)
    )
    a_paid_call(tx, fund, investment(100 * MILLION), due_on=DUE)
    a_distribution(tx, fund, pay_on=BACK, return_of_capital=10 * MILLION, recallable=True)
    a_paid_call(tx, fund, investment(4 * MILLION), due_on=date(2026, 6, 1))
    a_transfer(tx, fund, seller="LP01", buyer="LP09", commitment=20 * MILLION, on=date(2026, 7, 15))
    rows = {row.partner_id: row for row in recall_rows(tx, fund_id=fund.fund_id, quarter=Quarter(2026, 3))}
    one, two, nine = (rows[fund[code]] for code in ("LP01", "LP02", "LP09"))
    assert [(r.opening, r.transferred, r.expired, r.closing) for r in (one, two, nine)] == [
        (3_600_000 * YUAN, -1_200_000 * YUAN, 2_400_000 * YUAN, 0),
        (2_400_000 * YUAN, 0, 2_400_000 * YUAN, 0),
        (0, 1_200_000 * YUAN, 1_200_000 * YUAN, 0),
    ]
    assert [(r.given, r.recalled, r.otherwise) for r in (one, two, nine)] == [(0, 0, 0)] * 3


def test_only_capital_of_a_certain_age_may_be_called_again(tx: Tx) -> None:
    fund = committed(tx, recall_within_months=6, unused_return_days=60)
    a_paid_call(tx, fund, investment(20 * MILLION), due_on=DUE)
    a_distribution(tx, fund, pay_on=date(2026, 6, 1), return_of_capital=12 * MILLION, recallable=True)
    early: dict[str, Any] = {"pay_on": date(2026, 9, 2), "return_of_capital": 8 * MILLION, "recallable": True}
    drafted(tx, fund, **early)
    with pytest.raises(RecallTooLate, match=r"since 2026-03-02 20,000,000\.00"):
        drafted(tx, fund, **(early | {"return_of_capital": 8 * MILLION + 10}))
    with pytest.raises(RecallTooLate, match=r"since 2026-03-03 0\.00"):
        drafted(tx, fund, **(early | {"pay_on": date(2026, 9, 3)}))
    promised = terms(tx, fund_id=fund.fund_id, as_of=DUE)
    assert return_by(promised, DUE) == date(2026, 5, 1)
    assert recalls(tx, fund_id=fund.fund_id, as_of=DUE, months=None) == {}


def test_what_was_called_again_stands_in_the_way_of_taking_the_distribution_back(scene: Scene) -> None:
    tx, fund = scene(committed)
    a_paid_call(tx, fund, investment(100 * MILLION), due_on=DUE)
    back = a_distribution(tx, fund, pay_on=BACK, return_of_capital=10 * MILLION, recallable=True)
    a_call(tx, fund, investment(MILLION), due_on=AGAIN)
    with pytest.raises(CalledAgain, match="DIST-001"):
        undo_distribution(
            tx, MANAGER, distribution_id=back.id, reason="sent back", undone_on=AGAIN, now=noon(AGAIN)
        )
