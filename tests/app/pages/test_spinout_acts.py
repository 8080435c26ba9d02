"""Companies, rights, exits and the data room through pages."""

import re

import httpx

from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import csrf, send
from tests.app.world import World


def test_a_company_is_registered_for_a_deal_that_then_names_it(signed_in: Enter, world: World) -> None:
    client, deal = signed_in("analyst"), world.ids["fresh"]
    assert 'name="deal" value="' in client.get(f"/channel/spinouts/new?deal={deal}").text
    form = {
        "deal": str(deal),
        "code": "C26-901",
        "name": "新登记的公司",
        "form": "limited_company",
        "new_people": "yes",
        "founder1": "甲创始人",
        "share1": "60",
        "inventor1": "yes",
        "founder2": "乙创始人",
        "share2": "40",
    }
    short = send(client, "/channel/spinouts", **(form | {"share2": "30"}))
    assert short.status_code == 422
    assert "90.00" in short.text
    assert send(client, "/channel/spinouts", **form).status_code == 303
    home = "/channel/spinouts/C26-901"
    assert f'href="{home}"' in client.get(f"/deals/{deal}").text
    page = client.get(home).text
    assert "甲创始人" in page
    assert "60.00%" in page
    units = {"holder": "甲创始人", "share_class": "普通股", "units": "600", "effective_on": "2026-09-01"}
    assert send(client, f"{home}/units", **units).status_code == 303
    assert send(client, f"{home}/units", **(units | {"units": "-601"})).status_code == 409
    edited = {"form": "joint_stock", "city": "包头", "version": "1"}
    assert send(client, f"{home}/edit", **edited).status_code == 303
    assert send(client, f"{home}/edit", **edited).status_code == 409
    assert "包头" in client.get(home).text


def test_what_a_deal_lacks_leads_to_where_it_is_mended(signed_in: Enter, world: World) -> None:
    client = signed_in("manager")
    page = client.get(f"/deals/{world.ids['screened']}").text
    assert "进入立项前尚缺" in page
    assert f'href="/deals/{world.ids["fresh"]}/edit"' in client.get(f"/deals/{world.ids['fresh']}").text


def test_a_right_is_brought_to_its_booking_by_page(signed_in: Enter, world: World) -> None:
    client, rights = signed_in("technology_manager"), world.ids["rights"]
    home = f"/channel/spinouts/{world.ids['spinout']}"
    at = f"{home}/rights/{rights}"
    handled = {
        "objection_id": str(world.ids["objection"]),
        "handling": "已核查",
        "handled_on": "2026-09-29",
    }
    assert send(client, f"{at}/handling", **handled).status_code == 303
    assert send(client, f"{at}/handling", **handled).status_code == 409
    blocked = send(client, f"{at}/booking", booked_on="2026-09-30")
    assert blocked.status_code == 409
    notice = {"price": "3,000,000.00", "starts_on": "2026-09-01", "ends_on": "2026-09-10"}
    assert send(client, f"{at}/notice", **notice).status_code == 422
    assert send(client, f"{at}/notice", **(notice | {"ends_on": "2026-09-16"})).status_code == 303
    assert send(client, f"{at}/appraisal", appraisal="waived", says="同一控制下").status_code == 303
    screened = {"screened_by": "保密办公室", "screened_on": "2026-08-01", "is_clear": "yes"}
    assert send(client, f"{at}/screen", **screened).status_code == 303
    assert send(client, f"{at}/booking", booked_on="2026-09-30").status_code == 303
    assert "已入股" in client.get(home).text
    assert send(client, f"{home}/rights/999999/booking", booked_on="2026-09-30").status_code == 404


def test_an_exit_is_shown_and_is_not_recorded_twice(signed_in: Enter, world: World) -> None:
    client = signed_in("manager")
    assert "清算核销" in client.get(f"/deals/{world.ids['exited']}/exit").text
    page = client.get(f"/deals/{world.ids['closed']}/exit").text
    assert "登记退出前须完成" in page
    form = {"motion_id": str(world.ids["exit_motion"]), "kind": "liquidation", "exited_on": "2026-09-29"}
    refused = send(client, f"/deals/{world.ids['closed']}/exit", **form)
    assert refused.status_code == 409
    assert "基金仍持有该公司权益" in refused.text


def test_the_data_room_lets_in_and_ends_it_and_takes_documents(signed_in: Enter, world: World) -> None:
    client, home = signed_in("manager"), f"/deals/{world.ids['examined']}"
    grants = f"{home}/folders/{world.ids['folder']}/grants"
    form = {"user_id": str(world.ids["user_committee"]), "effect": "allow"}
    assert send(client, grants, **form).status_code == 303
    assert 'name="end"' in client.get(f"{home}/room").text
    assert send(client, grants, **form, end="yes").status_code == 303
    assert 'name="end"' not in client.get(f"{home}/room").text
    offered = offer(signed_in("lp_expert"), world)
    client = signed_in("manager")
    assert "接收该文件" in client.get(f"{home}/room").text
    assert send(client, f"{home}/documents/{offered}").status_code == 422
    assert send(client, f"{home}/documents/{offered}", accept="yes").status_code == 303
    assert send(client, f"{home}/documents/{offered}", note="重复").status_code == 409


def offer(client: httpx.Client, world: World) -> str:
    """The expert's enterprise puts a document into its own workstream; its id."""
    stream = f"/diligence/{world.ids['enterprise_workstream']}"
    folder = re.search(r'<option value="(\d+)">', client.get(stream).text)
    assert folder is not None
    sent = client.post(
        f"{stream}/document",
        data={"csrf": csrf(client), "folder_id": folder.group(1), "title": "试验记录"},
        files={"file": ("a.txt", b"trial", "text/plain")},
    )
    assert sent.status_code == 303
    found = re.search(r'href="/documents/(\d+)">试验记录', client.get(stream).text)
    assert found is not None
    return found.group(1)


def test_a_stale_board_is_told_so(signed_in: Enter, world: World) -> None:
    client, home = signed_in("manager"), f"/deals/{world.ids['fresh']}"
    assert send(client, f"{home}/interest", party_id=str(world.ids["party"])).status_code == 303
    answer = client.post(
        f"{home}/move",
        data={"csrf": csrf(client), "to": "screening", "version": "1"},
        headers={"accept": "application/json"},
    )
    assert answer.status_code == 409
    assert answer.json()["code"] == "stale_version"
    stream = f"/diligence/{world.ids['workstream']}"
    version = client.get(stream).text.split('name="version" value="')[1].split('"')[0]
    for expected in (303, 409):
        assert send(client, f"{stream}/check", number="1", version=version).status_code == expected


def test_a_seat_is_let_back_in_by_two_people(signed_in: Enter, world: World) -> None:
    home = f"/committee/{world.ids['recused_motion']}"
    client, asked = signed_in("manager"), f"{home}/recusals/{world.ids['asked_recusal']}"
    own = f"{home}/recusals/{world.ids['recusal']}"
    assert send(client, own, reason="误选了公司").status_code == 303
    assert send(client, own, confirm="yes").status_code == 403
    assert send(client, asked, confirm="yes").status_code == 303
    assert "已撤回" in client.get(home).text
    assert send(signed_in("committee"), own, confirm="yes").status_code == 303
    assert send(signed_in("manager"), f"{home}/conflicts").status_code == 303


def test_the_chair_closes_and_minutes_and_the_accountant_does_not_pay(signed_in: Enter, world: World) -> None:
    chair = signed_in("committee")
    assert (
        'action="/committee/{motion}/close"'.format_map(world.ids)
        in chair.get(f"/committee/{world.ids['motion']}").text
    )
    decided = f"/committee/{world.ids['decided_motion']}"
    assert f'action="{decided}/minutes"' in chair.get(decided).text
    assert send(chair, f"{decided}/minutes").status_code == 303
    closing = f"/deals/{world.ids['approved']}/closing"
    pay = f'action="/deals/{world.ids["approved"]}/close"'
    assert pay not in signed_in("accountant").get(closing).text
    assert pay in signed_in("manager").get(closing).text


def test_evidence_for_a_condition_carries_documents(signed_in: Enter, world: World) -> None:
    client, home = signed_in("analyst"), f"/deals/{world.ids['approved']}"
    sent = client.post(
        f"{home}/conditions/{world.ids['condition']}",
        data={"csrf": csrf(client), "says": "专利转让登记完成"},
        files={"paper1": ("证明.txt", b"EVIDENCE", "text/plain")},
    )
    assert sent.status_code == 303
    link = re.search(rf'href="({home}/conditions/\d+/[0-9a-f]{{64}})"', client.get(f"{home}/closing").text)
    assert link is not None
    assert client.get(link.group(1)).content == b"EVIDENCE"
    assert client.get(link.group(1)[:-4] + "0000").status_code == 404


def test_a_member_confirms_a_condition_and_is_not_shown_the_funds_cash(
    signed_in: Enter, world: World
) -> None:
    home = f"/deals/{world.ids['approved']}"
    page = signed_in("committee").get(f"{home}/closing").text
    assert f'action="{home}/conditions/{world.ids["satisfied"]}"' in page
    assert 'class="confirm"' not in page
    assert f'action="{home}/close"' not in page
    answer = send(signed_in("committee"), f"{home}/conditions/{world.ids['satisfied']}", verb="confirm")
    assert answer.status_code == 303
    assert signed_in("lp_user").get(f"{home}/closing").status_code in {403, 404}
