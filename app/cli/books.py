"""Commands about the books: close a quarter, report on it, prove everything."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
import typer

from app.settings import Settings
from app.wiring import begin_to_work, open_database
from fund.charter.queries import FundSheet, fund_by_code, funds, only_fund
from fund.results.queries import prove as prove_books
from kernel import work
from kernel.audit.queries import verify
from kernel.audit.rules import Break
from kernel.clock import system_clock
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from lp_reports.actions import request_close, request_reports
from lp_reports.jobs import wait_for_reports
from lp_reports.queries import prove_reports


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
        work.wait(key)
    typer.echo(
        f"{wanted} is closed: fees charged, marks checked, carry accrued, books proved, period locked."
    )


def report_quarter(settings: Settings, *, quarter: str, fund: str | None) -> None:
    """Enqueue the reports under their name, wait for them, name the drafts."""
    wanted = Quarter.parse(quarter)
    with worked_database(settings) as database:
        with database.transaction(SYSTEM) as tx:
            meant = fund_of(tx, fund)
            key = request_reports(tx, SYSTEM, fund_id=meant.id, quarter=wanted, now=system_clock())
        drafts = wait_for_reports(key)
    typer.echo(f"{len(drafts)} reports for {wanted}, each a draft to be approved:")
    for number in drafts:
        typer.echo(f"  {number}")


def prove(settings: Settings) -> list[Break]:
    """Every break in the books, the audit chain and the published reports."""
    database = open_database(settings)
    with database.transaction(SYSTEM) as tx:
        tx.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        breaks = [found for fund in funds(tx) for found in prove_books(tx, fund_id=fund.id)]
        breaks += verify(tx)
        breaks += prove_reports(tx)
    database.close()
    return breaks
