from fractions import Fraction

import pytest

from fund.charter.recycling_rules import recycling_faults
from fund.charter.rules import TermsInvalid, check_terms
from tests.builders.charter import terms


def test_spans_are_whole_numbers_within_reason_or_none() -> None:
    fine = {"unused_return_days": 3660, "recall_within_months": 360, "recall_expires_months": None}
    assert recycling_faults(fine) == []
    wrong = {"unused_return_days": 3661, "recall_within_months": 361, "recall_expires_months": 0}
    assert [one.where for one in recycling_faults(wrong)] == list(wrong)


def test_the_terms_are_refused_with_them() -> None:
    check_terms(terms(recall_cap=Fraction(1, 5), unused_return_days=60))
    with pytest.raises(TermsInvalid) as caught:
        check_terms(terms(recall_cap=Fraction(6, 5), recall_fees_cap=Fraction(2), recall_expires_months=-1))
    assert [one.where for one in caught.value.problems] == [
        "recall_cap",
        "recall_fees_cap",
        "recall_expires_months",
    ]
