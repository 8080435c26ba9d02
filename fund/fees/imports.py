"""Reading commitments from a sheet: those of the first close one by one, those of a later close as one act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fund.capital.commitment_sheets import CommitmentSheet
from fund.capital.imports import COMMITMENTS, CommitmentRow
from fund.capital.queries import commitment_sheets, has_called
from fund.fees.closes import join, later_close
from fund.partners.queries import codes_in_order, partner_by_code
from kernel.db import Tx
from kernel.errors import Conflict, Invalid
from kernel.identity.rules import Actor
from kernel.money import format_amount
from kernel.sheets.importing import PASSED_OVER, Imported, Known, book, known_as_said
from kernel.sheets.reading import Reading, read_file


def _n(says: str) -> str:
    return says


WAITS = _n(
    "{name} joined by a later close; bring in the calls issued before it, then this list again, to settle it"
)


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
    """Take the commitments of a sheet: freely while nothing is called, else by a later close that settles it.

    What is recorded already and said again is left alone. While nothing is called, rows that name a later close wait:
    they come in once the calls before it are there.
    """
    if not has_called(tx, fund_id=fund_id):
        return import_commitments(
            tx, actor, fund_id=fund_id, filename=filename, content=content, dry_run=dry_run, now=now
        )
    reading = _by_day(read_file(filename, content, COMMITMENTS))
    there = _there(tx, fund_id=fund_id)

    def act(row: CloseRow) -> Known | None:
        known = [_known(one, there) for one in row.rows]
        fresh = [one for one, found in zip(row.rows, known, strict=True) if found is None]
        if fresh:
            add_close(tx, actor, rows=fresh, fund_id=fund_id, now=now)
            return None
        return Known(", ".join(one.partner for one in row.rows))

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
    there = _there(tx, fund_id=fund_id)

    def act(row: CommitmentRow) -> Known | None:
        known = _known(row, there)
        if known is not None:
            return known
        if row.close is not None and row.close > 1:
            return Known(row.partner, WAITS)
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
        return None

    return (book(tx, reading, act, what="commitments", dry_run=dry_run),)


def _there(tx: Tx, *, fund_id: int) -> dict[str, CommitmentSheet]:
    """What stands of each partner's commitment, by its code."""
    codes = codes_in_order(tx, fund_id=fund_id)
    found = commitment_sheets(tx, fund_id=fund_id)
    return {codes[one.partner_id]: one for one in found if one.undone_on is None}


def _known(row: CommitmentRow, there: Mapping[str, CommitmentSheet]) -> Known | None:
    """That a commitment stands as the row says, or was taken back where the list comes from."""
    if row.undone_on is not None:
        return Known(row.partner, PASSED_OVER)
    if row.partner not in there:
        return None
    one = there[row.partner]
    pairs: dict[str, tuple[object, object]] = {
        "amount": (format_amount(row.amount), format_amount(one.amount)),
        "committed_on": (row.committed_on, one.effective_on),
    }
    return known_as_said(COMMITMENTS, name=row.partner, pairs=pairs)


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
