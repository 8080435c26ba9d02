"""Journals on their page: brought in, listed, taken back."""

from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send

DAY = "2026-09-30"


def test_a_journal_is_listed_and_taken_back(signed_in: Enter) -> None:
    client, path = signed_in("accountant"), "/fund/books/journals"
    page = client.get(path).text
    assert "J-001" in page
    assert "4300" in page
    assert "AJE-1" in client.get("/fund/books/journal?journal=J-001").text
    assert "ADJ-1" not in client.get("/fund/books/journal?journal=J-001").text
    assert send(client, f"{path}/J-001/undo", on=DAY).status_code == 422
    assert send(client, f"{path}/J-001/undo", on=DAY, reason="twice").status_code == 303
    assert "AJE-1/reversal" in client.get("/fund/books/entries/AJE-1").text
    assert send(client, f"{path}/J-001/undo", on=DAY, reason="twice").status_code == 409
    assert "act-undo-J-001" not in client.get(path).text


def test_others_only_read_a_journal(signed_in: Enter) -> None:
    assert "act-undo-J-001" not in signed_in("auditor").get("/fund/books/journals").text
    assert signed_in("lp_user").get("/fund/books/journals").status_code == 403


def test_what_has_changed_since_is_a_page_for_staff_and_for_a_partner(signed_in: Enter) -> None:
    path = "/fund/books/compared?as_of=2026-09-29&first=2026-01-01T00:00"
    staff = signed_in("accountant").get(path)
    assert staff.status_code == 200
    assert "ADJ-1" in staff.text
    own = signed_in("lp_user").get(path)
    assert own.status_code == 200
    assert "ADJ-1" not in own.text
    assert "尚无可比较的时点" in signed_in("auditor").get("/fund/books/compared?as_of=2026-09-29").text
