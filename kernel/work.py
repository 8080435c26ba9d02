"""Work that can wait: durable, checkpointed in the database, done once whatever is killed when.

A job is a function of JSON keyword arguments, registered under a name. `enqueue` writes a row in the caller's own
transaction, so work exists exactly when the act that asked for it was committed. Inside a job, each step is either
a database transaction whose result is checkpointed with it (`in_transaction`: exactly once) or a step that holds no
transaction (`outside`: at least once, so it must be harmless to repeat). Workers are processes; any number may run.
"""

import json
import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, PortableWorkflowError, SQLAlchemyDatasource
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from kernel.db import Database, Tx, introduce
from kernel.errors import Unavailable
from kernel.identity.rules import SYSTEM
from kernel.progress import failure_of, statuses

__all__ = ["statuses"]

QUEUE = "afund"
# How often the queue is asked for new work, and a wait whether its work has ended; in seconds.
POLLED_EVERY = 0.2
# DBOS would write to whatever stream stands for errors when it is first started; what it says goes the common way.
logging.getLogger("dbos").addHandler(logging.NullHandler())
# Recovery looks only at work of the same version; raise it when a job's steps change their order or meaning.
WORK_VERSION = "2"

P = ParamSpec("P")
R = TypeVar("R")


class NoWorker(Unavailable):
    code = "no_worker"
    says = "Durable work needs a running worker: start `afund serve` or `afund worker`."


class WorkFailed(Unavailable):
    code = "work_failed"
    says = "{key} has ended with: {reason}"


_UNDER_WAY = sa.text("SELECT EXISTS (SELECT FROM dbos.workflow_status WHERE status = 'PENDING')")


@dataclass
class _Desk:
    """The datasource of this process's worker, once one was started."""

    datasource: SQLAlchemyDatasource | None = None


_desk = _Desk()


def job(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a function of JSON keyword arguments as durable work under `name`."""

    def register(function: Callable[P, R]) -> Callable[P, R]:
        return DBOS.workflow(name=name)(function)

    return register


_ENQUEUE = sa.text(
    "SELECT dbos.enqueue_workflow(workflow_name => :job, queue_name => :queue, "
    "named_args => CAST(:payload AS json), workflow_id => :key, app_version => :version)"
)


def enqueue_due(tx: Tx, *, job: str, key: str, now: datetime, patience: timedelta, **payload: object) -> str:
    """Ask for `job` on behalf of a timer: work that failed is tried again only when `patience` has passed.

    The payload says under `at` when it was asked for. Returns the key of the attempt that stands, or "" when a failed
    one is left to rest.
    """
    attempts = statuses(tx, key=key)
    last = attempts[-1] if attempts else None
    if last is not None and last.has_failed and now - last.asked_at < patience:
        return ""
    return enqueue(tx, job=job, key=key, afresh=False, at=now.isoformat(), **payload)


def enqueue(tx: Tx, *, job: str, key: str, afresh: bool = False, **payload: object) -> str:
    """Ask for `job` in the caller's transaction; the same `key` twice leaves one. Returns the key.

    Work that ended in an error does not block its key: a further attempt gets the key with "#2", "#3" and so on;
    with `afresh` so does work that ended well.
    """
    attempt = _next_attempt(tx, key, afresh=afresh)
    facts = {
        "job": job,
        "queue": QUEUE,
        "payload": json.dumps(payload),
        "key": attempt,
        "version": WORK_VERSION,
    }
    tx.execute(_ENQUEUE, facts)
    return attempt


def _next_attempt(tx: Tx, key: str, *, afresh: bool) -> str:
    attempts = statuses(tx, key=key)
    if not attempts:
        return key
    last = attempts[-1]
    is_over = last.has_failed or (afresh and last.has_ended)
    return f"{key}#{len(attempts) + 1}" if is_over else last.key


def in_transaction(name: str, function: Callable[..., R], *args: object) -> R:
    """Run `function(tx, *args)` as a database step of the present job: exactly once, checkpointed with its result.

    The result must be plain JSON. The transaction acts as the system.
    """
    datasource = _desk.datasource
    if datasource is None:
        raise NoWorker

    def step() -> R:
        tx = datasource.sql_session()
        assert isinstance(tx, Session)
        introduce(tx, SYSTEM)
        return function(tx, *args)

    return datasource.run_tx_step({"name": name, "isolation_level": "READ COMMITTED"}, step)


def outside(name: str, function: Callable[..., R], *args: object) -> R:
    """Run `function(*args)` as a checkpointed step that holds no transaction; harmless to repeat."""
    return DBOS.run_step({"name": name}, function, *args)


def migrate(owner_url: sa.URL, *, app_role: str) -> None:
    """Create or bring up to date the tables of durable work, and let `app_role` use them."""
    url = owner_url.render_as_string(hide_password=False)
    DBOS.migrate(url, application_role=app_role)
    SQLAlchemyDatasource.migrate(url, application_role=app_role)


def start_worker(database: Database, *, concurrency: int = 2, executor: str | None = None) -> None:
    """Begin to work off the queue in this process, finishing first what a killed worker left behind."""
    url = database.engine.url.render_as_string(hide_password=False)
    config = DBOSConfig(
        name="achievement-fund",
        system_database_url=url,
        application_version=WORK_VERSION,
        run_migrations=False,
        log_level="WARNING",
        notification_listener_polling_interval_sec=0.5,
    )
    if executor is not None:
        config["executor_id"] = executor
    DBOS(config=config)
    with ExitStack() as undo:
        # Half a worker would refuse every later start in this process.
        undo.callback(stop_worker)
        _desk.datasource = SQLAlchemyDatasource.create(
            url,
            engine=database.engine,
            sessionmaker=sessionmaker(class_=Session, expire_on_commit=False),
            run_migrations=False,
        )
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=concurrency, polling_interval_sec=POLLED_EVERY)
        undo.pop_all()


def stop_worker() -> None:
    """Stop working; unfinished work stays in the database for the next worker."""
    # Told to wait it sleeps a whole second first, even where nothing is under way.
    DBOS.destroy(workflow_completion_timeout_sec=5 if _is_under_way() else 0)
    _desk.datasource = None


def _is_under_way() -> bool:
    """Whether there is work to wait for. Asked once: where the database is gone, the library would ask for ever."""
    if _desk.datasource is None:
        return False
    try:
        with _desk.datasource.engine.connect() as connection:
            return bool(connection.execute(_UNDER_WAY).scalar_one())
    except sa.exc.SQLAlchemyError:
        return True


def wait(key: str) -> object:
    """Block until the work called `key` has ended and return its result; refused as WorkFailed when it failed."""
    if _desk.datasource is None:
        raise NoWorker
    try:
        return DBOS.retrieve_workflow(key).get_result(polling_interval_sec=POLLED_EVERY)
    except PortableWorkflowError as error:
        failure = failure_of(error.name, error.message, error.code, error.data)
        raise WorkFailed(key=key, reason=failure.sentence(), problems=failure.problems) from error


def is_working() -> bool:
    """Whether this process runs a worker."""
    return _desk.datasource is not None
