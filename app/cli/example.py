"""`afund demo`: plays the example fund and says what came of it."""

import json
import logging
from contextlib import nullcontext
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from app.cli import half_played
from app.settings import Settings
from app.wiring import begin_to_work, open_database, report_seal
from fixtures.demo import DemoResult, PartnerLine, play, progress_bar
from kernel import work
from kernel.db import Database
from kernel.money import format_amount

# Figures are never cut: on a narrower terminal the lines wrap.
WIDE_ENOUGH = 132

WITH_CARRY = "* 普通合伙人的收益含超额收益 The general partner's returns hold its carried interest"
ANEW = "The last example was stopped in the middle; it is cleared away and played anew."
NEXT = """
To open the pages:  make run   (or: {command})
then sign in at {address} with one of these accounts and the passphrase  {words}
"""


def run(settings: Settings, *, out: Path, partners: int | None, quarters: int | None, as_json: bool) -> None:
    """Play the example into the database and print partners, figures, PDFs and accounts."""
    logging.getLogger("dbos").setLevel(logging.ERROR)
    out.mkdir(parents=True, exist_ok=True)
    with half_played.marked(settings) as was_stopped:
        if was_stopped:
            typer.echo(ANEW, err=True)
        result = _played(settings, out=out, partners=partners, quarters=quarters, quiet=as_json)
    if as_json:
        typer.echo(json.dumps(_plain(result), ensure_ascii=False, indent=2))
    else:
        print_result(result, settings, out)


def _played(
    settings: Settings, *, out: Path, partners: int | None, quarters: int | None, quiet: bool
) -> DemoResult:
    seal = report_seal(settings)
    database = quick(open_database(settings, is_played=True))
    begin_to_work(database)
    try:
        with nullcontext() if quiet else progress_bar() as progress:
            return play(database, out=out, seal=seal, partners=partners, quarters=quarters, progress=progress)
    finally:
        work.stop_worker()
        database.close()


def quick(database: Database) -> Database:
    """The same database without waiting for the disk at every commit: an example that is lost is played again."""
    url = database.engine.url.update_query_dict({"options": "-c synchronous_commit=off"})
    database.close()
    return Database(url)


def print_result(result: DemoResult, settings: Settings, out: Path) -> None:
    """Print what the example has come to: the partners' figures, the newest PDFs, how to sign in."""
    console = Console()
    console.width = max(console.width, WIDE_ENOUGH)
    table = Table(
        title=f"{result.fund} · {result.quarter}", caption=f"人民币元 CNY · 示例 Example\n{WITH_CARRY}"
    )
    table.add_column("", no_wrap=True)
    table.add_column("合伙人 Partner", no_wrap=True)
    for head in ("认缴 Commitment", "实缴 Paid-in", "净值 NAV", "净 IRR", "TVPI", "DPI"):
        table.add_column(head, justify="right", no_wrap=True)
    for line in result.partners:
        table.add_row(*_cells(line))
    console.print(table)
    console.print(f"{len(result.pdfs)} PDFs in {out}/, the newest:")
    for path in result.pdfs[-min(len(result.pdfs), 12) :]:
        console.print(f"  {path}", highlight=False, soft_wrap=True)
    address = f"http://{settings.host}:{settings.port}"
    console.print(
        NEXT.format(command="afund serve", address=address, words=result.passphrase), highlight=False
    )
    for login, what in result.accounts:
        console.print(f"  {login:<12} {what}", highlight=False)


def _cells(line: PartnerLine) -> list[str]:
    rate = f"{line.net_irr:.2%}" if line.net_irr is not None else line.irr_status
    multiples = [f"{found:.2f}" if found is not None else "–" for found in (line.tvpi, line.dpi)]
    money = [format_amount(amount) for amount in (line.commitment, line.paid_in, line.nav)]
    name = f"{line.name} *" if line.is_general else line.name
    return [line.code, name, *money, rate, *multiples]


def _plain(result: DemoResult) -> dict[str, object]:
    return {
        "fund": result.fund,
        "quarter": result.quarter,
        "partners": [
            {
                "code": line.code,
                "name": line.name,
                "commitment": format_amount(line.commitment, brackets=False),
                "paid_in": format_amount(line.paid_in, brackets=False),
                "nav": format_amount(line.nav, brackets=False),
                "net_irr": line.net_irr,
                "tvpi": line.tvpi,
                "dpi": line.dpi,
                "holds_carry": line.is_general,
            }
            for line in result.partners
        ],
        "pdfs": [str(path) for path in result.pdfs],
        "accounts": [login for login, _ in result.accounts],
    }
