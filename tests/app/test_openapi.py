"""The API as it describes itself: whatever a script sends, nobody is answered with a fault of the server."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import content_type_conformance

from tests.app.access_rows import Row
from tests.app.access_table import ROWS
from tests.app.world import World

CHECKS = [not_a_server_error, content_type_conformance]
tried = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def schema(rehearsal: TestClient) -> BaseSchema:
    """What the running application says of itself."""
    assert isinstance(rehearsal.app, FastAPI)
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", rehearsal.app)


def places(row: Row, world: World) -> dict[str, Any]:
    """Values for the places in a route's path: ids of things that are there."""
    words = [world.ids[word[1:]] if word.startswith("$") else word for word in row.path.split()]
    names = [part.split("}")[0] for part in row.route.split()[1].split("{")[1:]]
    return dict(zip(names, words, strict=True))


@pytest.mark.parametrize("row", ROWS, ids=[row.route for row in ROWS])
def test_nothing_that_is_sent_breaks_it(row: Row, schema: BaseSchema, world: World) -> None:
    method, path = row.route.split()
    operation = schema[path][method]
    headers = world.headers["manager"]

    def judge(case: Case[Any]) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    # What is there is asked for by its own name; that nothing is there is said by the tests of strange addresses.
    there = {"path_parameters": places(row, world)} if row.path else {}
    tried(given(case=operation.as_strategy(**there))(judge))()


def bodies(spec: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every JSON body that a request may have, by its route."""
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                yield f"{method.upper()} {path}", content["application/json"]["schema"]


def test_everything_is_described_and_every_body_has_an_example(rehearsal: TestClient) -> None:
    assert isinstance(rehearsal.app, FastAPI)
    spec = rehearsal.app.openapi()
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            assert operation.get("description"), (method, path)
    parts = spec["components"]["schemas"]
    bare = []
    for route, schema in bodies(spec):
        name = schema.get("$ref", "").rpartition("/")[2]
        assert parts[name].get("description"), name
        if not has_example(parts[name], parts):
            bare.append((route, name))
    assert not bare


def has_example(schema: dict[str, Any], parts: dict[str, Any]) -> bool:
    """Whether a body shows an example of at least one of its fields."""
    return '"example' in json.dumps(schema)


HOSTILE = (
    {
        "party_id": 2**70,
        "code": "N-77",
        "title": "t",
        "problem": "p",
        "sector": "s",
        "chain_position": "upstream",
    },
    {
        "party_id": 1,
        "code": "N-77",
        "title": "t\u0000",
        "problem": "p",
        "sector": "s",
        "chain_position": "upstream",
    },
)


@pytest.mark.parametrize("body", HOSTILE)
def test_what_the_database_cannot_hold_is_refused(
    body: dict[str, Any], rehearsal: TestClient, world: World
) -> None:
    answer = rehearsal.post("/api/v1/demands", json=body, headers=world.headers["manager"])
    assert answer.status_code in {404, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/api/v1/parties/%00", "/api/v1/deals/%00", f"/api/v1/parties/{2**70}"])
def test_strange_addresses(path: str, rehearsal: TestClient, world: World) -> None:
    assert rehearsal.get(path, headers=world.headers["manager"]).status_code in {404, 422}


def test_a_lone_surrogate_is_refused(rehearsal: TestClient, world: World) -> None:
    headers = world.headers["manager"] | {"Content-Type": "application/json", "Idempotency-Key": "s"}
    for path in ("/api/v1/parties", "/api/v1/expenses"):
        content = b'{"kind": "person", "name_zh": "\\ud800", "memo": "\\ud800"}'
        assert rehearsal.post(path, content=content, headers=headers).status_code == 422
