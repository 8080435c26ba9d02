"""The management fee to the fen: the worked numbers, stubs, the step-down and its turn in mid-quarter."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.charter.rules import FeeBasis
from fund.fees import rules
from fund.fees.rules import Stretch, fee, rounded, stretches
from kernel.periods import Quarter
from tests.builders.charter import terms

TWO_PERCENT = Fraction(2, 100)
HUNDRED_MILLION = 10_000_000_000


def test_two_percent_of_a_hundred_million_is_half_a_million_a_quarter() -> None:
    quarter = Quarter(2026, 2)
    working = fee(
        TWO_PERCENT, quarter, [Stretch(91, on_commitment=True)], commitment=HUNDRED_MILLION, invested=0
    )
    assert working.amount == 50_000_000


def test_a_stub_of_fifty_of_ninety_days() -> None:
    promised = terms(first_close_on=date(2026, 2, 10), final_close_on=date(2027, 1, 1))
    found = stretches(promised, Quarter(2026, 1))
    assert found == (Stretch(50, on_commitment=True),)
    working = fee(TWO_PERCENT, Quarter(2026, 1), found, commitment=HUNDRED_MILLION, invested=0)
    assert (working.amount, working.quarter_days) == (27_777_778, 90)
    assert rules.first_day(promised, Quarter(2026, 1)) == date(2026, 2, 10)


def test_the_base_turns_after_the_last_day_of_the_commitment_period() -> None:
    promised = terms(
        first_close_on=date(2024, 1, 1),
        final_close_on=date(2024, 6, 1),
        commitment_period_ends_on=date(2026, 1, 31),
        term_ends_on=date(2031, 1, 1),
    )
    found = stretches(promised, Quarter(2026, 1))
    assert found == (Stretch(31, on_commitment=True), Stretch(59, on_commitment=False))
    working = fee(TWO_PERCENT, Quarter(2026, 1), found, commitment=9_000, invested=4_500)
    assert working.amount == rounded(Fraction(2, 400) * (9_000 * 31 + 4_500 * 59) / 90)
    assert stretches(promised, Quarter(2025, 4)) == (Stretch(92, on_commitment=True),)
    assert stretches(promised, Quarter(2026, 2)) == (Stretch(91, on_commitment=False),)


@pytest.mark.parametrize(
    ("basis", "on_commitment"),
    [(FeeBasis.COMMITMENT, True), (FeeBasis.PAID_IN, False), (FeeBasis.INVESTED, False)],
)
def test_the_other_bases_never_turn(basis: FeeBasis, on_commitment: bool) -> None:
    promised = terms(fee_basis=basis)
    quarter = Quarter.containing(promised.commitment_period_ends_on)
    assert stretches(promised, quarter) == (Stretch(quarter.days, on_commitment=on_commitment),)


def test_no_fee_before_the_first_close_nor_after_the_term() -> None:
    promised = terms()
    for day in (promised.first_close_on.replace(year=2000), promised.term_ends_on.replace(year=2090)):
        with pytest.raises(rules.NoFeeYet):
            stretches(promised, Quarter.containing(day))


@pytest.mark.parametrize(
    ("exact", "whole"),
    [(Fraction(1, 2), 1), (Fraction(-1, 2), -1), (Fraction(1, 3), 0), (Fraction(5, 3), 2), (Fraction(7), 7)],
)
def test_halves_go_away_from_zero(exact: Fraction, whole: int) -> None:
    assert rounded(exact) == whole


@given(st.integers(0, 10**13), st.integers(1, 91))
def test_a_fee_is_never_off_by_more_than_half_a_fen(commitment: int, days: int) -> None:
    quarter = Quarter(2026, 2)
    working = fee(
        TWO_PERCENT, quarter, [Stretch(days, on_commitment=True)], commitment=commitment, invested=0
    )
    assert abs(working.amount - TWO_PERCENT / 4 * commitment * days / 91) <= Fraction(1, 2)


@pytest.mark.parametrize("amount", [0, -1, 101])
def test_only_what_is_payable_may_be_paid(amount: int) -> None:
    with pytest.raises(rules.FeeNotPayable):
        rules.check_payment(amount, payable=100)


def test_a_fee_is_taken_back_only_as_far_as_it_is_not_paid() -> None:
    rules.check_payment(100, payable=100)
    rules.check_not_paid(100, payable=100, paid=0)
    with pytest.raises(rules.FeePaid, match=r"0\.01 of the fee is paid and only 0\.99"):
        rules.check_not_paid(100, payable=99, paid=1)


def test_expense_rows() -> None:
    assert [rules.is_expense_row(row) for row in (35, 36, 57, 58)] == [False, True, True, False]
