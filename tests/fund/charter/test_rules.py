from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.charter.changes import Change, changes
from fund.charter.rules import (
    AmendmentTooEarly,
    Basis,
    Dimension,
    Limit,
    TermsChanged,
    TermsInvalid,
    TermsLocked,
    check_amendment,
    check_read,
    check_terms,
    check_terms_open,
)
from tests.builders.charter import terms


def faults(**changes: Any) -> list[str]:
    with pytest.raises(TermsInvalid) as refused:
        check_terms(terms(**changes))
    return [problem.where for problem in refused.value.problems]


def test_the_usual_terms_pass() -> None:
    check_terms(terms())


@pytest.mark.parametrize("name", ["fee_rate", "hurdle", "catch_up", "carry", "equalisation_rate"])
def test_a_percentage_is_not_a_fraction(name: str) -> None:
    assert name in faults(**{name: Fraction(8)})
    assert name in faults(**{name: Fraction(-1, 100)})


def test_carry_of_everything() -> None:
    assert faults(carry=Fraction(1), catch_up=Fraction(0)) == ["carry"]


@given(carry=st.fractions(Fraction(1, 1000), Fraction(999, 1000)), share=st.fractions(0, 1))
def test_catch_up_is_above_the_carry_or_nothing(carry: Fraction, share: Fraction) -> None:
    """X = carry * preferred / (catch_up - carry) is the size of a full catch-up."""
    if share == 0 or share > carry:
        check_terms(terms(carry=carry, catch_up=share))
    else:
        assert faults(carry=carry, catch_up=share) == ["catch_up"]


def test_dates_follow_one_another() -> None:
    assert faults(final_close_on=date(2023, 1, 1)) == ["final_close_on"]
    assert faults(commitment_period_ends_on=date(2024, 12, 1)) == ["commitment_period_ends_on"]
    assert faults(term_ends_on=date(2028, 1, 1)) == ["term_ends_on"]


def test_size_and_notice() -> None:
    assert faults(size=0, notice_business_days=-1) == ["size", "notice_business_days"]


def test_limits() -> None:
    good = Limit(Dimension.SECTOR, "hydrogen", Fraction(1, 4))
    check_terms(terms(limits=(good, Limit(Dimension.SECTOR, "hydrogen", Fraction(1, 4), Basis.COST))))
    assert faults(limits=(good, good)) == ["limit 2"]
    assert faults(limits=(Limit(Dimension.COMPANY, None, Fraction(25)),)) == ["limit 1"]
    assert faults(limits=(Limit(Dimension.COMPANY, None, Fraction(0)),)) == ["limit 1"]
    assert faults(limits=(Limit(Dimension.COMPANY, " ", Fraction(1, 4)),)) == ["limit 1"]


def test_check_amendment() -> None:
    check_amendment(effective_on=date(2025, 1, 1), latest=date(2025, 1, 1))
    with pytest.raises(AmendmentTooEarly):
        check_amendment(effective_on=date(2024, 12, 31), latest=date(2025, 1, 1))


def test_an_amendment_follows_the_version_that_was_read() -> None:
    check_read(read=None, latest=3)
    check_read(read=3, latest=3)
    with pytest.raises(TermsChanged):
        check_read(read=2, latest=3)


def test_versions_differ_term_by_term_and_limit_by_limit() -> None:
    before = terms()
    kept, gone = before.limits
    new = Limit(Dimension.CITY, None, Fraction(1, 2))
    after = terms(hurdle=Fraction(7, 100), limits=(kept, new), version=2)
    assert changes(before, before) == []
    assert changes(before, after) == [
        Change("hurdle", Fraction(8, 100), Fraction(7, 100)),
        Change("limits", gone, None),
        Change("limits", None, new),
    ]


def test_terms_hold_from_a_day_that_is_open() -> None:
    check_terms_open(date(2026, 1, 1), None)
    check_terms_open(date(2026, 4, 1), date(2026, 3, 31))
    with pytest.raises(TermsLocked, match=r"from 2026-02-10: 2026Q1 is locked\. Take 2026-07-01"):
        check_terms_open(date(2026, 2, 10), date(2026, 6, 30))
