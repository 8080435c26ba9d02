"""Terms change something, and leave room for what was done under those before them."""

from datetime import date
from typing import Any

import pytest

from fund.charter.amendment_rules import (
    AmendmentEmpty,
    AmendmentImpossible,
    Done,
    check_changes,
    check_possible,
)
from tests.builders.charter import TERMS, terms

LATER, FOLLOW_ON = date(2024, 10, 8), date(2029, 3, 1)
DONE = Done(
    committed=300_000_000_00,
    closes={1: date(2024, 1, 15), 2: LATER},
    called={"CALL-001": date(2024, 2, 1), "CALL-002": date(2027, 3, 1), "CALL-003": FOLLOW_ON},
    invested={"CALL-001": date(2024, 2, 1), "CALL-003": FOLLOW_ON},
)


def test_an_amendment_changes_something() -> None:
    with pytest.raises(AmendmentEmpty, match="version 1"):
        check_changes(TERMS, terms(limits=TERMS.limits[::-1]))
    check_changes(TERMS, terms(limits=()))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"size": 299_999_999_99}, ["299,999,999.99 is less than the 300,000,000.00 committed"]),
        (
            {"first_close_on": date(2024, 2, 2)},
            [
                "2024-02-02 is after close 1, which took place on 2024-01-15",
                "2024-02-02 is after CALL-001 was due, on 2024-02-01",
            ],
        ),
        (
            {"final_close_on": date(2024, 10, 7)},
            ["2024-10-07 is before close 2, which took place on 2024-10-08"],
        ),
        (
            {"commitment_period_ends_on": date(2024, 1, 31)},
            ["2024-01-31 is before CALL-001 for investments is due, on 2024-02-01"],
        ),
    ],
)
def test_what_was_done_under_the_terms_stays_possible(change: dict[str, Any], says: list[str]) -> None:
    with pytest.raises(AmendmentImpossible) as refused:
        check_possible(TERMS, terms(**change), DONE)
    assert [one.says.format(**one.facts) for one in refused.value.problems] == says
    assert {one.where for one in refused.value.problems} == set(change)


@pytest.mark.parametrize(
    "change",
    [
        {"size": 300_000_000_00},
        {"first_close_on": date(2023, 12, 1), "final_close_on": LATER},
        # Fees may be called after the period, and a follow-on that was called after it stays.
        {"commitment_period_ends_on": date(2024, 2, 1)},
        {"commitment_period_ends_on": date(2029, 1, 16)},
    ],
)
def test_what_leaves_room_for_it_is_taken(change: dict[str, Any]) -> None:
    check_possible(TERMS, terms(**change), DONE)


def test_a_term_that_stays_asks_nothing() -> None:
    small = terms(size=1, final_close_on=date(2024, 1, 15))
    check_possible(small, terms(size=1, final_close_on=date(2024, 1, 15), carry=0), DONE)
