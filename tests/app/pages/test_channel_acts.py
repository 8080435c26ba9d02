"""Achievements written down and assessed by page; the tranches of an approved deal planned once."""

from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send
from tests.app.world import World

NEW = {"code": "A-NEW", "title_zh": "耐热合金", "discipline": "材料", "sector": "氢冶金", "state": "sleeping"}


def test_an_achievement_is_written_down_assessed_and_moved(signed_in: Enter) -> None:
    client, home = signed_in("technology_manager"), "/channel/achievements/A-NEW"
    assert client.get("/channel/achievements/new").status_code == 200
    refused = send(client, "/channel/achievements", **(NEW | {"title_zh": "", "cost": "much"}))
    assert refused.status_code == 422
    assert refused.text.count('aria-invalid="true"') == 2
    made = send(client, "/channel/achievements", **NEW, team="张某\n李某", cost="500万", key="one")
    assert made.headers["location"].startswith(home)
    found = {"element": "合金", "scale": "trl", "level": "6", "evidence": "报告 1", "assessor": "中心"}
    assert (
        send(client, f"{home}/assess", **found, critical="yes", assessed_on="2026-09-01").status_code == 303
    )
    page = client.get(home).text
    assert "TRL 6" in page
    assert "李某" in page
    assert send(client, f"{home}/assess", **found, assessed_on="2099-01-01").status_code == 422
    assert send(client, f"{home}/state", state="active").status_code == 303
    assert send(client, f"{home}/state", state="nonsense").status_code == 422


def test_achievements_are_written_by_those_who_run_the_channel(signed_in: Enter) -> None:
    for name in ("lp_user", "auditor", "lp_expert"):
        client = signed_in(name)
        assert client.get("/channel/achievements/new").status_code == 403
        assert send(client, "/channel/achievements", **NEW).status_code == 403
        assert "/channel/achievements/new" not in client.get("/channel/achievements").text


def test_tranches_are_planned_once_within_the_approval(signed_in: Enter, world: World) -> None:
    client, home = signed_in("manager"), f"/deals/{world.ids['approved']}/tranches"
    assert 'name="amount1"' in client.get(home).text
    assert send(client, home, amount1="", says1="").status_code == 422
    assert send(client, home, amount1="999999999999", says1="all").status_code in {409, 422}
    plan = {"amount1": "10000", "says1": "首期 / FIRST-PART", "due_on1": "2026-12-01", "amount2": "5,000"}
    assert send(client, home, **plan).status_code == 422
    assert send(client, home, **plan, says2="验收后").status_code == 303
    page = client.get(home).text
    assert "15,000.00" in page
    assert "首期" in page
    assert "FIRST-PART" not in page
    assert 'name="amount1"' not in page
    assert send(client, home, **plan, says2="again").status_code == 409


def test_a_plan_is_not_for_everybody(signed_in: Enter, world: World) -> None:
    home = f"/deals/{world.ids['approved']}/tranches"
    assert signed_in("lp_user").get(home).status_code in {403, 404}
    assert 'name="amount1"' not in signed_in("auditor").get(home).text
    assert send(signed_in("accountant"), home, amount1="1", says1="x").status_code == 403
