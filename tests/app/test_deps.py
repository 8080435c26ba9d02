"""One request is one transaction: it has committed before the answer leaves, and a refusal leaves nothing."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.deps import ApiActor, Now, TxDep
from app.main import create_app
from kernel.audit.actions import record
from kernel.clock import fixed_clock
from kernel.db import Database
from kernel.errors import Conflict
from kernel.identity.rules import SYSTEM, Role
from tests.app.conftest import Speak
from tests.builders.seals import a_seal


class Stop(Conflict):
    code = "stop"
    says = "Stop."


@pytest.fixture
def app(database: Database, now: datetime) -> FastAPI:
    """An application of its own, for routes are added to it."""
    return create_app(database, seal=a_seal(), clock=fixed_clock(now))


def test_a_commit_that_fails_is_never_answered_as_done(app: FastAPI, client: TestClient) -> None:
    @app.post("/late")
    def late(tx: TxDep) -> dict[str, str]:
        tx.execute(sa.text("CREATE TEMP TABLE t (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
        tx.execute(sa.text("INSERT INTO t VALUES (1), (1)"))
        return {"answer": "done"}

    answer = client.post("/late")
    assert answer.status_code == 500
    assert "done" not in answer.text


def test_a_refusal_rolls_back(app: FastAPI, client: TestClient, speak: Speak, database: Database) -> None:
    @app.post("/api/stop")
    def stop(tx: TxDep, actor: ApiActor, now: Now) -> None:
        record(tx, actor, action="half.done", subject="x", now=now)
        raise Stop

    answer = client.post("/api/stop", headers=speak(Role.MANAGER))
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "stop"
    with database.transaction(SYSTEM) as tx:
        events = tx.execute(sa.text("SELECT action FROM audit_event")).scalars().all()
    assert "half.done" not in events


def test_what_is_refused_is_written_down(client: TestClient, speak: Speak, database: Database) -> None:
    headers = speak(Role.LP_USER, partner_id=7)
    assert client.get("/api/v1/users", headers=headers).status_code == 403
    assert client.get("/api/v1/deals/D99-999", headers=headers).status_code == 404
    with database.transaction(SYSTEM) as tx:
        rows = tx.execute(
            sa.text("SELECT detail->>'path' FROM audit_event WHERE action = 'access.refused' ORDER BY number")
        )
        assert rows.scalars().all() == ["/api/v1/users", "/api/v1/deals/D99-999"]


def test_nobody_is_asked_to_sign_in(client: TestClient) -> None:
    answer = client.get("/api/v1/deals")
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_needed")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert client.get("/api/v1/nothing").json()["code"] == "path_unknown"
    assert client.get("/api/v1/deals", headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_every_answer_is_protected(client: TestClient) -> None:
    headers = client.get("/healthz").headers
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_a_problem_is_told_in_the_readers_language(client: TestClient) -> None:
    zh = client.get("/api/v1/deals", headers={"Accept-Language": "zh-CN"}).json()["detail"]
    en = client.get("/api/v1/deals", headers={"Accept-Language": "en"}).json()["detail"]
    assert en.startswith("Sign in")
    assert zh != en


def test_the_instant_is_read_once_from_the_clock(app: FastAPI, client: TestClient, now: datetime) -> None:
    @app.get("/when")
    def when(first: Now, second: Now) -> list[datetime]:
        return [first, second]

    assert client.get("/when").json() == ["2026-09-30T08:00:00Z"] * 2
