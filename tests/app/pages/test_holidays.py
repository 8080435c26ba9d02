"""Holidays on their page: what is known, and entering a notice."""

from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send

OFF = "2027-01-01 至 2027-01-03 元旦\n2027-05-01 2027-05-05 劳动节\n2027-10-01 2027-10-07 国庆节"


def test_a_notice_is_entered_on_its_page(signed_in: Enter) -> None:
    client = signed_in("manager")
    assert "尚未公布" in client.get("/holidays").text
    form = {"year": "2027", "document": "国办发明电〔2026〕9号", "worked": "2027-01-09"}
    assert send(client, "/holidays", **form, off="2027-02-30 春节").status_code == 422
    assert send(client, "/holidays", **form, off="2027-01-03 2027-01-01 元旦").status_code == 422
    assert send(client, "/holidays", **form, off=OFF).status_code == 303
    page = client.get("/holidays").text
    assert "国办发明电〔2026〕9号" in page
    assert "尚未公布" not in page


def test_who_may_not_enter_one_reads_it(signed_in: Enter) -> None:
    assert "act-enter" not in signed_in("auditor").get("/holidays").text
