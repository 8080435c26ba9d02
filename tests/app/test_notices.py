"""Notices over HTTP: for those who run the fund and for the partner itself, kept once printed, linked from pages."""

import io
import re
import zipfile
from html import unescape

import sqlalchemy as sa
from fastapi.testclient import TestClient

from app.notices import Order, editions
from fund.capital.inflows import call_by_code
from fund.charter.queries import fund_by_code
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from lp_reports import notices
from lp_reports.edition import Language
from lp_reports.rules import Act
from tests.app.pages.conftest import Enter, signed_in
from tests.app.world import World
from tests.app.world_pipeline import NOW
from tests.builders.seals import a_seal

__all__ = ["signed_in"]


def test_a_partner_reads_its_own_and_the_house_all(
    world_client: TestClient, world_database: Database, world: World
) -> None:
    home = f"/api/v1/calls/{world.ids['call']}/notices"
    [own] = world_client.get(home, headers=world.headers["lp_user"]).json()
    every = world_client.get(home, headers=world.headers["manager"]).json()
    assert own in every
    assert len(every) > 1
    printed = world_client.get(f"{home}/LP01?language=en", headers=world.headers["lp_user"])
    assert printed.status_code == 200, printed.text
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.headers["content-disposition"] == f'attachment; filename="{own["number"]}-en.pdf"'
    again = world_client.get(f"{home}/LP01?language=en", headers=world.headers["auditor"])
    assert again.content == printed.content
    with world_database.transaction(SYSTEM) as tx:
        noted = tx.execute(sa.text("SELECT detail FROM audit_event WHERE action = 'notice.downloaded'")).all()
        assert len(noted) == 2
        assert tx.execute(sa.text("SELECT count(*) FROM partner_notice_file")).scalar_one() == 1
    bundle = world_client.get(f"{home}.zip", headers=world.headers["lp_user"])
    with zipfile.ZipFile(io.BytesIO(bundle.content)) as files:
        assert {name.rpartition("-")[0] for name in files.namelist()} == {own["number"]}
        assert all(files.read(name).startswith(b"%PDF") for name in files.namelist())


def test_nobody_reads_anothers_and_a_draft_has_none(world_client: TestClient, world: World) -> None:
    def ask(path: str, who: str) -> tuple[int, str]:
        answer = world_client.get(f"/api/v1/{path}", headers=world.headers[who])
        return answer.status_code, answer.json()["code"]

    call, draft = world.ids["call"], world.ids["draft_call"]
    assert ask(f"calls/{call}/notices/LP01", "rival") == (404, "partner_unknown")
    assert ask(f"calls/{call}/notices/LP99", "manager") == (404, "partner_unknown")
    assert ask(f"calls/{draft}/notices", "manager") == (409, "notice_not_given")
    assert ask(f"calls/{draft}/notices/LP01", "lp_user") == (404, "call_unknown")
    assert ask(f"nettings/{world.ids['netting']}/notices", "manager") == (409, "notice_not_given")
    assert ask("calls/CALL-999/notices.zip", "manager") == (404, "call_unknown")


def test_pages_link_to_them(signed_in: Enter, world: World) -> None:
    code = world.ids["call"]
    link, bundle = f"/api/v1/calls/{code}/notices/LP01?fund=AF1", f"/api/v1/calls/{code}/notices.zip?fund=AF1"
    portal = signed_in("lp_user", "en").get("/portal").text
    address = re.search(rf'href="({re.escape(link)}[^"]*)"', portal)
    assert address
    assert signed_in("lp_user", "zh").get(unescape(address[1])).headers["content-type"] == "application/pdf"
    found = re.search(rf'href="(/fund/calls/[0-9]+)">{code}<', portal)
    assert found
    own = signed_in("lp_user", "en").get(found[1]).text
    assert link in own
    assert bundle not in own
    assert "/notices/LP02" not in own
    every = signed_in("manager", "en").get(found[1]).text
    assert link in every
    assert bundle in every


def test_what_is_printed_stays_printed_though_the_rest_breaks_off(
    world_database: Database, world: World
) -> None:
    with world_database.transaction(SYSTEM) as tx:
        call = call_by_code(tx, fund_id=fund_by_code(tx, code="AF1").id, code=str(world.ids["call"]))
        notices.freeze(tx, act=Act.CALL, act_id=call.id, now=NOW)
    wanted = [(line.partner_id, Language.EN) for line in call.lines]
    assert len(wanted) > 1
    order = Order(Act.CALL, call.id, wanted, a_seal(), NOW)
    name, _ = next(editions(world_database, order, at_once=1))
    with world_database.transaction(SYSTEM) as tx:
        left = notices.unprinted(tx, act=Act.CALL, act_id=call.id, wanted=wanted)
        assert [one.partner_id for one in left] == [partner_id for partner_id, _ in wanted[1:]]
    every = [found for found, _ in editions(world_database, order)]
    assert every[0] == name
    assert len(set(every)) == len(wanted)
