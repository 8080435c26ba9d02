"""The ILPA Reporting Template of a report over HTTP: whole, for its own partner once published, linked from pages."""

import json

import sqlalchemy as sa
from fastapi.testclient import TestClient

from fund.results.ilpa import tables
from fund.results.ilpa_form import form
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from kernel.money import Money
from kernel.periods import Quarter
from tests.app.pages.conftest import Enter, signed_in
from tests.app.world import World

__all__ = ["signed_in"]


def test_a_partner_reads_every_row_of_its_own_published_report(
    world_client: TestClient, world_database: Database, world: World
) -> None:
    answer = world_client.get(f"/api/v1/reports/{world.ids['report']}/ilpa", headers=world.headers["lp_user"])
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert answer.headers["content-disposition"] == f'attachment; filename="{found["number"]}-zh.ilpa.json"'
    assert (found["partner_code"], found["currency"]) == ("LP01", "CNY")
    assert [(row["row"], row["label"]) for row in found["rows"]] == [
        (row.number, row.label) for row in form()
    ]
    with world_database.transaction(SYSTEM) as tx:
        report = tx.execute(
            sa.text("SELECT fund_id, partner_id, quarter FROM report WHERE id = :id"),
            {"id": world.ids["report"]},
        ).one()
        known = tables(tx, fund_id=report.fund_id, quarter=Quarter.parse(report.quarter))
    for row in found["rows"]:
        if row["formula"] == "heading":
            assert row["partner"] is row["fund"] is row["general_partner"] is None
        elif row["row"] <= 114:
            for whose, key in (("partner", report.partner_id), ("fund", None)):
                shown = {name: Money(one[row["row"]], "CNY").text() for name, one in known[key].items()}
                assert row[whose] == shown, row
    assert "LP02" not in answer.text
    noted = sa.text("SELECT kind FROM report_opening WHERE report_id = :id ORDER BY id DESC LIMIT 1")
    with world_database.transaction(SYSTEM) as tx:
        assert tx.execute(noted, {"id": world.ids["report"]}).scalar_one() == "downloaded"


def test_nobody_reads_anothers_or_one_that_is_not_published(world_client: TestClient, world: World) -> None:
    def status(report: str, who: str) -> int:
        path = f"/api/v1/reports/{world.ids[report]}/ilpa"
        return world_client.get(path, headers=world.headers[who]).status_code

    assert [status("draft_report", who) for who in ("lp_user", "rival", "manager")] == [404, 404, 200]
    assert [status("report", who) for who in ("rival", "auditor")] == [404, 200]
    assert (
        world_client.get("/api/v1/reports/999999/ilpa", headers=world.headers["manager"]).status_code == 404
    )


def test_pages_link_to_it(signed_in: Enter, world: World) -> None:
    client = signed_in("lp_user", "en")
    link = f"/api/v1/reports/{world.ids['report']}/ilpa"
    assert link in client.get(f"/reports/{world.ids['report']}").text
    assert link in client.get("/portal").text
    assert json.loads(client.get(link).content)["partner_code"] == "LP01"
