from datetime import date, datetime

import pytest

from fund.parties.actions import edit_party, end_relation
from fund.parties.queries import (
    by_name,
    by_registration_no,
    group,
    parties,
    party,
    related,
    relation,
    relations_of,
    search,
)
from fund.parties.rules import (
    GroupCircle,
    PartyChanged,
    PartyKind,
    PartyTaken,
    PartyUnknown,
    RelationEnded,
    RelationInvalid,
    RelationKind,
    RelationTaken,
    RelationUnknown,
)
from kernel.audit.queries import events
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.paging import PageInvalid
from tests.builders.parties import a_person, a_relation, an_organisation

TODAY = date(2026, 9, 30)


def test_register_and_find(tx: Tx) -> None:
    steel = an_organisation(tx, "北方钢铁集团", name_en="North Steel", registration_no=" 9115x ")
    assert party(tx, party_id=steel.id) == steel
    assert steel.name_sort == "bei fang gang tie ji tuan"
    assert by_registration_no(tx, registration_no="9115X") == steel
    assert by_registration_no(tx, registration_no="1") is None
    assert by_name(tx, name="North Steel") == by_name(tx, name="北方钢铁集团") == [steel]
    assert parties(tx, party_ids=[steel.id, 0]) == {steel.id: steel}
    with pytest.raises(PartyUnknown):
        party(tx, party_id=0)


def test_a_registration_number_belongs_to_one(tx: Tx, now: datetime) -> None:
    an_organisation(tx, "甲", registration_no="1")
    other = an_organisation(tx, "甲", registration_no="2")
    with pytest.raises(PartyTaken, match="甲"):
        an_organisation(tx, "乙", registration_no="1")
    facts = {"party_id": other.id, "name_zh": "丙", "name_en": "C", "now": now}
    with pytest.raises(PartyTaken):
        edit_party(tx, SYSTEM, registration_no="1", version=1, **facts)
    edited = edit_party(tx, SYSTEM, registration_no="2", version=1, **facts)
    assert (edited.name_zh, edited.name_sort, edited.version) == ("丙", "bing", 2)
    with pytest.raises(PartyChanged):
        edit_party(tx, SYSTEM, registration_no="2", version=1, **facts)
    [event] = events(tx, subject=f"party:{other.id}", action="party.edited").items
    assert event.detail == {"was": ["甲", "", "2"]}


@pytest.mark.parametrize("text", ["重庆", "chong qing", "CHONGQING", "cqqn", "hydrogen", "50011"])
def test_search_by_name_pinyin_and_number(tx: Tx, text: str) -> None:
    found = an_organisation(tx, "重庆氢能", name_en="Chong Hydrogen", registration_no="50011")
    an_organisation(tx, "上海智造")
    assert search(tx, text=text).items == (found,)


def test_search_takes_wildcards_as_letters(tx: Tx) -> None:
    an_organisation(tx, "甲")
    odd = an_organisation(tx, "百分之百 100%")
    assert search(tx, text="%").items == (odd,)


def test_search_in_pinyin_order_page_by_page(tx: Tx) -> None:
    for name in ("中", "安", "北", "安", "重"):
        an_organisation(tx, name)
    a_person(tx, "包")
    seen, after = [], None
    while True:
        page = search(tx, kind=PartyKind.ORGANISATION, after=after, limit=2)
        seen += [p.name_zh for p in page.items]
        after = page.next
        if after is None:
            break
    assert seen == ["安", "安", "北", "中", "重"]


@pytest.mark.parametrize(("after", "limit"), [("x", 5), ("0", 5), (None, 0)])
def test_search_refusals(tx: Tx, after: str | None, limit: int) -> None:
    with pytest.raises(PageInvalid):
        search(tx, after=after, limit=limit)


def test_relations_have_days(tx: Tx, now: datetime) -> None:
    steel, spinout = an_organisation(tx, "钢铁"), an_organisation(tx, "氢能")
    sold = a_relation(tx, steel, RelationKind.CUSTOMER, spinout, since_on=date(2025, 1, 1))
    assert relation(tx, relation_id=sold.id) == sold
    assert relations_of(tx, party_id=steel.id) == relations_of(tx, party_id=spinout.id) == [sold]
    assert relations_of(tx, party_id=steel.id, as_of=date(2024, 12, 31)) == []
    with pytest.raises(RelationTaken):
        a_relation(tx, steel, RelationKind.CUSTOMER, spinout, since_on=date(2025, 6, 1))
    end = {"relation_id": sold.id, "now": now}
    with pytest.raises(RelationInvalid):
        end_relation(tx, SYSTEM, until_on=date(2024, 1, 1), reason="sold", **end)
    with pytest.raises(RelationInvalid):
        end_relation(tx, SYSTEM, until_on=date(2025, 3, 1), reason=" ", **end)
    ended = end_relation(tx, SYSTEM, until_on=date(2025, 3, 1), reason="sold", **end)
    assert (ended.until_on, ended.ended_because) == (date(2025, 3, 1), "sold")
    with pytest.raises(RelationEnded):
        end_relation(tx, SYSTEM, until_on=date(2025, 4, 1), reason="again", **end)
    assert relations_of(tx, party_id=steel.id, as_of=date(2025, 3, 2)) == []
    a_relation(tx, steel, RelationKind.CUSTOMER, spinout, since_on=date(2025, 6, 1))
    with pytest.raises(RelationUnknown):
        relation(tx, relation_id=0)
    with pytest.raises(RelationUnknown):
        end_relation(tx, SYSTEM, relation_id=0, until_on=TODAY, reason="x", now=now)


def test_a_circle_of_parents(tx: Tx) -> None:
    one, two = an_organisation(tx, "一"), an_organisation(tx, "二")
    a_relation(tx, one, RelationKind.GROUP_PARENT, two)
    with pytest.raises(GroupCircle):
        a_relation(tx, two, RelationKind.GROUP_PARENT, one, since_on=date(2025, 1, 1))


def test_related_walks_through_the_group(tx: Tx) -> None:
    """A limited partner's daughter buys from the spinout: the partner's member is conflicted."""
    steel, trading, spinout = (an_organisation(tx, n) for n in ("集团", "贸易", "氢能"))
    a_relation(tx, steel, RelationKind.GROUP_PARENT, trading)
    a_relation(tx, trading, RelationKind.CUSTOMER, spinout)
    assert group(tx, party_id=trading.id, as_of=TODAY) == {steel.id, trading.id}
    [tie] = related(tx, party_id=steel.id, as_of=TODAY)
    assert (tie.own_id, tie.other_id, tie.kind, tie.own_is_kind) == (
        trading.id,
        spinout.id,
        RelationKind.CUSTOMER,
        True,
    )
    [back] = related(tx, party_id=spinout.id, as_of=TODAY)
    assert (back.other_id, back.own_is_kind) == (trading.id, False)
    assert related(tx, party_id=steel.id, as_of=date(2023, 1, 1)) == []


def test_related_walks_from_a_person_through_the_employer(tx: Tx) -> None:
    steel, spinout, institute = (an_organisation(tx, n) for n in ("集团", "氢能", "研究院"))
    member, cousin = a_person(tx, "李四"), a_person(tx, "李五")
    a_relation(tx, steel, RelationKind.EMPLOYER, member)
    a_relation(tx, member, RelationKind.OFFICER, institute)
    a_relation(tx, cousin, RelationKind.RELATIVE, member)
    a_relation(tx, steel, RelationKind.POTENTIAL_ACQUIRER, spinout)
    a_relation(tx, institute, RelationKind.CO_APPLICANT, spinout)
    found = {(t.own_id, t.other_id, t.kind) for t in related(tx, party_id=member.id, as_of=TODAY)}
    assert found == {
        (member.id, cousin.id, RelationKind.RELATIVE),
        (steel.id, spinout.id, RelationKind.POTENTIAL_ACQUIRER),
        (institute.id, spinout.id, RelationKind.CO_APPLICANT),
    }
