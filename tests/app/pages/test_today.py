"""Today names what waits about deals and links to where it is done; nobody is asked to confirm their own act."""

import sqlalchemy as sa

from kernel.db import Database
from kernel.identity.rules import SYSTEM
from pipeline.closing.models import DealClosing
from pipeline.closing.preparation import ask_exception, satisfy_condition
from pipeline.committee.queries import conditions
from pipeline.deals.queries import deal_by_code
from pipeline.diligence.dataroom import folders
from pipeline.diligence.documents import put_document
from tests.app.pages.conftest import Enter
from tests.app.world import World
from tests.app.world_pipeline import BEFORE


def test_conditions_exceptions_and_closings_wait_for_those_who_may(
    signed_in: Enter, world_database: Database
) -> None:
    with world_database.transaction(SYSTEM) as tx:
        tx.execute(sa.update(DealClosing).values(payable=77_00))
    page = signed_in("manager").get("/today").text
    for words in ("确认条件已满足", "批准限额豁免", "one large stake", "支付交割余款"):
        assert words in page
    assert "/closing" in page
    for name, absent in (
        ("accountant", "批准限额豁免"),
        ("lp_user", "确认条件已满足"),
        ("auditor", "支付交割余款"),
    ):
        assert absent not in signed_in(name).get("/today").text
    assert "支付交割余款" in signed_in("accountant").get("/today").text


def test_nobody_is_the_second_person_to_their_own_act(
    signed_in: Enter, world: World, world_database: Database
) -> None:
    manager = world.actors["manager"]
    with world_database.transaction(manager) as tx:
        deal = deal_by_code(tx, code=str(world.ids["approved"]))
        open_one = conditions(tx, deal_id=deal.id)[0]
        satisfy_condition(tx, manager, condition_id=open_one.id, says="OWN-EVIDENCE", now=BEFORE)
        ask_exception(
            tx,
            manager,
            deal_id=deal.id,
            amount=60_000_000_00,
            on=BEFORE.date(),
            reason="OWN-EXCEPTION",
            now=BEFORE,
        )
    assert "OWN-EXCEPTION" not in signed_in("manager").get("/today").text
    assert open_one.says not in signed_in("manager").get("/today").text
    assert open_one.says in signed_in("analyst").get("/today").text


def test_an_offered_document_waits_for_the_funds_people(
    signed_in: Enter, world: World, world_database: Database
) -> None:
    expert = world.actors["lp_expert"]
    stream = int(world.ids["enterprise_workstream"])
    with world_database.transaction(expert) as tx:
        deal = deal_by_code(tx, code=str(world.ids["examined"]))
        own = [one for one in folders(tx, actor=expert, deal_id=deal.id) if one.workstream_id == stream]
        put_document(
            tx,
            expert,
            folder_id=own[0].id,
            title="TRIAL-REPORT",
            content=b"x",
            media_type="text/plain",
            now=BEFORE,
        )
    page = signed_in("analyst").get("/today").text
    assert "TRIAL-REPORT" in page
    assert f"/diligence/{stream}" in page
    assert "TRIAL-REPORT" not in signed_in("rival").get("/today").text
    assert "TRIAL-REPORT" not in signed_in("auditor").get("/today").text


def test_drafts_of_reports_wait_for_a_second_pair_of_eyes(signed_in: Enter) -> None:
    assert "复核报告" in signed_in("accountant").get("/today").text
    assert "批准报告" in signed_in("manager").get("/today").text
