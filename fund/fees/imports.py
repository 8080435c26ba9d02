"""Reading commitments from a sheet: those of the first close one by one, those of a later close as one act."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fund.capital.imports import COMMITMENTS, CommitmentRow
from fund.capital.queries import has_called
from fund.fees.closes import join, later_close
from fund.partners.queries import partner_by_code
from kernel.db import Tx
from kernel.errors import Conflict, Invalid
from kernel.identity.rules import Actor
from kernel.sheets.importing import Imported, book
from kernel.sheets.reading import Reading, read_file


class CloseDueMissing(Invalid):
    code = "close_due_missing"
    says = (
        "{partner} joins by a later close, since money has been called; say in the column “均衡款截止日” "
        "(Equalisation due on) by when it pays its share of the earlier calls."
    )


class CloseRowsDiffer(Conflict):
    code = "close_rows_differ"
    says = "Partners of one close join on one day and pay by one day; {partner} differs from {first}."


@dataclass(frozen=True)
class CloseRow:
    """The partners of one later close."""

    rows: tuple[CommitmentRow, ...]


def import_closing(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    now: datetime,
) -> tuple[Imported, ...]:
    """Take the commitments of a sheet: freely while nothing is called, else by a later close that settles it."""
    if not has_called(tx, fund_id=fund_id):
        return import_commitments(
            tx, actor, fund_id=fund_id, filename=filename, content=content, dry_run=dry_run, now=now
        )
    reading = _by_day(read_file(filename, content, COMMITMENTS))

    def act(row: CloseRow) -> None:
        add_close(tx, actor, rows=row.rows, fund_id=fund_id, now=now)

    return (book(tx, reading, act, what="commitments of a later close", dry_run=dry_run),)


def import_commitments(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    now: datetime,
) -> tuple[Imported, ...]:
    """Take every commitment of a sheet at the first close; the partners must have been admitted."""
    reading = read_file(filename, content, COMMITMENTS)

    def act(row: CommitmentRow) -> None:
        found = partner_by_code(tx, fund_id=fund_id, code=row.partner)
        join(
            tx,
            actor,
            fund_id=fund_id,
            partner_id=found.id,
            amount=row.amount,
            closed_on=row.committed_on,
            now=now,
        )

    return (book(tx, reading, act, what="commitments", dry_run=dry_run),)


def add_close(tx: Tx, actor: Actor, *, rows: Sequence[CommitmentRow], fund_id: int, now: datetime) -> None:
    """Admit the partners of one later close. Refused: rows that disagree, no day to pay by, as `later_close`."""
    first = rows[0]
    due_on = _due(rows)
    newcomers = {partner_by_code(tx, fund_id=fund_id, code=row.partner).id: row.amount for row in rows}
    later_close(
        tx,
        actor,
        fund_id=fund_id,
        newcomers=newcomers,
        closed_on=first.committed_on,
        due_on=due_on,
        now=now,
    )


def _due(rows: Sequence[CommitmentRow]) -> date:
    for row in rows:
        if (row.committed_on, row.due_on) != (rows[0].committed_on, rows[0].due_on):
            raise CloseRowsDiffer(partner=row.partner, first=rows[0].partner)
    if rows[0].due_on is None:
        raise CloseDueMissing(partner=rows[0].partner)
    return rows[0].due_on


def _by_day(reading: Reading[CommitmentRow]) -> Reading[CloseRow]:
    """The rows of each day as one line, which stands where its first row stands."""
    return reading.gathered(lambda row: row.committed_on, CloseRow)
