from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuation.captable import ShareClass, exit_payouts
from valuation.flows import InvalidInput

COMMON = ShareClass("common", 6_000_000)
SERIES_A = ShareClass("A", 2_000_000, 5_000_000, seniority=1)
SERIES_B = ShareClass("B", 2_000_000, 10_000_000, participating=True, cap_multiple=3, seniority=2)

WORKED = [
    # proceeds, common, A, B
    (0, 0, 0, 0),
    (4_000_000, 0, 0, 4_000_000),
    (12_000_000, 0, 2_000_000, 10_000_000),
    (15_000_000, 0, 5_000_000, 10_000_000),
    # 5m beyond the preferences: A still holds its 5m, common and B share 3 : 1.
    (20_000_000, 3_750_000, 5_000_000, 11_250_000),
    # A converts once a common share is worth 2.50; beyond 10m everyone shares by shares until B's cap of 30m.
    (40_000_000, 18_000_000, 6_000_000, 16_000_000),
    (130_000_000, 75_000_000, 25_000_000, 30_000_000),
    # B converts once a common share is worth 15.
    (200_000_000, 120_000_000, 40_000_000, 40_000_000),
]


@pytest.mark.parametrize(("proceeds", "common", "a", "b"), WORKED)
def test_the_waterfall_worked_by_hand(proceeds: int, common: int, a: int, b: int) -> None:
    payouts = exit_payouts([COMMON, SERIES_A, SERIES_B], proceeds)
    assert payouts == pytest.approx({"common": common, "A": a, "B": b}, abs=1e-6)


def test_equal_ranks_share_in_proportion_to_what_they_are_owed() -> None:
    classes = [COMMON, ShareClass("A", 1, 6, seniority=1), ShareClass("B", 1, 2, multiple=2, seniority=1)]
    assert exit_payouts(classes, 5) == {"common": 0, "A": 3, "B": 2}


def test_full_participation_takes_both() -> None:
    classes = [ShareClass("common", 50), ShareClass("A", 50, 20, participating=True)]
    assert exit_payouts(classes, 100) == {"common": 40, "A": 60}


def test_preferred_alone_converts_to_take_the_rest() -> None:
    only = [ShareClass("A", 10, 5)]
    assert exit_payouts(only, 3) == {"A": 3}
    assert exit_payouts(only, 5) == {"A": 5}
    assert exit_payouts(only, 50) == pytest.approx({"A": 50})


def test_a_preference_without_shares_is_a_debt() -> None:
    classes = [ShareClass("note", 0, 10, participating=True, cap_multiple=2), ShareClass("common", 1)]
    assert exit_payouts(classes, 30) == {"note": 10, "common": 20}


def test_options_are_exercised_once_a_share_is_worth_more_than_they_cost() -> None:
    """Preference 20; then 100 common share alone up to 3 each; beyond, 20 options at 3 share too."""
    classes = [
        ShareClass("common", 100),
        ShareClass("A", 50, 20, seniority=1),
        ShareClass("options", 20, strike=3),
    ]
    assert exit_payouts(classes, 20) == {"common": 0, "A": 20, "options": 0}
    # A converts at 0.40 a share: 150 shares up to 3 each, 450 in all.
    assert exit_payouts(classes, 450) == pytest.approx({"common": 300, "A": 150, "options": 0})
    # A further 170 over 170 shares: each is worth 4, the options 1 net of their price.
    assert exit_payouts(classes, 620) == pytest.approx({"common": 400, "A": 200, "options": 20})


def test_options_alone_take_what_their_price_leaves() -> None:
    assert exit_payouts([ShareClass("options", 10, strike=3)], 0) == {"options": 0}
    assert exit_payouts([ShareClass("options", 10, strike=3)], 50) == pytest.approx({"options": 50})


NUMBERS = st.integers(1, 1000)


@st.composite
def tables(draw: st.DrawFn) -> list[ShareClass]:
    classes = [ShareClass("common", draw(NUMBERS))] if draw(st.booleans()) else []
    for number in range(draw(st.integers(1, 4))):
        multiple = draw(st.sampled_from([1, 1.5, 2]))
        kind = draw(st.sampled_from(["plain", "full", "capped"]))
        classes.append(
            ShareClass(
                f"S{number}",
                draw(NUMBERS),
                draw(NUMBERS),
                multiple=multiple,
                participating=kind != "plain",
                cap_multiple=multiple + draw(st.sampled_from([0, 0.5, 2])) if kind == "capped" else None,
                seniority=draw(st.integers(0, 2)),
            )
        )
    return classes


@st.composite
def tables_with_options(draw: st.DrawFn) -> list[ShareClass]:
    grants = draw(st.lists(st.tuples(NUMBERS, st.integers(0, 20)), max_size=2))
    return draw(tables()) + [
        ShareClass(f"O{at}", shares, strike=strike) for at, (shares, strike) in enumerate(grants)
    ]


@given(tables_with_options(), st.floats(0, 20_000))
def test_payouts_sum_to_the_proceeds(classes: list[ShareClass], proceeds: float) -> None:
    payouts = exit_payouts(classes, proceeds)
    assert sum(payouts.values()) == pytest.approx(proceeds, rel=1e-12, abs=1e-9)
    assert min(payouts.values()) >= 0


@given(tables_with_options(), st.floats(0, 20_000), st.floats(0, 20_000))
def test_nobody_loses_when_the_proceeds_rise(classes: list[ShareClass], one: float, other: float) -> None:
    less, more = (exit_payouts(classes, proceeds) for proceeds in sorted([one, other]))
    assert all(more[name] >= less[name] - 1e-9 for name in less)


def _with_choices(
    classes: list[ShareClass], converted: tuple[bool, ...], proceeds: float
) -> dict[str, float]:
    """A waterfall in rounds, written differently from the one under test: who converts is decided beforehand."""
    paid = {share_class.name: 0.0 for share_class in classes}
    rest = proceeds
    holding = [c for c, gives_up in zip(classes, converted, strict=True) if c.invested and not gives_up]
    for rank in (2, 1, 0):
        peers = [c for c in holding if c.seniority == rank]
        owed = sum(c.invested * c.multiple for c in peers)
        part = min(1.0, rest / owed) if owed else 0.0
        for c in peers:
            paid[c.name] += c.invested * c.multiple * part
        rest -= owed * part
    sharing = [c for c in classes if c not in holding or c.participating]
    while rest > 1e-12 and sharing:
        room = {
            c.name: c.cap_multiple * c.invested - paid[c.name]
            if c in holding and c.cap_multiple
            else float("inf")
            for c in sharing
        }
        each = min([rest / sum(c.shares for c in sharing), *(room[c.name] / c.shares for c in sharing)])
        for c in sharing:
            paid[c.name] += each * c.shares
        rest -= each * sum(c.shares for c in sharing)
        sharing = [c for c in sharing if room[c.name] - each * c.shares > 1e-9]
    return paid


@given(tables(), st.floats(0, 20_000))
def test_no_class_would_rather_have_chosen_otherwise(classes: list[ShareClass], proceeds: float) -> None:
    """The payouts are those of a set of choices in which nobody gains by changing its own."""
    payouts = exit_payouts(classes, proceeds)
    stable = []
    for choices in product([False, True], repeat=len(classes)):
        outcome = _with_choices(classes, choices, proceeds)
        others = (
            _with_choices(classes, (*choices[:at], not choices[at], *choices[at + 1 :]), proceeds)[c.name]
            <= outcome[c.name] + 1e-6
            for at, c in enumerate(classes)
        )
        if abs(sum(outcome.values()) - proceeds) < 1e-6 and all(others):
            stable.append(outcome)
    assert any(payouts == pytest.approx(outcome, rel=1e-6, abs=1e-6) for outcome in stable)


@pytest.mark.parametrize(
    ("classes", "proceeds", "says"),
    [
        ([COMMON], -1, "proceeds is -1"),
        ([COMMON, COMMON], 1, "two classes have the same name, common"),
        ([ShareClass("A", 0, 10)], 20, "no class has any shares"),
        ([ShareClass("A", 1, 10, cap_multiple=2)], 1, "A has a participation cap but does not participate"),
        (
            [ShareClass("A", 1, 10, multiple=2, participating=True, cap_multiple=1)],
            1,
            "A's participation cap of 10 is below its preference of 20",
        ),
        ([ShareClass("A", 1, 10, strike=1)], 1, "A has a strike and a preference or participation"),
        ([ShareClass("A", 1, participating=True, strike=1)], 1, "A has a strike and a preference"),
        ([ShareClass("A", 1, strike=-1)], 1, "A.strike is -1; expected 0 or more"),
        ([ShareClass("A", 1, 1e308)], 1, r"A.invested is 1e\+308; expected 1e\+30 at most"),
        ([ShareClass("A", 1e-40)], 1, "A.shares is 1e-40; expected 0, or 1e-30 or more"),
    ],
)
def test_impossible_tables_are_refused(classes: list[ShareClass], proceeds: float, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        exit_payouts(classes, proceeds)
