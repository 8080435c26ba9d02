"""What carry is given back and to whom, without a database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.givebacks.rules import (
    AboveOwedBack,
    ClawbackTest,
    DueBeforeTest,
    NotAtItsEnd,
    NothingOwedBack,
    Passing,
    ReturnDayInvalid,
    Returned,
    ReturnNotPositive,
    ReturnReferenceMissing,
    ReturnToCome,
    check_reference,
    check_step_day,
    check_test,
    held_by,
    shares,
)

ON, DUE, TODAY = date(2028, 3, 2), date(2028, 4, 2), date(2028, 3, 31)


def test_a_part_of_what_is_owed_goes_by_what_each_is_owed() -> None:
    owed = {1: 3_000_000_00, 2: 2_000_000_00}
    assert shares(owed, amount=None, on=ON) == owed
    assert shares(owed, amount=1_000_000_01, on=ON) == {1: 600_000_01, 2: 400_000_00}
    assert shares({1: 10_000, 2: 1}, amount=1, on=ON) == {1: 1}


@pytest.mark.parametrize(
    ("owed", "amount", "refusal"),
    [
        ({}, None, NothingOwedBack),
        ({1: 5}, 0, ReturnNotPositive),
        ({1: 5}, -1, ReturnNotPositive),
        ({1: 5, 2: 5}, 11, AboveOwedBack),
    ],
)
def test_what_cannot_be_returned(owed: dict[int, int], amount: int | None, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        shares(owed, amount=amount, on=ON)


@given(st.dictionaries(st.integers(1, 9), st.integers(1, 10**12), min_size=1), st.data())
def test_parts_sum_to_the_amount_and_none_is_more_than_owed(
    owed: dict[int, int], data: st.DataObject
) -> None:
    amount = data.draw(st.integers(1, sum(owed.values())))
    parts = shares(owed, amount=amount, on=ON)
    assert sum(parts.values()) == amount
    assert all(0 < part <= owed[key] for key, part in parts.items())


def test_a_test_looks_back_and_a_final_one_is_made_at_the_end() -> None:
    final, interim = ClawbackTest.FINAL, ClawbackTest.INTERIM
    check_test(kind=final, is_ended=True, on=ON, due_on=DUE, today=TODAY)
    check_test(kind=interim, is_ended=False, on=ON, due_on=ON, today=ON)
    with pytest.raises(NotAtItsEnd):
        check_test(kind=final, is_ended=False, on=ON, due_on=DUE, today=TODAY)
    with pytest.raises(ReturnToCome):
        check_test(kind=interim, is_ended=True, on=DUE, due_on=DUE, today=TODAY)
    with pytest.raises(DueBeforeTest):
        check_test(kind=interim, is_ended=True, on=TODAY, due_on=ON, today=TODAY)


def test_steps_follow_each_other_and_name_the_bank_s_reference() -> None:
    check_step_day(TODAY, first=ON, today=TODAY)
    for on in (date(2028, 3, 1), DUE):
        with pytest.raises(ReturnDayInvalid):
            check_step_day(on, first=ON, today=TODAY)
    check_reference("B-1")
    with pytest.raises(ReturnReferenceMissing):
        check_reference("  ")


def test_what_came_back_passes_with_the_interest_test_by_test() -> None:
    early, late = date(2026, 3, 2), date(2029, 3, 2)
    own = {1: [Returned(early, 90), Returned(ON, 30), Returned(late, 7)]}
    passed = held_by(own, [Passing(date(2028, 6, 1), 1, 2, 40)])
    assert passed == {
        1: (Returned(early, 60), Returned(ON, 20), Returned(late, 7)),
        2: (Returned(early, 30), Returned(ON, 10)),
    }
    whole = held_by({1: [Returned(early, 90)]}, [Passing(ON, 1, 2, 90), Passing(ON, 2, 3, 45)])
    assert whole == {1: (), 2: (Returned(early, 45),), 3: (Returned(early, 45),)}
