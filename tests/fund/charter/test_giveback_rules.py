from fractions import Fraction

import pytest

from fund.charter.giveback_rules import giveback_faults
from fund.charter.rules import TermsInvalid, check_terms
from kernel.money import format_percent
from tests.builders.charter import terms


def test_a_cap_is_a_share_and_nothing_stands_without_it() -> None:
    assert giveback_faults(cap=None, months=None, restores=False) == []
    assert giveback_faults(cap=Fraction(1), months=24, restores=True) == []
    for cap in (Fraction(0), Fraction(101, 100), Fraction(-1, 4)):
        [fault] = giveback_faults(cap=cap, months=24, restores=False)
        assert (fault.where, fault.facts) == ("giveback_cap", {"share": format_percent(cap)})
    for months, restores in ((24, False), (None, True)):
        assert len(giveback_faults(cap=None, months=months, restores=restores)) == 1


def test_the_terms_are_refused_with_them() -> None:
    check_terms(terms(giveback_cap=Fraction(1, 4), giveback_months=24))
    with pytest.raises(TermsInvalid) as caught:
        check_terms(terms(giveback_cap=Fraction(5, 4), giveback_months=361))
    assert [one.where for one in caught.value.problems] == ["giveback_months", "giveback_cap"]
