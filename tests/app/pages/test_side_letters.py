"""Side letters by page: written with everything they hold, listed, elected by the manager alone, seen in a call."""

from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send

HOME = "/fund/letters"


def test_a_letter_is_written_shown_and_told_apart_from_the_version_before(signed_in: Enter) -> None:
    client = signed_in("manager", "en")
    form = {
        "version": "1",
        "effective_on": "2026-10-01",
        "note": "renegotiated",
        "fee_rate": "1.25",
        "basis_discount": "",
        "language": "en",
        "document": "Supplement 2",
        "dimension1": "sector",
        "key1": "coal",
        "heading_en1": "Disclosure",
        "text_en1": "The manager lists every holding each quarter.",
    }
    assert send(client, f"{HOME}/LP02", **form | {"fee_rate": "125"}).status_code == 422
    assert send(client, f"{HOME}/LP02", **form | {"note": ""}).status_code == 422
    assert send(client, f"{HOME}/LP02", **form).status_code == 303
    assert send(client, f"{HOME}/LP02", **form).status_code == 409
    page = client.get(f"{HOME}/LP02").text
    for told in ("1.25%", "coal", "Disclosure", "Supplement 2", "renegotiated"):
        assert told in page
    assert client.get(f"{HOME}/LP99").status_code == 404
    analyst = signed_in("analyst").get(f"{HOME}/LP02").text
    assert "1.25%" in analyst
    assert 'name="fee_rate"' not in analyst
    assert signed_in("committee").get(HOME).status_code == 403
    assert signed_in("lp_user").get(f"{HOME}/LP01").status_code == 403


def test_a_letter_that_does_not_hold_yet_is_withdrawn_and_shown_as_such(signed_in: Enter) -> None:
    client, home, why = signed_in("manager"), f"{HOME}/LP02", {"reason": "费率录入有误"}
    form = {"version": "1", "effective_on": "2026-10-01", "note": "重新谈判", "fee_rate": "1.25"}
    assert send(client, home, **form).status_code == 303
    assert f'action="{home}/2/withdraw"' in client.get(home).text
    assert send(client, f"{home}/2/withdraw", reason="").status_code == 422
    assert send(client, f"{home}/2/withdraw", **why).status_code == 303
    page = client.get(home).text
    assert "费率录入有误" in page
    assert "已撤回" in page
    assert f"{home}/2/withdraw" not in page
    assert send(client, f"{home}/2/withdraw", **why).status_code == 409
    assert send(client, home, **form).status_code == 303
    assert send(signed_in("analyst"), f"{home}/3/withdraw", **why).status_code == 403


def test_only_the_manager_sees_what_may_be_elected(signed_in: Enter) -> None:
    assert "最惠国" in signed_in("analyst").get(HOME).text
    assert f'action="{HOME}/elect"' not in signed_in("analyst").get(HOME).text
    client = signed_in("manager")
    page = client.get(HOME).text
    assert f'action="{HOME}/elect"' in page
    letter_id = page.split('name="letter_id" value="')[1].split('"')[0]
    form = {
        "row": "1",
        "partner": "LP01",
        "letter_id": letter_id,
        "promise": "basis_discount",
        "offer": "",
        "effective_on": "2026-09-30",
        "note": "行使最惠国待遇",
    }
    assert send(client, f"{HOME}/elect", **form | {"note": ""}).status_code == 422
    assert send(client, f"{HOME}/elect", **form).status_code == 303
    assert "10.00%" in client.get(f"{HOME}/LP01").text


def test_a_draft_proposes_what_the_letters_grant(signed_in: Enter) -> None:
    page = signed_in("accountant").get("/fund/calls/new").text
    assert "补充协议约定可豁免" in page
    assert "最惠国" not in page
    assert 'name="excuse_reason"' in page


def test_a_partner_reads_its_own_letter_in_the_portal_and_what_it_elected(signed_in: Enter) -> None:
    client = signed_in("manager")
    letter_id = client.get(HOME).text.split('name="letter_id" value="')[1].split('"')[0]
    form = {
        "row": "1",
        "partner": "LP01",
        "letter_id": letter_id,
        "promise": "basis_discount",
        "offer": "",
        "effective_on": "2026-09-30",
        "note": "只给管理人看的事由",
    }
    assert send(client, f"{HOME}/elect", **form).status_code == 303
    own = signed_in("lp_user")
    assert "/portal/letter" in own.get("/portal").text
    page = own.get("/portal/letter").text
    assert "10.00%" in page
    assert "最惠" in page
    assert "LP02" not in page
    assert "只给管理人看的事由" not in page
    assert own.get("/portal/letter?partner=LP02").status_code == 404
    assert signed_in("manager").get("/portal/letter").status_code == 403
