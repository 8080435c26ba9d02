from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, permutations
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuation.bridge import GAINS, Movement, Step, ValueBridge, change_by_factor, joined, value_bridge
from valuation.flows import InvalidInput

MARCH, JUNE, SEPTEMBER = date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)

# Fen. 100m at the end of March; 20m called, 5m paid out, Alloy sold with 2m gained of which 1.5m had been written up.
MOVEMENTS = [
    Movement(MARCH, Step.CONTRIBUTION, 999),
    Movement(date(2026, 4, 10), Step.CONTRIBUTION, 2_000_000_000),
    Movement(date(2026, 4, 1), Step.FEE, -50_000_001),
    Movement(date(2026, 5, 6), Step.EXPENSE, -1_234_567),
    Movement(date(2026, 6, 1), Step.REALISED, 200_000_000, "Alloy"),
    Movement(date(2026, 6, 1), Step.UNREALISED, -150_000_000, "Alloy"),
    Movement(date(2026, 6, 2), Step.DISTRIBUTION, -500_000_000),
    Movement(JUNE, Step.UNREALISED, 700_000_003, "Hydrogen One"),
    Movement(JUNE, Step.UNREALISED, -120_000_000, "Chip"),
    Movement(JUNE, Step.INCOME, 3_000_000, "Alloy"),
    Movement(JUNE, Step.CARRY, -100_000_000),
    Movement(date(2026, 7, 1), Step.FEE, -888),
]
CLOSING = 11_981_765_435


def _second_quarter() -> ValueBridge:
    return value_bridge(MOVEMENTS, opens_on=MARCH, closes_on=JUNE, opening=10_000_000_000, closing=CLOSING)


def test_the_bridge_worked_by_hand() -> None:
    """The first day's own movements are in its opening value, the last day's are in the bridge."""
    bridge = _second_quarter()
    assert list(bridge.steps.items()) == [
        (Step.CONTRIBUTION, 2_000_000_000),
        (Step.GIVEN_BACK, 0),
        (Step.DISTRIBUTION, -500_000_000),
        (Step.INCOME, 3_000_000),
        (Step.REALISED, 200_000_000),
        (Step.UNREALISED, 430_000_003),
        (Step.FEE, -50_000_001),
        (Step.EXPENSE, -1_234_567),
        (Step.CARRY, -100_000_000),
        (Step.TRANSFER, 0),
    ]
    assert list(bridge.gains.items()) == [
        ("Hydrogen One", 700_000_003),
        ("Alloy", 53_000_000),
        ("Chip", -120_000_000),
    ]
    assert bridge.opening + sum(bridge.steps.values()) == bridge.closing


def test_a_quarter_and_the_next_are_the_half_year() -> None:
    first = _second_quarter()
    second = value_bridge(
        MOVEMENTS, opens_on=JUNE, closes_on=SEPTEMBER, opening=CLOSING, closing=CLOSING - 888
    )
    whole = value_bridge(
        MOVEMENTS, opens_on=MARCH, closes_on=SEPTEMBER, opening=10_000_000_000, closing=CLOSING - 888
    )
    assert joined([first, second]) == whole


def test_two_bridges_that_do_not_meet_are_refused() -> None:
    empty = value_bridge([], opens_on=JUNE, closes_on=SEPTEMBER, opening=5, closing=5)
    with pytest.raises(
        InvalidInput, match="closes on 2026-06-30 at 11981765435 and the next opens on 2026-06-30 at 5"
    ):
        joined([_second_quarter(), empty])
    with pytest.raises(InvalidInput, match="no bridge to join"):
        joined([])


def _one(amount: object = 1, step: Step = Step.FEE, closing: object = 11) -> Callable[[], ValueBridge]:
    movement = Movement(JUNE, step, amount)
    return lambda: value_bridge([movement], opens_on=MARCH, closes_on=JUNE, opening=10, closing=closing)


@pytest.mark.parametrize(
    ("attempt", "says"),
    [
        (_one(closing=12), "from 10 the steps arrive at 11, the value is 12; 1 is unexplained"),
        (_one(amount=0.5), r"movements\[0\].amount is 0.5; expected whole minor units"),
        (_one(amount=True), r"movements\[0\].amount is True"),
        (_one(closing=11.0), "closing is 11.0; expected whole"),
        (_one(step=Step.REALISED), r"movements\[0\] is realised on 2026-06-30 of no company"),
        (
            lambda: value_bridge([], opens_on=JUNE, closes_on=MARCH, opening=1, closing=1),
            "closes on 2026-03-31, before it opens on 2026-06-30",
        ),
        (lambda: change_by_factor({}, {}), "the factors are none and then none"),
        (lambda: change_by_factor({"sales": 1}, {"profit": 1}), "the factors are sales and then profit"),
        (lambda: change_by_factor({"sales": float("nan")}, {"sales": 1}), r"opening\['sales'\] is nan"),
        (
            lambda: change_by_factor(dict.fromkeys("abcdefghi", 1), dict.fromkeys("abcdefghi", 2)),
            "there are 9 factors; expected 8 at most",
        ),
    ],
)
def test_refusals(attempt: Callable[[], object], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        attempt()


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(
    st.lists(st.builds(Movement, DAYS, st.sampled_from(Step), st.integers(-(10**15), 10**15), st.just("A"))),
    st.lists(DAYS, min_size=2, max_size=5, unique=True),
)
def test_bridges_sum_to_the_fen_and_join_without_a_seam(movements: list[Movement], ends: list[date]) -> None:
    def value(at: date) -> int:
        return sum(one.amount for one in movements if one.on <= at)

    ends = sorted(ends)
    parts = [
        value_bridge(movements, opens_on=low, closes_on=high, opening=value(low), closing=value(high))
        for low, high in pairwise(ends)
    ]
    for part in parts:
        assert part.opening + sum(part.steps.values()) == part.closing
        assert sum(part.gains.values()) == sum(part.steps[step] for step in GAINS)
    whole = value_bridge(
        movements, opens_on=ends[0], closes_on=ends[-1], opening=value(ends[0]), closing=value(ends[-1])
    )
    assert joined(parts) == whole


def test_what_the_company_the_market_the_rights_and_the_currency_did() -> None:
    """Sales 10m to 14m, multiple 5 to 4: 50m to 56m. In one order sales add 20m and the multiple takes 14m, in the
    other the multiple takes 10m and sales add 16m: on average +18m and -12m.
    """
    assert change_by_factor(
        {"company": 10_000_000, "market": 5, "rights": Fraction(1, 5), "currency": 1},
        {"company": 14_000_000, "market": 4, "rights": Fraction(1, 5), "currency": 1},
    ) == {"company": 3_600_000, "market": -2_400_000, "rights": 0, "currency": 0}


def test_a_value_that_was_nothing() -> None:
    assert change_by_factor({"sales": 0, "multiple": 5}, {"sales": 100, "multiple": 5}) == {
        "sales": 500,
        "multiple": 0,
    }


FACTORS = st.decimals(0, 1000, places=2, allow_nan=False)


@given(st.lists(st.tuples(FACTORS, FACTORS), min_size=1, max_size=4))
def test_the_parts_are_the_mean_over_every_order(factors: list[tuple[Decimal, Decimal]]) -> None:
    """Brute force: move the factors one after another in every order, and average."""
    opening = {f"{at}": old for at, (old, _) in enumerate(factors)}
    closing = {f"{at}": new for at, (_, new) in enumerate(factors)}
    parts = change_by_factor(opening, closing)
    assert sum(parts.values()) == round(prod(map(Fraction, closing.values()))) - round(
        prod(map(Fraction, opening.values()))
    )
    orders = list(permutations(opening))
    mean = dict.fromkeys(opening, Fraction(0))
    for order in orders:
        now = {name: Fraction(value) for name, value in opening.items()}
        for name in order:
            before = prod(now.values())
            now[name] = Fraction(closing[name])
            mean[name] += (prod(now.values()) - before) / len(orders)
    assert all(abs(parts[name] - mean[name]) <= Fraction(3, 2) for name in mean)


def test_a_bridge_of_one_day_is_empty() -> None:
    day = MARCH + timedelta(days=1)
    assert set(value_bridge(MOVEMENTS, opens_on=day, closes_on=day, opening=7, closing=7).steps.values()) == {
        0
    }
