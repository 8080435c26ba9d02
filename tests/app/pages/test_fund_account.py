"""The account that partners pay to, by page: one prepares, another approves, and the notice names it."""

import re

import httpx

from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send
from tests.app.world import World


def seen(client: httpx.Client) -> str:
    """The change that waits, as the page hands it to the form that decides."""
    found = re.search(r'name="change" value="([0-9]+)"', client.get("/fund/bank").text)
    assert found
    return found[1]


def test_two_people_put_it_in_force_and_a_partner_reads_it(signed_in: Enter, world: World) -> None:
    waiting = signed_in("accountant", "en").get("/fund/bank").text
    assert "A change waits for somebody else" in waiting
    assert send(signed_in("accountant", "en"), "/fund/bank/account/approve").status_code == 422
    first = seen(signed_in("accountant", "en"))
    approved = send(signed_in("accountant", "en"), "/fund/bank/account/approve", change=first)
    assert approved.status_code == 303, approved.text
    page = signed_in("manager", "zh").get("/fund/bank").text
    assert "合伙人缴款账户" in page
    assert "0200000000000000001" in page
    own = signed_in("lp_user", "en").get("/api/v1/fund-account").json()
    assert own["account_no"] == "0200000000000000001"
    assert signed_in("lp_user", "en").get("/api/v1/fund-account/change").status_code == 403
    typed = {
        "bank_name": "Other",
        "account_name": "Fund",
        "account_no": "0200000000000000002",
        "since_on": "2027-03-01",
        "reason": "moved",
    }
    made = send(signed_in("manager", "en"), "/fund/bank/account", **typed)
    assert made.status_code == 303, made.text
    second = seen(signed_in("manager", "en"))
    refused = send(signed_in("manager", "en"), "/fund/bank/account/approve", change=second)
    assert refused.status_code in {403, 409}
    other = send(signed_in("accountant", "en"), "/fund/bank/account/approve", change=first)
    assert other.status_code == 409
    assert "Another change of the account waits by now" in other.text
    turned = send(signed_in("manager", "en"), "/fund/bank/account/refuse", change=second)
    assert turned.status_code == 303
    assert "Other" not in signed_in("manager", "en").get("/fund/bank").text
