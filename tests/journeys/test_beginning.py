"""From an empty database to an empty board that says what to do next, through HTTP only.

The one thing that does not come over HTTP is the set-up code: it stands on the terminal, and is read from there.
"""

import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi.testclient import TestClient

from app.cli.people import tell_setup_code
from app.main import create_app
from kernel.clock import fixed_clock, system_clock
from kernel.db import Database
from tests.builders.seals import a_seal

WORDS = "a long enough sentence"
FRAMED = (
    "/today",
    "/deals",
    "/deals/list",
    "/committee",
    "/fund",
    "/fund/calls",
    "/fund/portfolio",
    "/reports",
)
FUND = {
    "code": "NF1",
    "name_zh": "新材料成果转化基金（有限合伙）",
    "name_en": "New Materials Fund",
    "size": "50,000万",
    "first_close_on": "2026-10-15",
    "final_close_on": "2027-10-15",
    "commitment_period_ends_on": "2031-10-15",
    "term_ends_on": "2034-10-15",
    "fee_rate": "2",
    "fee_basis": "commitment_then_invested",
    "hurdle": "8",
    "compounding": "daily",
    "catch_up": "100",
    "carry": "20",
    "equalisation_rate": "8",
    "offset_share": "100",
    "notice_business_days": "10",
    "language": "both",
    "dimension1": "company",
    "maximum1": "15",
    "basis1": "commitments",
}


@pytest.fixture
def browser(database: Database) -> Iterator[TestClient]:
    """A browser before an application whose database is migrated and empty."""
    app = create_app(database, seal=a_seal(), clock=fixed_clock(system_clock()))
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as asking:
        asking.cookies.set("language", "zh_CN")
        yield asking


def printed_code(database: Database, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    tell_setup_code(database, address="http://127.0.0.1:8000")
    found = re.search(r"^ +([a-z0-9-]{29})$", capsys.readouterr().err, re.MULTILINE)
    assert found is not None
    return found.group(1)


def send(browser: httpx.Client, path: str, **form: str) -> httpx.Response:
    page = browser.get("/password").text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    return browser.post(path, data={"csrf": csrf, **form})


def one_time_in(page: str) -> str:
    found = re.search(r"<code>([a-z0-9-]{29})</code>", page)
    assert found is not None
    return found.group(1)


def sign_in(browser: httpx.Client, login: str, password: str) -> httpx.Response:
    browser.cookies.delete("afund_session")
    return browser.post("/sign-in", data={"login": login, "password": password, "next": "/today"})


def test_from_an_empty_database_to_a_board_that_says_what_to_do(
    browser: TestClient, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (*FRAMED, "/users", "/sign-in", "/audit"):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/start"), path
    code = printed_code(database, capsys)
    make_the_first(browser, code)
    add_people(browser)
    open_the_fund(browser)
    admit_partners(browser)
    for path in (*FRAMED, "/fund/partners", "/fund/books", "/fund/terms", "/channel"):
        assert browser.get(path).status_code == 200, path
    board = browser.get("/deals").text
    assert "尚无项目" in board
    assert 'href="/deals/new"' in board
    today = browser.get("/today").text
    assert "组建投决会" in today
    assert "登记首个项目" in today


def make_the_first(browser: TestClient, code: str) -> None:
    form = {"code": code, "login": "root.person", "name": "管理员", "password": WORDS}
    wrong = browser.post("/start", data=form | {"code": "wrong"})
    assert wrong.status_code == 403
    assert "启用码不正确" in wrong.text
    weak = browser.post("/start", data=form | {"password": "short"})
    assert weak.status_code == 422
    assert code not in weak.text
    made = browser.post("/start", data=form)
    assert (made.status_code, made.headers["location"]) == (303, "/today")
    again = browser.post("/start", data=form | {"login": "second"})
    assert (again.status_code, again.headers["location"]) == (303, "/sign-in")
    assert browser.get("/start").headers["location"] == "/sign-in"


def add_people(browser: TestClient) -> None:
    assert "添加管理人及其他用户" in browser.get("/today").text
    added = send(browser, "/users", login="lin", name="林管理", password="", language="zh_CN", key="k1")
    words = one_time_in(added.text)
    home = re.search(r'href="(/users/\d+)">林管理', added.text)
    assert home is not None
    assert words not in browser.get("/users").text
    assert send(browser, f"{home.group(1)}/grant", role="manager").status_code == 303
    assert "添加管理人及其他用户" not in browser.get("/today").text
    told = bring_in(
        browser, "users.csv", "登录名,姓名,角色\nwang.kj,王会计,基金会计\nli.tz,李投资,投资经理\n"
    )
    assert told.status_code == 200
    assert len(re.findall(r"一次性密码 [a-z0-9-]{29}", told.text)) == 2
    assert "王会计" in browser.get("/users").text
    assert sign_in(browser, "lin", words).status_code == 303
    assert browser.get("/today").headers["location"] == "/password"
    csrf = browser.get("/password").text.split('name="csrf" value="')[1].split('"')[0]
    refused = browser.get("/api/v1/funds", headers={"x-csrf-token": csrf})
    assert (refused.status_code, refused.json()["code"]) == (403, "password_one_time")
    token = browser.post("/api/v1/tokens", json={"login": "lin", "password": words, "label": "too early"})
    assert token.json()["code"] == "password_one_time"
    changed = send(
        browser, "/password", current=words, password="my own long words", again="my own long words"
    )
    assert changed.status_code == 303


def open_the_fund(browser: TestClient) -> None:
    today = browser.get("/today")
    assert today.status_code == 200
    assert 'href="/fund/new"' in today.text
    for path in FRAMED:
        answer = browser.get(path, follow_redirects=True)
        assert answer.status_code == 200, path
    assert "尚未设立基金" in browser.get("/deals", follow_redirects=True).text
    unfit = send(browser, "/fund/new", **(FUND | {"term_ends_on": "2020-01-01"}))
    assert unfit.status_code == 422
    opened = send(browser, "/fund/new", **FUND, key="k2")
    assert (opened.status_code, opened.headers["location"]) == (303, "/today?fund=NF1&done=fund.opened")
    terms = browser.get("/fund/terms").text
    assert "500,000,000.00" in terms
    assert "单个企业 ≤ 15.0% 认缴总额" in terms


def bring_in(browser: TestClient, name: str, text: str) -> httpx.Response:
    """Hand a list in by page, look at it, bring it in."""
    csrf = browser.get("/password").text.split('name="csrf" value="')[1].split('"')[0]
    files = {"file": (name, text.encode(), "text/csv")}
    handed = browser.post("/import", data={"csrf": csrf}, files=files)
    assert handed.status_code == 303, handed.text
    return send(browser, handed.headers["location"])


def admit_partners(browser: TestClient) -> None:
    today = browser.get("/today").text
    assert "导入合伙人" in today
    assert 'href="/import"' in today
    partners = (
        "编号,合伙人名称,类型,认缴金额（元）,认缴日期\n"
        "LP01,北方钢铁集团有限公司,LP,300000000,2026-10-15\nGP01,科创管理有限公司,GP,5000000,2026-10-15\n"
    )
    done = bring_in(browser, "partners.csv", partners)
    assert done.headers["location"].startswith("/fund/partners")
    page = browser.get("/fund/partners").text
    assert "LP01" in page
    assert "导入合伙人" not in browser.get("/today").text


def test_wrong_codes_are_noted_and_slowed_down(
    browser: TestClient, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    code = printed_code(database, capsys)
    form = {"login": "root.person", "name": "管理员", "password": WORDS}
    for _ in range(5):
        assert browser.post("/start", data=form | {"code": "guess"}).status_code == 403
    slowed = browser.post("/start", data=form | {"code": code})
    assert slowed.status_code == 403
    assert "15 分钟" in slowed.text


def test_a_fresh_start_of_the_software_prints_a_further_code(
    browser: TestClient, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = printed_code(database, capsys), printed_code(database, capsys)
    assert first != second
    form = {"login": "root.person", "name": "管理员", "password": WORDS, "code": f" {first.upper()} "}
    assert browser.post("/start", data=form).headers["location"] == "/today"
    tell_setup_code(database, address="http://127.0.0.1:8000")
    assert capsys.readouterr().err == ""
