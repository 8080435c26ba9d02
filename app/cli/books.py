"""Commands about the books: close a quarter, report on it, prove everything."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlmodel import Session

from app.languages import plain
from app.settings import Settings
from app.wiring import begin_to_work, open_database
from fund.bank.queries import count_open
from fund.charter.queries import FundSheet, fund_by_code, funds, only_fund
from fund.results.ilpa import prove_assertions
from fund.results.queries import prove as prove_books
from kernel import work
from kernel.audit.queries import verify
from kernel.audit.rules import Break
from kernel.clock import system_clock
from kernel.db import Database, Tx, introduce
from kernel.errors import Unavailable
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from kernel.progress import statuses
from lp_reports.jobs import wait_for_reports
from lp_reports.progress import Standing, WorkState, standing
from lp_reports.queries import prove_reports
from lp_reports.requests import request_close, request_reports

LOOK_EVERY = 0.25


class CloseStopped(Unavailable):
    code = "close_stopped"
    says = "{quarter} is closing, stopped at the step “{step}”: {reason} What is done stands; ask again to go on."


@contextmanager
def worked_database(settings: Settings) -> Iterator[Database]:
    """The database, with a worker in this process."""
    database = open_database(settings)
    begin_to_work(database)
    try:
        yield database
    finally:
        work.stop_worker()
        database.close()


def fund_of(tx: Tx, given: str | None) -> FundSheet:
    """The fund meant: the one whose code is given, or the only one there is."""
    return fund_by_code(tx, code=given) if given else only_fund(tx)


def close_quarter(settings: Settings, *, quarter: str, fund: str | None) -> None:
    """Enqueue the close under its name, wait for it, say what was done."""
    wanted = Quarter.parse(quarter)
    with worked_database(settings) as database:
        with database.transaction(SYSTEM) as tx:
            meant = fund_of(tx, fund)
            key = request_close(tx, SYSTEM, fund_id=meant.id, quarter=wanted, now=system_clock())
        found = watch(database, key)
        if found.step is not None and found.failures:
            reason = found.failures[0]
            facts = {"step": plain(found.step), "reason": reason.sentence()}
            raise CloseStopped(quarter=wanted, problems=reason.problems, **facts)
        work.wait(key)
        with database.transaction(SYSTEM) as tx:
            unmatched = count_open(tx, fund_id=meant.id, as_of=wanted.ends_on)
    typer.echo(
        f"{wanted} is closed: fees charged, marks checked, carry accrued, books proved, period locked."
    )
    if unmatched:
        typer.echo(f"Note: {unmatched} lines of bank statements up to its end are not matched yet.")


def report_quarter(settings: Settings, *, quarter: str, fund: str | None) -> None:
    """Enqueue the reports under their name, wait for them, name the drafts."""
    wanted = Quarter.parse(quarter)
    with worked_database(settings) as database:
        with database.transaction(SYSTEM) as tx:
            meant = fund_of(tx, fund)
            key = request_reports(tx, SYSTEM, fund_id=meant.id, quarter=wanted, now=system_clock())
        watch(database, key)
        drafts = wait_for_reports(key)
    typer.echo(f"{len(drafts)} reports for {wanted}, each a draft to be approved:")
    for number in drafts:
        typer.echo(f"  {number}")


def watch(database: Database, key: str) -> Standing:
    """Draw how far the work is until it has ended: a bar on a terminal, nothing where nobody is looking."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        pause = threading.Event()
        while True:
            with database.transaction(SYSTEM) as tx:
                found = standing(tx, status=statuses(tx, key=key)[-1])
            bar.update(task, description=told(found), total=found.of or None, completed=found.done)
            if found.state in {WorkState.DONE, WorkState.FAILED}:
                return found
            pause.wait(LOOK_EVERY)


def told(found: Standing) -> str:
    """What a piece of work is doing, in a word or two."""
    if found.step is not None:
        return f"{found.quarter} {plain(found.step)}"
    return (
        f"{found.quarter} {found.state}"
        if found.status.job == "quarter_close"
        else f"{found.quarter} partners"
    )


@contextmanager
def frozen(database: Database) -> Iterator[Tx]:
    """The database as it stands at one instant, as the system, for reading only: whatever is written is undone."""
    still = database.engine.execution_options(isolation_level="REPEATABLE READ")
    with Session(still, expire_on_commit=False) as tx:
        introduce(tx, SYSTEM)
        yield tx


def prove(settings: Settings) -> list[Break]:
    """Every break in the books, the audit chain, the counted votes, the signed findings and the reports."""
    database = open_database(settings)
    try:
        with frozen(database) as tx:
            return breaks_in(tx)
    finally:
        database.close()


def breaks_in(tx: Tx) -> list[Break]:
    """The whole proof, from the rows that `tx` sees."""
    breaks = [
        found
        for fund in funds(tx)
        for found in (*prove_books(tx, fund_id=fund.id), *prove_assertions(tx, fund_id=fund.id))
    ]
    return [*breaks, *verify(tx), *prove_reports(tx)]
