"""Letters to the partners' people, through a real mail server: who gets which, and what becomes of those refused."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi.testclient import TestClient

from app.clockwork import Clockwork
from app.formats import money
from app.jobs import JOBS
from app.letters import ask_back, notify
from app.notice_letters import tell
from fund.capital.calls import issue_call
from fund.capital.inflows import call_by_code
from fund.charter.queries import only_fund
from fund.charter.rules import Language
from fund.indemnities.queries import indemnity_by_code
from fund.partners.actions import add_contact, end_contact
from kernel import work
from kernel.clock import fixed_clock
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from kernel.letters import post
from kernel.letters.queries import LetterSheet, letters
from kernel.letters.rules import LetterState, mailbox
from kernel.progress import all_work
from lp_reports import actions as reports
from tests.app.pages.conftest import signed_in
from tests.app.world import World
from tests.app.world_pipeline import NOW
from tests.builders.seals import a_seal

__all__ = ["signed_in"]

BEFORE_DUE = datetime(2026, 9, 28, 2, 0, tzinfo=UTC)
HOME = "https://fund.example.com"


@dataclass
class Postman:
    """Takes letters for those who are known, refuses the unknown for good, and is at times too busy."""

    taken: list[EmailMessage] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    is_busy: bool = False

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.is_busy:
            return "451 too busy"
        if address in self.unknown:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        taken = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(taken, EmailMessage)
        self.taken.append(taken)
        return "250 taken"

    def bodies(self) -> dict[str, str]:
        return {str(one["To"]): one.get_content() for one in self.taken}


@pytest.fixture
def postman() -> Iterator[Postman]:
    """A mail server on this machine, and letters turned on."""
    handler = Postman()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    post.configure(mailbox(f"smtp://127.0.0.1:{port}", "fund@example.com"), home=HOME)
    yield handler
    post.configure(None, home="")
    controller.stop()


@pytest.fixture
def worker(world_database: Database) -> Iterator[Database]:
    """The small world with a worker in this process."""
    assert JOBS
    work.start_worker(world_database)
    yield world_database
    work.stop_worker()


@pytest.fixture
def contacts(world_database: Database, world: World) -> None:
    """Who is written to: at LP02 two people, one who left and one without notices; at LP01 one."""
    facts = {"now": NOW}
    with world_database.transaction(SYSTEM) as tx:
        two, one = int(world.ids["lp02"]), int(world.ids["lp01"])
        add_contact(tx, SYSTEM, partner_id=two, name="李明", email="li@two.example", **facts)
        add_contact(
            tx, SYSTEM, partner_id=two, name="Ann", email="ann@two.example", language=Language.EN, **facts
        )
        gone = add_contact(tx, SYSTEM, partner_id=two, name="旧人", email="old@two.example", **facts)
        for one_gone in (gone.id, int(world.ids["contact"])):
            end_contact(tx, SYSTEM, partner_id=two, contact_id=one_gone, ended_on=date(2026, 9, 1), now=NOW)
        quiet = {"receives_notices": False, "receives_reports": False}
        add_contact(tx, SYSTEM, partner_id=two, name="静", email="quiet@two.example", **quiet, **facts)
        add_contact(tx, SYSTEM, partner_id=one, name="赵一", email="zhao@one.example", **facts)


def swept(database: Database, now: datetime) -> None:
    """One sweep of the timers, and everything that it sets going, to its end."""
    for key in Clockwork(database, fixed_clock(now)).sweep():
        if not key.startswith("quarter_close:"):
            work.wait(key)
    settle(database)


def settle(database: Database) -> None:
    """Wait until no letter is under way."""
    for _ in range(5):
        with database.transaction(SYSTEM) as tx:
            busy = [one.key for one in all_work(tx).items if "letter" in one.job and not one.has_ended]
        for key in busy:
            work.wait(key)


def kept(database: Database) -> list[LetterSheet]:
    with database.transaction(SYSTEM) as tx:
        return list(letters(tx, actor=SYSTEM).items)


def test_only_the_contacts_of_a_partner_that_owes_are_reminded_and_once(
    worker: Database,
    world: World,
    contacts: None,
    postman: Postman,
    signed_in: Callable[..., httpx.Client],
) -> None:
    for hours in (0, 1, 25):
        swept(worker, BEFORE_DUE + timedelta(hours=hours))
    bodies = postman.bodies()
    assert sorted(bodies) == ["Ann <ann@two.example>", "李明 <li@two.example>"]
    assert len(postman.taken) == 2
    chinese, english = bodies["李明 <li@two.example>"], bodies["Ann <ann@two.example>"]
    assert "尚未缴付" in chinese
    assert "Still to be paid" in chinese
    assert "尚未缴付" not in english
    assert f"{HOME}/fund/calls/" in english
    for body in bodies.values():
        assert "LP01" not in body
        assert "one.example" not in body
    assert {one.state for one in kept(worker)} == {LetterState.SENT}
    # The partner's own pages and the fund's tell it too.
    client = signed_in("rival")
    assert "已于 2026-09-28 提醒" in client.get("/today").text
    assert "已于 2026-09-28 提醒" in client.get("/portal").text
    call = kept(worker)[0].about.split(":")[1]
    page = signed_in("manager").get(f"/fund/calls/{call}").text
    assert "li@two.example" in page
    assert "已发送" in page
    [noted] = client.get(
        f"/api/v1/calls/{world.ids['call']}/reminders", headers=world.headers["rival"]
    ).json()
    assert (noted["kind"], noted["partner_id"]) == ("due_soon", world.ids["lp02"])
    assert not any(one.is_multipart() for one in postman.taken)
    assert {str(one["Message-ID"]).partition("@")[2] for one in postman.taken} == {"example.com>"}


def test_a_notice_of_default_goes_to_the_partners_contacts_alone(
    worker: Database, world: World, contacts: None, postman: Postman
) -> None:
    with worker.transaction(SYSTEM) as tx:
        assert notify(tx, int(world.ids["default"]), NOW.isoformat()) == 2
    settle(worker)
    bodies = postman.bodies()
    assert sorted(bodies) == ["Ann <ann@two.example>", "李明 <li@two.example>"]
    english = bodies["Ann <ann@two.example>"]
    assert "is cured by paying both by 2024-03-28" in english
    assert "8" in english.partition("Interest at ")[2].partition(" a year")[0]
    assert "违约利息" in bodies["李明 <li@two.example>"]
    assert not any("LP01" in body for body in bodies.values())


def test_who_is_to_give_distributions_back_is_told_what_and_why(
    worker: Database, world: World, contacts: None, postman: Postman
) -> None:
    with worker.transaction(SYSTEM) as tx:
        fund_id = only_fund(tx).id
        asked = indemnity_by_code(tx, fund_id=fund_id, code=str(world.ids["indemnity"]))
        assert ask_back(tx, asked.id, asked.lines[0].partner_id, NOW.isoformat()) == 2
        assert ask_back(tx, asked.id, 999_999, NOW.isoformat()) == 0
    settle(worker)
    bodies = postman.bodies()
    english, chinese = bodies["Ann <ann@two.example>"], bodies["李明 <li@two.example>"]
    assert "100.00 yuan by 2026-10-30. What it pays: claim of the buyer" in english
    assert "返还已收分配款（LPG-001）" in chinese
    assert "受让方索赔" in chinese
    assert "受让方索赔" not in english, "each reads its own half of the reason"
    assert not any("LP01" in body for body in bodies.values())


def test_an_issued_call_is_told_at_once_with_a_link_to_its_notice_and_no_account(
    worker: Database, world: World, contacts: None, postman: Postman
) -> None:
    with worker.transaction(SYSTEM) as tx:
        fund_id = only_fund(tx).id
        sheet = call_by_code(tx, fund_id=fund_id, code=str(world.ids["approved_call"]))
        issue_call(tx, SYSTEM, call_id=sheet.id, now=NOW)
    work.wait(f"notice_letters:call:{sheet.id}")
    settle(worker)
    bodies = postman.bodies()
    assert sorted(bodies) == ["Ann <ann@two.example>", "李明 <li@two.example>", "赵一 <zhao@one.example>"]
    own = sheet.line(int(world.ids["lp02"]))
    english, chinese = bodies["Ann <ann@two.example>"], bodies["李明 <li@two.example>"]
    for body in (english, chinese):
        assert f"{money(own.amount)}" in body
        assert str(sheet.call.due_on) in body
        assert f"{HOME}/fund/calls/{sheet.id}" in body
        assert "LP01" not in body
    assert "Accounts are never changed by mail" in english
    assert "缴付" in chinese
    with worker.transaction(SYSTEM) as tx:
        assert tell(tx, "call", sheet.id, NOW.isoformat()) == 0


def test_a_busy_server_is_asked_again_and_an_unknown_address_is_not(
    worker: Database, contacts: None, postman: Postman
) -> None:
    postman.is_busy, postman.unknown = True, {"ann@two.example"}
    swept(worker, BEFORE_DUE)
    assert {one.reason for one in kept(worker)} == {"451 too busy"}
    postman.is_busy = False
    swept(worker, BEFORE_DUE + timedelta(minutes=4))
    assert postman.taken == []
    swept(worker, BEFORE_DUE + timedelta(minutes=6))
    found = {one.recipient: (one.state, one.attempts, one.reason) for one in kept(worker)}
    assert found == {
        "李明": (LetterState.SENT, 2, ""),
        "Ann": (LetterState.FAILED, 2, "550 no such person"),
    }
    swept(worker, BEFORE_DUE + timedelta(days=1))
    assert [one.attempts for one in kept(worker)] == [2, 2]


def test_a_server_that_is_not_there_leaves_the_letters_waiting(
    worker: Database, contacts: None, postman: Postman
) -> None:
    post.configure(mailbox("smtp://127.0.0.1:1", "fund@example.com"), home=HOME)
    swept(worker, BEFORE_DUE)
    assert {one.state for one in kept(worker)} == {LetterState.WAITING}
    assert all("Connection" in one.reason for one in kept(worker))


def test_without_a_mail_server_nothing_is_written(worker: Database, contacts: None) -> None:
    swept(worker, BEFORE_DUE)
    assert kept(worker) == []


def test_a_published_report_is_announced_to_its_own_partner(
    worker: Database, world: World, contacts: None, postman: Postman, world_client: TestClient
) -> None:
    manager, report = world.actors["manager"], int(world.ids["draft_report"])
    with worker.transaction(manager) as tx:
        reports.approve(tx, manager, report_id=report, now=NOW)
        reports.publish(tx, manager, report_id=report, seal=a_seal(), now=NOW)
    settle(worker)
    [taken] = postman.taken
    assert str(taken["To"]) == "李明 <li@two.example>"
    assert f"{HOME}/reports/{report}" in taken.get_content()
    assert list(taken.iter_attachments()) == []
    listed = world_client.get(f"/api/v1/letters?about=report:{report}", headers=world.headers["manager"])
    assert [one["state"] for one in listed.json()["items"]] == ["sent"]
    own = world_client.get("/api/v1/letters", headers=world.headers["rival"]).json()["items"]
    assert [one["address"] for one in own] == ["li@two.example"]
    assert world_client.get("/api/v1/letters", headers=world.headers["lp_user"]).json()["items"] == []


def test_a_name_cannot_write_headers(postman: Postman) -> None:
    letter = post.Outgoing(1, "李\r\nBcc: all@x.example", "li@two.example", "a\nb", "body", NOW)
    assert post.hand_over(letter).is_sent
    assert postman.taken[0]["Bcc"] is None
    assert postman.taken[0]["Subject"] == "a b"
