"""Remedies by page: proposed on a default past its cure, resolved on with minutes, carried out by another, undone."""

import re

import httpx

from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import csrf, send
from tests.app.world import World

HOME = "/fund/defaults"
DAY = "2026-09-30"
PDF = {"minutes": ("纪要.pdf", b"%PDF-1.7", "application/pdf")}


def resolved(client: httpx.Client, number: str, **form: str) -> httpx.Response:
    said = {"csrf": csrf(client), "resolved_on": DAY, **form}
    return client.post(f"{HOME}/remedies/{number}/resolution", data=said, files=PDF)


def test_a_remedy_from_its_proposal_to_its_undoing(signed_in: Enter, world: World) -> None:
    manager, default_id = signed_in("manager", "en"), world.ids["default"]
    proposal = {"remedy": "reduction", "reason": "no answer to two letters"}
    assert send(manager, f"{HOME}/{default_id}/remedy", **proposal | {"share": "50"}).status_code == 422
    assert send(manager, f"{HOME}/{default_id}/remedy", **proposal).status_code == 303
    page = manager.get(HOME).text
    number = re.findall(r'id="remedy-(\d+)"', page)[0]
    assert "no answer to two letters" in page
    vote = {"member-1": "周咨询", "say-1": "for", "partner-1": str(world.ids["lp02"])}
    accountant = signed_in("accountant")
    assert resolved(accountant, number, **vote).status_code == 422
    assert resolved(accountant, number, **vote | {"partner-1": ""}).status_code == 303
    assert signed_in("committee").get(f"{HOME}/remedies/{number}/minutes").status_code == 403
    manager = signed_in("manager", "en")
    assert "周咨询 For" in manager.get(HOME).text
    minutes = manager.get(f"{HOME}/remedies/{number}/minutes")
    assert (minutes.content, minutes.headers["content-disposition"]) == (b"%PDF-1.7", "attachment")
    assert send(manager, f"{HOME}/remedies/{number}/execute", effective_on=DAY).status_code == 403
    # The world's own proposal is another manager's, so this one may carry it out.
    own = f"{HOME}/remedies/{world.ids['remedy']}"
    assert send(manager, f"{own}/execute", effective_on=DAY).status_code == 200
    assert send(manager, f"{own}/execute", effective_on=DAY, confirmed="yes").status_code == 303
    assert "Executed" in manager.get(HOME).text
    gone = {"reason": "settled", "on": DAY, "confirmed": "yes"}
    assert send(manager, f"{own}/undo", **gone).status_code == 303
    assert "taken back 2026-09-30" in manager.get(HOME).text


def test_remedies_are_terms_of_the_fund_and_stand_on_the_term_sheet(signed_in: Enter) -> None:
    manager = signed_in("manager", "en")
    form = {"effective_on": "2026-10-01", "cure_days": "15", "rate": "12", "remedy-forfeiture": "yes"}
    assert send(manager, f"{HOME}/terms", **form).status_code == 422
    assert send(manager, f"{HOME}/terms", **form | {"forfeit": "50"}).status_code == 303
    assert "Forfeiture ≤ 50" in manager.get(HOME).text
    sheet = manager.get("/fund/terms/sheet").text
    assert "Interest on default a year" in sheet
    assert "at most 50.00%" in sheet
