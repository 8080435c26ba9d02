from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from fund.capital.equalisation import Equalisation, PastItem, equalise, rebalance

A, B, C, D = 1, 2, 3, 4
DUE = date(2026, 3, 1)
EIGHT = Fraction(8, 100)


def test_the_later_close_of_the_model_agreement() -> None:
    items = [
        PastItem(1, "CALL-001", DUE, {A: 1_080_000_000, B: 720_000_000}),
        PastItem(2, "CALL-001", DUE, {A: 60_000_000, B: 40_000_000}),
    ]
    close = equalise(
        items,
        commitments={A: 6_000_000_000, B: 4_000_000_000},
        newcomers={C: 5_000_000_000},
        rate=EIGHT,
        due_on=date(2026, 11, 1),
    )
    paid = {key: sum(moves.get(key, 0) for moves in close.items.values()) for key in (A, B, C)}
    assert paid == {A: -380_000_000, B: -253_333_333, C: 633_333_333}
    assert close.interest == {A: -20_405_479, B: -13_603_653, C: 34_009_132}


def test_interest_runs_per_call_from_its_own_due_date_and_not_backwards() -> None:
    items = [
        PastItem(1, "CALL-001", date(2025, 3, 1), {A: 1000_00}),
        PastItem(2, "CALL-002", date(2026, 3, 1), {A: 1000_00}),
        PastItem(3, "CALL-003", date(2026, 5, 1), {A: 1000_00}),
    ]
    close = equalise(items, commitments={A: 100}, newcomers={B: 100}, rate=EIGHT, due_on=DUE)
    assert close.items == {key: {B: 500_00, A: -500_00} for key in (1, 2, 3)}
    assert close.interest == {B: 40_00, A: -40_00}


def test_a_close_without_earlier_calls_moves_nothing() -> None:
    assert equalise([], commitments={A: 1}, newcomers={B: 1}, rate=EIGHT, due_on=DUE) == Equalisation()


def test_two_newcomers_leave_everyone_with_its_share() -> None:
    items = [PastItem(1, "CALL-001", DUE, {A: 60_00, B: 40_00})]
    close = equalise(
        items, commitments={A: 60, B: 40}, newcomers={C: 60, D: 40}, rate=Fraction(0), due_on=DUE
    )
    assert close.items[1] == {A: -30_00, B: -20_00, C: 30_00, D: 20_00}
    assert close.interest == {}


@given(
    st.lists(st.tuples(st.integers(1, 10**12), st.integers(1, 10**11)), min_size=1, max_size=6),
    st.lists(st.integers(1, 10**12), min_size=1, max_size=3),
    st.integers(0, 2000),
)
def test_what_newcomers_pay_is_what_the_earlier_get(
    earlier: list[tuple[int, int]], joining: list[int], days: int
) -> None:
    commitments = {key: commitment for key, (commitment, _) in enumerate(earlier)}
    amounts = {key: paid for key, (_, paid) in enumerate(earlier)}
    newcomers = {100 + key: commitment for key, commitment in enumerate(joining)}
    due_on = date.fromordinal(DUE.toordinal() + days)
    items = [PastItem(1, "CALL-001", DUE, amounts)]
    close = equalise(items, commitments=commitments, newcomers=newcomers, rate=EIGHT, due_on=due_on)
    for moves in (close.items[1], close.interest):
        assert sum(moves.values()) == 0
        assert all((amount > 0) == (key in newcomers) for key, amount in moves.items())
    assert all(amounts[key] + close.items[1].get(key, 0) >= 0 for key in amounts)


def test_balances_are_shared_anew_by_weight() -> None:
    assert rebalance({A: 60, B: 40}, {A: 60, B: 40, C: 100}) == {A: -30, B: -20, C: 50}
    assert rebalance({A: -60, B: -40}, {A: 60, B: 40, C: 100}) == {A: 30, B: 20, C: -50}
    assert rebalance({A: 50, D: 50}, {A: 1}) == {A: 50, D: -50}
    assert rebalance({A: 50, B: 50}, {A: 1, B: 1}) == {}


@given(st.dictionaries(st.integers(1, 9), st.integers(-(10**12), 10**12)), st.integers(1, 10**9))
def test_sharing_anew_moves_and_never_makes(balances: dict[int, int], weight: int) -> None:
    moves = rebalance(balances, {1: weight, 2: 1})
    assert sum(moves.values()) == 0
