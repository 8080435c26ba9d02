"""How much carry is kept in escrow, whose it is, and when it may go out; without a database."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.charter.carry_rules import EscrowTest
from fund.givebacks.escrow_rules import (
    AboveEscrow,
    ClawbackComesFirst,
    EscrowNotAtEnd,
    HurdleNotBack,
    NothingInEscrow,
    ReleaseNotPositive,
    by_partner,
    check_amount,
    check_test,
    kept,
)


def test_a_share_is_kept_rounded_down() -> None:
    assert kept(1_000_01, share=Fraction(3, 10)) == 300_00
    assert (kept(7, share=Fraction(1)), kept(7, share=Fraction(0))) == (7, 0)


@given(st.dictionaries(st.integers(1, 9), st.integers(1, 10**12), min_size=1), st.fractions(0, 1))
def test_parts_sum_and_nobody_bears_more_than_its_carry(carry: dict[int, int], share: Fraction) -> None:
    amount = kept(sum(carry.values()), share=share)
    parts = by_partner(amount, carry)
    assert sum(parts.values()) == amount
    assert all(0 < part <= carry[key] for key, part in parts.items())


def test_nothing_is_borne_by_nobody() -> None:
    assert by_partner(0, {}) == {}


def test_no_more_than_is_held() -> None:
    check_amount(5, held=5)
    with pytest.raises(AboveEscrow):
        check_amount(6, held=5)
    with pytest.raises(ReleaseNotPositive):
        check_amount(0, held=5)
    with pytest.raises(NothingInEscrow):
        check_amount(0, held=0)


def test_the_charters_test() -> None:
    check_test(EscrowTest.HURDLE, lacking=0, is_ended=False, owed=0)
    check_test(EscrowTest.END, lacking=5, is_ended=True, owed=0)
    with pytest.raises(HurdleNotBack):
        check_test(EscrowTest.HURDLE, lacking=1, is_ended=True, owed=0)
    with pytest.raises(EscrowNotAtEnd):
        check_test(EscrowTest.END, lacking=0, is_ended=False, owed=0)
    with pytest.raises(ClawbackComesFirst):
        check_test(EscrowTest.END, lacking=0, is_ended=True, owed=1)
