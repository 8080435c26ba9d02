"""What a journey needs around it: a funded fund, its committee, and everybody with a script of their own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient

from fund.partners.queries import partner
from kernel.db import Database, Tx
from kernel.identity.actions import issue_token
from kernel.identity.rules import SYSTEM, Actor, Role
from pipeline.committee.motion_rules import Matter
from tests.builders.apps import an_app
from tests.builders.capital import YUAN, a_paid_call, investment
from tests.builders.closing import a_funded_committee
from tests.builders.committee import a_member, a_policy

CASH = 30_000_000 * YUAN


@dataclass
class Stage:
    """The application as everybody speaks to it; time is moved by hand."""

    database: Database
    now: datetime
    tokens: dict[str, str] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    parties: dict[str, int] = field(default_factory=dict)
    keys: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        app = an_app(self.database, clock=lambda: self.now)
        self.client = TestClient(app, raise_server_exceptions=False)

    def ask(self, who: str, route: str, body: object = None, *, expect: int = 0, **more: Any) -> Any:
        """What `who` is answered on "POST /deals"; a fresh key each time. Fails unless it goes well."""
        method, path = route.split()
        headers = {"Authorization": f"Bearer {self.tokens[who]}", "Idempotency-Key": f"j-{next(self.keys)}"}
        if "version" in more:
            headers["If-Match"] = f'"{more.pop("version")}"'
        answer = self.client.request(method, f"/api/v1{path}", json=body, headers=headers, **more)
        well = answer.status_code == expect if expect else answer.is_success
        assert well, (who, route, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def pass_days(self, days: int) -> date:
        """Let days go by; the day it is then in Beijing."""
        self.now += timedelta(days=days)
        return self.now.date()


@pytest.fixture
def stage(database: Database, now: datetime) -> Iterator[Stage]:
    """A fund of 500m yuan with money in the bank, a committee of seven, and one person of each kind."""
    made = Stage(database, now)
    with database.transaction(SYSTEM) as tx:
        fund, committee = a_funded_committee(tx, now=now)
        a_paid_call(tx, fund, investment(CASH), due_on=date(2026, 3, 2))
        a_policy(tx, fund_id=fund.fund_id, matter=Matter.EXIT, now=now)
        made.parties["steel"] = partner(tx, partner_id=fund.partners["LP01"]).party_id
        people = {code.lower(): member for code, member in committee.members.items()}
        people |= {
            name: a_member(tx, role, login=name.replace("_", "-"), now=now, party_id=party_id)
            for name, role, party_id in (
                ("manager", Role.MANAGER, None),
                ("analyst", Role.ANALYST, None),
                ("accountant", Role.ACCOUNTANT, None),
                ("technology_manager", Role.TECHNOLOGY_MANAGER, None),
                ("expert", Role.LP_EXPERT, made.parties["steel"]),
            )
        }
        for name, person in people.items():
            made.tokens[name] = _token(tx, person, now)
            made.users[name] = person.user_id or 0
    yield made
    made.client.close()


def _token(tx: Tx, person: Actor, now: datetime) -> str:
    return issue_token(tx, person, label="journey", life=timedelta(days=360), now=now)[1]
