"""A list by page: handed in, looked at, brought in; nobody else's file can be brought in."""

import httpx

from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import csrf, send

GOOD = "类型,名称\n组织,甲公司\n自然人,乙先生\n".encode("gb18030")
BAD = "类型,名称\n妖怪,<b>甲</b>公司\n组织,丙\n".encode()


def hand(client: httpx.Client, content: bytes, name: str = "名单.csv") -> httpx.Response:
    return client.post("/import", data={"csrf": csrf(client)}, files={"file": (name, content)})


def test_a_good_list_is_looked_at_then_brought_in(signed_in: Enter) -> None:
    client = signed_in("manager")
    where = hand(client, GOOD).headers["location"]
    page = client.get(where)
    assert page.status_code == 200
    assert "导入全部 2 行" in page.text
    assert "乙先生" in page.text
    form = {"key": "one"}
    assert send(client, where, **form).headers["location"] == "/import?done=list.imported"
    assert send(client, where, **form).status_code == 303
    assert "清单已导入" in client.get("/import?done=list.imported").text
    assert client.get(where).status_code == 404


def test_faults_stand_under_their_row_and_there_is_no_button(signed_in: Enter) -> None:
    client = signed_in("manager")
    where = hand(client, BAD).headers["location"]
    page = client.get(where).text
    assert "1 行有待修正" in page
    assert "▲ 2" in page
    assert "&lt;b&gt;甲&lt;/b&gt;公司" in page
    assert "导入全部" not in page
    refused = send(client, where)
    assert refused.status_code == 422
    assert "第 2 行" in refused.text


def test_a_file_belongs_to_whoever_handed_it_in(signed_in: Enter) -> None:
    where = hand(signed_in("manager"), GOOD).headers["location"]
    assert signed_in("analyst").get(where).status_code == 404
    assert send(signed_in("analyst"), where).status_code == 404


def test_a_file_that_is_no_list_is_refused_in_the_form(signed_in: Enter) -> None:
    client = signed_in("manager")
    for content, name in ((b"%PDF", "x.pdf"), (b"a,b\n1,2\n", "x.csv"), (b"", "x.csv")):
        answer = hand(client, content, name)
        assert answer.status_code == 422
        assert 'type="file"' in answer.text
    assert send(client, "/import").status_code == 422


def test_lists_are_for_those_who_may_act(signed_in: Enter) -> None:
    assert signed_in("auditor").get("/import").status_code == 403
    calls = "缴款编号,缴款截止日,款项类别,金额（元）,用途\nC01,2026-11-16,投资款,100,甲\n".encode()
    where = hand(signed_in("technology_manager"), calls).headers["location"]
    assert signed_in("technology_manager").get(where).status_code == 403
    page = signed_in("technology_manager").get("/import").text
    assert "/import/blank/demands" in page
    assert "/import/blank/calls" not in page
    assert signed_in("technology_manager").get("/import/blank/calls").status_code == 403
    blank = signed_in("technology_manager").get("/import/blank/demands")
    assert blank.content.startswith(b"PK")
    assert "attachment" in blank.headers["content-disposition"]
