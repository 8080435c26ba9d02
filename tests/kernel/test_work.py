"""Durable work: enqueued with the caller's transaction, done once, whatever is killed when."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from kernel import work
from kernel.db import Database, Tx
from kernel.errors import Conflict
from kernel.identity.rules import SYSTEM
from tests.kernel.work_probe import KEY, STEPS

COUNT = sa.text("SELECT count(*), count(DISTINCT login) FROM sign_in_failure")


class Stuck(Conflict):
    code = "stuck"
    says = "The {thing} is stuck."


def _look(tx: Tx, key: str) -> str:
    if tx.execute(sa.text("SELECT count(*) FROM sign_in_failure WHERE login = :k"), {"k": key}).scalar_one():
        return "mended"
    raise Stuck(thing=key)


@pytest.fixture
def worker(database: Database) -> Iterator[Database]:
    """A database with a worker in this process."""
    work.start_worker(database)
    yield database
    work.stop_worker()


def test_a_rolled_back_act_leaves_no_work(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction(SYSTEM) as tx:
        work.enqueue(tx, job="probe", key=KEY, steps=1)
        _ = 1 // 0
    with database.transaction(SYSTEM) as tx:
        assert work.statuses(tx, key=KEY) == []


def test_the_same_key_twice_leaves_one(database: Database) -> None:
    for _ in range(3):
        with database.transaction(SYSTEM) as tx:
            assert work.enqueue(tx, job="probe", key=KEY, steps=1) == KEY
    with database.transaction(SYSTEM) as tx:
        assert [status.key for status in work.statuses(tx, key=KEY)] == [KEY]


def test_failed_work_says_why_and_can_be_asked_for_again(worker: Database) -> None:
    with worker.transaction(SYSTEM) as tx:
        first = _ask(tx)
    with pytest.raises(work.WorkFailed, match="The valve is stuck"):
        work.wait(first)
    with worker.transaction(SYSTEM) as tx:
        tx.execute(sa.text("INSERT INTO sign_in_failure (login, client, at) VALUES ('valve', '', now())"))
        second = _ask(tx)
    assert second == f"{first}#2"
    assert work.wait(second) == "mended"


def _ask(tx: Tx) -> str:
    return work.enqueue(tx, job="test_mend", key="mend:valve", thing="valve")


@work.job("test_mend")
def mend(*, thing: str) -> str:
    """Fails while nobody has mended the thing."""
    return work.in_transaction("look", _look, thing)


def test_a_worker_that_could_not_start_leaves_room_for_the_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> None:
        raise OSError("no room for another thread")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="no room"):
        patch.setattr(work.DBOS, "launch", refused)
        work.start_worker(database)
    work.start_worker(database)
    work.stop_worker()


def test_a_worker_stops_although_its_database_is_gone(database: Database, owner_url: sa.URL) -> None:
    work.start_worker(database)
    name = database.engine.url.database
    owner = sa.create_engine(owner_url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    stopping = threading.Thread(target=work.stop_worker, daemon=True)
    with owner.connect() as connection:
        connection.execute(sa.text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        connection.execute(sa.text(cut), {"name": name})
        stopping.start()
        stopping.join(timeout=20)
        connection.execute(sa.text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
    owner.dispose()
    assert not stopping.is_alive()


def test_without_a_worker_waiting_is_refused() -> None:
    with pytest.raises(work.NoWorker):
        work.wait("nothing")
    assert not work.is_working()


def test_a_worker_killed_again_and_again_does_every_step_once(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        work.enqueue(tx, job="probe", key=KEY, steps=STEPS)
    chance = random.Random(7)
    url = database.engine.url.render_as_string(hide_password=False)
    for attempt in range(6):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.kernel.work_probe", url], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        if attempt < 5:
            time.sleep(chance.uniform(0.05, 0.6))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            continue
        output, _ = process.communicate(timeout=60)
        assert output == f"done {sum(range(STEPS))}\n"
    with database.transaction(SYSTEM) as tx:
        assert tuple(tx.execute(COUNT).one()) == (STEPS, STEPS)
