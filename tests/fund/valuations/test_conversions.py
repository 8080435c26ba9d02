"""Conversions from one set of rights to the next: what is an issue, which term holds, and who has the last word."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from fund.valuations.conversions import Conversions, conversions
from fund.valuations.right_rules import MOST, MOST_PAID, AntiDilution, ClassKind, ClassRights

COMMON = ClassRights("common", ClassKind.COMMON, Fraction(6_000_000))
POOL = ClassRights("pool", ClassKind.OPTIONS, Fraction(1_000_000), strike=Fraction(10))
A = ClassRights(
    "A",
    ClassKind.PREFERRED,
    Fraction(2_000_000),
    5_000_000_00,
    anti_dilution=AntiDilution.WEIGHTED_AVERAGE,
)
B = ClassRights("B", ClassKind.PREFERRED, Fraction(1_000_000), 1_000_000_00)
FIRST = (COMMON, A, POOL)


def after(*sets: Sequence[ClassRights]) -> Conversions:
    return conversions([(date(2025, month, 1), one) for month, one in enumerate(sets, 1)])


def test_a_new_class_that_was_paid_less_adjusts_those_protected() -> None:
    """docs/valuation.md: 2.50 becomes 2.35, a share of A 1.0638297872 common shares; the sets that follow keep it."""
    found = after(FIRST, (*FIRST, B), (*FIRST, B))
    [worked] = found.adjustments
    assert (worked.on, worked.term, worked.issues) == (
        date(2025, 2, 1),
        AntiDilution.WEIGHTED_AVERAGE,
        ("B",),
    )
    assert (worked.money, worked.shares, worked.base) == (1_000_000_00, 1_000_000, 9_000_000)
    assert (worked.price_before, worked.price) == (250, 235)
    assert found.ratios["A"] == Fraction("1.0638297872")
    assert found.ratios["B"] == 1


def test_each_term_by_its_name() -> None:
    narrow, ratchet = (
        after(
            [COMMON, replace(A, anti_dilution=term), POOL], [COMMON, replace(A, anti_dilution=term), POOL, B]
        )
        for term in (AntiDilution.NARROW_WEIGHTED_AVERAGE, AntiDilution.FULL_RATCHET)
    )
    assert narrow.ratios["A"] == round(Fraction(15, 14), 10)
    assert ratchet.ratios["A"] == Fraction(5, 2)


def test_what_is_no_issue_adjusts_nothing() -> None:
    """A larger pool, common shares without a price, a split, an exempt issue, a dearer one, a first set."""
    split = [replace(one, shares=10 * one.shares) for one in FIRST]
    for later in (
        (COMMON, A, replace(POOL, shares=Fraction(9_000_000))),
        (replace(COMMON, shares=Fraction(7_000_000)), A, POOL),
        split,
        (*FIRST, replace(B, is_exempt=True)),
        (*FIRST, replace(B, invested=3_000_000_00)),
    ):
        assert after(FIRST, later).adjustments == ()
    assert after((*FIRST, B)).adjustments == ()


def test_a_class_that_grows_cheaply_is_adjusted_by_its_own_issue() -> None:
    more = replace(A, shares=Fraction(3_000_000), invested=6_000_000_00)
    [worked] = after(FIRST, (COMMON, more, POOL)).adjustments
    assert (worked.issues, worked.price) == (("A",), 235)


def test_a_class_has_one_price_whatever_its_later_shares_cost() -> None:
    """2.50, and 2.35 after its own issue at 1.00: an issue at 2.00 is below it; one at 4.00 does not raise it to 3.00.

    Halved by a split, and as much less as the document states that a share becomes more.
    """
    c = replace(B, name="C", invested=2_000_000_00)
    cheap, dear = (
        replace(A, shares=Fraction(3_000_000), invested=paid) for paid in (6_000_000_00, 9_000_000_00)
    )
    found = after(FIRST, (COMMON, cheap, POOL), (COMMON, cheap, POOL, c))
    assert [round(one.price_before, 6) for one in found.adjustments] == [250, 235]
    between = replace(c, invested=2_800_000_00)
    assert after(FIRST, (COMMON, dear, POOL), (COMMON, dear, POOL, between)).adjustments == ()
    halved = replace(dear, shares=2 * dear.shares)
    stated = replace(halved, conversion=Fraction(5, 4))
    cheaper = replace(B, invested=500_000_00)
    sets = [(COMMON, one, POOL) for one in (A, dear, halved, stated)]
    [worked] = after(*sets, (*sets[-1], cheaper)).adjustments
    assert worked.price_before == 100


def test_the_document_has_the_last_word() -> None:
    """A conversion stated anew includes the issues of its day; a term taken away with the round was waived for it."""
    stated = replace(A, conversion=Fraction(11, 10))
    found = after(FIRST, (COMMON, stated, POOL, B))
    assert (found.adjustments, found.ratios["A"]) == ((), Fraction(11, 10))
    waived = replace(A, anti_dilution=AntiDilution.NONE)
    assert after(FIRST, (COMMON, waived, POOL, B)).ratios["A"] == 1
    # A term that is granted with a round does not reach back to it.
    assert after((COMMON, waived, POOL), (*FIRST, B)).ratios["A"] == 1


def test_adjustments_add_up_over_rounds_and_a_class_that_went_is_gone() -> None:
    c = replace(B, name="C", invested=500_000_00)
    found = after(FIRST, (*FIRST, B), (*FIRST, B, c), (COMMON, B))
    assert [one.name for one in found.adjustments] == ["A", "A"]
    first, second = found.adjustments
    assert second.conversion_before == first.conversion
    assert second.conversion > first.conversion
    assert found.ratios == {"common": 1, "B": 1}


def test_rounds_at_next_to_nothing_end_at_a_number() -> None:
    """However often shares are all but given away, what converts stays what can be written, read and valued."""
    a = replace(A, invested=MOST_PAID, anti_dilution=AntiDilution.FULL_RATCHET)
    free = replace(B, shares=Fraction(MOST), invested=1, conversion=Fraction(MOST))
    given = [replace(free, name=f"B{at}", anti_dilution=AntiDilution.FULL_RATCHET) for at in range(12)]
    found = after(*([COMMON, a, *given[:count]] for count in range(12)))
    assert found.ratios["A"] == MOST


TERMS = st.sampled_from(list(AntiDilution))


@given(
    TERMS,
    st.fractions(min_value=Fraction(1, 3), max_value=3, max_denominator=99),
    st.lists(st.tuples(st.integers(1, 10**7), st.integers(1, 10**9)), min_size=1, max_size=4),
)
def test_no_conversion_falls_below_what_is_stated(
    term: AntiDilution, stated: Fraction, rounds: list[tuple[int, int]]
) -> None:
    a = replace(A, anti_dilution=term, conversion=stated)
    sets: list[Sequence[ClassRights]] = [(COMMON, a, POOL)]
    for at, (shares, money) in enumerate(rounds):
        sets.append((*sets[-1], replace(B, name=f"B{at}", shares=Fraction(shares), invested=money)))
    ratios = [after(*sets[: count + 1]).ratios["A"] for count in range(len(sets))]
    assert ratios[0] == stated
    assert ratios == sorted(ratios)
