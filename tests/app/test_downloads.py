"""Lists as workbooks: the rows that the reader may see and the filters choose, with numbers and days as such."""

from io import BytesIO

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from app.lists import tables
from tests.app.world import World
from tests.builders.recalculated import added_up

BRIDGE = (
    "Opening",
    "Bought at cost",
    "Sold at value",
    "The company",
    "The market",
    "Rights",
    "The currency",
    "Fair value",
)


def opened(client: TestClient, world: World, path: str, who: str = "manager", sheet: int = 0) -> Worksheet:
    answer = client.get(f"/api/v1/{path}", headers=world.headers[who] | {"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["content-disposition"]
    return load_workbook(BytesIO(answer.content)).worksheets[sheet]


def column(page: Worksheet, heading: str) -> list[object]:
    place = [cell.value for cell in page[2]].index(heading)
    return [row[place] for row in page.iter_rows(min_row=3, values_only=True)]


def test_entries_are_the_journal_whole(rehearsal: TestClient, world: World) -> None:
    page = opened(rehearsal, world, "entries.xlsx")
    answer = rehearsal.get("/api/v1/entries?limit=500", headers=world.headers["manager"]).json()
    assert answer["next"] is None
    assert column(page, "Reference") == [one["reference"] for one in answer["items"]]
    assert column(page, "Amount") == [float(one["amount"]["amount"]) for one in answer["items"]]
    assert "Unit: yuan" in str(page["A1"].value)
    assert page.freeze_panes == "B3"
    assert {cell.number_format for cell in page["F"][2:]} == {"#,##0.00_);(#,##0.00)"}


def test_a_long_list_is_gathered_page_by_page(
    rehearsal: TestClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = column(opened(rehearsal, world, "entries.xlsx"), "Reference")
    monkeypatch.setattr(tables, "MAXIMUM_LIMIT", 2)
    assert column(opened(rehearsal, world, "entries.xlsx"), "Reference") == whole
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    refused = rehearsal.get("/api/v1/entries.xlsx", headers=world.headers["manager"])
    assert (refused.status_code, refused.json()["code"]) == (422, "list_too_long")


def test_filters_choose(rehearsal: TestClient, world: World) -> None:
    every = column(opened(rehearsal, world, "deals.xlsx"), "Code")
    some = column(opened(rehearsal, world, "deals.xlsx?stage=registered&sort=name&order=down"), "Stage")
    assert set(some) == {"Registered"}
    assert len(some) < len(every)
    assert set(column(opened(rehearsal, world, "calls.xlsx?state=draft"), "State")) == {"Draft"}
    none = opened(rehearsal, world, "achievements.xlsx?text=nothing-is-called-this")
    assert column(none, "Code") == []


def test_a_partners_people_get_only_their_own_lines(rehearsal: TestClient, world: World) -> None:
    partners = set(column(opened(rehearsal, world, "receipts.xlsx", "lp_user"), "Payer"))
    assert {str(one)[:4] for one in partners} == {"LP01"}
    lines = column(opened(rehearsal, world, "entries.xlsx", "rival"), "Debited partner")
    assert {str(one)[:4] for one in lines if one} == {"LP02"}


def test_the_trial_balance_balances_and_accounts_close(rehearsal: TestClient, world: World) -> None:
    page = opened(rehearsal, world, "trial-balance.xlsx")
    debit, credit = column(page, "Debit"), column(page, "Credit")
    assert debit[-1] == credit[-1]
    assert sum(float(str(one or 0)) for one in debit[:-1]) == pytest.approx(float(str(debit[-1])))
    accounts = opened(rehearsal, world, "partners.xlsx", sheet=1)
    assert "Closing value" in column(accounts, "Line")
    assert len(column(opened(rehearsal, world, "partners.xlsx"), "Code")) >= 2


def test_capital_accounts_close_by_formula(rehearsal: TestClient, world: World) -> None:
    answer = rehearsal.get("/api/v1/partners.xlsx", headers=world.headers["manager"])
    partners = rehearsal.get("/api/v1/partners", headers=world.headers["manager"]).json()["items"]
    assert added_up(answer.content) == 3 * len(partners) > 0


def test_headings_are_in_the_readers_language(rehearsal: TestClient, world: World) -> None:
    headers = world.headers["manager"] | {"Accept-Language": "zh"}
    answer = rehearsal.get("/api/v1/holdings.xlsx", headers=headers)
    page = load_workbook(BytesIO(answer.content)).worksheets[0]
    assert page.title == "投资组合"
    assert "公允价值" in [cell.value for cell in page[2]]
    for name in ("demands", "achievements", "calls"):
        assert rehearsal.get(f"/api/v1/{name}.xlsx", headers=headers).status_code == 200


def test_gross_returns_have_a_sheet_for_each_way_and_sum_to_the_fund(
    rehearsal: TestClient, world: World
) -> None:
    for place in range(4):
        page = opened(rehearsal, world, "returns.xlsx", sheet=place)
        for name in ("Invested", "Come back", "Fair value", "Gain"):
            figures = [float(str(one)) for one in column(page, name)]
            assert sum(figures[:-1]) == pytest.approx(figures[-1]), (place, name)
        assert len(column(page, "Gross IRR")) == len(column(page, "About the rate"))


def test_marks_come_with_their_bridges_and_the_lines_of_their_files(
    rehearsal: TestClient, world: World
) -> None:
    page = opened(rehearsal, world, "marks.xlsx?as_of=2026-09-30")
    for line in zip(*(column(page, head) for head in BRIDGE), strict=True):
        opening, bought, sold, company, market, rights, currency, value = map(float, map(str, line))
        assert opening + bought - sold + company + market + rights + currency == value
    assert "Draft" in column(page, "State")
    lines = opened(rehearsal, world, "marks.xlsx?as_of=2026-09-30", sheet=1)
    assert column(lines, "Kind") == ["Technique", "Input"]
    assert column(lines, "Amount")[0] == 33_000_000
    seen = column(opened(rehearsal, world, "marks.xlsx?as_of=2026-09-30", "committee"), "State")
    assert set(seen) == {"Approved"}


def test_letters_go_out_in_the_shape_in_which_they_come_in(rehearsal: TestClient, world: World) -> None:
    page = opened(rehearsal, world, "side-letters.xlsx")
    assert set(column(page, "Partner of the letter")) == {"LP01", "LP02"}
    own = opened(rehearsal, world, "side-letters.xlsx", "lp_user")
    assert set(column(own, "Partner of the letter")) == {"LP01"}
    answer = rehearsal.get("/api/v1/side-letters.xlsx", headers=world.headers["manager"])
    file = {"file": ("letters.xlsx", answer.content)}
    headers = world.headers["manager"] | {"Idempotency-Key": "letters-again"}
    told = rehearsal.post("/api/v1/imports?dry_run=true&fund=AF1", headers=headers, files=file).json()
    assert told["is_good"], told
    assert [(one["what"], one["rows"]) for one in told["imported"]] == [("side_letters", 2)]


def test_commitments_distributions_and_fees_are_the_lists_and_each_partners_own(
    rehearsal: TestClient, world: World
) -> None:
    for path, heading in (("commitments", "Commitment"), ("distributions", "Amount")):
        answer = rehearsal.get(f"/api/v1/{path}?limit=500", headers=world.headers["manager"]).json()
        listed = [float(one["amount"]["amount"]) for one in answer["items"]]
        assert column(opened(rehearsal, world, f"{path}.xlsx"), heading) == listed != []
    fees = opened(rehearsal, world, "fees.xlsx")
    answer = rehearsal.get("/api/v1/fees", headers=world.headers["manager"]).json()
    lines = [float(line["amount"]["amount"]) for one in answer["items"] for line in one["lines"]]
    assert column(fees, "Fee") == lines != []
    for path, heading in (("commitments", "Partner code"), ("fees", "Partner")):
        seen = column(opened(rehearsal, world, f"{path}.xlsx", "rival"), heading)
        assert {str(one)[:4] for one in seen} == {"LP02"}
