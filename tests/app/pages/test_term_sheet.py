"""The term sheet by page and as a file: in the reader's language, for those who run or audit the fund."""

from tests.app.pages.conftest import Enter


def test_the_page_and_its_file(signed_in: Enter) -> None:
    client = signed_in("auditor", "en")
    page = client.get("/fund/terms/sheet").text
    assert "Hurdle a year" in page
    assert "340,091.32" in page
    assert "门槛收益率" not in page
    assert "Term sheet" in client.get("/fund/terms").text
    file = client.get("/fund/terms/sheet.pdf?version=1")
    assert file.headers["content-type"] == "application/pdf"
    assert file.content.startswith(b"%PDF")
    assert client.get("/fund/terms/sheet?version=99").status_code == 404
    assert client.get("/fund/terms/sheet?version=x").status_code == 422
    chinese = signed_in("manager").get("/fund/terms/sheet").text
    assert "门槛收益率" in chinese
    assert "<th>约定值</th>" in chinese
    assert "净值" not in chinese.split("<thead>")[1].split("</thead>")[0]
    assert signed_in("lp_user").get("/fund/terms/sheet").status_code == 403
