"""Letters by e-mail and the attempts at sending them. Both only grow; a letter's state follows from its attempts."""

from datetime import datetime

import sqlalchemy as sa

from kernel import columns, walls
from kernel.columns import Row


class Letter(Row, table=True):
    """A letter to one recipient about one thing. `partner_id` is a number only: partners stand above the kernel."""

    __tablename__ = "letter"
    __table_args__ = (sa.UniqueConstraint("about", "address"),)

    about: str = columns.code()
    partner_id: int | None = columns.number(nullable=True, index=True)
    recipient: str = columns.text()
    address: str = columns.text()
    subject: str = columns.text()
    body: str = columns.text()
    recorded_at: datetime = columns.instant()


class LetterAttempt(Row, table=True):
    """An attempt at handing a letter to the mail server, and what the server said."""

    __tablename__ = "letter_attempt"
    __table_args__ = (sa.UniqueConstraint("letter_id", "number"),)

    letter_id: int = columns.ref("letter.id")
    number: int = columns.number()
    is_sent: bool = columns.flag()
    is_final: bool = columns.flag()
    reason: str = columns.text()
    recorded_at: datetime = columns.instant()


for _table in ("letter", "letter_attempt"):
    walls.append_only(_table)
walls.readable("letter", "afund_reach() = 'all' OR partner_id = ANY (afund_partners())")
walls.readable("letter_attempt", "EXISTS (SELECT FROM letter l WHERE l.id = letter_attempt.letter_id)")
