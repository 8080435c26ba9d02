"""Vetoes and claims of reinvestment by page and API: who is asked answers, a document is read by whom it concerns."""

import pytest
from fastapi.testclient import TestClient

from fund.charter.queries import only_fund
from fund.holdings.queries import holdings
from fund.mandates.actions import add_clause
from fund.mandates.vetoes import ask
from fund.partners.queries import partner_by_code
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from tests.app.pages.conftest import Enter
from tests.app.pages.test_exposure import csrf_of
from tests.app.world import World
from tests.app.world_pipeline import NOW
from tests.fund.mandates.test_vetoes import VETO, proposal


@pytest.fixture
def asked(world_database: Database) -> int:
    """A question to LP01."""
    with world_database.transaction(SYSTEM) as tx:
        fund_id = only_fund(tx).id
        mine = partner_by_code(tx, fund_id=fund_id, code="LP01").id
        add_clause(tx, SYSTEM, partner_id=mine, terms=VETO, effective_on=NOW.date(), planned=True, now=NOW)
        found = ask(
            tx,
            SYSTEM,
            fund_id=fund_id,
            subject="D26-901",
            proposal=proposal(),
            company=("氢能公司", "Hydrogen Co"),
            told="hydrogen",
            now=NOW,
        )
    return found[0].id


def test_the_partner_is_asked_in_its_portal_and_answers_for_itself(
    signed_in: Enter, asked: int, world_client: TestClient, world: World
) -> None:
    client = signed_in("lp_user", "en")
    assert "Your veto is asked about" in client.get("/portal").text
    shown = client.get("/vetoes").text
    assert "Hydrogen Co" in shown
    assert "Huge" not in shown
    said = {"csrf": csrf_of(shown), "state": "exercised", "answered_on": NOW.date().isoformat(), "reason": ""}
    refused = client.post(f"/vetoes/{asked}", data=said)
    assert (refused.status_code, "Say why the veto is exercised" in refused.text) == (422, True)
    assert client.post(f"/vetoes/{asked}", data={**said, "reason": "a rival"}).status_code == 303
    assert "a rival" in client.get("/vetoes").text
    assert "Your veto is asked about" not in client.get("/portal").text
    found = world_client.get("/api/v1/vetoes", headers=world.headers["auditor"]).json()
    own = next(one for one in found if one["id"] == asked)
    assert (own["state"], own["partner"], own["answers"][0]["by_partner"]) == ("exercised", "LP01", True)
    assert "巨型公司" in signed_in("manager").get("/vetoes").text
    assert signed_in("committee").get("/vetoes").status_code == 403


def test_a_manager_takes_an_answer_and_a_claim_down_with_their_documents(
    signed_in: Enter, asked: int, world_database: Database
) -> None:
    client = signed_in("manager", "en")
    page = client.get("/fund/exposure").text
    csrf = csrf_of(page)
    assert "Vetoes over classes of deals" in page
    day = NOW.date().isoformat()
    paper = {"document": ("letter.pdf", b"%PDF a letter of LP01", "application/pdf")}
    said = {"csrf": csrf, "state": "not_exercised", "answered_on": day, "person": "He"}
    assert client.post(f"/vetoes/{asked}", data=said).status_code == 422
    assert client.post(f"/vetoes/{asked}", data=said, files=paper).status_code == 303
    shown = client.get("/vetoes").text
    link = shown.split(f'href="/vetoes/{asked}/documents/')[1].split('"', maxsplit=1)[0]
    assert client.get(f"/vetoes/{asked}/documents/{link}").content == b"%PDF a letter of LP01"
    assert client.get(f"/vetoes/{asked}/documents/{'0' * 64}").status_code == 404
    with world_database.transaction(SYSTEM) as tx:
        [held, *_] = holdings(tx, fund_id=only_fund(tx).id, as_of=NOW.date())
    claim = {
        "csrf": csrf,
        "partner": "LP01",
        "company": held.code,
        "kind": "plant",
        "place": "唐山 / Tangshan",
        "amount": "1000",
        "whole": "1500",
        "claimed_on": day,
    }
    assert client.post("/fund/exposure/claim", data=claim).status_code == 422
    assert client.post("/fund/exposure/claim", data=claim, files=paper).status_code == 303
    refused = client.post("/fund/exposure/claim", data=claim | {"partner": "LP02"}, files=paper)
    assert (refused.status_code, "500.00 are left" in refused.text) == (409, True)
    shown = client.get("/fund/exposure").text
    assert "Tangshan" in shown
    link = next(part for part in shown.split('href="')[1:] if part.startswith("/fund/exposure/claim/"))
    assert client.get(link.split('"', maxsplit=1)[0]).status_code == 200
    mine = link.split("/")[4]
    gone = {"csrf": csrf, "withdrawn_on": day, "reason": "counted wrongly"}
    assert client.post(f"/fund/exposure/claim/{mine}/withdraw", data=gone).status_code == 303
