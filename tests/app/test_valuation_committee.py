"""The valuation committee by API: each member answers once, the mark waits, the trail keeps it all."""

from typing import Any

import httpx
import sqlalchemy as sa
from fastapi.testclient import TestClient

from kernel.db import Database
from tests.app.world import World

POLICY = {
    "effective_on": "2026-01-01",
    "note": "Resolution 7",
    "committee": ["committee.person", "accountant.person", "second.person"],
    "quorum": "1/2",
    "threshold": "2/3",
}


def with_a_committee(client: TestClient, world: World) -> dict[str, Any]:
    laid = client.post("/api/v1/valuation-policy", headers=world.headers["manager"], json=POLICY)
    assert laid.status_code == 201, laid.text
    assert (laid.json()["quorum"], laid.json()["threshold"]) == ("0.5", "2/3")
    found = client.get(address(world), headers=world.headers["committee"]).json()
    assert found["outcome"]["standing"] == "open"
    assert isinstance(found, dict)
    return found


def address(world: World) -> str:
    return f"/api/v1/marks/{world.ids['mark']}/committee"


def answer(client: TestClient, world: World, who: str, key: str = "", **body: str) -> httpx.Response:
    headers = world.headers[who] | {"Idempotency-Key": key or f"opinion-{who}-{len(str(body))}"}
    told: httpx.Response = client.post(
        f"/api/v1/marks/{world.ids['mark']}/opinions", headers=headers, json=body
    )
    return told


def test_members_answer_once_and_the_mark_waits(world_client: TestClient, world: World) -> None:
    sha = with_a_committee(world_client, world)["file_sha256"]
    approve = f"/api/v1/marks/{world.ids['mark']}/approval"
    manager = world.headers["manager"]

    def put_in_force(key: str) -> httpx.Response:
        headers = manager | {"Idempotency-Key": key}
        told: httpx.Response = world_client.post(approve, headers=headers, json={"minute": "VC-7"})
        return told

    early = put_in_force("a")
    assert (early.status_code, early.json()["code"]) == (409, "valuation_committee_not_agreed")
    first = answer(world_client, world, "committee", key="k1", opinion="approve", file_sha256=sha)
    assert first.status_code == 201, first.text
    again = answer(world_client, world, "committee", key="k1", opinion="approve", file_sha256=sha)
    assert again.headers["Idempotency-Replayed"] == "true"
    for who, body, code in (
        ("committee", {"opinion": "object", "reason": "late"}, "valuation_opinion_given"),
        ("manager", {"opinion": "approve"}, "valuation_not_a_member"),
        ("second", {"opinion": "object"}, "valuation_objection_unexplained"),
        ("second", {"opinion": "approve", "file_sha256": "0" * 64}, "valuation_opinion_stale"),
    ):
        refused = answer(world_client, world, who, **({"file_sha256": sha} | body))
        assert refused.json()["code"] == code
    assert answer(world_client, world, "auditor", opinion="approve", file_sha256=sha).status_code == 403
    assert answer(world_client, world, "lp_user", opinion="approve", file_sha256=sha).status_code == 403
    told = answer(world_client, world, "accountant", opinion="approve", file_sha256=sha).json()
    assert (told["outcome"]["standing"], told["outcome"]["approved"]) == ("agreed", 2)
    done = put_in_force("b")
    assert done.status_code == 201, done.text
    assert world_client.get(address(world), headers=manager).json()["is_resolved"]
    trail = world_client.get("/api/v1/audit?limit=100", headers=manager).text
    assert trail.count("valuation.opinion_given") == 2
    assert "valuation.resolved" in trail
    late = answer(world_client, world, "second", opinion="approve", file_sha256=sha)
    assert late.json()["code"] == "valuation_mark_decided"


def test_only_who_answers_a_draft_reads_what_stands_behind_it(
    world_client: TestClient, world: World, world_database: Database
) -> None:
    """Its file, memos, opinions and page, whoever asks of another committee, and the database says the same."""
    mark, member = world.ids["mark"], world.actors["committee"]
    behind = [f"/api/v1/marks/{mark}/{what}" for what in ("file", "committee", "memos", "memo.pdf")]

    def read(who: str) -> set[int]:
        return {world_client.get(path, headers=world.headers[who]).status_code for path in behind}

    def rows() -> list[int]:
        with world_database.transaction(member) as tx:
            return [
                tx.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()
                for table in ("valuation_file", "valuation_memo", "valuation_opinion")
            ]

    assert (read("committee"), rows()) == ({404}, [0, 0, 0])
    sha = with_a_committee(world_client, world)["file_sha256"]
    assert answer(
        world_client, world, "committee", opinion="object", reason="late", file_sha256=sha
    ).is_success
    assert (read("committee"), rows()) == ({200}, [1, 2, 1])
    # A version of the policy that names others takes the draft from whoever is not named any more.
    dropped = POLICY | {"committee": ["accountant.person", "second.person"]}
    manager = world.headers["manager"]
    assert world_client.post("/api/v1/valuation-policy", headers=manager, json=dropped).status_code == 201
    assert (read("committee"), rows()) == ({404}, [0, 0, 0])
    assert read("manager") == {200}
    listed = world_client.get("/api/v1/holdings/H01/marks", headers=world.headers["committee"]).text
    assert f'"id":{mark},' not in listed
    assert f'"id":{mark},' in world_client.get("/api/v1/holdings/H01/marks", headers=manager).text
    # What is in force is read by every committee, and so is its file.
    for who in ("accountant", "second"):
        assert answer(world_client, world, who, opinion="approve", file_sha256=sha).is_success
    put = world_client.post(
        f"/api/v1/marks/{mark}/approval", headers=manager | {"Idempotency-Key": "in-force"}, json={}
    )
    assert put.status_code == 201, put.text
    assert (read("committee"), rows()) == ({200}, [1, 2, 1 + 2])
