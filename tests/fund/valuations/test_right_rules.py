from dataclasses import replace
from fractions import Fraction

import pytest

from fund.valuations.file import MOST_CLASSES, ClassTerms
from fund.valuations.right_rules import (
    AntiDilution,
    ClassKind,
    ClassRights,
    RightsFaulty,
    check_classes,
    plain,
    read,
    terms_of,
)

COMMON = ClassRights("普通股", ClassKind.COMMON, Fraction(6_000_000))
B = ClassRights(
    "B",
    ClassKind.PREFERRED,
    Fraction(2_000_000),
    10_000_000_00,
    is_participating=True,
    cap_multiple=Fraction(3),
    seniority=2,
    conversion=Fraction(11, 10),
    anti_dilution=AntiDilution.WEIGHTED_AVERAGE,
)
POOL = ClassRights("期权池", ClassKind.OPTIONS, Fraction(500_000), strike=Fraction(150))


def test_rights_survive_their_saved_form_and_become_common_shares() -> None:
    check_classes((COMMON, B, POOL))
    assert read(plain((COMMON, B, POOL))) == (COMMON, B, POOL)
    assert terms_of(B) == ClassTerms(
        "B",
        Fraction(2_200_000),
        10_000_000_00,
        is_participating=True,
        cap_multiple=Fraction(3),
        seniority=2,
    )
    assert terms_of(B, shares=Fraction(100)).shares == 110
    assert terms_of(B, shares=Fraction(100), conversion=Fraction(2)).shares == 200
    assert terms_of(POOL).strike == 150


FAULTS = [
    ((), "expected 1 to 50 classes, got 0"),
    (tuple(replace(COMMON, name=f"c{n}") for n in range(MOST_CLASSES + 1)), f"got {MOST_CLASSES + 1}"),
    ((replace(COMMON, name=" "),), "expected a name"),
    ((COMMON, COMMON), "stands in two lines"),
    ((replace(COMMON, shares=Fraction(0)),), "above 0"),
    ((replace(COMMON, shares=Fraction(10**5000)),), "numbers up to 1,000,000,000,000 with at most ten"),
    ((replace(B, multiple=1 + Fraction(1, 10**5000)),), "at most ten decimals"),
    ((replace(B, invested=10**15 + 1),), "at most 10,000,000,000,000.00 paid in"),
    ((replace(B, conversion=Fraction(0)),), "above 0"),
    ((replace(B, seniority=100),), "a rank from 0 to 99"),
    ((replace(B, invested=0),), "what was paid in"),
    ((replace(B, strike=Fraction(1)),), "only options have a strike"),
    ((replace(COMMON, strike=Fraction(1)),), "only options have a strike"),
    ((replace(COMMON, invested=1),), "only preferred shares have a preference"),
    ((replace(POOL, is_participating=True),), "only preferred shares have a preference"),
    ((replace(COMMON, conversion=Fraction(2)),), "only preferred shares convert"),
    ((replace(POOL, anti_dilution=AntiDilution.FULL_RATCHET),), "only preferred shares convert"),
    ((replace(B, is_participating=False),), "only a class that participates has a cap"),
    ((replace(B, cap_multiple=Fraction(1, 2)),), "the cap lies below the preference"),
]


@pytest.mark.parametrize(("classes", "says"), FAULTS)
def test_what_cannot_be_is_told_of_its_class(classes: tuple[ClassRights, ...], says: str) -> None:
    with pytest.raises(RightsFaulty) as refused:
        check_classes(classes)
    assert any(says in str(one) for one in refused.value.problems)


def test_a_participating_class_without_a_cap_may_be() -> None:
    check_classes((COMMON, replace(B, cap_multiple=None)))
