"""Partners that do not pay, by page: the terms, a notice, interest shown before it is booked and taken back."""

from app.formats import money
from fund.charter.queries import only_fund
from fund.defaults.queries import uncured
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from kernel.instants import day_in_beijing
from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send
from tests.app.world import World
from tests.app.world_pipeline import NOW

HOME = "/fund/defaults"


def test_a_partner_reads_what_it_is_to_pay_and_not_what_is_called_of_all(
    signed_in: Enter, world: World
) -> None:
    place = f"/fund/calls/{world.ids['call_id']}"
    assert "<dt>缴款总额</dt>" in "".join(signed_in("manager").get(place).text.split())
    own = "".join(signed_in("lp_user").get(place).text.split())
    assert "<dt>应缴</dt>" in own
    assert "缴款总额" not in own


def test_no_form_has_a_field_that_is_its_key_as_well(signed_in: Enter) -> None:
    client = signed_in("manager")
    for page in ("/fund/letters", "/fund/exposure"):
        for form in client.get(page).text.split("<form")[1:]:
            assert form.split("</form>")[0].count('name="key"') <= 1, page


def test_the_page_tells_what_cures_and_interest_is_shown_before_it_is_booked(
    signed_in: Enter, world: World
) -> None:
    client, number = signed_in("accountant"), world.ids["default"]
    assert "违约逾期未补救" in client.get("/today").text
    page = client.get(HOME).text
    assert "今日补足所需" in page
    form = {"amount": "10.00", "received_on": "2026-09-29", "bank_reference": "I-9", "key": "one"}
    assert "2310" in send(client, f"{HOME}/{number}/interest", **form).text
    done = send(client, f"{HOME}/{number}/interest", confirmed="1", **form)
    assert done.headers["location"] == f"{HOME}?done=default.interest"
    assert "待转付" in client.get("/today").text
    paid = send(client, f"{HOME}/pay-on", paid_on="2026-09-29", confirmed="1", key="two")
    assert paid.headers["location"] == f"{HOME}?done=default.paid_on"
    why = {"reason": "退回", "on": "2026-09-29", "confirmed": "1"}
    stuck = send(client, f"{HOME}/{number}/undo-interest/2", key="three", **why)
    assert stuck.status_code == 409
    assert send(client, f"{HOME}/undo-payment/2", key="four", **why).status_code == 303
    assert send(client, f"{HOME}/{number}/undo-interest/2", key="five", **why).status_code == 303
    assert send(client, f"{HOME}/{number}/withdraw", reason="误发", key="six").status_code == 409


def test_a_partner_reads_the_notice_given_to_it_and_nobody_elses(
    signed_in: Enter, world: World, world_database: Database
) -> None:
    with world_database.transaction(SYSTEM) as tx:
        [one] = uncured(tx, fund_id=only_fund(tx).id, on=day_in_beijing(NOW))
    cures = money(one.to_cure)
    places = ("/portal", f"/fund/calls/{one.call_id}")
    client = signed_in("rival")
    assert all("违约通知" in client.get(place).text and cures in client.get(place).text for place in places)
    assert f"今日补足需 {cures}" in client.get("/today").text
    client = signed_in("lp_user")
    assert all("违约通知" not in client.get(place).text for place in (*places, "/today"))


def test_terms_are_the_managers_and_a_notice_is_of_something_overdue(signed_in: Enter, world: World) -> None:
    client = signed_in("manager")
    form = {"effective_on": "2026-10-01", "cure_days": "15", "rate": "6"}
    assert send(client, f"{HOME}/terms", **form).headers["location"] == f"{HOME}?done=default.terms"
    again = send(client, f"{HOME}/terms", **form)
    assert again.status_code == 409
    place = f"{HOME}/notice/{world.ids['call_id']}/{world.ids['lp02']}"
    early = send(client, place, noticed_on="2026-09-29")
    assert early.status_code == 409
    assert "方可" in early.text
    assert signed_in("lp_user").get(HOME).status_code == 403


def test_a_draft_of_a_call_says_what_cash_stands_and_what_was_called(signed_in: Enter) -> None:
    client = signed_in("manager")
    page = client.get("/fund/calls").text
    drafts = [part.split('"')[0] for part in page.split('href="/fund/calls/')[1:] if part[0].isdigit()]
    assert any("此前已通知、尚未到账" in client.get(f"/fund/calls/{number}").text for number in drafts)
