"""How a valuation committee counts."""

from fractions import Fraction

import pytest

from fund.parties.conflict_rules import ConflictKind
from fund.valuations import committee_rules as rules
from fund.valuations.committee_rules import CommitteeStanding, Opinion

YES, NO = Opinion.APPROVE, Opinion.OBJECT
HALF, TWO_THIRDS = Fraction(1, 2), Fraction(2, 3)


@pytest.mark.parametrize(
    ("eligible", "answers", "standing", "needed"),
    [
        (3, [], CommitteeStanding.OPEN, 2),
        (3, [YES], CommitteeStanding.OPEN, 2),
        (3, [YES, YES], CommitteeStanding.AGREED, 2),
        (3, [YES, YES, NO], CommitteeStanding.AGREED, 2),
        (3, [NO], CommitteeStanding.OPEN, 2),
        (3, [NO, NO], CommitteeStanding.REFUSED, 2),
        (4, [YES, YES], CommitteeStanding.OPEN, 3),
        (1, [YES], CommitteeStanding.AGREED, 1),
        (0, [], CommitteeStanding.NOBODY, 1),
    ],
)
def test_the_count(eligible: int, answers: list[Opinion], standing: CommitteeStanding, needed: int) -> None:
    found = rules.decide(eligible=eligible, answers=answers, quorum=HALF, threshold=TWO_THIRDS)
    assert (found.standing, found.needed) == (standing, needed)
    if standing is CommitteeStanding.AGREED:
        rules.check_agreed(found)
    else:
        with pytest.raises(rules.CommitteeNotAgreed):
            rules.check_agreed(found)


def test_enough_must_answer_even_when_enough_approve() -> None:
    facts = {"eligible": 4, "quorum": Fraction(1), "threshold": Fraction(1, 4)}
    assert rules.decide(answers=[YES, YES, YES], **facts).standing is CommitteeStanding.OPEN
    assert rules.decide(answers=[YES, YES, YES, NO], **facts).standing is CommitteeStanding.AGREED


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({}, None),
        ({"is_member": False}, rules.NotAMember),
        ({"is_preparer": True}, rules.PreparerRecused),
        ({"conflicts": [ConflictKind.CUSTOMER]}, rules.MemberRecused),
        ({"has_answered": True}, rules.OpinionGiven),
        ({"read": "old"}, rules.OpinionStale),
    ],
)
def test_who_may_answer(changed: dict[str, object], refusal: type[Exception] | None) -> None:
    facts: dict[str, object] = {
        "is_member": True,
        "is_preparer": False,
        "conflicts": [],
        "has_answered": False,
        "read": "new",
        "sha256": "new",
        "number": 2,
    }
    if refusal is None:
        rules.check_may_answer(name="Lin", **{**facts, **changed})
    else:
        with pytest.raises(refusal):
            rules.check_may_answer(name="Lin", **{**facts, **changed})


def test_an_objection_says_why() -> None:
    rules.check_reason(YES, reason="")
    rules.check_reason(NO, reason="the pilot line is late")
    with pytest.raises(rules.ObjectionUnexplained):
        rules.check_reason(NO, reason=" ")
