from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.closing.rules import (
    Approved,
    Breach,
    Payment,
    SamePerson,
    TranchesInvalid,
    blocking,
    breach_problems,
    check_second,
    check_tranches,
    percent,
    shortfall,
    uncovered,
)

APPROVED = Approved(amount=2_000_00, expires_on=date(2026, 12, 29), papers_unchanged=True)
PAYMENT = Payment(amount=2_000_00, on=date(2026, 10, 8), paid=0, planned=None, open_conditions=())
HYDROGEN = Breach("sector", "hydrogen", Fraction(20, 100), Fraction(27, 100), Fraction(25, 100))


def told(approved: Approved | None, payment: Payment) -> list[str]:
    return [str(problem) for problem in blocking(approved, payment)]


def test_nothing_keeps_an_approved_payment_back() -> None:
    assert told(APPROVED, PAYMENT) == []
    assert told(APPROVED, replace(PAYMENT, on=APPROVED.expires_on)) == []


def test_without_an_approval_nothing_else_matters() -> None:
    assert told(None, replace(PAYMENT, open_conditions=("Insure the line.",))) == [
        "approval: there is no approval of the committee"
    ]


def test_everything_that_blocks_is_told_at_once() -> None:
    late = replace(
        PAYMENT,
        amount=2_000_01,
        on=date(2026, 12, 30),
        open_conditions=("Insure the line.",),
        is_ready=False,
    )
    assert told(replace(APPROVED, papers_unchanged=False), late) == [
        "stage: the deal is not active at closing",
        "approval: lapsed on 2026-12-29",
        "papers: are not those that were voted on",
        "amount: 2,000.01 is more than the 2,000.00 that is left of the approval",
        "Insure the line.: is not satisfied and confirmed",
    ]


def test_a_tranche_begun_in_time_is_finished_within_what_is_left() -> None:
    second = replace(PAYMENT, amount=500_00, paid=1_500_00, on=date(2027, 3, 1))
    assert told(APPROVED, second) == []
    assert told(APPROVED, replace(second, amount=500_01)) == [
        "amount: 500.01 is more than the 500.00 that is left of the approval"
    ]


def test_an_amount_is_positive_and_as_planned() -> None:
    assert told(APPROVED, replace(PAYMENT, amount=0)) == ["amount: must be above zero"]
    assert told(APPROVED, replace(PAYMENT, planned=2_000_00)) == []
    assert told(APPROVED, replace(PAYMENT, planned=1_000_00)) == [
        "amount: the tranche is planned as 1,000.00"
    ]


def test_a_breach_in_words() -> None:
    assert [str(one) for one in breach_problems([HYDROGEN])] == [
        "sector: this deal takes hydrogen to 27 % against a limit of 25 %"
    ]


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(27, 100), "27"),
        (Fraction(1, 3), "33.33"),
        (Fraction(2, 3), "66.67"),
        (Fraction(255, 1000), "25.5"),
        (Fraction(0), "0"),
        (Fraction(1), "100"),
        (Fraction(10, 100), "10"),
    ],
)
def test_percents(share: Fraction, text: str) -> None:
    assert percent(share) == text


def test_an_exception_covers_a_key_up_to_the_share_that_was_approved() -> None:
    key = ("sector", "hydrogen")
    assert uncovered([HYDROGEN], {}) == [HYDROGEN]
    assert uncovered([HYDROGEN], {key: Fraction(27, 100)}) == []
    assert uncovered([HYDROGEN], {key: Fraction(26, 100)}) == [HYDROGEN]
    assert uncovered([HYDROGEN], {("company", "hydrogen"): Fraction(1)}) == [HYDROGEN]


@pytest.mark.parametrize("amounts", [[], [0], [-1, 5], [1_000, 1_001]])
def test_tranches_that_cannot_be(amounts: list[int]) -> None:
    with pytest.raises(TranchesInvalid, match=r"20\.00"):
        check_tranches(amounts, 2_000)


def test_tranches_up_to_what_was_approved() -> None:
    check_tranches([1_000, 1_000], 2_000)


def test_a_second_person_is_somebody_else() -> None:
    check_second("Confirming", 1, 2)
    check_second("Confirming", None, 2)
    for first, second in ((1, 1), (1, None), (None, None)):
        with pytest.raises(SamePerson):
            check_second("Confirming", first, second)


@given(st.integers(1, 10**12), st.integers(-(10**12), 10**12))
def test_what_is_missing_is_never_more_than_the_amount(amount: int, cash: int) -> None:
    missing = shortfall(amount, cash)
    assert 0 <= missing <= amount
    assert amount - missing <= max(0, cash)
