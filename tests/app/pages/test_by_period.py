"""Gross and net returns by period: by page, by API and as a workbook, each figure with its flows."""

import re
from io import BytesIO

from fastapi.testclient import TestClient
from openpyxl import load_workbook

from tests.app.pages.conftest import Enter
from tests.app.world import World

PAGE = "/fund/performance/periods?quarter=2025Q4"


def test_every_return_opens_its_flows_and_their_entries(signed_in: Enter) -> None:
    client = signed_in("manager", "en")
    shown = client.get(PAGE).text
    for said in (
        "Three years",
        "The first flow is later than the period begins.",
        "not annualised",
        ">2024<",
    ):
        assert said in shown, said
    for side in ("gross", "net"):
        asked = f"/fund/performance/periods/flows?span=year&quarter=2024Q4&side={side}"
        assert asked.replace("&", "&amp;") in shown
        told = client.get(asked)
        assert told.status_code == 200
        entries = re.findall(r'href="(/fund/(?:books|explain|performance/groups)[^"]*)"', told.text)
        assert len(entries) >= 3
        for one in entries:
            assert client.get(one.replace("&amp;", "&")).status_code == 200, one
    assert client.get("/fund/performance/periods/flows?span=year&quarter=2025Q3").status_code == 404
    assert client.get("/fund/performance/periods/flows?span=decade&quarter=2025Q4").status_code == 422
    assert "分期收益率" in signed_in("manager").get(PAGE).text


def test_the_api_and_the_workbook_tell_the_same(world_client: TestClient, world: World) -> None:
    ask = {"headers": world.headers["manager"]}
    found = world_client.get("/api/v1/results/periods?quarter=2025Q4", **ask).json()
    flows = world_client.get("/api/v1/results/periods/flows?quarter=2025Q4&span=year", **ask).json()
    assert flows["period"] == found["years"][0]
    assert flows["gross"][0]["amount"]["amount"] == f"-{found['years'][0]['gross']['opening']['amount']}"
    ranges = {one["span"]: one for one in found["ranges"]}
    whole = world_client.get("/api/v1/results/performance?as_of=2025-12-31", **ask).json()
    assert ranges["inception"]["net"]["irr"] == whole["net_irr"]
    assert (ranges["five_years"]["net"]["rate"], ranges["five_years"]["net"]["why"]) == (None, "younger")
    content = world_client.get("/api/v1/returns.xlsx?as_of=2026-01-31", **ask).content
    sheet = load_workbook(BytesIO(content))["分期收益率"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    [year] = [row for row in rows if row[0] == "2025" and row[3] == "毛额"]
    assert f"{year[4]:.2f}" == found["years"][0]["gross"]["opening"]["amount"]
    assert (year[1].date().isoformat(), year[2].date().isoformat()) == ("2025-01-01", "2025-12-31")
    assert year[10] == found["years"][0]["gross"]["rate"]


def test_a_partner_reads_its_own_net_returns(
    world_client: TestClient, world: World, signed_in: Enter
) -> None:
    ask = {"headers": world.headers["lp_user"]}
    found = world_client.get("/api/v1/results/periods?quarter=2025Q4&partner=LP01", **ask).json()
    assert {one["gross"] for name in ("ranges", "years", "quarters") for one in found[name]} == {None}
    assert signed_in("lp_user").get(PAGE).status_code == 403
