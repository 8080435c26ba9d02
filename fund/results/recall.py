"""What may be called again of distributions, rolled forward over a quarter by partner, beside ILPA row 112."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from fund.capital.positions import commitments
from fund.capital.recycling import recall_room, rolled_at
from fund.capital.recycling_rules import Rolled, Room
from fund.charter.queries import terms
from fund.partners.queries import partners
from fund.results.ilpa import tables
from kernel.db import Tx
from kernel.periods import Quarter

RELEASED = 112
_NOTHING = Rolled(0, 0, 0, 0)


@dataclass(frozen=True)
class RecallRow:
    """One partner's: opening + given + transferred - recalled - expired = closing, in minor units.

    `released` is row 112 of the ILPA Reporting Template, negative: what expired is in it, and whatever else of the
    commitment can be called no more.
    """

    partner_id: int
    opening: int
    given: int
    transferred: int
    recalled: int
    expired: int
    closing: int
    released: int

    @property
    def otherwise(self) -> int:
        """What row 112 holds beside what has expired; nil while the commitment period lasts."""
        return self.released + self.expired


def recall_rows(
    tx: Tx, *, fund_id: int, quarter: Quarter, known_at: datetime | None = None
) -> list[RecallRow]:
    """Every partner that could be called again, or of whom row 112 tells something, in the partners' order."""
    eve = quarter.starts_on - timedelta(days=1)
    facts: dict[str, Any] = {"fund_id": fund_id, "known_at": known_at}
    # What passed in the quarter is the difference between the opening of who held it then and of who holds it now.
    (opened,) = rolled_at(tx, **facts, days=[eve], as_of=eve)
    before, now = rolled_at(tx, **facts, days=[eve, quarter.ends_on], as_of=quarter.ends_on)
    template = tables(tx, **facts, quarter=quarter)
    found = []
    for sheet in partners(tx, fund_id=fund_id):
        was, then, ends = (by.get(sheet.id, _NOTHING) for by in (opened, before, now))
        row = RecallRow(
            sheet.id,
            was.left,
            ends.given - then.given,
            then.left - was.left,
            ends.used - then.used,
            ends.expired - then.expired,
            ends.left,
            template[sheet.id]["qtd"][RELEASED],
        )
        if any((was.left, row.given, row.transferred, row.recalled, row.expired, row.closing, row.released)):
            found.append(row)
    return found


def room_left(tx: Tx, *, fund_id: int, as_of: date) -> Room:
    """What the charter of a day still lets be called again, whatever comes back."""
    charter = terms(tx, fund_id=fund_id, as_of=as_of)
    promised = commitments(tx, fund_id=fund_id, as_of=as_of)
    return recall_room(tx, fund_id=fund_id, charter=charter, commitments=promised, on=as_of)
