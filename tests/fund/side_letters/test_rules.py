"""What a side letter may promise, what of it others may elect, and what excuses."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fund.charter.rules import Dimension
from fund.side_letters.rules import (
    NOTHING,
    Clause,
    Excuse,
    LetterChanged,
    LetterInvalid,
    LetterTerms,
    LetterTooEarly,
    NoElection,
    NotOffered,
    Offer,
    Promise,
    check_election,
    check_letter,
    check_version,
    elected,
    excused_by,
    offers,
)

COAL, MINE = Excuse(Dimension.SECTOR, "coal"), Excuse(Dimension.STAGE, "seed")
CLAUSE = Clause("信息披露", "Disclosure", "另行提供明细。", "")
DAY = date(2026, 4, 1)
RICH = LetterTerms(Fraction(1, 100), Fraction(1, 10), False, None, (COAL, MINE), (CLAUSE,))


def test_the_rate_of_a_letter() -> None:
    assert NOTHING.rate(Fraction(2, 100)) == Fraction(2, 100)
    assert RICH.rate(Fraction(2, 100)) == Fraction(9, 1000)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"fee_rate": Fraction(2)}, "fee_rate"),
        ({"basis_discount": Fraction(-1)}, "basis_discount"),
        ({"excuses": (COAL, COAL)}, "excuses"),
        ({"excuses": (Excuse(Dimension.SECTOR, " "),)}, "excuses"),
        ({"clauses": (Clause("", "", "x", ""),)}, "clause 1"),
        ({"clauses": (Clause("x", "", "", " "),)}, "clause 1"),
        ({"clauses": (Clause("x" * 4001, "", "y", ""),)}, "clause 1"),
        ({"clauses": (CLAUSE,) * 51}, "clauses"),
    ],
)
def test_what_cannot_be_promised(wrong: dict[str, Any], where: str) -> None:
    check_letter(RICH, note="谈判结果")
    with pytest.raises(LetterInvalid) as refused:
        check_letter(replace(RICH, **wrong), note="谈判结果")
    assert [problem.where for problem in refused.value.problems] == [where]
    with pytest.raises(LetterInvalid):
        check_letter(RICH, note=" ")


def test_versions_follow_each_other() -> None:
    check_version(effective_on=DAY, latest_on=None, read=0, latest=0)
    check_version(effective_on=DAY, latest_on=DAY, read=None, latest=3)
    with pytest.raises(LetterChanged):
        check_version(effective_on=DAY, latest_on=DAY, read=2, latest=3)
    with pytest.raises(LetterTooEarly):
        check_version(effective_on=date(2026, 3, 31), latest_on=DAY, read=3, latest=3)


def test_only_what_is_better_is_offered_and_taken_over() -> None:
    rate = Fraction(2, 100)
    found = offers(NOTHING, RICH, fee_rate=rate)
    assert found == [
        Offer(Promise.FEE_RATE, ""),
        Offer(Promise.BASIS_DISCOUNT, ""),
        Offer(Promise.EXCUSE, "sector:coal"),
        Offer(Promise.EXCUSE, "stage:seed"),
        Offer(Promise.CLAUSE, "1"),
    ]
    own = NOTHING
    for offer in found:
        own = elected(own, RICH, offer)
        assert offer not in offers(own, RICH, fee_rate=rate)
    assert own == RICH
    assert offers(LetterTerms(Fraction(0)), LetterTerms(), fee_rate=rate) == []
    assert offers(LetterTerms(Fraction(3, 100)), LetterTerms(), fee_rate=rate) == [
        Offer(Promise.FEE_RATE, "")
    ]


def test_an_election_needs_the_right_and_an_offer() -> None:
    offer = Offer(Promise.FEE_RATE, "")
    check_election(own=LetterTerms(has_mfn=True), offered=[offer], offer=offer)
    with pytest.raises(NoElection):
        check_election(own=NOTHING, offered=[offer], offer=offer)
    with pytest.raises(NotOffered):
        check_election(own=LetterTerms(has_mfn=True), offered=[], offer=offer)


def test_a_right_to_be_excused_goes_by_the_labels() -> None:
    assert excused_by(RICH, {Dimension.SECTOR: "coal"}) == COAL
    assert excused_by(RICH, {Dimension.SECTOR: "hydrogen", Dimension.CITY: "coal"}) is None
    assert excused_by(NOTHING, {Dimension.SECTOR: "coal"}) is None
