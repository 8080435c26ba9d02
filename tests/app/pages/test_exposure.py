"""Exposure by partners' chains and over time, by page; a partner's people see their own chain and no other name."""

import pytest

from fund.charter.queries import only_fund
from fund.partners.queries import partner_by_code
from fund.watch.actions import watch
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from kernel.instants import day_in_beijing
from tests.app.pages.conftest import Enter
from tests.app.world import World
from tests.app.world_pipeline import NOW


@pytest.fixture
def ids(world_database: Database) -> dict[str, int]:
    with world_database.transaction(SYSTEM) as tx:
        fund_id = only_fund(tx).id
        return {code: partner_by_code(tx, fund_id=fund_id, code=code).id for code in ("LP01", "LP02")}


def test_staff_see_every_chain_and_the_past_by_any_dimension(signed_in: Enter) -> None:
    client = signed_in("manager", "en")
    shown = client.get("/fund/exposure").text
    assert "Industrial chains" in shown
    assert "LP01" in shown
    assert "LP02" in shown
    for dimension in ("company", "sector", "chain_position", "stage", "origin", "city", "vintage"):
        past = client.get(f"/fund/exposure?dimension={dimension}").text
        assert "2024Q1" in past
    assert "产业链" in signed_in("auditor").get("/fund/exposure").text


def test_a_partner_sees_its_own_chain_only(signed_in: Enter, ids: dict[str, int]) -> None:
    client = signed_in("lp_user", "en")
    own = client.get(f"/fund/exposure?partner={ids['LP01']}")
    assert own.status_code == 200
    assert "Your industrial chain" in own.text
    assert "LP02" not in own.text
    assert "Over time" not in own.text
    assert client.get(f"/fund/exposure?partner={ids['LP02']}").status_code == 404
    assert client.get("/fund/exposure").status_code == 403
    assert signed_in("committee").get("/fund/exposure").status_code == 403


def test_odd_words_are_refused(signed_in: Enter) -> None:
    client = signed_in("manager", "en")
    for odd in ("dimension=luck", "as_of=soon", "partner=x"):
        assert client.get(f"/fund/exposure?{odd}").status_code == 422, odd


def test_limits_with_the_deal_stand_beside_its_motion(signed_in: Enter, world: World) -> None:
    home = f"/committee/{world.ids['motion']}"
    for who in ("manager", "committee"):
        shown = signed_in(who, "en").get(home).text
        assert "Limits, with this deal" in shown, who
        assert "Room left" in shown
    assert "计入本项目后的限额" in signed_in("manager").get(home).text


def test_an_excess_stands_on_the_managers_today_until_the_limit_is_kept(
    signed_in: Enter, world_database: Database
) -> None:
    with world_database.transaction(SYSTEM) as tx:
        fund_id = only_fund(tx).id
        found = watch(tx, SYSTEM, fund_id=fund_id, on=day_in_beijing(NOW), now=NOW)
    assert found
    shown = signed_in("manager", "en").get("/today").text
    assert shown.count("Limit exceeded") == len(found)
    assert "against a limit of" in shown
    assert "超出限额" in signed_in("manager").get("/today").text
    for who in ("analyst", "lp_user", "committee"):
        assert "Limit exceeded" not in signed_in(who, "en").get("/today").text
