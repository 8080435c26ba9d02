"""What is owed on a day, what may be settled of it, and who gets a release back."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.capital.own_days import spread, weights_of_release
from fund.fees.accrual_rules import (
    AboveOwed,
    AccrualToCome,
    ExpenseSettled,
    ReleaseReasonMissing,
    Settled,
    SettledUntil,
    SettlementInvalid,
    SettlementWay,
    check_accrual_day,
    check_settlement,
    check_still_owed_back,
    check_taken_back,
    open_from,
    open_on,
    released_of_others,
)
from fund.fees.recovery_rules import BROKEN_DEAL_ROW, ORGANISATION_ROW, ExpenseRecovered

FIRST, MAY, JUNE, LAST = (date(2026, month, 1) for month in (4, 5, 6, 7))
ASKED: dict[str, Any] = {
    "reference": "E1",
    "amount": 10,
    "owed": 10,
    "on": MAY,
    "first": FIRST,
    "today": LAST,
    "reason": None,
}


def paid(number: int, amount: int, on: date, undone_on: date | None = None) -> Settled:
    return Settled(number, SettlementWay.PAID, amount, on, undone_on=undone_on)


def test_a_payment_counts_from_its_day_until_it_was_undone() -> None:
    settled = [paid(1, 60, MAY, JUNE), paid(2, 10, JUNE)]
    assert [open_on(100, settled, day) for day in (FIRST, MAY, JUNE)] == [100, 40, 90]
    # A payment that is booked late for a day on which the first one counted may not be more than was left then.
    assert [open_from(100, settled, day) for day in (FIRST, MAY, JUNE, LAST)] == [40, 40, 90, 90]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount": 0}, SettlementInvalid),
        ({"amount": -1}, SettlementInvalid),
        ({"amount": 11}, AboveOwed),
        ({"on": date(2026, 3, 31)}, SettlementInvalid),
        ({"on": date(2026, 7, 2)}, SettlementInvalid),
        ({"reason": " "}, ReleaseReasonMissing),
    ],
)
def test_what_may_not_be_settled(changes: dict[str, Any], refusal: type[Exception]) -> None:
    check_settlement(**ASKED)
    check_settlement(**ASKED | {"on": FIRST, "reason": "lower bill"})
    with pytest.raises(refusal):
        check_settlement(**ASKED | changes)


def test_an_expense_is_owed_from_a_day_that_has_come() -> None:
    check_accrual_day(LAST, today=LAST)
    with pytest.raises(AccrualToCome):
        check_accrual_day(LAST, today=JUNE)


def test_an_expense_is_taken_back_after_what_was_settled_of_it() -> None:
    check_taken_back(reference="E1", settled=[], on=FIRST)
    with pytest.raises(ExpenseSettled):
        check_taken_back(reference="E1", settled=[paid(1, 5, MAY)], on=LAST)
    undone = [paid(1, 5, MAY, JUNE)]
    check_taken_back(reference="E1", settled=undone, on=JUNE)
    with pytest.raises(SettledUntil):
        check_taken_back(reference="E1", settled=undone, on=MAY)


def test_of_organisation_costs_what_is_above_the_cap_falls_first() -> None:
    facts = {"whole": 80, "owed_back": 30}
    assert released_of_others(ORGANISATION_ROW, 20, of_others=30, of_all=80, **facts) == 20
    assert released_of_others(ORGANISATION_ROW, 20, of_others=10, of_all=60, **facts) == 10
    assert released_of_others(41, 20, whole=80, owed_back=0, of_others=0, of_all=80) == 0


@given(st.integers(1, 999), st.data())
def test_a_dead_deal_released_in_parts_leaves_each_its_share(whole: int, data: st.DataObject) -> None:
    """What is left of others' part is their share of what is left, to the fen, and nothing at the end."""
    owed_back = data.draw(st.integers(0, whole - 1))
    of_all, of_others = whole, owed_back
    while of_all:
        amount = data.draw(st.integers(1, of_all))
        facts = {"whole": whole, "owed_back": owed_back, "of_others": of_others, "of_all": of_all}
        part = released_of_others(BROKEN_DEAL_ROW, amount, **facts)
        assert 0 <= part <= min(amount, of_others)
        of_all, of_others = of_all - amount, of_others - part
        assert of_others <= of_all
        assert abs(of_others - of_all * owed_back / whole) <= 0.5
    assert of_others == 0


@given(st.lists(st.integers(0, 999), min_size=1, max_size=5).filter(any), st.data())
def test_releases_in_parts_leave_nobody_below_nil(shares: list[int], data: st.DataObject) -> None:
    borne = dict(enumerate(shares))
    while sum(borne.values()):
        amount = data.draw(st.integers(1, sum(borne.values())))
        left, shares = {key: -part for key, part in borne.items()}, dict.fromkeys(borne, 1)
        parts = spread(amount, weights_of_release(left, shares, shares))
        assert sum(parts.values()) == amount
        borne = {key: borne[key] - parts.get(key, 0) for key in borne}
        assert min(borne.values()) >= 0


def test_who_bears_it_by_now_gets_it_back() -> None:
    then, now = {1: 3, 2: 2}, {1: 3, 2: 2, 3: 5}
    assert weights_of_release({1: -60, 2: -40, 3: 5}, then, now) == now
    assert weights_of_release({2: -40, 1: -60, 3: 5}, now, now) == {1: 60, 2: 40}
    check_still_owed_back(reference="E1", left=5, settled=5)
    with pytest.raises(ExpenseRecovered):
        check_still_owed_back(reference="E1", left=4, settled=5)
