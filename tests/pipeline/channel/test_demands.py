"""Demands on a real database: kept, changed, closed, found, and what another enterprise may see."""

from datetime import datetime

import pytest

from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, RoleMissing
from pipeline.channel.demands import close_demand, edit_demand, register_demand
from pipeline.channel.edits import ChangesInvalid
from pipeline.channel.queries import (
    demand,
    demand_by_code,
    demands,
)
from pipeline.channel.rules import (
    ChainPosition,
    CodeTaken,
    DemandClosed,
    DemandInvalid,
    DemandState,
    DemandUnknown,
    NotYours,
    Spec,
    StaleVersion,
)
from tests.builders.channel import MEMBER, NOBODY, TECHNOLOGY, a_demand, lp
from tests.builders.parties import an_organisation


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
