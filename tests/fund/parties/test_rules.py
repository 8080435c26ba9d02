from datetime import date
from typing import Any

import pytest

from fund.parties.rules import (
    Edge,
    GroupCircle,
    PartyInvalid,
    PartyKind,
    RelationInvalid,
    RelationKind,
    check_no_circle,
    check_party,
    check_relation,
    group_of,
    initials,
    sort_key,
    ties,
)

START, TODAY = date(2024, 1, 1), date(2026, 9, 30)
PARENT = RelationKind.GROUP_PARENT


def edge(from_id: int, kind: RelationKind, to_id: int, until_on: date | None = None) -> Edge:
    return Edge(from_id, to_id, kind, START, until_on)


def test_sort_key_and_initials() -> None:
    assert sort_key("包头钢铁（集团）") == "bao tou gang tie （ ji tuan ）"
    assert sort_key("GPU 芯片") == "gpu xin pian"
    assert initials("包头钢铁") == "btgt"
    assert sort_key("𠮷野") != ""


def test_check_party() -> None:
    check_party(name_zh="张三")
    with pytest.raises(PartyInvalid):
        check_party(name_zh=" ")


def relation(**changes: Any) -> None:
    facts: dict[str, Any] = {
        "kind": RelationKind.CUSTOMER,
        "from_id": 1,
        "to_id": 2,
        "from_kind": PartyKind.ORGANISATION,
        "to_kind": PartyKind.ORGANISATION,
        "since_on": START,
        "until_on": None,
    }
    check_relation(**{**facts, **changes})


def test_check_relation() -> None:
    person = PartyKind.PERSON
    relation()
    relation(until_on=START)
    relation(kind=RelationKind.RELATIVE, from_kind=person, to_kind=person)
    relation(kind=PARENT)
    with pytest.raises(RelationInvalid, match="itself"):
        relation(to_id=1)
    with pytest.raises(RelationInvalid, match="between people"):
        relation(kind=RelationKind.RELATIVE, from_kind=person)
    with pytest.raises(RelationInvalid, match="between organisations"):
        relation(kind=PARENT, to_kind=person)
    with pytest.raises(RelationInvalid, match="before it began"):
        relation(until_on=date(2023, 12, 31))


def test_holds_from_first_to_last_day() -> None:
    tie = edge(1, PARENT, 2, until_on=date(2025, 1, 1))
    assert not tie.holds_on(date(2023, 12, 31))
    assert tie.holds_on(START)
    assert tie.holds_on(date(2025, 1, 1))
    assert not tie.holds_on(date(2025, 1, 2))
    assert edge(1, PARENT, 2).holds_on(date(2099, 1, 1))


def test_overlaps() -> None:
    tie = edge(1, PARENT, 2, until_on=date(2025, 1, 1))
    assert tie.overlaps(date(2025, 1, 1), None)
    assert not tie.overlaps(date(2025, 1, 2), None)
    assert not tie.overlaps(date(2023, 1, 1), date(2023, 12, 31))
    assert edge(1, PARENT, 2).overlaps(date(2090, 1, 1), None)


def test_group_goes_up_and_down_and_stops_at_other_ties() -> None:
    edges = [
        edge(1, PARENT, 2),
        edge(1, PARENT, 3),
        edge(3, PARENT, 4),
        edge(9, PARENT, 1, until_on=date(2024, 6, 30)),
        edge(2, RelationKind.CUSTOMER, 5),
        edge(5, PARENT, 6),
    ]
    assert group_of(4, edges, as_of=TODAY) == {1, 2, 3, 4}
    assert group_of(4, edges, as_of=START) == {1, 2, 3, 4, 9}
    assert group_of(7, edges, as_of=TODAY) == {7}


def test_ties_leave_the_group() -> None:
    group = frozenset({1, 2})
    edges = [
        edge(1, PARENT, 2),
        edge(2, RelationKind.CUSTOMER, 5),
        edge(6, RelationKind.COMPETITOR, 1),
        edge(1, RelationKind.SUPPLIER, 7, until_on=date(2025, 1, 1)),
        edge(8, RelationKind.CUSTOMER, 9),
    ]
    found = [(t.own_id, t.other_id, t.kind, t.own_is_kind) for t in ties(group, edges, as_of=TODAY)]
    assert found == [(2, 5, RelationKind.CUSTOMER, True), (1, 6, RelationKind.COMPETITOR, False)]


def test_no_company_is_its_own_parent() -> None:
    edges = [edge(1, PARENT, 2), edge(2, PARENT, 3), edge(3, RelationKind.CUSTOMER, 1)]
    check_no_circle(1, 4, edges, as_of=TODAY)
    check_no_circle(4, 1, edges, as_of=TODAY)
    with pytest.raises(GroupCircle):
        check_no_circle(3, 1, edges, as_of=TODAY)
