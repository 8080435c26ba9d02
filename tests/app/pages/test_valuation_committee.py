"""A member of the valuation committee answers a file on its page, on a phone or anywhere."""

from fastapi.testclient import TestClient

from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send
from tests.app.test_valuation_committee import with_a_committee
from tests.app.world import World


def test_a_member_answers_by_page(signed_in: Enter, world_client: TestClient, world: World) -> None:
    sha = with_a_committee(world_client, world)["file_sha256"]
    page = f"/fund/portfolio/H01/marks/{world.ids['mark']}"
    # What cannot be approved yet is not asked of the manager.
    assert "Approve the mark" not in signed_in("manager", "en").get("/today").text
    member = signed_in("committee", "en")
    assert "Answer the valuation file" in member.get("/today").text
    shown = member.get(page).text
    assert "Object to the file" in shown
    assert "Committee.Person" in shown
    form = {"opinion": "object", "file_sha256": str(sha), "key": "once"}
    assert "Say why you object" in send(member, f"{page}/opinion", **form).text
    assert send(member, f"{page}/opinion", **form, reason="the pilot line is late").status_code == 303
    shown = member.get(page).text
    assert "the pilot line is late" in shown
    assert "Object to the file" not in shown
    assert "Answer the valuation file" not in member.get("/today").text
    assert "反对" in signed_in("manager").get(page).text
    assert send(signed_in("auditor"), f"{page}/opinion", **form).status_code == 403
