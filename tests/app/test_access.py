"""Each role against each route, as the table declares; and what nobody may learn by any of them."""

from collections.abc import Iterator
from itertools import count

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from kernel.db import Database
from kernel.identity.rules import SYSTEM, Role
from tests.app.access_rows import LETTERS, Row
from tests.app.access_table import DOCUMENT, ROWS, table
from tests.app.world import World
from tests.app.world_money import DRAFT_MARK

REFUSED = {401, 403, 404}
READS = [row for row in ROWS if row.method == "GET"]
_keys = count(1)


def ask(client: TestClient, world: World, row: Row, who: str | None) -> Response:
    """Make the row's request as somebody, under a fresh key."""
    headers = {"Idempotency-Key": f"access-{next(_keys)}", "If-Match": '"1"'}
    headers |= world.headers[who] if who else {}
    return client.request(
        row.method,
        row.url(world.ids),
        json=row.body(world.ids),
        headers=headers,
        files={"file": (row.filename, row.file)} if row.file else None,
        data={"title": "memo"} if row.file else None,
    )


def is_empty(answer: Response) -> bool:
    """Whether the answer is a list, a page or a board with nothing in it."""
    if answer.request.method != "GET" or "json" not in answer.headers.get("content-type", ""):
        return False
    body = answer.json()
    return body == [] or (isinstance(body, dict) and (body.get("items") == [] or body.get("count") == 0))


def verdict(answer: Response, letter: str) -> str:
    """The letter as the table would write it: large, small for an empty list, nothing for a refusal."""
    if answer.status_code in REFUSED:
        return ""
    return letter.lower() if is_empty(answer) else letter


def routes(app: FastAPI) -> Iterator[str]:
    """Every route of the API."""
    for path, operations in app.openapi()["paths"].items():
        if path.startswith("/api/"):
            yield from (f"{method.upper()} {path}" for method in operations)


def test_every_route_is_in_the_table(rehearsal: TestClient) -> None:
    assert isinstance(rehearsal.app, FastAPI)
    declared = [row.route for row in ROWS]
    assert sorted(declared) == sorted(routes(rehearsal.app))


def test_the_table_is_written_down() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == table()


@pytest.mark.parametrize("row", ROWS, ids=[row.route for row in ROWS])
def test_roles(row: Row, rehearsal: TestClient, world: World) -> None:
    answers = {letter: ask(rehearsal, world, row, role.value) for letter, role in LETTERS.items()}
    found = "".join(verdict(answer, letter) for letter, answer in answers.items())
    told = {letter: (answer.status_code, answer.text[:300]) for letter, answer in answers.items()}
    assert "".join(sorted(found)) == "".join(sorted(row.roles)), told
    assert all(answer.status_code < 500 for answer in answers.values()), told
    assert any(answer.status_code < 300 or answer.status_code == 409 for answer in answers.values()), told
    assert ask(rehearsal, world, row, None).status_code == 401
    if row.method == "GET":
        for answer in answers.values():
            no_sealed_ballot(answer, row, world)


def no_sealed_ballot(answer: Response, row: Row, world: World) -> None:
    """Fail if the bytes of an answer hold what was cast; only the trail holds the commitment, as it should."""
    reason, *commitments = world.sealed
    assert reason.encode() not in answer.content
    if row.route != "GET /api/v1/audit":
        assert not any(one.encode() in answer.content for one in commitments)


def test_the_administrator_learns_nothing_of_the_fund(rehearsal: TestClient, world: World) -> None:
    seen = [row.route for row in READS if verdict(ask(rehearsal, world, row, "administrator"), "S") == "S"]
    # The calendar of business days is nobody's secret.
    nouns = ("holidays", "holidays.xlsx", "audit", "tokens", "users", "imports")
    assert set(seen) == {f"GET /api/v1/{noun}" for noun in nouns}


def test_the_auditor_changes_nothing() -> None:
    changing = [row.route for row in ROWS if row.method != "GET" and "R" in row.roles]
    # The auditor's own scripts and password.
    assert changing == ["POST /api/v1/tokens", "POST /api/v1/password"]


def test_before_the_close_a_motion_shows_no_ballot_and_no_verdict(
    rehearsal: TestClient, world: World
) -> None:
    for who in ("manager", "analyst", "auditor", "committee"):
        answer = rehearsal.get(f"/api/v1/motions/{world.ids['motion']}", headers=world.headers[who]).json()
        assert (answer["ballot"], answer["verdict"], answer["decision"]) == (None, None, None)
    early = rehearsal.get(f"/api/v1/motions/{world.ids['motion']}/minutes", headers=world.headers["manager"])
    assert early.status_code in {403, 404, 409}


OTHERS = (
    "/api/v1/partners/LP01",
    "/api/v1/partners/LP01/bank",
    "/api/v1/results/capital-account?quarter=2024Q4&partner=LP01",
    "/api/v1/results/performance?partner=LP01",
    "/api/v1/results/equivalents?index=TECH50&partner=LP01",
    "/api/v1/exposure/chains?partner=LP01",
    "/api/v1/results/mandate?partner=LP01",
    "/api/v1/results/bridge?quarter=2024Q4&partner=LP01",
    "/api/v1/results/progression?quarter=2024Q4&partner=LP01",
    "/api/v1/results/periods?quarter=2024Q4&partner=LP01",
    "/api/v1/results/periods/flows?quarter=2024Q4&span=year&partner=LP01",
    "/api/v1/results/explanation?figure=contributions&quarter=2024Q4&partner=LP01",
    "/api/v1/reports/{report}",
    "/api/v1/reports/{report}/file",
    "/api/v1/reports/{report}/file?form=json",
    "/api/v1/reports/{report}/ilpa",
    "/api/v1/reports/{report}/deliveries",
    "/api/v1/workstreams/{enterprise_workstream}",
    "/api/v1/demands/{demand}",
    "/api/v1/deals/{examined}",
)


@pytest.mark.parametrize("path", OTHERS)
def test_another_partners_things_are_not_there_and_the_reach_is_noted(
    path: str, world_client: TestClient, world_database: Database, world: World
) -> None:
    url = path.format_map(world.ids)
    answer = world_client.get(url, headers=world.headers["rival"])
    assert answer.status_code == 404, answer.text
    with world_database.transaction(SYSTEM) as tx:
        noted = tx.execute(
            sa.text(
                "SELECT detail->>'path' FROM audit_event WHERE action = 'access.refused' AND subject = :who"
            ),
            {"who": f"user:{world.ids['user_rival']}"},
        )
        assert noted.scalars().all() == [url.partition("?")[0]]


def test_nobody_learns_from_a_code_that_a_hidden_demand_has_it(rehearsal: TestClient, world: World) -> None:
    need = {
        "code": world.ids["demand"],
        "party_id": world.actors["rival"].party_id,
        "title": "合金",
        "problem": "寿命短",
        "sector": "hydrogen",
        "chain_position": "upstream",
    }
    answer = rehearsal.post("/api/v1/demands", json=need, headers=world.headers["rival"])
    own = f"P{world.actors['rival'].party_id}-{world.ids['demand']}"
    assert (answer.status_code, answer.json()["code"]) == (201, own), answer.text


def test_lists_hold_only_ones_own(rehearsal: TestClient, world: World) -> None:
    def get(path: str, who: str = "rival") -> str:
        answer = rehearsal.get(path, headers=world.headers[who])
        assert answer.status_code == 200, answer.text
        return answer.text

    rival, other = world.ids["lp02"], world.ids["lp01"]
    for path in (
        "/api/v1/commitments",
        f"/api/v1/calls/{world.ids['call']}",
        "/api/v1/fees",
        "/api/v1/fees/reliefs",
    ):
        assert f'"partner_id":{rival}' in get(path)
        assert f'"partner_id":{other}' not in get(path)
    assert "LP02" in get("/api/v1/side-letters")
    assert "LP01" not in get("/api/v1/side-letters")
    assert "LP02" in get("/api/v1/partners")
    assert "LP01" not in get("/api/v1/partners")
    assert "BANK-OF-LP01" not in get(f"/api/v1/calls/{world.ids['call']}/receipts")
    assert "BANK-OF-LP01" in get(f"/api/v1/calls/{world.ids['call']}/receipts", "lp_user")
    entries = get("/api/v1/entries?limit=500")
    assert "LP02" in entries
    assert "LP01" not in entries
    assert is_empty(rehearsal.get("/api/v1/reports", headers=world.headers["rival"]))
    assert is_empty(rehearsal.get("/api/v1/workstreams", headers=world.headers["rival"]))
    assert DRAFT_MARK not in get("/api/v1/holdings/H01/marks")
    assert DRAFT_MARK in get("/api/v1/holdings/H01/marks", "manager")


WALLED = {
    "call_line": "partner_id <> :own",
    "commitment": "partner_id <> :own",
    "receipt": "partner_id <> :own",
    "fee_line": "partner_id <> :own",
    "fee_relief_line": "partner_id <> :own",
    "side_letter": "partner_id <> :own",
    "side_letter_election": "true",
    "partner": "id <> :own",
    "report": "partner_id <> :own",
    "report_snapshot": "partner_id <> :own",
    "workstream": "true",
    "finding": "true",
    "ballot": "true",
}


@pytest.mark.parametrize("name", WALLED)
def test_the_same_in_sql_returns_nothing(name: str, world_database: Database, world: World) -> None:
    query = sa.text(f"SELECT count(*) FROM {name} WHERE {WALLED[name]}")
    own = {"own": world.ids["lp02"]} if ":own" in WALLED[name] else {}
    with world_database.transaction(world.actors["rival"]) as tx:
        assert tx.execute(query, own).scalar_one() == 0
    with world_database.transaction(None) as tx:
        assert tx.execute(query, own).scalar_one() == 0


def test_no_role_reads_a_sealed_ballot_in_sql(world_database: Database, world: World) -> None:
    query = sa.text("SELECT count(*) FROM ballot WHERE motion_id = :motion")
    for role in Role:
        with world_database.transaction(world.actors[role.value]) as tx:
            assert tx.execute(query, {"motion": world.ids["motion"]}).scalar_one() == 0, role
