"""`afund compare`: one day of the books as known at two instants, with the entries that make the difference."""

from dataclasses import dataclass
from datetime import date, datetime

import typer

from app.api.compared import ComparisonOut, told_comparison
from app.cli.books import frozen, fund_of
from app.settings import Settings
from app.wiring import open_database
from fund.partners.queries import codes_in_order, partner_by_code
from fund.results.compared import compare
from kernel.clock import system_clock
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from lp_reports.told import told_instant


@dataclass(frozen=True)
class Asked:
    """What is asked: the day, the two instants (when the quarter was last told, and now, where left out), and whose."""

    as_of: date
    first: datetime | None
    second: datetime | None
    partner: str | None
    fund: str | None


def run(settings: Settings, *, asked: Asked, as_json: bool) -> None:
    """Say what differs; as JSON in the form of `GET /api/v1/results/comparison`."""
    database = open_database(settings)
    try:
        with frozen(database) as tx:
            fund = fund_of(tx, asked.fund)
            whose = partner_by_code(tx, fund_id=fund.id, code=asked.partner).id if asked.partner else None
            quarter = Quarter.containing(asked.as_of)
            told = asked.first or told_instant(
                tx, actor=SYSTEM, fund_id=fund.id, quarter=quarter, partner_id=whose
            )
            found = compare(
                tx,
                fund_id=fund.id,
                as_of=asked.as_of,
                first=told,
                second=asked.second or system_clock(),
                partner_id=whose,
            )
            answer = told_comparison(found, fund.currency, codes_in_order(tx, fund_id=fund.id))
    finally:
        database.close()
    typer.echo(answer.model_dump_json() if as_json else as_text(answer))


def as_text(found: ComparisonOut) -> str:
    """Each account, partner's part and total that differs, a line each, and the entries in between."""
    lines = [f"{found.as_of} as known at {found.first.isoformat()} and at {found.second.isoformat()}"]
    lines += [
        f"{one.account} {one.partner or '-'}: {one.first.amount} → {one.second.amount}"
        for one in (*found.accounts, *found.parts)
        if one.first != one.second
    ]
    lines += [
        f"{one.code}: {one.first.amount} → {one.second.amount}"
        for one in (*found.totals, *found.capital)
        if one.first != one.second
    ]
    lines += [f"{one.reference}: {one.debit} ← {one.credit} {one.amount.amount}" for one in found.entries]
    return "\n".join(lines if len(lines) > 1 else [*lines, "Nothing differs."])
