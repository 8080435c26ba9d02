"""The statements on their page, in both languages, each figure opening its entries."""

import re
from html import unescape

from tests.app.pages.conftest import Enter

PERIOD = "?since=2024-01-01&as_of=2026-09-29"


def test_every_figure_on_the_page_opens(signed_in: Enter) -> None:
    client = signed_in("auditor", "en")
    shown = client.get(f"/fund/books/statements{PERIOD}").text
    assert "Net increase in net assets from operations" in shown
    assert "broken" not in shown
    links = {unescape(one) for one in re.findall(r'href="(/fund/books/statements/entries[^"]*)"', shown)}
    assert len(links) > 10
    for link in sorted(links):
        answer = client.get(link)
        assert answer.status_code == 200, link
        assert "The entries that this figure is the sum of" in answer.text


def test_in_chinese_and_as_known_at_an_instant(signed_in: Enter) -> None:
    client = signed_in("manager")
    shown = client.get(f"/fund/books/statements{PERIOD}&known_at=2026-09-01T09:00").text
    for title in ("资产负债表", "经营损益表", "合伙人权益变动表", "现金流量表"):
        assert title in shown
    assert "known_at=2026-09-01T09%3A00%3A00%2B08%3A00" in unescape(shown)
    empty = client.get("/fund/books/statements?since=2001-01-01&as_of=2001-12-31").text
    assert "截至该日尚无分录" in empty


def test_not_for_a_partners_people_and_not_for_nonsense(signed_in: Enter) -> None:
    assert signed_in("lp_user").get("/fund/books/statements").status_code == 403
    client = signed_in("manager")
    assert client.get("/fund/books/statements?since=tomorrow").status_code == 422
    assert client.get("/fund/books/statements?since=2026-02-01&as_of=2026-01-01").status_code == 422
    assert client.get("/fund/books/statements/entries?line=goodwill").status_code == 404
    assert client.get("/fund/books/statements/entries").status_code == 404


def test_the_reports_page_lists_the_ilpa_assertions(signed_in: Enter) -> None:
    shown = signed_in("auditor", "en").get("/reports?quarter=2025Q4").text
    assert "The closing value (row 95) is one in quarter, year and life" in shown
    assert "broken" not in shown
    assert "ILPA 勾稽校验" in signed_in("manager").get("/reports?quarter=2025Q4").text
    assert "ILPA" not in signed_in("lp_user").get("/reports?quarter=2025Q4").text
