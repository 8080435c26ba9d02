"""Achievements on a real database: team, rights and elements, the level they are ready at, and their states."""

from datetime import date, datetime

import pytest
import sqlalchemy as sa

from kernel.db import Tx
from kernel.identity.rules import SYSTEM, RoleMissing
from pipeline.channel.achievements import (
    Item,
    Member,
    add_element,
    assess,
    change_state,
    edit_achievement,
    register_achievement,
)
from pipeline.channel.queries import (
    achievement_by_code,
    achievement_detail,
    achievements,
)
from pipeline.channel.rules import (
    AchievementState,
    AchievementUnknown,
    CodeTaken,
    ElementUnknown,
    RightKind,
    RightStatus,
    Scale,
)
from tests.builders.channel import NOBODY, TECHNOLOGY, an_achievement, assessed, lp


def test_an_achievement_keeps_team_rights_and_elements(tx: Tx, steel: int, now: datetime) -> None:
    sheet = an_achievement(
        tx,
        now=now,
        owner_party_id=steel,
        team=[Member("李 𬭊", "lead"), Member("王二")],
        rights=[Item("ZL202410000001.1", RightKind.INVENTION_PATENT, RightStatus.GRANTED, date(2026, 1, 1))],
    )
    detail = achievement_detail(tx, achievement_id=sheet.id, actor=TECHNOLOGY)
    assert [member.name for member in detail.team] == ["李 𬭊", "王二"]
    assert [(right.number, right.status) for right in detail.rights] == [("ZL202410000001.1", "granted")]
    assert detail.elements == {"alloy": True, "lance": True, "packaging": False}
    assert (sheet.trl, sheet.mrl, sheet.state) == (None, None, "sleeping")
    with pytest.raises(CodeTaken):
        an_achievement(tx, now=now)
    with pytest.raises(AchievementUnknown):
        achievement_by_code(tx, code="A-001", actor=NOBODY)


def test_the_level_is_the_least_ready_critical_element(tx: Tx, now: datetime) -> None:
    key = an_achievement(tx, now=now).id
    half = assessed(tx, achievement_id=key, levels={"alloy": 7, "packaging": 2}, now=now)
    assert half is not None
    assert half.trl is None
    full = assessed(tx, achievement_id=key, levels={"lance": 5}, now=now)
    assert full is not None
    assert full.trl == 5
    later = assessed(tx, achievement_id=key, levels={"lance": 6}, now=now, assessed_on=date(2026, 9, 1))
    assert later is not None
    assert later.trl == 6
    shown = achievement_detail(tx, achievement_id=key).readiness
    assert [(one.element, one.level, one.is_newest) for one in shown] == [
        ("alloy", 7, True),
        ("packaging", 2, True),
        ("lance", 5, False),
        ("lance", 6, True),
    ]
    made = assessed(tx, achievement_id=key, levels={"alloy": 3, "lance": 4}, now=now, scale=Scale.MRL)
    assert made is not None
    assert (made.trl, made.mrl) == (6, 3)
    again = add_element(tx, SYSTEM, achievement_id=key, name="coating", is_critical=True, now=now)
    assert (again.trl, again.mrl) == (None, None)
    with pytest.raises(CodeTaken):
        add_element(tx, SYSTEM, achievement_id=key, name="coating", is_critical=False, now=now)
    with pytest.raises(ElementUnknown):
        assessed(tx, achievement_id=key, levels={"engine": 6}, now=now)


def test_achievements_are_edited_and_woken(tx: Tx, now: datetime) -> None:
    sheet = an_achievement(tx, now=now)
    edited = edit_achievement(
        tx, SYSTEM, achievement_id=sheet.id, version=1, changes={"title_zh": "双极板涂层"}, now=now
    )
    assert edited.version == 2
    assert [one.code for one in achievements(tx, actor=lp(1), text="双极板").items] == ["A-001"]
    woken = change_state(tx, SYSTEM, achievement_id=sheet.id, state=AchievementState.ACTIVE, now=now)
    assert woken.state is AchievementState.ACTIVE
    assert achievements(tx, actor=NOBODY).items == ()
    assert achievements(tx, actor=SYSTEM, state=AchievementState.ACTIVE, sector="hydrogen").items == (woken,)
    with pytest.raises(AchievementUnknown):
        change_state(tx, SYSTEM, achievement_id=999_999, state=AchievementState.ACTIVE, now=now)
    with pytest.raises(RoleMissing):
        register_achievement(tx, lp(1), code="A-9", discipline="d", sector="s", title_zh="t", now=now)


def test_readiness_cannot_be_rewritten(tx: Tx, now: datetime) -> None:
    key = an_achievement(tx, now=now).id
    assess(
        tx,
        TECHNOLOGY,
        achievement_id=key,
        element="alloy",
        scale=Scale.TRL,
        level=6,
        evidence="r.pdf",
        assessor="X",
        assessed_on=date(2026, 1, 1),
        now=now,
    )
    with pytest.raises(sa.exc.DBAPIError, match=r"append-only|permission denied"):
        tx.execute(sa.text("UPDATE readiness SET level = 9"))
