"""The channel on a real database: demands, achievements, matches, and what another enterprise may see."""

from datetime import date, datetime

import pytest
import sqlalchemy as sa

from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from pipeline.channel.achievements import (
    Item,
    Member,
    add_element,
    assess,
    change_state,
    edit_achievement,
    register_achievement,
)
from pipeline.channel.demands import close_demand, edit_demand, register_demand
from pipeline.channel.edits import ChangesInvalid
from pipeline.channel.matches import accept_match, propose_matches, reject_match
from pipeline.channel.queries import (
    achievement_by_code,
    achievement_detail,
    achievements,
    demand,
    demand_by_code,
    demands,
    match,
    matches,
)
from pipeline.channel.rules import (
    AchievementState,
    AchievementUnknown,
    AlreadyDecided,
    ChainPosition,
    CodeTaken,
    DemandClosed,
    DemandInvalid,
    DemandState,
    DemandUnknown,
    ElementUnknown,
    MatchState,
    MatchUnknown,
    NotYours,
    RightKind,
    RightStatus,
    Scale,
    Spec,
    StaleVersion,
)
from tests.builders.channel import a_demand, an_achievement, assessed
from tests.builders.parties import an_organisation

TECHNOLOGY = Actor(user_id=1, name="tm", roles=frozenset({Role.TECHNOLOGY_MANAGER}))
NOBODY = Actor(user_id=2, name="administrator", roles=frozenset({Role.ADMINISTRATOR}))
MEMBER = Actor(user_id=4, name="member", roles=frozenset({Role.COMMITTEE}))


def lp(party_id: int) -> Actor:
    return Actor(user_id=3, name="lp", roles=frozenset({Role.LP_USER}), party_id=party_id)


@pytest.fixture
def steel(tx: Tx) -> int:
    return an_organisation(tx, "北方钢铁集团有限公司").id


@pytest.fixture
def rival(tx: Tx) -> int:
    return an_organisation(tx, "南方钢铁集团有限公司").id


def test_a_demand_keeps_its_specification(tx: Tx, steel: int, now: datetime) -> None:
    sheet = a_demand(tx, party_id=steel, now=now, code=" n-007 ")
    assert sheet.code == "N-007"
    assert sheet.enterprise_zh == "北方钢铁集团有限公司"
    assert sheet.specification == (Spec("tensile strength at 1200 °C", "≥ 80", "MPa"),)
    assert demand_by_code(tx, code="n-007") == sheet
    with pytest.raises(CodeTaken):
        a_demand(tx, party_id=steel, now=now, code="N-007")


def test_an_enterprise_speaks_for_itself_only(tx: Tx, steel: int, rival: int, now: datetime) -> None:
    facts = {
        "title": "t",
        "problem": "p",
        "sector": "s",
        "chain_position": ChainPosition.UPSTREAM,
        "now": now,
    }
    assert register_demand(tx, lp(steel), code="N-1", party_id=steel, **facts).code == f"P{steel}-N-1"
    with pytest.raises(NotYours):
        register_demand(tx, lp(steel), code="N-2", party_id=rival, **facts)
    with pytest.raises(RoleMissing):
        register_demand(tx, NOBODY, code="N-3", party_id=steel, **facts)


def test_a_demand_is_changed_at_its_version(tx: Tx, steel: int, now: datetime) -> None:
    sheet = a_demand(tx, party_id=steel, now=now)
    changes = {"title": "枪头材料", "specification": (Spec("life", "90", "days"),)}
    changed = edit_demand(tx, lp(steel), demand_id=sheet.id, version=1, changes=changes, now=now)
    assert (changed.version, changed.title, changed.specification[0].name) == (2, "枪头材料", "life")
    with pytest.raises(StaleVersion):
        edit_demand(tx, SYSTEM, demand_id=sheet.id, version=1, changes={"title": "x"}, now=now)
    with pytest.raises(ChangesInvalid):
        edit_demand(tx, SYSTEM, demand_id=sheet.id, version=2, changes={"party_id": 1}, now=now)
    with pytest.raises(DemandInvalid):
        edit_demand(tx, SYSTEM, demand_id=sheet.id, version=2, changes={"wanted_trl": 12}, now=now)


def test_a_closed_demand_stays(tx: Tx, steel: int, now: datetime) -> None:
    sheet = a_demand(tx, party_id=steel, now=now)
    assert (
        close_demand(tx, SYSTEM, demand_id=sheet.id, state=DemandState.ANSWERED, now=now).state == "answered"
    )
    with pytest.raises(DemandClosed):
        edit_demand(tx, SYSTEM, demand_id=sheet.id, version=2, changes={"title": "x"}, now=now)


def test_a_confidential_demand_is_unknown_to_another_enterprise(
    tx: Tx, steel: int, rival: int, now: datetime
) -> None:
    hidden = a_demand(tx, party_id=steel, now=now, is_confidential=True)
    shown = a_demand(tx, party_id=steel, now=now, code="N-002")

    def known(actor: Actor) -> list[str]:
        return [sheet.code for sheet in demands(tx, actor=actor).items]

    assert known(lp(steel)) == known(TECHNOLOGY) == [hidden.code, shown.code]
    assert known(lp(rival)) == known(MEMBER) == [shown.code]
    assert known(NOBODY) == []
    with pytest.raises(DemandUnknown):
        demand(tx, demand_id=hidden.id, actor=lp(rival))
    with pytest.raises(DemandUnknown):
        edit_demand(tx, lp(rival), demand_id=hidden.id, version=1, changes={"title": "x"}, now=now)
    with pytest.raises(NotYours):
        edit_demand(tx, lp(rival), demand_id=shown.id, version=1, changes={"title": "x"}, now=now)


def test_demands_are_found_by_word_in_either_language(tx: Tx, steel: int, now: datetime) -> None:
    a_demand(tx, party_id=steel, now=now)
    a_demand(
        tx, party_id=steel, now=now, code="N-002", title="Bipolar plates", problem="双极板", sector="cells"
    )
    found = {
        text: [sheet.code for sheet in demands(tx, actor=SYSTEM, text=text).items]
        for text in ("耐热合金", "合金 枪头", "plate", "双极板", "电解槽", "")
    }
    assert found == {
        "耐热合金": ["N-001"],
        "合金 枪头": ["N-001"],
        "plate": ["N-002"],
        "双极板": ["N-002"],
        "电解槽": [],
        "": ["N-001", "N-002"],
    }
    assert [sheet.code for sheet in demands(tx, actor=SYSTEM, sector="cells").items] == ["N-002"]
    assert demands(tx, actor=SYSTEM, state=DemandState.WITHDRAWN, party_id=steel).items == ()
    page = demands(tx, actor=SYSTEM, limit=1)
    assert [sheet.code for sheet in demands(tx, actor=SYSTEM, after=page.next).items] == ["N-002"]


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


def test_matches_are_ranked_alike_from_both_sides(tx: Tx, steel: int, now: datetime) -> None:
    need = a_demand(tx, party_id=steel, now=now)
    good = an_achievement(tx, now=now)
    assessed(tx, achievement_id=good.id, levels={"alloy": 7, "lance": 6}, now=now)
    an_achievement(
        tx,
        now=now,
        code="A-002",
        title_zh="图形处理器编译器",
        title_en="GPU compiler",
        summary_zh="",
        summary_en="",
        sector="computing",
        site="北京",
    )
    weak = an_achievement(
        tx, now=now, code="A-003", title_zh="金属双极板", summary_zh="氢燃料电池", site="上海"
    )
    assert propose_matches(tx, TECHNOLOGY, now=now) == 2
    seen = matches(tx, actor=TECHNOLOGY, demand_id=need.id)
    assert [one.achievement for one in seen] == [good.code, weak.code]
    assert matches(tx, actor=TECHNOLOGY, achievement_id=good.id) == [seen[0]]
    assert seen[0].score == sum(part.weight * part.score for part in seen[0].reasons) // 100
    assert [part.name for part in seen[0].reasons][:3] == ["text", "sector", "readiness"]
    assert propose_matches(tx, TECHNOLOGY, demand_id=need.id, achievement_id=good.id, now=now) == 1
    assert propose_matches(tx, SYSTEM, now=now, lowest=990) == 0
    assert matches(tx, actor=TECHNOLOGY) == []


def test_a_decision_stays_and_feeds_back(tx: Tx, steel: int, now: datetime) -> None:
    a_demand(tx, party_id=steel, now=now)
    second = a_demand(tx, party_id=steel, now=now, code="N-002")
    key = an_achievement(tx, now=now).id
    propose_matches(tx, SYSTEM, now=now)
    first = matches(tx, actor=SYSTEM)[0]
    rejected = reject_match(tx, lp(steel), match_id=first.id, reason="The lance does not fit.", now=now)
    assert (rejected.state, rejected.reason, rejected.decided_by) == (
        "rejected",
        "The lance does not fit.",
        "lp",
    )
    with pytest.raises(AlreadyDecided):
        accept_match(tx, SYSTEM, match_id=first.id, reason="x", now=now)
    propose_matches(tx, SYSTEM, now=now)
    assert match(tx, match_id=first.id, actor=SYSTEM) == rejected
    (renewed,) = matches(tx, actor=SYSTEM, demand_id=second.id, achievement_id=key)
    assert renewed.reasons[-1].facts == {"accepted": 0, "decided": 1}
    assert renewed.score == first.score - 25
    assert matches(tx, actor=SYSTEM, state=MatchState.REJECTED) == [rejected]


def test_a_match_is_for_the_enterprise_of_the_demand(tx: Tx, steel: int, rival: int, now: datetime) -> None:
    a_demand(tx, party_id=steel, now=now)
    an_achievement(tx, now=now)
    propose_matches(tx, SYSTEM, now=now)
    (found,) = matches(tx, actor=lp(steel))
    assert matches(tx, actor=lp(rival)) == matches(tx, actor=MEMBER) == []
    with pytest.raises(MatchUnknown):
        accept_match(tx, lp(rival), match_id=found.id, reason="x", now=now)


def test_the_database_itself_hides_confidential_demands_and_their_matches(
    database: Database, now: datetime
) -> None:
    with database.transaction(SYSTEM) as tx:
        steel, rival = an_organisation(tx, "北方钢铁").id, an_organisation(tx, "南方钢铁").id
        a_demand(tx, party_id=steel, now=now, is_confidential=True)
        a_demand(tx, party_id=steel, now=now, code="N-002")
        an_achievement(tx, now=now)
        propose_matches(tx, SYSTEM, now=now)
    for actor, shown, matched in (
        (None, 0, 0),
        (TECHNOLOGY, 2, 2),
        (lp(steel), 2, 2),
        (lp(rival), 1, 0),
    ):
        with database.transaction(actor) as tx:
            assert tx.execute(sa.text("SELECT count(*) FROM demand")).scalar_one() == shown
            assert tx.execute(sa.text("SELECT count(*) FROM match")).scalar_one() == matched
    with database.transaction(lp(rival)) as tx:
        hit = tx.execute(sa.text("UPDATE demand SET title = 'x' WHERE is_confidential"))
        assert hit.rowcount == 0


def test_an_enterprise_can_write_its_own_demand_under_its_own_reach(
    database: Database, now: datetime
) -> None:
    with database.transaction(SYSTEM) as tx:
        steel = an_organisation(tx, "北方钢铁").id
    with database.transaction(lp(steel)) as tx:
        facts = {"title": "t", "problem": "p", "sector": "s", "chain_position": ChainPosition.UPSTREAM}
        sheet = register_demand(
            tx, lp(steel), code="N-1", party_id=steel, is_confidential=True, now=now, **facts
        )
        edit_demand(tx, lp(steel), demand_id=sheet.id, version=1, changes={"title": "u"}, now=now)
    with database.transaction(TECHNOLOGY) as tx:
        assert demand_by_code(tx, code=f"P{steel}-N-1").title == "u"


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
