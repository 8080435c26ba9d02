"""Expenses by page and by API: out as a workbook, handed in again, looked at, brought in; costs are no statement."""

from fastapi.testclient import TestClient

from tests.app.pages.conftest import Enter
from tests.app.pages.test_exposure import csrf_of
from tests.app.world import World

COSTS = "日期,类别,金额,收款方,用途\n2026-06-30,审计费,100,<b>会计师</b>,年报\n".encode("gb18030")
LIST = "/api/v1/imports?fund=AF1"


def amounts(client: TestClient, world: World) -> list[str]:
    items = client.get("/api/v1/expenses", headers=world.headers["manager"]).json()["items"]
    return [one["amount"]["amount"] for one in items]


def test_a_list_is_looked_at_and_brought_in_as_expenses(
    signed_in: Enter, world_client: TestClient, world: World
) -> None:
    client = signed_in("accountant")
    before = amounts(world_client, world)
    page = client.get("/fund/costs").text
    assert "/api/v1/expenses.xlsx" in page
    assert 'href="/import"' in page
    blank = client.get("/import/blank/expenses")
    assert blank.content.startswith(b"PK")
    form = {"csrf": csrf_of(client.get("/import").text)}
    where = client.post("/import", data=form, files={"file": ("费用.csv", COSTS)}).headers["location"]
    page = client.get(where).text
    assert "导入全部 1 行" in page
    assert "41 审计费" in page
    assert "&lt;b&gt;会计师&lt;/b&gt;" in page
    assert amounts(world_client, world) == before
    done = client.post(where, data={"csrf": csrf_of(page), "key": "one"})
    assert done.headers["location"] == "/fund/costs?done=list.imported"
    assert amounts(world_client, world) == ["100.00", *before]
    assert 'href="/import"' not in signed_in("auditor").get("/fund/costs").text


def test_what_goes_out_comes_in_again_and_costs_are_no_statement(
    world_client: TestClient, world: World
) -> None:
    headers = world.headers["manager"] | {"Idempotency-Key": "costs-1", "Accept-Language": "en"}
    before = amounts(world_client, world)
    book = world_client.get("/api/v1/expenses.xlsx?fund=AF1", headers=headers)
    file = {"file": ("expenses.xlsx", book.content)}
    told = world_client.post(f"{LIST}&dry_run=true", headers=headers, files=file)
    assert any("left alone" in one for one in told.json()["notices"])
    told = world_client.post(LIST, headers=headers, files=file)
    assert told.status_code == 201, told.text
    assert told.json()["imported"][0] == {
        "what": "expenses",
        "sheet": "Expenses",
        "rows": len(before),
        "known": len(before),
    }
    assert amounts(world_client, world) == before
    tried = world_client.post(f"{LIST}&dry_run=true", headers=headers, files={"file": ("x.csv", COSTS)})
    assert [one["kind"] for one in tried.json()["lists"]] == ["expenses"]
    statement = {"file": ("x.csv", COSTS)}
    named = world_client.post(f"{LIST}&dry_run=true&kind=bank_lines", headers=headers, files=statement)
    assert "these are costs by category and no bank statement" in str(named.json()["faults"])
