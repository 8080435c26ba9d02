"""The commands."""

import json
import logging
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from rich.console import Console

from app.api.whose import within_reach
from app.cli import books, comparing, example, exporting, importing, people, restoring
from app.clockwork import Clockwork
from app.lists.kinds import KINDS, NAMES
from app.main import create_app
from app.settings import load_settings
from app.wiring import begin_to_work, open_database, report_seal
from kernel import work
from kernel.clock import system_clock
from kernel.identity.rules import Role

cli = typer.Typer(
    name="afund",
    help="Runs a university achievement transformation fund.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
quarter = typer.Typer(help="Close a quarter and write its reports.", no_args_is_help=True)
cli.add_typer(quarter, name="quarter")
user = typer.Typer(help="Let people in from this machine, without an administrator.", no_args_is_help=True)
cli.add_typer(user, name="user")

AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON on standard output.")]
FundCode = Annotated[str | None, typer.Option("--fund", help="Which fund, when there are several.")]


def instant(given: str) -> datetime:
    """An instant with its time zone; anything else is wrong usage."""
    try:
        found = within_reach(datetime.fromisoformat(given))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise typer.BadParameter("expected an instant with its time zone: 2026-09-30T18:00:00+08:00")
    return found


def day(given: str) -> date:
    """A day; anything else is wrong usage."""
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise typer.BadParameter("expected a day: 2026-09-30") from None


Instant = Annotated[datetime | None, typer.Option(parser=instant, metavar="INSTANT")]


def known_kind(given: str | None) -> str | None:
    """A kind of list that there is; anything else is wrong usage."""
    if given and given not in {kind.name for kind in KINDS}:
        raise typer.BadParameter(f"expected one of: {NAMES}")
    return given


@cli.command()
def migrate() -> None:
    """Bring the database to the present shape."""
    settings = load_settings()
    database = open_database(settings)
    typer.echo("The database is up to date.")
    people.tell_setup_code(database, address=settings.public_url)
    database.close()


@cli.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Serve the pages and the API, work off durable work and fire the timers, until interrupted."""
    settings = load_settings()
    database = open_database(settings)
    app = create_app(
        database,
        seal=report_seal(settings),
        embedded_worker=settings.embedded_worker,
        secure_cookies=settings.secure_cookies,
        metrics_token=settings.metrics_token.get_secret_value() if settings.metrics_token else None,
    )
    people.tell_setup_code(database, address=f"http://{host or settings.host}:{port or settings.port}")
    uvicorn.run(app, host=host or settings.host, port=port or settings.port, log_level="warning")
    database.close()


@cli.command()
def worker() -> None:
    """Work off durable work and fire the timers in this process, until interrupted."""
    database = open_database(load_settings())
    begin_to_work(database)
    clockwork = Clockwork(database, system_clock)
    clockwork.start()
    typer.echo("Working; stop with Ctrl-C. Unfinished work is taken up again at the next start.")
    try:
        clockwork.wait()
    except KeyboardInterrupt:
        typer.echo("Stopping.")
    finally:
        clockwork.stop()
        work.stop_worker()
        database.close()


@cli.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for the PDFs.")] = Path("out"),
    partners: Annotated[
        int | None, typer.Option(min=1, help="Write reports for so many partners only.")
    ] = None,
    quarters: Annotated[int | None, typer.Option(min=1, help="Play so many quarters only.")] = None,
    as_json: AsJson = False,
) -> None:
    """Play the example fund from raw files to quarterly PDFs, through the real importers and actions."""
    example.run(load_settings(), out=out, partners=partners, quarters=quarters, as_json=as_json)


@cli.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV or XLSX file.")],
    dry_run: Annotated[bool, typer.Option(help="Check every row and change nothing.")] = False,
    as_user: Annotated[
        str | None, typer.Option("--as", help="The user who imports (name to sign in).")
    ] = None,
    fund: FundCode = None,
    kind: Annotated[
        str | None,
        typer.Option(
            callback=known_kind,
            help=f"What the list is, one of: {NAMES}. Told from its headings unless given.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read a fund's terms, users, partners, deals, calls, receipts, marks and more: all rows, or none."""
    asked = importing.Asked(file=file, kind=kind, dry_run=dry_run, as_user=as_user, fund=fund)
    importing.run(load_settings(), asked=asked, as_json=as_json)


@cli.command()
def export(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")], as_json: AsJson = False
) -> None:
    """Write everything in open formats: a CSV for each table, the documents, and a SHA-256 for every file."""
    exporting.run(load_settings(), folder=folder, as_json=as_json)


@cli.command()
def restore(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="An export.")],
) -> None:
    """Bring an export into an empty database: verified first, proved last, all of it or nothing."""
    restoring.run(load_settings(), folder=folder)


@user.command(name="add")
def add_user(
    login: Annotated[str, typer.Option(help="An e-mail address or a short name.")],
    name: Annotated[str, typer.Option(help="The person's name.")],
    role: Annotated[list[Role], typer.Option(help="What the person is to the fund; may be repeated.")],
    organisation: Annotated[
        str | None, typer.Option(help="For which party on record the person acts.")
    ] = None,
    partner: Annotated[str | None, typer.Option(help="For which partner, by its code: an lp_user.")] = None,
    fund: FundCode = None,
    ask: Annotated[
        bool, typer.Option("--ask", help="Ask for the password instead of making a one-time one.")
    ] = False,
) -> None:
    """Add a user with roles, and tell the one-time password."""
    asked = people.Asked(login.strip(), name.strip(), role, organisation, partner, fund)
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True) if ask else None
    people.add(load_settings(), asked=asked, password=password)


@user.command(name="reset")
def reset_user(login: Annotated[str, typer.Option(help="Whose password is lost.")]) -> None:
    """Make a one-time password for somebody; every session and token of the person ends."""
    people.reset(load_settings(), login=login)


@quarter.command()
def close(quarter: str, fund: FundCode = None) -> None:
    """Charge fees, check marks, accrue carry, prove the books and lock the period; safe to kill and repeat."""
    books.close_quarter(load_settings(), quarter=quarter, fund=fund)


@quarter.command()
def report(quarter: str, fund: FundCode = None) -> None:
    """Freeze the figures and write every partner's report as a draft; safe to kill and repeat."""
    books.report_quarter(load_settings(), quarter=quarter, fund=fund)


@cli.command()
def prove(as_json: AsJson = False) -> None:
    """Prove the books, the audit chain and every published report from the rows alone; exit 1 on any break."""
    breaks = books.prove(load_settings())
    if as_json:
        typer.echo(
            json.dumps([{"row": found.row, "what": found.what} for found in breaks], ensure_ascii=False)
        )
    for found in breaks if not as_json else ():
        typer.echo(f"{found.row}: {found.what}", err=True)
    if breaks:
        raise typer.Exit(1)
    if not as_json:
        Console().print("Books, audit trail and published reports all prove.", style="green")


@cli.command()
def compare(
    as_of: Annotated[date, typer.Argument(parser=day, metavar="DAY", help="The day of the books.")],
    first: Instant = None,
    second: Instant = None,
    partner: Annotated[str | None, typer.Option(help="One partner's own account, by its code.")] = None,
    fund: FundCode = None,
    as_json: AsJson = False,
) -> None:
    """Hold a day as known at --first (when its quarter was last told) against --second (now), with what came since."""
    asked = comparing.Asked(as_of, first, second, partner, fund)
    comparing.run(load_settings(), asked=asked, as_json=as_json)


@cli.callback()
def quiet() -> None:
    """Keep the libraries' chatter away from the answers."""
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("dbos").setLevel(logging.ERROR)
    for name in ("weasyprint", "fontTools", "jieba", "apscheduler"):
        logging.getLogger(name).setLevel(logging.ERROR)
