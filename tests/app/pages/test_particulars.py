"""Parties and relations, a partner's particulars, the reopening of a period, seats, policies and scorecards by page."""

import re

import httpx

from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send
from tests.app.world import World


def test_a_party_is_put_on_record_related_and_changed(signed_in: Enter, world: World) -> None:
    client = signed_in("technology_manager")
    made = send(client, "/parties", kind="organisation", name_zh="关系测试公司", key="k1")
    assert made.status_code == 303
    home = made.headers["location"].split("?")[0]
    assert "关系测试公司" in client.get("/parties?text=gxcs").text
    other = str(world.ids["company_party"])
    form = {"kind": "customer", "to_party_id": other, "since_on": "2026-01-01"}
    assert send(client, f"{home}/relate", **form).status_code == 303
    assert send(client, f"{home}/relate", **form).status_code == 409
    found = re.search(r'name="relation_id">\s*<option value="(\d+)"', client.get(home).text)
    assert found is not None
    end = {"relation_id": found.group(1), "until_on": "2026-06-30", "reason": "合同到期"}
    assert send(client, f"{home}/end", **(end | {"reason": ""})).status_code == 422
    assert send(client, f"{home}/end", **end).status_code == 303
    page = client.get(home).text
    assert "合同到期" in page
    assert 'name="relation_id"' not in page
    edit = {"name_zh": "改名后的公司", "version": "1"}
    assert send(client, f"{home}/edit", **edit).status_code == 303
    assert send(client, f"{home}/edit", **edit).status_code == 409
    assert "改名后的公司" in client.get(home).text
    reader = signed_in("auditor")
    assert f"{home}/edit" not in reader.get(home).text
    assert send(reader, f"{home}/edit", **edit).status_code == 403
    assert signed_in("lp_user").get("/parties").status_code == 403


def test_bank_details_change_by_two_people(signed_in: Enter) -> None:
    client, home = signed_in("accountant"), "/fund/partners/LP01/particulars"
    form = {
        "bank_name": "新银行",
        "account_name": "甲公司",
        "account_no": "6222 0000 3333",
        "since_on": "2026-10-01",
        "reason": "回拨核实",
    }
    assert "尚未登记收款账户" in client.get(home).text
    assert send(client, f"{home}/bank", **(form | {"reason": ""})).status_code == 422
    assert send(client, f"{home}/bank", **form).status_code == 303
    page = client.get(home).text
    assert "变更待他人复核" in page
    assert f"{home}/bank/approve" not in page
    [change] = re.findall(r'name="change" value="(\d+)"', page)
    assert send(client, f"{home}/bank/approve", change=change).status_code == 403
    manager = signed_in("manager")
    assert send(manager, f"{home}/bank/approve", change=str(int(change) + 1)).status_code == 409
    assert send(manager, f"{home}/bank/approve", change=change).status_code == 303
    assert "自此日起未变更" in manager.get(home).text
    assert "6222 0000 3333" in manager.get(home).text
    assert "6222 0000 3333" not in signed_in("auditor").get(home).text


def test_contacts_and_language(signed_in: Enter, world: World) -> None:
    client, home = signed_in("manager"), "/fund/partners/LP02/particulars"
    lost = send(client, f"{home}/contact", name="无联系方式", language="zh")
    assert lost.status_code == 422
    added = send(client, f"{home}/contact", name="新联系人", email="x@example.com", language="zh")
    assert added.status_code == 303
    end = {"contact_id": str(world.ids["contact"]), "ended_on": "2026-09-30"}
    assert send(client, f"{home}/contact/end", **end).status_code == 303
    assert send(client, f"{home}/contact/end", **end).status_code == 409
    assert send(client, f"{home}/language", language="en").status_code == 303
    assert "新联系人" in client.get(home).text


def test_a_locked_period_is_opened_again_with_a_reason(signed_in: Enter) -> None:
    client = signed_in("manager")
    assert "重新开启会计期间" in client.get("/fund/books").text
    assert send(client, "/fund/books/reopen", quarter="2024Q4", reason="").status_code == 422
    assert send(client, "/fund/books/reopen", quarter="soon", reason="x").status_code == 422
    assert send(client, "/fund/books/reopen", quarter="2030Q1", reason="x").status_code == 409
    assert send(client, "/fund/books/reopen", quarter="2024Q4", reason="补记托管费").status_code == 303
    assert "补记托管费" in client.get("/fund/books").text
    trail = client.get("/audit?action=ledger.reopened").text
    assert "补记托管费" in trail
    accountant = signed_in("accountant")
    assert "/fund/books/reopen" not in accountant.get("/fund/books").text
    assert send(accountant, "/fund/books/reopen", quarter="2024Q3", reason="x").status_code == 403


def test_seats_and_policies_by_page(signed_in: Enter, world: World) -> None:
    client, home = signed_in("manager"), "/committee/seats"
    page = client.get(home).text
    found = re.search(r'<option value="(\d+)">S1 ', page.split('name="seat_id"')[1])
    assert found is not None
    assert send(client, f"{home}/end", seat_id=found.group(1), until_on="2020-01-01").status_code == 422
    assert send(client, f"{home}/end", seat_id=found.group(1), until_on="2026-09-30").status_code == 303
    person = re.search(r'name="user_id".*?<option value="(\d+)"', page, re.DOTALL)
    assert person is not None
    seat = {"code": "S9", "user_id": person.group(1), "capacity": "expert", "from_on": "2026-10-08"}
    given = send(client, home, **seat)
    assert given.status_code in {303, 409}, given.text
    policy = {
        "matter": "exit",
        "effective_on": "2026-10-01",
        "threshold": "3/4",
        "basis": "eligible",
        "quorum": "2/3",
        "quorum_floor": "3",
        "floor": "3",
        "minimum_cast": "0",
        "veto": "S1，S2",
        "window_hours": "72",
        "expiry_days": "90",
    }
    assert send(client, f"{home}/policy", **(policy | {"threshold": "4/3"})).status_code == 422
    assert send(client, f"{home}/policy", **(policy | {"window_hours": "0"})).status_code == 422
    assert send(client, f"{home}/policy", **policy).status_code == 303
    page = client.get(home).text
    assert "75.0%" in page
    assert "S1 S2" in page
    assert send(signed_in("analyst"), f"{home}/policy", **policy).status_code == 403
    assert f'action="{home}/policy"' not in signed_in("committee").get(home).text


def card(**changes: str) -> dict[str, str]:
    usual = {
        "name": "standard",
        "effective_on": "2026-10-01",
        "pass_mark": "65",
        "spread_limit": "30",
        "weight-fund": "2/3",
        "required-fund": "yes",
        "weight-university": "1/3",
        "key1": "team",
        "audience1": "fund",
        "zh1": "团队新版",
        "en1": "Team",
        "weight1": "100",
        "top1": "5",
        "minimum1": "2",
        "key2": "science",
        "audience2": "university",
        "zh2": "科学",
        "en2": "Science",
        "weight2": "100%",
        "top2": "5",
    }
    return usual | changes


def test_a_scorecard_is_adopted_by_page(signed_in: Enter) -> None:
    client = signed_in("manager")
    assert client.get("/screening/cards").status_code == 200
    faulty = send(client, "/screening/cards", **card(weight1="90"))
    assert faulty.status_code == 422
    assert send(client, "/screening/cards", **card(top1="many")).status_code == 422
    assert send(client, "/screening/cards", **card()).status_code == 303
    page: httpx.Response = client.get("/screening/cards")
    assert "团队新版" in page.text
    assert 'value="2/3"' in page.text
    assert send(signed_in("analyst"), "/screening/cards", **card()).status_code == 403
