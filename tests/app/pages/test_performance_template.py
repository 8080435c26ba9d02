"""The ILPA Performance Template on its page: each total opens its entries, and the form is chosen once."""

import re

from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send

PAGE = "/fund/performance/template"


def test_each_total_opens_its_entries(signed_in: Enter) -> None:
    client = signed_in("auditor", "en")
    shown = client.get(f"{PAGE}?quarter=2026Q2&form=gross_up").text
    assert "Subscription facility: not used" in shown
    links = re.findall(rf'href="({PAGE}/entries[^"]*)"', shown)
    assert len(links) >= 4
    for link in links:
        assert client.get(link.replace("&amp;", "&")).status_code == 200
    assert "Choose for good" not in shown
    assert (
        "毛收益到净收益" in signed_in("analyst").get(f"{PAGE}?quarter=2026Q2&known_at=2026-06-01T09:00").text
    )


def test_the_manager_chooses_once(signed_in: Enter) -> None:
    client = signed_in("manager", "en")
    asked = {"form": "granular", "note": "Resolution 4"}
    assert send(client, PAGE, **asked).status_code == 303
    shown = client.get(f"{PAGE}?done=performance.form_chosen").text
    assert "Resolution 4" in shown
    assert "Choose for good" not in shown
    assert "for its whole life" in send(client, PAGE, **asked).text
    # The other form is not even looked at any more.
    assert "MOIC" in client.get(f"{PAGE}?form=gross_up").text


def test_not_for_a_partners_people(signed_in: Enter) -> None:
    assert signed_in("lp_user").get(PAGE).status_code == 403
    assert signed_in("manager").get(f"{PAGE}/entries?type=loan").status_code == 404
    assert signed_in("manager").get(f"{PAGE}?quarter=nonsense").status_code == 422
