"""Anti-dilution: the worked example, and what holds of every cap table and every issue."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuation.anti_dilution import Adjusted, Issue, Protection, Standing, after_issues, weighted_average
from valuation.flows import InvalidInput
from valuation.payouts import ShareClass, exit_payouts

COMMON = Standing("common", Fraction(6_000_000))
POOL = Standing("pool", Fraction(1_000_000), is_pool=True)
A = Standing(
    "A", Fraction(2_000_000), paid=Fraction(5_000_000), protection=Protection.BROAD_BASED
)  # paid 2.50 a share
TABLE = (COMMON, A, POOL)
DOWN = Issue("B", Fraction(1_000_000), Fraction(1_000_000))  # 1m shares at 1.00
TERMS = (Protection.BROAD_BASED, Protection.NARROW_BASED, Protection.FULL_RATCHET)


def under(term: Protection, *issues: Issue, table: tuple[Standing, ...] = TABLE) -> Adjusted:
    [found] = after_issues(
        [replace(one, protection=term) if one.name == "A" else one for one in table], issues
    )
    return found


def test_the_worked_example() -> None:
    """docs/valuation.md. Broad: (9m x 2.50 + 1m) / 10m. Narrow: (8m x 2.50 + 1m) / 9m. Ratchet: 1.00."""
    broad, narrow, ratchet = (under(term, DOWN) for term in TERMS)
    assert (broad.base, broad.price, broad.ratio) == (9_000_000, Fraction(235, 100), Fraction(250, 235))
    assert (narrow.base, narrow.price, narrow.ratio) == (8_000_000, Fraction(7, 3), Fraction(15, 14))
    assert (ratchet.base, ratchet.price, ratchet.ratio) == (0, 1, Fraction(5, 2))
    assert (broad.price_before, broad.ratio_before, broad.issues) == (Fraction(5, 2), 1, ("B",))


def test_only_issues_below_the_price_of_the_class_count() -> None:
    dearer, cheapest = Issue("C", Fraction(500), Fraction(1_250)), Issue("D", Fraction(100), Fraction(50))
    assert after_issues(TABLE, [dearer]) == ()
    assert under(Protection.FULL_RATCHET, DOWN, dearer, cheapest).price == Fraction(1, 2)
    broad = under(Protection.BROAD_BASED, DOWN, dearer, cheapest)
    assert (broad.issues, broad.shares, broad.money) == (("B", "D"), 1_000_100, 1_000_050)


def test_what_is_excepted_or_unprotected_changes_nothing() -> None:
    free = Issue("options", Fraction(100), Fraction(0), is_excepted=True)
    assert after_issues(TABLE, [free, replace(DOWN, is_excepted=True)]) == ()
    assert after_issues([COMMON, replace(A, protection=Protection.NONE)], [DOWN]) == ()


def test_several_classes_are_adjusted_from_the_same_facts_in_any_order() -> None:
    """B converts at 2 for 1 at 3.00; its own adjustment is not in the shares that count for A."""
    b = Standing("B1", Fraction(1_000_000), Fraction(2), Fraction(6_000_000), Protection.FULL_RATCHET)
    first, second = after_issues([*TABLE, b], [DOWN])
    assert (first.base, first.price) == (11_000_000, Fraction(11 * 25 + 10, 120))
    assert (second.price, second.ratio) == (1, 6)
    assert after_issues([b, *TABLE], [DOWN]) == (second, first)


@pytest.mark.parametrize(
    ("classes", "issues", "says"),
    [
        ([replace(COMMON, shares=Fraction(0))], [], r"common\.shares is 0"),
        ([replace(COMMON, ratio=Fraction(0))], [], r"common\.ratio is 0"),
        ([replace(A, paid=Fraction(0))], [], r"A\.paid is 0"),
        ([A], [replace(DOWN, shares=Fraction(0))], r"B\.shares is 0"),
        ([A], [replace(DOWN, money=Fraction(0))], r"B\.money is 0"),
    ],
)
def test_what_has_no_price_is_refused(classes: list[Standing], issues: list[Issue], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        after_issues(classes, issues)


COUNTS = st.integers(1, 10**9).map(Fraction)
RATIOS = st.fractions(min_value=Fraction(1, 10), max_value=10, max_denominator=1000)
ISSUES = st.lists(st.builds(Issue, st.just("new"), COUNTS, COUNTS), max_size=3)


@given(COUNTS, COUNTS, COUNTS, RATIOS, st.integers(0, 10**9), ISSUES)
def test_no_ratio_falls_and_the_terms_stand_in_their_order(
    common: Fraction, shares: Fraction, paid: Fraction, ratio: Fraction, pool: int, issues: list[Issue]
) -> None:
    """none <= broad <= narrow <= full ratchet, and no price falls below the cheapest issue."""
    table = [Standing("common", common), Standing("A", shares, ratio, paid)]
    table += [Standing("pool", Fraction(pool), is_pool=True)] if pool else []
    ratios = [ratio]
    for term in TERMS:
        adjusted = after_issues([replace(table[1], protection=term), table[0], *table[2:]], issues)
        ratios += [one.ratio for one in adjusted] or [ratio]
        assert all(one.price >= min(issue.price for issue in issues) for one in adjusted)
        assert all(one.ratio * one.price == one.ratio_before * one.price_before for one in adjusted)
    assert ratios == sorted(ratios)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_a_weighted_average_lies_between_the_two_prices(
    price: Fraction, base: Fraction, money: Fraction, shares: Fraction
) -> None:
    found = weighted_average(price=price, base=base, money=money, shares=shares)
    assert min(price, money / shares) <= found <= price


@given(st.sampled_from(TERMS), st.lists(st.integers(0, 10**9), min_size=2, max_size=5))
def test_what_converts_at_the_new_ratio_still_divides_the_proceeds(term: Protection, sums: list[int]) -> None:
    found = under(term, DOWN)
    table = [
        ShareClass("common", COMMON.shares),
        ShareClass("A", A.shares * found.ratio, invested=A.paid),
        ShareClass("B", DOWN.shares, invested=DOWN.money, seniority=1),
        ShareClass("pool", POOL.shares, strike=Fraction(1)),
    ]
    paid = [exit_payouts(table, proceeds) for proceeds in sorted(sums)]
    for proceeds, payouts in zip(sorted(sums), paid, strict=True):
        assert sum(payouts.values()) == pytest.approx(proceeds, rel=1e-9)
    for less, more in pairwise(paid):
        assert all(more[name] >= less[name] * (1 - 1e-9) for name in less)
