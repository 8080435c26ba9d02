"""The application under test: the real one, on a private database, with a clock that stands still."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.main import create_app
from kernel.clock import fixed_clock
from kernel.db import Database
from kernel.identity.actions import issue_token
from kernel.identity.queries import actor_of
from kernel.identity.rules import SYSTEM, Role
from tests.builders.people import a_user

Speak = Callable[..., dict[str, str]]


@pytest.fixture
def app(database: Database, now: datetime) -> FastAPI:
    """The application."""
    return create_app(database, clock=fixed_clock(now))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Somebody who asks it; errors come back as answers, as they would over the wire."""
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as asking:
        yield asking


@pytest.fixture
def speak(database: Database, now: datetime) -> Speak:
    """Makes a user with the given roles and returns the headers with which its scripts speak."""

    def headers(
        *roles: Role, login: str = "", partner_id: int | None = None, party_id: int | None = None
    ) -> dict[str, str]:
        name = login or "-".join(roles) or "nobody"
        with database.transaction(SYSTEM) as tx:
            user = a_user(tx, *roles, login=name, now=now, partner_id=partner_id, party_id=party_id)
            actor = actor_of(tx, user=user)
            _, secret = issue_token(tx, actor, label="test", life=timedelta(days=1), now=now)
        return {"Authorization": f"Bearer {secret}"}

    return headers
