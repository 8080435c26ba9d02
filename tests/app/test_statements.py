"""The statements by API, as pages and as a workbook whose totals are live."""

from io import BytesIO
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from tests.app.world import World
from tests.builders.recalculated import OFFICE, added_up, differing, formulas

PERIOD = "since=2024-01-01&as_of=2026-09-29"


def book(client: TestClient, world: World) -> bytes:
    headers = world.headers["manager"] | {"Accept-Language": "en"}
    answer = client.get(f"/api/v1/statements.xlsx?{PERIOD}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.content


def test_by_api_they_tie_and_open_into_their_entries(rehearsal: TestClient, world: World) -> None:
    headers = world.headers["auditor"]
    found = rehearsal.get(f"/api/v1/statements?{PERIOD}", headers=headers).json()
    assert all(tie["holds"] for tie in found["ties"])
    assert found["net_assets"]["closing"] == found["equity"]["closing"] == found["partners"]["closing"]
    wanted = [(line["code"], line["amount"]) for line in (*found["operating"], *found["expenses"])]
    assert wanted
    for code, amount in wanted:
        told = rehearsal.get(f"/api/v1/statements/entries?{PERIOD}&line={code}", headers=headers).json()
        assert told["amount"] == amount
        assert told["entries"]
    one = found["capital"][0]
    address = f"/api/v1/statements/entries?{PERIOD}&line=closing&partner={one['partner']}"
    assert rehearsal.get(address, headers=headers).json()["amount"] == one["closing"]


@pytest.mark.parametrize(
    "asked", ["since=2001-01-01&as_of=2001-12-31", f"{PERIOD}&known_at=2001-01-01T00:00:00Z"]
)
def test_a_workbook_of_nothing_is_one_too(rehearsal: TestClient, world: World, asked: str) -> None:
    found = rehearsal.get(f"/api/v1/statements.xlsx?{asked}", headers=world.headers["auditor"])
    assert found.status_code == 200, found.text
    assert load_workbook(BytesIO(found.content)).sheetnames[0]


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ("?since=2026-02-01&as_of=2026-01-01", 422, "statement_period_reversed"),
        ("/entries?line=goodwill", 404, "statement_line_unknown"),
        ("/entries?line=closing&partner=NOBODY", 404, "partner_unknown"),
        ("?as_of=2026-02-30", 422, "request_invalid"),
        (".xlsx?since=2026-02-01&as_of=2026-01-01", 422, "statement_period_reversed"),
    ],
)
def test_odd_questions_are_refused(
    rehearsal: TestClient, world: World, asked: str, status: int, code: str
) -> None:
    answer = rehearsal.get(f"/api/v1/statements{asked}", headers=world.headers["manager"])
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_ilpa_assertions_hold_and_are_listed(rehearsal: TestClient, world: World) -> None:
    headers = world.headers["auditor"]
    found = rehearsal.get("/api/v1/quarters/assertions?quarter=2025Q4", headers=headers).json()
    assert len(found) == 7
    assert all(one["holds"] and one["broken"] == [] for one in found)


def test_the_workbooks_totals_add_up(rehearsal: TestClient, world: World) -> None:
    content = book(rehearsal, world)
    assert added_up(content) == len(formulas(content)) >= 12
    names = load_workbook(BytesIO(content)).sheetnames
    assert names[0] == "Assets and liabilities"


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_computes_the_same(rehearsal: TestClient, world: World, tmp_path: Path) -> None:
    assert differing(book(rehearsal, world), tmp_path) == []
