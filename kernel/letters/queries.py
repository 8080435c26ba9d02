"""Which letters there are, and what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select

from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.letters.models import Letter, LetterAttempt
from kernel.letters.rules import PAUSES, Attempt, LetterState, next_try, state
from kernel.paging import DEFAULT_LIMIT, Page, keyset


@dataclass(frozen=True)
class LetterSheet:
    """A letter, whether it was sent, and when not, why not. `about` names its occasion ("report:12")."""

    id: int
    about: str
    partner_id: int | None
    recipient: str
    address: str
    subject: str
    body: str
    recorded_at: datetime
    state: LetterState
    attempts: int
    reason: str
    sent_at: datetime | None
    next_try: datetime | None


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """All letters for those who run or audit the fund, for a partner's people those to their own partner."""
    if actor.reach == "all":
        return sa.true()
    if not actor.has(Role.LP_USER):
        return sa.false()
    return col(Letter.partner_id).in_(actor.partner_ids)


def letters(
    tx: Tx,
    *,
    actor: Actor,
    about: str | None = None,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[LetterSheet]:
    """The letters that `actor` may see, newest first; `about` picks those of one occasion and those beneath it."""
    statement = select(Letter).where(visible_to(actor))
    if about is not None:
        beneath = col(Letter.about).startswith(f"{about}:", autoescape=True)
        statement = statement.where((col(Letter.about) == about) | beneath)
    page = keyset(
        tx, statement, col(Letter.id), after=after, limit=limit, sheet=lambda row: row, newest_first=True
    )
    return Page(tuple(_sheets(tx, page.items)), page.next)


def letter(tx: Tx, *, letter_id: int) -> LetterSheet:
    """One letter, for the work that sends it."""
    return _sheets(tx, [tx.get_one(Letter, letter_id)])[0]


def waiting(tx: Tx, *, now: datetime) -> list[LetterSheet]:
    """The letters that are to be tried by `now`, oldest first."""
    sent = sa.exists().where(
        col(LetterAttempt.letter_id) == Letter.id,
        col(LetterAttempt.is_sent) | col(LetterAttempt.is_final),
    )
    rows = tx.exec(select(Letter).where(~sent).order_by(col(Letter.id))).all()
    return [one for one in _sheets(tx, rows) if one.next_try is not None and one.next_try <= now]


def counts(tx: Tx) -> dict[str, int]:
    """How many letters were sent, were given up, still wait."""
    made = (
        sa.select(
            sa.func.bool_or(col(LetterAttempt.is_sent)).label("sent"),
            (
                sa.func.bool_or(col(LetterAttempt.is_final))
                | (sa.func.count(col(LetterAttempt.id)) > len(PAUSES))
            ).label("over"),
        )
        .select_from(Letter)
        .outerjoin(LetterAttempt, col(LetterAttempt.letter_id) == col(Letter.id))
        .group_by(col(Letter.id))
        .subquery()
    )
    sent = sa.func.coalesce(made.c.sent, sa.false())
    over = sa.func.coalesce(made.c.over, sa.false())
    word = sa.case(
        (sent, LetterState.SENT.value), (over, LetterState.FAILED.value), else_=LetterState.WAITING.value
    )
    found = dict.fromkeys((one.value for one in LetterState), 0)
    for state_, count in tx.execute(sa.select(word, sa.func.count()).group_by(word)):
        found[state_] = count
    return found


def _sheets(tx: Tx, rows: Sequence[Letter]) -> list[LetterSheet]:
    keys = [row.key for row in rows]
    made: dict[int, list[Attempt]] = {key: [] for key in keys}
    statement = select(LetterAttempt).where(col(LetterAttempt.letter_id).in_(keys))
    for one in tx.exec(statement.order_by(col(LetterAttempt.number))):
        made[one.letter_id].append(Attempt(one.is_sent, one.is_final, one.reason, one.recorded_at))
    return [_sheet(row, made[row.key]) for row in rows]


def _sheet(row: Letter, attempts: list[Attempt]) -> LetterSheet:
    last = attempts[-1] if attempts else None
    return LetterSheet(
        id=row.key,
        about=row.about,
        partner_id=row.partner_id,
        recipient=row.recipient,
        address=row.address,
        subject=row.subject,
        body=row.body,
        recorded_at=row.recorded_at,
        state=state(attempts),
        attempts=len(attempts),
        reason=last.reason if last and not last.is_sent else "",
        sent_at=last.at if last and last.is_sent else None,
        next_try=next_try(attempts, written_at=row.recorded_at),
    )
