"""Spinouts on a real database: founding, the way of a right into equity, the cap table, who may look."""

from datetime import date, datetime
from fractions import Fraction

import pytest
import sqlalchemy as sa

from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from pipeline.channel.edits import ChangesInvalid
from pipeline.channel.rules import AchievementUnknown, CodeTaken, StaleVersion
from pipeline.deals.actions import move
from pipeline.deals.moves import MoveBlocked
from pipeline.deals.rules import Gate, Origin, Stage
from pipeline.spinouts.actions import (
    FounderLine,
    edit_spinout,
    move_units,
    name_founders,
    register_spinout,
)
from pipeline.spinouts.ownership import HolderShort
from pipeline.spinouts.queries import (
    cap_table,
    rights,
    rights_missing,
    spinout,
    spinout_by_code,
    spinouts,
)
from pipeline.spinouts.rights import (
    ShareLine,
    book_rights,
    give_notice,
    handle_objection,
    note_objection,
    propose_rights,
    revise_rights,
)
from pipeline.spinouts.rules import (
    FloorTooLow,
    Form,
    NoticeMissing,
    ObjectionUnknown,
    RightsBooked,
    RightsNotReady,
    RightsUnknown,
    Route,
    SpinoutUnknown,
    SplitInvalid,
)
from tests.builders.channel import an_achievement, assessed
from tests.builders.deals import a_deal_at, a_setting
from tests.builders.parties import a_person, an_organisation
from tests.builders.spinouts import a_spinout, bookable_rights

TODAY = date(2026, 9, 30)
MANAGER = Actor(user_id=1, name="manager", roles=frozenset({Role.MANAGER}))
LP = Actor(user_id=2, name="lp", roles=frozenset({Role.LP_USER, Role.LP_EXPERT}), party_id=1)
TECHNOLOGY = Actor(user_id=3, name="tm", roles=frozenset({Role.TECHNOLOGY_MANAGER}))


def told(tx: Tx, spinout_id: int, as_of: date) -> tuple[str, ...]:
    """What keeps the rights back, in words."""
    return tuple(map(str, rights_missing(tx, spinout_id=spinout_id, as_of=as_of)))


def test_a_company_with_its_founders(tx: Tx, now: datetime) -> None:
    inventor, other = a_person(tx, "李发明"), a_person(tx, "王经营")
    lines = [
        FounderLine(inventor.id, Fraction(2, 3), "CTO", True),
        FounderLine(other.id, Fraction(1, 3), "CEO"),
    ]
    key = an_achievement(tx, now=now).id
    sheet = a_spinout(tx, now=now, code="s-001", founders=lines, achievement_ids=[key, key])
    assert (sheet.code, sheet.name_zh, sheet.achievements) == ("S-001", "北科氢能材料有限公司", ("A-001",))
    assert [(one.name_zh, one.share, one.is_inventor) for one in sheet.founders] == [
        ("李发明", Fraction(2, 3), True),
        ("王经营", Fraction(1, 3), False),
    ]
    changed = name_founders(
        tx, MANAGER, spinout_id=sheet.id, founders=[FounderLine(inventor.id, Fraction(1))], now=now
    )
    assert len(changed.founders) == 1
    assert spinout_by_code(tx, code="s-001", actor=TECHNOLOGY) == changed
    assert [one.code for one in spinouts(tx, actor=MANAGER).items] == ["S-001"]


def test_what_a_company_cannot_be(tx: Tx, now: datetime) -> None:
    sheet = a_spinout(tx, now=now)
    facts = {"form": Form.LIMITED_COMPANY, "now": now}
    with pytest.raises(CodeTaken):
        register_spinout(tx, SYSTEM, code=sheet.code, party_id=an_organisation(tx, "乙").id, **facts)
    with pytest.raises(CodeTaken):
        register_spinout(tx, SYSTEM, code="S-NEW", party_id=sheet.party_id, **facts)
    with pytest.raises(SplitInvalid):
        name_founders(tx, SYSTEM, spinout_id=sheet.id, founders=[FounderLine(1, Fraction(99, 100))], now=now)
    with pytest.raises(AchievementUnknown):
        a_spinout(tx, now=now, name_zh="丙", achievement_ids=[999_999])
    with pytest.raises(RoleMissing):
        register_spinout(tx, LP, code="S-X", party_id=an_organisation(tx, "丁").id, **facts)


def test_the_way_of_a_right_into_equity(tx: Tx, now: datetime) -> None:
    key = an_achievement(tx, now=now).id
    company = a_spinout(tx, now=now, achievement_ids=[key])
    assert told(tx, company.id, TODAY) == ("A-001: no transfer of its rights has been recorded",)
    right = bookable_rights(
        tx, spinout_id=company.id, achievement_id=key, achievement="A-001", as_of=TODAY, now=now
    )
    assert told(tx, company.id, TODAY) == ()
    assert told(tx, company.id, date(2026, 9, 29)) == ("A-001: the public notice runs until 2026-09-29",)
    with pytest.raises(FloorTooLow):
        book_rights(tx, MANAGER, rights_id=right, booked_on=TODAY, floor=Fraction(1, 4), now=now)
    with pytest.raises(RightsNotReady, match=r"75\.00 %"):
        book_rights(tx, MANAGER, rights_id=right, booked_on=TODAY, floor=Fraction(3, 4), now=now)
    booked = book_rights(tx, MANAGER, rights_id=right, booked_on=TODAY, now=now)
    assert booked.booked_on == TODAY
    with pytest.raises(RightsBooked):
        book_rights(tx, MANAGER, rights_id=right, booked_on=TODAY, now=now)
    assert told(tx, company.id, date(2026, 9, 1)) == ()


def test_an_objection_on_day_fourteen_is_handled_or_the_notice_repeated(tx: Tx, now: datetime) -> None:
    key = an_achievement(tx, now=now).id
    company = a_spinout(tx, now=now, achievement_ids=[key])
    right = bookable_rights(
        tx, spinout_id=company.id, achievement_id=key, achievement="A-001", as_of=TODAY, now=now
    )
    objection = note_objection(
        tx,
        TECHNOLOGY,
        rights_id=right,
        received_on=date(2026, 9, 28),
        objector="赵合著",
        says="I am a co-inventor.",
        now=now,
    )
    with pytest.raises(RightsNotReady, match="2026-09-28 has not been handled"):
        book_rights(tx, MANAGER, rights_id=right, booked_on=TODAY, now=now)
    handle_objection(
        tx,
        TECHNOLOGY,
        objection_id=objection,
        handling="He is; he gets a share.",
        is_upheld=True,
        handled_on=TODAY,
        now=now,
    )
    with pytest.raises(RightsNotReady, match="give a new notice"):
        book_rights(tx, MANAGER, rights_id=right, booked_on=TODAY, now=now)
    give_notice(
        tx,
        TECHNOLOGY,
        rights_id=right,
        achievement="A-001",
        price=3_000_000_00,
        starts_on=TODAY,
        ends_on=date(2026, 10, 15),
        now=now,
    )
    assert [problem.says for problem in rights(tx, rights_id=right, as_of=TODAY).missing] == [
        "the public notice runs until {ends_on}"
    ]
    assert book_rights(tx, MANAGER, rights_id=right, booked_on=date(2026, 10, 16), now=now).missing == ()


def test_what_is_not_there(tx: Tx, now: datetime) -> None:
    key = an_achievement(tx, now=now).id
    company = a_spinout(tx, now=now)
    person = a_person(tx, "李发明").id
    facts = {
        "route": Route.LISTING,
        "price": None,
        "shares": [ShareLine(person, Fraction(1), True)],
        "now": now,
    }
    right = propose_rights(tx, SYSTEM, spinout_id=company.id, achievement_id=key, **facts)
    with pytest.raises(CodeTaken):
        propose_rights(tx, SYSTEM, spinout_id=company.id, achievement_id=key, **facts)
    with pytest.raises(AchievementUnknown):
        propose_rights(tx, SYSTEM, spinout_id=company.id, achievement_id=999_999, **facts)
    with pytest.raises(NoticeMissing):
        note_objection(tx, SYSTEM, rights_id=right, received_on=TODAY, objector="x", says="y", now=now)
    with pytest.raises(ObjectionUnknown):
        handle_objection(
            tx, SYSTEM, objection_id=999_999, handling="x", is_upheld=False, handled_on=TODAY, now=now
        )
    for act in (book_rights,):
        with pytest.raises(RightsUnknown):
            act(tx, SYSTEM, rights_id=999_999, booked_on=TODAY, now=now)
    with pytest.raises(RightsUnknown):
        rights(tx, rights_id=999_999, as_of=TODAY)
    with pytest.raises(SpinoutUnknown):
        spinout(tx, spinout_id=company.id, actor=LP)


def test_the_cap_table_as_of_a_day(tx: Tx, now: datetime) -> None:
    company, holder = a_spinout(tx, now=now).id, a_person(tx, "李发明").id
    other = a_person(tx, "王经营").id
    for who, units, day in ((holder, 700, 1), (other, 300, 1), (holder, -200, 10), (other, 200, 10)):
        move_units(
            tx,
            MANAGER,
            spinout_id=company,
            holder_party_id=who,
            share_class="common",
            units=units,
            effective_on=date(2026, 9, day),
            now=now,
        )
    early = cap_table(tx, spinout_id=company, as_of=date(2026, 9, 9))
    late = cap_table(tx, spinout_id=company, as_of=TODAY)
    assert [(row.holder_id, row.units) for row in early] == [(holder, 700), (other, 300)]
    assert {row.holder_id: row.ownership for row in late} == {holder: Fraction(1, 2), other: Fraction(1, 2)}
    with pytest.raises(HolderShort):
        move_units(
            tx,
            MANAGER,
            spinout_id=company,
            holder_party_id=other,
            share_class="common",
            units=-501,
            effective_on=TODAY,
            now=now,
        )


def test_a_university_deal_is_held_once_its_rights_may_be_booked(tx: Tx, now: datetime) -> None:
    setting = a_setting(tx, now)
    key = an_achievement(tx, now=now).id
    assessed(tx, achievement_id=key, levels={"alloy": 7, "lance": 6}, now=now)
    company = a_spinout(tx, now=now, achievement_ids=[key])
    sheet = a_deal_at(
        tx,
        Stage.CLOSING,
        setting=setting,
        now=now,
        origin=Origin.LABORATORY,
        spinout_id=company.id,
        achievement_id=key,
    )
    with pytest.raises(MoveBlocked, match="no transfer of its rights"):
        move(tx, SYSTEM, deal_id=sheet.id, to=Stage.HELD, gate=Gate.CLOSING, now=now)
    bookable_rights(tx, spinout_id=company.id, achievement_id=key, achievement="A-001", as_of=TODAY, now=now)
    held = move(tx, SYSTEM, deal_id=sheet.id, to=Stage.HELD, gate=Gate.CLOSING, now=now)
    assert held.stage is Stage.HELD


def test_the_database_itself_hides_companies_from_enterprises(database: Database, now: datetime) -> None:
    tables = ("spinout", "spinout_achievement", "rights_transfer", "rights_share", "public_notice")
    with database.transaction(SYSTEM) as tx:
        key = an_achievement(tx, now=now).id
        company = a_spinout(tx, now=now, achievement_ids=[key]).id
        bookable_rights(tx, spinout_id=company, achievement_id=key, achievement="A-001", as_of=TODAY, now=now)
    for name in tables:
        for actor, is_seen in ((MANAGER, True), (TECHNOLOGY, True), (LP, False), (None, False)):
            with database.transaction(actor) as tx:
                found = tx.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one()
                assert (found > 0) is is_seen, (name, actor)


def test_a_company_is_changed_at_the_version_that_was_read(tx: Tx, now: datetime) -> None:
    company, achievement = a_spinout(tx, now=now), an_achievement(tx, now=now)
    key = {"spinout_id": company.id, "now": now}
    changed = edit_spinout(
        tx, MANAGER, version=1, changes={"city": "包头"}, achievement_ids=[achievement.id], **key
    )
    assert (changed.city, changed.version, changed.achievements) == ("包头", 2, (achievement.code,))
    with pytest.raises(StaleVersion):
        edit_spinout(tx, MANAGER, version=1, changes={"city": "北京"}, **key)
    with pytest.raises(ChangesInvalid):
        edit_spinout(tx, MANAGER, version=2, changes={"party_id": 1}, **key)
    with pytest.raises(AchievementUnknown):
        edit_spinout(tx, MANAGER, version=2, changes={}, achievement_ids=[10**9], **key)
    founder = FounderLine(a_person(tx, "李发明").id, Fraction(1))
    with pytest.raises(StaleVersion):
        name_founders(tx, MANAGER, founders=[founder], version=1, **key)


def test_a_deal_of_the_university_needs_the_rights_in_its_own_achievement(tx: Tx, now: datetime) -> None:
    """The company lists no achievement at all; what the deal rests on counts all the same."""
    company, achievement = a_spinout(tx, now=now), an_achievement(tx, now=now)
    assessed(tx, achievement_id=achievement.id, levels={"alloy": 7, "lance": 6}, now=now)
    about = a_deal_at(
        tx,
        Stage.CLOSING,
        setting=a_setting(tx, now),
        now=now,
        origin=Origin.LABORATORY,
        spinout_id=company.id,
        achievement_id=achievement.id,
    )
    with pytest.raises(MoveBlocked, match=f"{achievement.code}: no transfer of its rights"):
        move(tx, SYSTEM, deal_id=about.id, to=Stage.HELD, gate=Gate.CLOSING, now=now)
    given = {"spinout_id": company.id, "achievement_id": achievement.id, "achievement": achievement.code}
    bookable_rights(tx, as_of=TODAY, now=now, **given)
    move(tx, SYSTEM, deal_id=about.id, to=Stage.HELD, gate=Gate.CLOSING, now=now)


def test_terms_are_revised_until_the_right_is_booked(tx: Tx, now: datetime) -> None:
    company, achievement = a_spinout(tx, now=now), an_achievement(tx, now=now)
    given = {"spinout_id": company.id, "achievement_id": achievement.id, "achievement": achievement.code}
    key = bookable_rights(tx, as_of=TODAY, now=now, **given)
    only = [ShareLine(a_person(tx, "王发明").id, Fraction(1), True)]
    terms = {"rights_id": key, "route": Route.AGREEMENT, "shares": only, "now": now}
    revise_rights(tx, TECHNOLOGY, price=3_000_000_01, **terms)
    told = [problem.says for problem in rights(tx, rights_id=key, as_of=TODAY).missing]
    assert told == ["the public notice names another price"]
    revise_rights(tx, TECHNOLOGY, price=3_000_000_00, **terms)
    book_rights(tx, MANAGER, rights_id=key, booked_on=TODAY, now=now)
    with pytest.raises(RightsBooked):
        revise_rights(tx, TECHNOLOGY, price=None, **terms)
