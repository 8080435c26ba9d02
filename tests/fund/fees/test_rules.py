"""The management fee to the fen: the worked numbers, stubs, the step-down and its turn in mid-quarter."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.charter.rules import FeeBasis
from fund.fees import rules
from fund.fees.rules import Stretch, fee, own_terms, rounded, stretches
from fund.side_letters.rules import LetterTerms
from kernel.periods import Quarter
from tests.builders.charter import terms

TWO_PERCENT = Fraction(2, 100)
HUNDRED_MILLION = 10_000_000_000


COMMITMENT, INVESTED, PAID_IN = FeeBasis.COMMITMENT, FeeBasis.INVESTED, FeeBasis.PAID_IN


def test_two_percent_of_a_hundred_million_is_half_a_million_a_quarter() -> None:
    [working] = fee(Quarter(2026, 2), [Stretch(91, TWO_PERCENT, COMMITMENT)], {COMMITMENT: HUNDRED_MILLION})
    assert working.amount == 50_000_000


def test_a_stub_of_fifty_of_ninety_days() -> None:
    promised = [terms(first_close_on=date(2026, 2, 10), final_close_on=date(2027, 1, 1))]
    found = stretches(promised, Quarter(2026, 1))
    assert found == (Stretch(50, TWO_PERCENT, COMMITMENT),)
    [working] = fee(Quarter(2026, 1), found, {COMMITMENT: HUNDRED_MILLION})
    assert (working.amount, working.quarter_days) == (27_777_778, 90)
    assert rules.first_day(promised, Quarter(2026, 1)) == date(2026, 2, 10)


def test_the_base_turns_after_the_last_day_of_the_commitment_period() -> None:
    promised = [
        terms(
            first_close_on=date(2024, 1, 1),
            final_close_on=date(2024, 6, 1),
            commitment_period_ends_on=date(2026, 1, 31),
            term_ends_on=date(2031, 1, 1),
        )
    ]
    found = stretches(promised, Quarter(2026, 1))
    assert found == (Stretch(31, TWO_PERCENT, COMMITMENT), Stretch(59, TWO_PERCENT, INVESTED))
    [working] = fee(Quarter(2026, 1), found, {COMMITMENT: 9_000, INVESTED: 4_500})
    assert working.amount == rounded(Fraction(2, 400) * (9_000 * 31 + 4_500 * 59) / 90)
    assert stretches(promised, Quarter(2025, 4)) == (Stretch(92, TWO_PERCENT, COMMITMENT),)
    assert stretches(promised, Quarter(2026, 2)) == (Stretch(91, TWO_PERCENT, INVESTED),)


@pytest.mark.parametrize("basis", [COMMITMENT, PAID_IN, INVESTED])
def test_the_other_bases_never_turn(basis: FeeBasis) -> None:
    promised = terms(fee_basis=basis)
    quarter = Quarter.containing(promised.commitment_period_ends_on)
    assert stretches([promised], quarter) == (Stretch(quarter.days, TWO_PERCENT, basis),)


def test_no_fee_before_the_first_close_nor_after_the_term() -> None:
    promised = [terms()]
    for day in (promised[0].first_close_on.replace(year=2000), promised[0].term_ends_on.replace(year=2090)):
        found = stretches(promised, Quarter.containing(day))
        assert found == ()
        with pytest.raises(rules.NoFeeYet):
            rules.check_runs(found, promised, Quarter.containing(day))
    rules.check_runs(stretches(promised, Quarter(2026, 1)), promised, Quarter(2026, 1))


def test_each_version_of_the_terms_holds_for_its_own_days() -> None:
    """1 April to 10 May at 2 % of commitments, from 11 May 1.5 % of what is paid in: 40 and 51 of 91 days."""
    lower = terms(fee_rate=Fraction(15, 1000), fee_basis=PAID_IN, effective_on=date(2026, 5, 11))
    found = stretches([terms(), lower], Quarter(2026, 2))
    assert found == (Stretch(40, TWO_PERCENT, COMMITMENT), Stretch(51, Fraction(15, 1000), PAID_IN))
    first, second = fee(Quarter(2026, 2), found, {COMMITMENT: HUNDRED_MILLION, PAID_IN: HUNDRED_MILLION // 2})
    assert (first.position, first.commitment_days, first.invested_days, first.amount) == (
        1,
        40,
        0,
        21_978_022,
    )
    assert (second.position, second.commitment_days, second.invested_days) == (2, 0, 51)
    assert first.amount + second.amount == rounded(
        HUNDRED_MILLION * (TWO_PERCENT * 40 + Fraction(15, 2000) * 51) / 4 / 91
    )


def test_an_amendment_that_leaves_the_fee_alone_does_not_split_it() -> None:
    other = terms(hurdle=Fraction(6, 100), effective_on=date(2026, 5, 11))
    assert stretches([terms(), other], Quarter(2026, 2)) == (Stretch(91, TWO_PERCENT, COMMITMENT),)


def test_two_bases_beside_the_commitment_stand_on_lines_of_their_own() -> None:
    found = [Stretch(40, TWO_PERCENT, PAID_IN), Stretch(51, TWO_PERCENT, INVESTED)]
    workings = fee(Quarter(2026, 2), found, {PAID_IN: 9_100, INVESTED: 91_000})
    assert [(one.invested, one.invested_days, one.amount) for one in workings] == [
        (9_100, 40, 20),
        (91_000, 51, 255),
    ]


@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.integers(0, 500), st.sampled_from([COMMITMENT, PAID_IN, INVESTED])),
        min_size=1,
        max_size=3,
    ),
    st.integers(0, 10**13),
)
def test_workings_sum_to_the_fee_rounded_once(parts: list[tuple[int, int, FeeBasis]], base: int) -> None:
    found = [Stretch(days, Fraction(rate, 10_000), kind) for days, rate, kind in parts]
    workings = fee(Quarter(2026, 2), found, dict.fromkeys(FeeBasis, base))
    exact = sum((one.rate / 4 * base * one.days / 91 for one in found), start=Fraction(0))
    assert sum(one.amount for one in workings) == rounded(exact)
    assert all(one.amount >= 0 for one in workings)
    assert sum(one.commitment_days + one.invested_days for one in workings) == sum(one.days for one in found)


def test_called_money_pays_the_oldest_fee_first() -> None:
    january, march, april, may = (date(2026, month, 2) for month in (1, 3, 4, 5))
    fees = [(january, 100), (april, 50), (may, 0)]
    assert rules.paid_days(fees, []) == [[(january, 100)], [(april, 50)], [(may, 1)]]
    assert rules.paid_days(fees, [(march, 120), (may, 10)]) == [
        [(march, 100)],
        [(march, 20), (may, 10), (april, 20)],
        [(may, 1)],
    ]


@pytest.mark.parametrize(
    ("exact", "whole"),
    [(Fraction(1, 2), 1), (Fraction(-1, 2), -1), (Fraction(1, 3), 0), (Fraction(5, 3), 2), (Fraction(7), 7)],
)
def test_halves_go_away_from_zero(exact: Fraction, whole: int) -> None:
    assert rounded(exact) == whole


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


def test_a_partners_own_rate_holds_from_the_day_of_its_letter() -> None:
    quarter = Quarter(2026, 2)
    first = terms(fee_rate=Fraction(2, 100), effective_on=date(2026, 1, 15))
    second = replace(first, fee_rate=Fraction(3, 100), effective_on=date(2026, 6, 1))
    letters = [
        (date(2026, 4, 1), LetterTerms(basis_discount=Fraction(1, 2))),
        (date(2026, 5, 1), LetterTerms(Fraction(1, 100))),
        (date(2026, 7, 1), LetterTerms(Fraction(0))),
    ]
    found = own_terms((first, second), letters, quarter)
    assert [(one.effective_on, one.fee_rate) for one in found] == [
        (date(2026, 4, 1), Fraction(1, 100)),
        (date(2026, 5, 1), Fraction(1, 100)),
        (date(2026, 6, 1), Fraction(1, 100)),
    ]
    late = own_terms((second,), [(date(2026, 6, 15), LetterTerms(Fraction(1, 100)))], quarter)
    assert [one.fee_rate for one in late] == [Fraction(3, 100), Fraction(1, 100)]
    own = stretches(own_terms((first, second), letters[2:], quarter), quarter)
    assert own == stretches((first, second), quarter)
