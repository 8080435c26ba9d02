"""Writing a letter, and noting what came of sending it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from kernel import work
from kernel.db import Tx
from kernel.letters.models import Letter, LetterAttempt
from kernel.letters.post import Outcome
from kernel.letters.rules import is_address


def write(
    tx: Tx,
    *,
    about: str,
    partner_id: int | None,
    recipient: str,
    address: str,
    subject: str,
    body: str,
    now: datetime,
) -> int | None:
    """Write a letter and ask for its sending in the same transaction; one occasion, one letter to an address.

    Returns its number; None when it was written before, or when the address cannot be written to.
    """
    if not is_address(address):
        return None
    facts = {
        "about": about,
        "partner_id": partner_id,
        "recipient": recipient,
        "address": address,
        "subject": subject,
        "body": body,
        "recorded_at": now,
    }
    statement = insert(Letter).values(facts).on_conflict_do_nothing(index_elements=["about", "address"])
    number = tx.execute(statement.returning(col(Letter.id))).scalar()
    if number is not None:
        ask(tx, letter_id=number, attempt=1, now=now)
    return number


def ask(tx: Tx, *, letter_id: int, attempt: int, now: datetime) -> str:
    """Ask for one attempt at sending; asked twice it is made once."""
    key = f"letter_send:{letter_id}:{attempt}"
    return work.enqueue(tx, job="letter_send", key=key, letter=letter_id, at=now.isoformat())


def note(tx: Tx, *, letter_id: int, outcome: Outcome, now: datetime) -> None:
    """Write down what came of an attempt."""
    made = sa.select(sa.func.count()).where(col(LetterAttempt.letter_id) == letter_id)
    tx.add(
        LetterAttempt(
            letter_id=letter_id,
            number=tx.execute(made).scalar_one() + 1,
            is_sent=outcome.is_sent,
            is_final=outcome.is_final,
            reason=outcome.reason,
            recorded_at=now,
        )
    )
    tx.flush()
