from datetime import date

import pytest

from fund.parties.conflict_rules import ConflictKind, Side, conflicts, parties_named
from fund.parties.rules import RelationKind, Tie

MEMBER, COMPANY, INVENTOR, SCHOOL, COUSIN = 1, 2, 3, 4, 5
NAMES = {MEMBER: "北方钢铁", COMPANY: "北科氢能", INVENTOR: "李发明", SCHOOL: "北方科大", COUSIN: "王军"}


def tie(own: int, other: int, kind: RelationKind, *, own_is_kind: bool = True) -> Tie:
    return Tie(own, other, kind, own_is_kind, date(2024, 1, 1), None, frozenset({own}))


def member(
    *ties: Tie, own: frozenset[int] = frozenset({MEMBER}), officer_of: frozenset[int] = frozenset()
) -> Side:
    return Side(own, ties, officer_of)


def company(*ties: Tie) -> Side:
    return Side(frozenset({COMPANY}), ties)


def kinds(side: Side, other: Side) -> list[ConflictKind]:
    return [conflict.kind for conflict in conflicts(side, other, NAMES)]


@pytest.mark.parametrize(
    ("relation", "own_is_kind", "kind"),
    [
        (RelationKind.CUSTOMER, True, ConflictKind.CUSTOMER),
        (RelationKind.CUSTOMER, False, ConflictKind.SUPPLIER),
        (RelationKind.SUPPLIER, True, ConflictKind.SUPPLIER),
        (RelationKind.SUPPLIER, False, ConflictKind.CUSTOMER),
        (RelationKind.COMPETITOR, False, ConflictKind.COMPETITOR),
        (RelationKind.POTENTIAL_ACQUIRER, True, ConflictKind.POTENTIAL_ACQUIRER),
        (RelationKind.SHAREHOLDER, True, ConflictKind.PRIOR_INVESTOR),
        (RelationKind.SHAREHOLDER, False, ConflictKind.AFFILIATE),
        (RelationKind.INVENTOR, True, ConflictKind.INVENTOR),
        (RelationKind.UNIVERSITY, True, ConflictKind.UNIVERSITY),
    ],
)
def test_a_relation_to_the_company_is_a_conflict_of_its_kind(
    relation: RelationKind, own_is_kind: bool, kind: ConflictKind
) -> None:
    assert kinds(member(tie(MEMBER, COMPANY, relation, own_is_kind=own_is_kind)), company()) == [kind]


def test_what_is_no_conflict() -> None:
    assert kinds(member(tie(MEMBER, 99, RelationKind.CUSTOMER)), company()) == []
    acquired = tie(MEMBER, COMPANY, RelationKind.POTENTIAL_ACQUIRER, own_is_kind=False)
    assert kinds(member(acquired), company()) == []


def test_a_conflict_is_told_in_words_and_once() -> None:
    twice = tie(MEMBER, COMPANY, RelationKind.CUSTOMER)
    [told] = conflicts(member(twice, twice), company(), NAMES)
    assert told.statement == "北方钢铁 is the customer of 北科氢能"
    [unnamed] = conflicts(
        member(tie(77, COMPANY, RelationKind.SUPPLIER, own_is_kind=False)), company(), NAMES
    )
    assert unnamed.statement == "北科氢能 is the supplier of party 77"


def test_one_group_is_affiliated() -> None:
    [told] = conflicts(member(own=frozenset({MEMBER, COMPANY})), company(), NAMES)
    assert (told.kind, told.statement) == (ConflictKind.AFFILIATE, "北科氢能 belongs to both groups")


def test_through_the_inventor() -> None:
    other = company(tie(COMPANY, INVENTOR, RelationKind.INVENTOR, own_is_kind=False))
    assert kinds(member(tie(MEMBER, INVENTOR, RelationKind.EMPLOYER)), other) == [
        ConflictKind.INVENTORS_EMPLOYER
    ]
    assert kinds(member(tie(COUSIN, INVENTOR, RelationKind.RELATIVE)), other) == [ConflictKind.RELATIVE]
    employed = tie(COUSIN, INVENTOR, RelationKind.EMPLOYER, own_is_kind=False)
    assert kinds(member(employed), other) == []
    assert kinds(member(tie(COUSIN, 99, RelationKind.RELATIVE)), other) == []


def test_an_officer_of_the_university_behind_the_company() -> None:
    other = company(tie(COMPANY, SCHOOL, RelationKind.UNIVERSITY, own_is_kind=False))
    [told] = conflicts(member(officer_of=frozenset({SCHOOL, 99})), other, NAMES)
    assert (told.kind, told.statement) == (ConflictKind.UNIVERSITY_OFFICER, "officer of 北方科大")


def test_the_names_that_may_be_needed() -> None:
    sides = [member(tie(MEMBER, COUSIN, RelationKind.EMPLOYER), officer_of=frozenset({SCHOOL})), company()]
    assert parties_named(sides) == {MEMBER, COUSIN, SCHOOL, COMPANY}
