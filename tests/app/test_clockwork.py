"""The timers: due work is asked for once, however many sweep; what was missed is caught up, in its order."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from app.clockwork import Clockwork
from fund.capital.reminders import reminders
from fund.ledger.actions import lock_period, reopen_period
from fund.ledger.queries import locked_through
from fund.watch.queries import alerts
from kernel import work
from kernel.clock import fixed_clock
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from kernel.progress import WorkStatus, all_work
from pipeline.committee.queries import motion_sheet
from tests.app.world import World
from tests.app.world_pipeline import NOW
from tests.builders.archive import Archive, an_archive
from tests.builders.charter import a_fund
from tests.builders.results import a_played_fund

# Three weeks after the end of 2024Q2: its close has fallen due, and with it that of the quarter before.
IN_JULY = datetime(2024, 7, 21, 2, 0, tzinfo=UTC)
TEN = 10


def swept(database: Database, now: datetime) -> list[str]:
    """What a sweep asks for, but for the daily look at the limits."""
    keys = Clockwork(database, fixed_clock(now)).sweep()
    return [key for key in keys if not key.startswith("exposure_watch:")]


def asked_for(database: Database, job: str) -> list[WorkStatus]:
    with database.transaction(SYSTEM) as tx:
        return [status for status in all_work(tx).items if status.job == job]


@pytest.fixture
def opened(database: Database) -> Archive:
    """A fund whose first two quarters were never closed."""
    with database.transaction(SYSTEM) as tx:
        return an_archive(tx, closed=False)


@pytest.fixture
def worker(database: Database) -> Iterator[Database]:
    """The database with a worker in this process."""
    work.start_worker(database)
    yield database
    work.stop_worker()


def test_ten_schedulers_ask_once(database: Database, opened: Archive) -> None:
    start = threading.Barrier(TEN)

    def sweep() -> None:
        start.wait()
        swept(database, IN_JULY)

    threads = [threading.Thread(target=sweep) for _ in range(TEN)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [status.key for status in asked_for(database, "quarter_close")] == ["quarter_close:AF1:2024Q1"]


def test_a_restart_catches_up_every_missed_quarter_in_order(worker: Database, opened: Archive) -> None:
    for quarter in ("2024Q1", "2024Q2"):
        assert swept(worker, IN_JULY) == [f"quarter_close:AF1:{quarter}"]
        assert work.wait(f"quarter_close:AF1:{quarter}") == quarter
    assert swept(worker, IN_JULY) == []
    with worker.transaction(SYSTEM) as tx:
        assert locked_through(tx, fund_id=opened.fund_id) == date(2024, 6, 30)


def test_what_was_opened_again_is_closed_by_people(database: Database, opened: Archive) -> None:
    with database.transaction(SYSTEM) as tx:
        lock_period(tx, SYSTEM, fund_id=opened.fund_id, quarter=Quarter(2024, 1), now=IN_JULY)
        reopen_period(
            tx,
            opened.manager,
            fund_id=opened.fund_id,
            quarter=Quarter(2024, 1),
            reason="restated",
            now=IN_JULY,
        )
    assert swept(database, IN_JULY + timedelta(days=400)) == []


def test_what_was_over_before_a_fund_was_entered_is_closed_by_people(database: Database) -> None:
    """Its history is still being entered: a quarter that locks meanwhile would keep the rest out."""
    with database.transaction(SYSTEM) as tx:
        a_fund(tx, now=IN_JULY)
    assert swept(database, IN_JULY) == []
    assert swept(database, IN_JULY + timedelta(days=30)) == []


def test_a_quarter_is_left_open_until_there_was_time_for_its_marks(
    database: Database, opened: Archive
) -> None:
    assert swept(database, datetime(2024, 4, 19, 8, 0, tzinfo=UTC)) == []
    assert swept(database, datetime(2024, 4, 20, 8, 0, tzinfo=UTC)) == ["quarter_close:AF1:2024Q1"]


def test_a_refused_close_is_tried_once_a_day_and_holds_up_the_next(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        an_archive(tx, closed=False, marked=False)
    work.start_worker(database)
    try:
        [key] = swept(database, IN_JULY)
        with pytest.raises(work.WorkFailed, match="no approved mark"):
            work.wait(key)
        for minutes in range(1, 24 * 60, 180):
            assert swept(database, IN_JULY + timedelta(minutes=minutes)) == []
        assert swept(database, IN_JULY + timedelta(days=1)) == [f"{key}#2"]
    finally:
        work.stop_worker()


def test_a_vote_closes_at_its_deadline(world_database: Database, world: World) -> None:
    motion = int(world.ids["motion"])
    manager = world.actors["manager"]
    with world_database.transaction(manager) as tx:
        closes_at = motion_sheet(tx, actor=manager, motion_id=motion, now=NOW).line.closes_at
    assert closes_at is not None
    key = f"motion_close:{motion}"
    assert key not in swept(world_database, closes_at - timedelta(seconds=1))
    work.start_worker(world_database)
    try:
        assert key in swept(world_database, closes_at)
        assert work.wait(key)
    finally:
        work.stop_worker()
    with world_database.transaction(manager) as tx:
        found = motion_sheet(tx, actor=manager, motion_id=motion, now=closes_at)
    assert found.decision is not None
    assert key not in swept(world_database, closes_at + timedelta(minutes=1))


def test_a_partner_is_reminded_once_of_each_kind(world_database: Database, world: World) -> None:
    # LP02 and the general partner have not paid the call that was due on 30 September.
    before, after = datetime(2026, 9, 28, 2, 0, tzinfo=UTC), datetime(2026, 10, 2, 2, 0, tzinfo=UTC)
    work.start_worker(world_database)
    try:
        for now in (before, before, before + timedelta(days=1), after, after + timedelta(days=1)):
            for key in swept(world_database, now):
                if key.startswith("call_reminder:"):
                    work.wait(key)
    finally:
        work.stop_worker()
    with world_database.transaction(SYSTEM) as tx:
        asked = {status.key.split(":")[1] for status in all_work(tx).items if status.job == "call_reminder"}
        noted = [one for call in asked for one in reminders(tx, call_id=int(call))]
    kinds = sorted((one.partner_id, one.kind.value) for one in noted)
    assert len(kinds) == len(set(kinds))
    assert {kind for partner, kind in kinds if partner == world.ids["lp02"]} == {"due_soon", "overdue"}
    assert world.ids["lp01"] not in {partner for partner, _ in kinds}


def test_limits_are_looked_at_once_a_day_and_an_excess_is_told_once(worker: Database) -> None:
    """However many sweeps and schedulers: one job a day, one alert while it stands."""
    with worker.transaction(SYSTEM) as tx:
        fund_id = a_played_fund(tx).fund_id
    morning = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
    for later in (timedelta(0), timedelta(minutes=1), timedelta(hours=3), timedelta(days=1)):
        Clockwork(worker, fixed_clock(morning + later)).sweep()
    keys = [f"exposure_watch:AF1:2026-01-0{day}" for day in (5, 6)]
    assert sorted(status.key for status in asked_for(worker, "exposure_watch")) == keys
    assert [work.wait(key) for key in keys] == [1, 0]
    with worker.transaction(SYSTEM) as tx:
        [alert] = alerts(tx, fund_id=fund_id, actor=SYSTEM)
    assert (alert.found_on, alert.key) == (date(2026, 1, 5), "氢材科技有限公司")
