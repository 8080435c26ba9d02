"""A vote from declaration to minutes, all of it through the API."""

from datetime import datetime, timedelta
from itertools import count

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import select

from kernel.db import Database
from kernel.identity.actions import issue_token
from kernel.identity.models import User
from kernel.identity.queries import actor_of
from kernel.identity.rules import SYSTEM
from tests.app.world import World
from tests.app.world_pipeline import NOW
from tests.builders.apps import an_app

MEMBERS = ("committee.person", "member-2", "member-3", "member-4", "member-5")
AFTER = NOW + timedelta(days=4)
Headers = dict[str, str]


class Vote:
    """The motion that waits for declarations, spoken of through the API; time is moved by hand."""

    def __init__(self, database: Database, world: World) -> None:
        self.now = NOW
        self.client = TestClient(an_app(database, clock=self.clock), raise_server_exceptions=False)
        self.at = f"/api/v1/motions/{world.ids['waiting_motion']}"
        self.members = [self.token(database, login) for login in MEMBERS]
        self.manager, self.analyst = world.headers["manager"], world.headers["analyst"]
        self.keys = count(1)

    def clock(self) -> datetime:
        """The time by hand."""
        return self.now

    def token(self, database: Database, login: str) -> Headers:
        """The headers of somebody's script."""
        with database.transaction(SYSTEM) as tx:
            user = tx.exec(select(User).where(User.login == login)).one()
            life = timedelta(days=9)
            _, secret = issue_token(tx, actor_of(tx, user=user), label="vote", life=life, now=NOW)
        return {"Authorization": f"Bearer {secret}"}

    def post(self, what: str, who: Headers, body: object, *, key: str = "") -> Response:
        """Ask for an act, under a fresh key unless one is given."""
        headers = who | {"Idempotency-Key": key or f"vote-{next(self.keys)}"}
        return self.client.post(f"{self.at}/{what}", json=body, headers=headers)

    def motion(self, who: Headers) -> dict[str, object]:
        """The motion as somebody sees it."""
        found: dict[str, object] = self.client.get(self.at, headers=who).json()
        return found

    def open(self) -> str:
        """Everybody declares, the vote is opened; returns the hash of the papers."""
        for member in self.members:
            declared = self.post("declarations", member, {"conflicts": []})
            assert declared.json() == {"is_declared": True, "is_recused": False}
        assert self.post("open", self.manager, {}).json()["state"] == "open"
        return str(self.motion(self.manager)["papers_hash"])


@pytest.fixture
def vote(world_database: Database, world: World) -> Vote:
    """A vote on a private copy of the small world."""
    return Vote(world_database, world)


def code(answer: Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["code"]


def test_from_declaration_to_minutes(vote: Vote) -> None:
    hashed = vote.open()
    for member, choice in zip(vote.members, ("yes", "yes", "yes", "conditions", "no"), strict=True):
        asked = {"conditions": ["核心专利完成转让"]} if choice == "conditions" else {}
        cast = vote.post("ballots", member, {"choice": choice, "papers_hash": hashed, **asked})
        assert cast.status_code == 201, cast.text
        assert cast.json()["choice"] == choice
    assert code(vote.post("close", vote.manager, {})) == (409, "voting_still_open")
    vote.now = AFTER
    closed = vote.post("close", vote.manager, {})
    assert closed.status_code == 201, closed.text
    outcome = closed.json()["outcome"]
    assert outcome["state"] == "approved_with_conditions"
    assert (outcome["eligible"], outcome["needed"], outcome["yes"], outcome["no"]) == (5, 4, 4, 1)
    minutes = vote.client.get(f"{vote.at}/minutes", headers=vote.analyst).json()
    assert [one["choice"] for one in minutes["votes"]] == ["yes", "yes", "yes", "conditions", "no"]
    assert all(one["is_counted"] for one in minutes["votes"])
    assert [one["says"] for one in minutes["conditions"]] == ["核心专利完成转让"]
    kept = vote.post("minutes", vote.manager, None)
    assert kept.status_code == 201
    assert vote.post("minutes", vote.manager, None).json() == kept.json()


def test_the_same_key_gives_the_same_answer_and_no_second_ballot(vote: Vote) -> None:
    ballot = {"choice": "yes", "papers_hash": vote.open()}
    first = vote.post("ballots", vote.members[0], ballot, key="mine")
    again = vote.post("ballots", vote.members[0], ballot, key="mine")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    other = vote.post("ballots", vote.members[0], {**ballot, "choice": "no"}, key="mine")
    assert code(other) == (409, "idempotency_key_reused")
    assert vote.motion(vote.members[0])["ballot"] == first.json()
    unnamed = vote.client.post(f"{vote.at}/ballots", json=ballot, headers=vote.members[0])
    assert code(unnamed) == (422, "request_invalid")


def test_a_change_of_mind_needs_a_reason(vote: Vote) -> None:
    hashed = vote.open()
    vote.post("ballots", vote.members[0], {"choice": "yes", "papers_hash": hashed})
    silent = vote.post("ballots", vote.members[0], {"choice": "no", "papers_hash": hashed})
    assert silent.status_code == 422, silent.text
    changed = {"choice": "no", "papers_hash": hashed, "reason": "尽调补充材料"}
    assert vote.post("ballots", vote.members[0], changed).status_code == 201
    mine = vote.motion(vote.members[0])["ballot"]
    assert isinstance(mine, dict)
    assert mine["choice"] == "no"


def test_who_may_not_vote_and_when(vote: Vote) -> None:
    early = {"choice": "yes", "papers_hash": "0" * 64}
    assert vote.post("ballots", vote.members[0], early).status_code in {403, 409}
    hashed = vote.open()
    ballot = {"choice": "yes", "papers_hash": hashed}
    assert code(vote.post("ballots", vote.members[0], early)) == (409, "stale_papers")
    assert vote.post("ballots", vote.manager, ballot).status_code == 403
    vote.now = AFTER
    assert code(vote.post("ballots", vote.members[0], ballot)) == (409, "voting_closed")


def test_a_ballot_is_sealed_until_the_close(vote: Vote) -> None:
    hashed = vote.open()
    cast = {"choice": "no", "papers_hash": hashed, "reason": "ONLY-FOR-THE-MINUTES"}
    assert vote.post("ballots", vote.members[1], cast).status_code == 201
    for who in (vote.manager, vote.analyst, vote.members[0]):
        assert vote.motion(who)["ballot"] is None
        assert "ONLY-FOR-THE-MINUTES" not in vote.client.get("/api/v1/audit", headers=vote.manager).text
        assert vote.client.get(f"{vote.at}/minutes", headers=who).status_code in {403, 404, 409}
    vote.now = AFTER
    vote.post("close", vote.manager, {})
    assert "ONLY-FOR-THE-MINUTES" in vote.client.get(f"{vote.at}/minutes", headers=vote.manager).text


def test_a_manager_uploads_a_paper_and_locks_it(vote: Vote, world: World) -> None:
    vote.at = f"/api/v1/motions/{world.ids['draft_motion']}"
    folder = vote.client.post(
        f"/api/v1/deals/{world.ids['deal']}/folders", json={"name": "投委会材料"}, headers=vote.manager
    ).json()
    paper = vote.client.post(
        f"/api/v1/folders/{folder['id']}/documents",
        files={"file": ("memo.pdf", b"%PDF a new memo", "application/pdf")},
        data={"title": "投资建议书"},
        headers=vote.manager,
    ).json()
    papers = {"papers": [{"title": paper["title"], "sha256": paper["sha256"]}]}
    locked = vote.post("papers", vote.manager, papers)
    assert locked.status_code == 201, locked.text
    vote.open()
    read = vote.client.get(f"{vote.at}/papers/{paper['sha256']}", headers=vote.members[0])
    assert read.content == b"%PDF a new memo"
    unknown = {"papers": [{"title": "ghost", "sha256": "0" * 64}]}
    assert vote.post("papers", vote.manager, unknown).status_code in {404, 409, 422}


def test_a_vote_ends_within_its_policy_and_at_an_instant(vote: Vote) -> None:
    for member in vote.members:
        vote.post("declarations", member, {"conflicts": []})
    for asked in ("9999-12-31T23:59:59Z", "2029-01-01T00:00:00Z"):
        assert code(vote.post("open", vote.manager, {"closes_at": asked})) == (422, "window_too_long")
    for asked in ("2026-10-20T09:00:00", "soon"):
        answer = vote.post("open", vote.manager, {"closes_at": asked})
        assert code(answer) == (422, "request_invalid")
    assert vote.post("open", vote.manager, {"closes_at": "2026-10-20T09:00:00Z"}).status_code == 201


def test_a_refused_ballot_does_not_tell_the_trail_what_it_said(vote: Vote) -> None:
    hashed = vote.open()
    veto = {"choice": "veto", "papers_hash": hashed, "reason": "never"}
    assert code(vote.post("ballots", vote.members[3], veto)) == (403, "veto_without_right")
    assert code(vote.post("ballots", vote.manager, veto)) == (403, "role_missing")
    trail = vote.client.get("/api/v1/audit", params={"action": "access.refused"}, headers=vote.manager).json()
    by_name, sealed = trail["items"][:2]
    assert (by_name["actor_name"], by_name["detail"]["code"]) == ("Manager.Person", "role_missing")
    assert sealed["subject"] == "ballot:refused"
    assert "Member" not in str(sealed)
    assert "veto" not in str(sealed)
