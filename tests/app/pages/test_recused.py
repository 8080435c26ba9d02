"""A recused member of the committee finds the deal behind no door until two people have withdrawn the recusal."""

from collections.abc import Callable
from io import BytesIO

import httpx
import pytest
from openpyxl import load_workbook

from kernel.db import Database
from kernel.identity.rules import SYSTEM
from pipeline.committee.recusals import ask_withdrawal, confirm_withdrawal, recusals
from pipeline.deals.queries import deal_by_code
from pipeline.deals.recusals import keep_out
from pipeline.diligence.documents import grant_access, open_folder, put_document
from pipeline.diligence.rules import Effect
from tests.app.world import World
from tests.app.world_pipeline import NOW

NAME = "表决中的项目"
TIE = {"conflicts": [{"kind": "customer", "statement": "本单位为其客户"}]}
LISTS = (
    "/api/v1/deals?limit=200",
    "/api/v1/deals?text=表决中",
    "/api/v1/deals/board",
    "/deals",
    "/deals/list",
    "/search?q={deal}",
    "/search/found?q={deal}",
)
ITS_OWN = (
    "/api/v1/deals/{deal}",
    "/api/v1/deals/{deal}/history",
    "/api/v1/deals/{deal}/rounds",
    "/api/v1/deals/{deal}/folders",
    "/deals/{deal}",
    "/deals/{deal}/closing",
    "/deals/{deal}/exit",
)
Ask = Callable[[str], httpx.Response]


@pytest.fixture
def ask(world: World, signed_in: Callable[..., httpx.Client]) -> Ask:
    """Asks as the member: the API with a token, a page with the session."""
    client = signed_in("committee")

    def get(path: str) -> httpx.Response:
        headers = world.headers["committee"] if path.startswith("/api/") else {}
        return client.get(path.replace("{deal}", str(world.ids["deal"])), headers=headers)

    return get


@pytest.fixture
def paper(world_database: Database, world: World) -> int:
    """A document of the deal that the member was given leave to read."""
    with world_database.transaction(SYSTEM) as tx:
        about = deal_by_code(tx, code=str(world.ids["deal"]))
        folder = open_folder(tx, SYSTEM, deal_id=about.id, name="terms", now=NOW)
        file = {"title": "terms", "content": b"%PDF", "media_type": "application/pdf"}
        kept = put_document(tx, world.actors["manager"], folder_id=folder.id, now=NOW, **file)
        reader = world.actors["committee"].user_id or 0
        grant_access(tx, SYSTEM, folder_id=folder.id, user_id=reader, effect=Effect.ALLOW, now=NOW)
        return kept.id


def declare_a_tie(client: httpx.Client, world: World) -> None:
    headers = world.headers["committee"] | {"Idempotency-Key": "recused"}
    answer = client.post(f"/api/v1/motions/{world.ids['motion']}/declarations", json=TIE, headers=headers)
    assert answer.json() == {"is_declared": True, "is_recused": True}


def cells(book: bytes) -> set[object]:
    """Everything that stands in a workbook."""
    return {
        cell
        for sheet in load_workbook(BytesIO(book))
        for row in sheet.iter_rows(values_only=True)
        for cell in row
    }


def test_no_door_leads_to_the_deal(ask: Ask, paper: int, world: World, world_client: httpx.Client) -> None:
    code, motion = str(world.ids["deal"]), f"/api/v1/motions/{world.ids['motion']}"
    told = f"{motion}/papers/{world.ids['motion_paper']}"
    assert all(code in ask(path).text for path in LISTS)
    assert {ask(path).status_code for path in (*ITS_OWN[:-1], told)} == {200}
    assert code in cells(ask("/api/v1/deals.xlsx").content)
    assert ask(f"/api/v1/documents/{paper}").status_code == 200
    before = ask("/api/v1/deals/board").json()
    declare_a_tie(world_client, world)
    # What was searched for stands on the page of what was found; what was found is a link.
    found = [f"/deals/{code}" if path.startswith("/search") else code for path in LISTS]
    assert not any(mark in ask(path).text for mark, path in zip(found, LISTS, strict=True))
    assert {ask(path).status_code for path in ITS_OWN} == {404}
    assert code not in cells(ask("/api/v1/deals.xlsx").content)
    assert ask(told).status_code == 403
    assert ask(f"/api/v1/documents/{paper}").status_code in {403, 404}
    after = ask("/api/v1/deals/board").json()
    columns = {one["stage"]: one for one in after["columns"]}
    for one in before["columns"]:
        lost = 1 if one["stage"] == "committee" else 0
        assert columns[one["stage"]]["count"] == one["count"] - lost
    sheet = ask(motion).json()
    assert (sheet["amount"], sheet["proposal"], sheet["papers"]) == (None, "", [])
    page = ask(f"/committee/{world.ids['motion']}")
    assert page.status_code == 200
    assert "20,000,000" not in page.text


def test_the_conditions_of_its_approval_are_not_the_members_to_confirm(
    ask: Ask, world: World, world_client: httpx.Client, world_database: Database
) -> None:
    confirm = f"/api/v1/conditions/{world.ids['satisfied']}/confirmation"
    with world_database.transaction(SYSTEM) as tx:
        about = deal_by_code(tx, code=str(world.ids["approved"]))
        keep_out(tx, deal_id=about.id, user_id=world.actors["committee"].user_id or 0, now=NOW)
    assert ask(f"/deals/{about.code}/closing").status_code == 404
    assert about.name not in ask("/today").text
    assert world_client.post(confirm, headers=world.headers["committee"]).status_code == 404


def test_two_people_open_it_again(
    ask: Ask, world: World, world_client: httpx.Client, world_database: Database
) -> None:
    declare_a_tie(world_client, world)
    with world_database.transaction(SYSTEM) as tx:
        (one,) = recusals(tx, actor=SYSTEM, motion_id=int(world.ids["motion"]))
        ask_withdrawal(tx, world.actors["manager"], recusal_id=one.id, reason="Another company.", now=NOW)
        confirm_withdrawal(tx, world.actors["second"], recusal_id=one.id, now=NOW)
    assert all(str(world.ids["deal"]) in ask(path).text for path in LISTS)
    assert ask("/api/v1/deals/{deal}").json()["amount"]["amount"] == "20000000.00"
