"""Commands about the books: close a quarter, report on it, prove everything."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
import typer
from fund.results.queries import prove as prove_books
from lp_reports.queries import prove_reports

from app.settings import Settings
from app.wiring import open_database
from fund.charter.queries import fund_by_code, funds, only_fund
from kernel import work
from kernel.audit.queries import verify
from kernel.audit.rules import Break
from kernel.clock import system_clock
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter


@contextmanager
def worked_database(settings: Settings) -> Iterator[Database]:
    """The database, with a worker in this process."""
    database = open_database(settings)
    work.start_worker(database)
    try:
        yield database
    finally:
        work.stop_worker()
        database.close()


def fund_code(tx: Tx, given: str | None) -> str:
    """The code of the fund meant: the one given, or the only one there is."""
    return (fund_by_code(tx, code=given) if given else only_fund(tx)).code


def close_quarter(settings: Settings, *, quarter: str, fund: str | None) -> None:
    """Enqueue the close under its name, wait for it, say what was done."""
    _run(settings, job="quarter_close", quarter=Quarter.parse(quarter), fund=fund)
    typer.echo(
        f"{quarter} is closed: fees charged, marks checked, carry accrued, books proved, period locked."
    )


def report_quarter(settings: Settings, *, quarter: str, fund: str | None) -> None:
    """Enqueue the reports under their name, wait for them, say where they are."""
    result = _run(settings, job="quarter_report", quarter=Quarter.parse(quarter), fund=fund)
    typer.echo(f"Reports for {quarter}, each a draft to be approved: {result}")


def _run(settings: Settings, *, job: str, quarter: Quarter, fund: str | None) -> object:
    with worked_database(settings) as database:
        with database.transaction(SYSTEM) as tx:
            code = fund_code(tx, fund)
            key = work.enqueue(
                tx,
                job=job,
                key=f"{job}:{code}:{quarter}",
                fund=code,
                quarter=str(quarter),
                at=system_clock().isoformat(),
            )
        return work.wait(key)


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
