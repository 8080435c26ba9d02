"""Opening a fund from a sheet of its terms, with its limits and further tiers in sheets beside it."""

from datetime import datetime

from fund.charter.layouts import LIMITS, TERMS, TIERS, TermsRow, terms_of
from fund.ledger.opening import open_with_books
from kernel.db import Tx
from kernel.errors import Invalid
from kernel.identity.rules import Actor
from kernel.sheets.importing import Imported, book
from kernel.sheets.reading import read_file, read_if_there


class OneFundAtATime(Invalid):
    code = "one_fund_at_a_time"
    says = "The sheet holds the terms of {count} funds; the sheets beside it can be those of one only."


def import_fund(
    tx: Tx, actor: Actor, *, filename: str, content: bytes, dry_run: bool = False, now: datetime
) -> tuple[Imported, ...]:
    """Open the fund of a sheet, with its books. Refused: see SheetRefused, each fault with its row."""
    reading = read_file(filename, content, TERMS)
    bounds = read_if_there(filename, content, LIMITS)
    limits = [line.value for line in bounds.required()]
    tiers = [line.value for line in read_if_there(filename, content, TIERS).required()]
    if (limits or tiers) and len(reading.lines) > 1:
        raise OneFundAtATime(count=len(reading.lines))

    def act(row: TermsRow) -> None:
        open_with_books(
            tx,
            actor,
            code=row.code,
            name_zh=row.name_zh,
            name_en=row.name_en,
            currency=row.currency,
            is_example=row.is_example,
            terms=terms_of(row, limits, tiers),
            effective_on=row.effective_on,
            now=now,
        )

    return (book(tx, reading, act, what="terms", dry_run=dry_run),)
