"""Exposure by partners' chains and over time, by page; a partner's people see their own chain and no other name."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from fastapi.testclient import TestClient

from fund.charter.queries import only_fund
from fund.mandates.actions import add_clause
from fund.mandates.rules import Bound, ClauseTerms, Measure
from fund.partners.queries import partner_by_code
from fund.watch.actions import watch
from fund.watch.queries import alerts
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from kernel.instants import day_in_beijing
from tests.app.pages.conftest import Enter
from tests.app.world import World
from tests.app.world_pipeline import NOW


def csrf_of(page: str) -> str:
    return page.split('name="csrf" value="')[1].split('"', maxsplit=1)[0]


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


def test_limits_with_the_deal_stand_beside_its_motion(
    signed_in: Enter, world_client: TestClient, world: World
) -> None:
    home = f"/committee/{world.ids['motion']}"
    for who in ("manager", "committee"):
        shown = signed_in(who, "en").get(home).text
        assert "Limits, with this deal" in shown, who
        assert "Room left" in shown
        # Another deal of the sector is approved and not paid.
        assert "of it not yet paid<br>20" in shown
    told = world_client.get("/api/v1/exposure", headers=world.headers["manager"]).json()
    assert told["promised"]["amount"] == "20000000.00"
    assert {one["unpaid"]["amount"] for one in told["checks"] if one["key"] == "hydrogen"} == {"20000000.00"}
    assert "计入本项目后的限额" in signed_in("manager").get(home).text


def test_an_excess_stands_on_the_managers_today_from_the_act_on_until_the_limit_is_kept(
    signed_in: Enter, world_client: TestClient, world: World, world_database: Database
) -> None:
    """The approval of a mark tells it in its own transaction; the timer finds nothing new after it."""
    headers = world.headers["manager"]
    assert "Limit exceeded" not in signed_in("manager", "en").get("/today").text
    approval = f"/api/v1/marks/{world.ids['mark']}/approval"
    key = {"Idempotency-Key": "approve-and-look"}
    answer = world_client.post(approval, json={"minute": "VC-7"}, headers=headers | key)
    assert answer.status_code < 300, answer.text
    with world_database.transaction(SYSTEM) as tx:
        fund_id = only_fund(tx).id
        assert watch(tx, SYSTEM, fund_id=fund_id, on=day_in_beijing(NOW), now=NOW) == []
        found = alerts(tx, fund_id=fund_id, actor=SYSTEM)
    assert found
    shown = signed_in("manager", "en").get("/today").text
    assert shown.count("Limit exceeded") == len(found)
    assert "against a limit of" in shown
    assert "超出限额" in signed_in("manager").get("/today").text
    for who in ("analyst", "lp_user", "committee"):
        assert "Limit exceeded" not in signed_in(who, "en").get("/today").text


def test_a_manager_takes_down_a_clause_and_lets_it_end(signed_in: Enter, ids: dict[str, int]) -> None:
    client = signed_in("manager", "en")
    said = {
        "csrf": csrf_of(client.get("/fund/exposure").text),
        "partner": "LP01",
        "measure": "largest",
        "dimension": "company",
        "bound": "at_most",
        "share": "15%",
        "basis": "cost",
        "effective_on": "2024-01-15",
        "wording": "no company above fifteen in a hundred",
    }
    wrong = client.post("/fund/exposure/clause", data={**said, "bound": "at_least"})
    assert wrong.status_code == 422
    assert "the largest is held to at most a share" in wrong.text
    assert client.post("/fund/exposure/clause", data=said).status_code == 303
    shown = client.get("/fund/exposure").text
    assert "no company above fifteen in a hundred" in shown
    assert "not kept" in shown
    end = {"csrf": said["csrf"], "clause": "LP01/1", "ended_on": "2024-06-30", "reason": "amended"}
    assert client.post("/fund/exposure/clause/end", data={**end, "clause": "LP01/x"}).status_code == 422
    assert client.post("/fund/exposure/clause/end", data=end).status_code == 303
    assert "no company above fifteen" not in client.get("/fund/exposure").text
    label = {**said, "measure": "label", "dimension": "sector", "label": "hydrogn|manufacturing"}
    unheld = client.post("/fund/exposure/clause", data=label)
    assert unheld.status_code == 422
    assert "no holding has the label “hydrogn”; in use: hydrogen" in unheld.text
    assert client.post("/fund/exposure/clause", data={**label, "planned": "yes"}).status_code == 303
    assert "hydrogn, manufacturing" in client.get("/fund/exposure").text


def test_a_mandate_is_shown_to_its_own_partner_and_to_no_other(
    signed_in: Enter, world_database: Database, ids: dict[str, int]
) -> None:
    terms = ClauseTerms(Measure.CHAIN, Bound.AT_LEAST, Fraction(1, 2), wording="our own chain")
    with world_database.transaction(SYSTEM) as tx:
        add_clause(
            tx,
            SYSTEM,
            partner_id=ids["LP01"],
            terms=terms,
            effective_on=date(2024, 1, 15),
            planned=True,
            now=NOW,
        )
    own = signed_in("lp_user", "en").get(f"/fund/exposure?partner={ids['LP01']}").text
    assert "our own chain" in own
    assert "Take down a clause" not in own
    other = signed_in("rival", "en").get(f"/fund/exposure?partner={ids['LP02']}")
    assert other.status_code == 200
    assert "our own chain" not in other.text
    assert "投资约定" in signed_in("lp_user").get(f"/fund/exposure?partner={ids['LP01']}").text


def test_the_portfolio_by_readiness_stands_on_the_page_and_in_the_api(
    signed_in: Enter, world_client: TestClient, world: World
) -> None:
    shown = signed_in("manager", "en").get("/fund/exposure").text
    assert "By technology readiness" in shown
    assert "not assessed" in shown
    past = signed_in("manager", "en").get("/fund/exposure?dimension=readiness")
    assert past.status_code == 200
    assert ">not assessed</th>" in past.text
    found = world_client.get("/api/v1/exposure/readiness", headers=world.headers["auditor"]).json()
    asked = "/api/v1/exposure/history?quarter=2025Q4&dimension=readiness"
    history = world_client.get(asked, headers=world.headers["auditor"]).json()
    assert {one["spread"]["dimension"] for one in history} == {"readiness"}
    assert history[0]["quarter"] == "2024Q1"
    whole = world_client.get("/api/v1/exposure", headers=world.headers["auditor"]).json()
    assert sum(Decimal(one["value"]["amount"]) for one in found["slices"]) == Decimal(
        whole["value"]["amount"]
    )
    assert "By technology readiness" not in signed_in("lp_user", "en").get("/fund/exposure").text
