"""Which side letters there are and what each partner was promised on a day. Secret from other partners."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.charter.rules import Language
from fund.charter.withdrawal_rules import Withdrawn
from fund.partners.queries import partner
from fund.side_letters.models import (
    CallExcuse,
    SideLetter,
    SideLetterClause,
    SideLetterElection,
    SideLetterExcuse,
    SideLetterWithdrawal,
)
from fund.side_letters.rules import NOTHING, Clause, Excuse, LetterTerms, Promise
from kernel.db import Tx
from kernel.identity.rules import Actor


@dataclass(frozen=True)
class LetterSheet:
    """One version of a partner's letter: since when it holds, what it promises, where the paper is, and why."""

    id: int
    partner_id: int
    version: int
    effective_on: date
    terms: LetterTerms
    document: str
    note: str
    recorded_by: str
    recorded_at: datetime
    elected: Promise | None = None
    withdrawn: Withdrawn | None = None


@dataclass(frozen=True)
class ElectionSheet:
    """What a version of a letter took over, and from which letter."""

    letter_id: int
    from_letter_id: int
    promise: Promise
    key: str


@dataclass(frozen=True)
class ExcuseSheet:
    """Why a partner was excused from an item of a call: by a letter, or for a reason."""

    position: int
    partner_id: int
    letter_id: int | None
    reason: str


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The letters that `actor` may read: staff all, a partner's people their own; the database says the same."""
    if actor.reach == "all":
        return sa.true()
    return col(SideLetter.partner_id).in_(actor.partner_ids)


def letters(
    tx: Tx,
    *,
    fund_id: int,
    partner_id: int | None = None,
    actor: Actor | None = None,
    known_at: datetime | None = None,
) -> list[LetterSheet]:
    """Every version of every letter, or of one partner's, that holds or will, oldest first."""
    found = written_letters(tx, fund_id=fund_id, partner_id=partner_id, actor=actor, known_at=known_at)
    return [one for one in found if one.withdrawn is None]


def written_letters(
    tx: Tx,
    *,
    fund_id: int,
    partner_id: int | None = None,
    actor: Actor | None = None,
    known_at: datetime | None = None,
) -> list[LetterSheet]:
    """The same with those that were withdrawn before they held."""
    statement = select(SideLetter).where(SideLetter.fund_id == fund_id)
    if partner_id is not None:
        statement = statement.where(SideLetter.partner_id == partner_id)
    if known_at is not None:
        statement = statement.where(SideLetter.recorded_at <= known_at)
    if actor is not None:
        statement = statement.where(visible_to(actor))
    rows = tx.exec(statement.order_by(col(SideLetter.partner_id), col(SideLetter.version))).all()
    return _sheets(tx, rows, known_at)


def in_force(found: Sequence[LetterSheet], *, partner_id: int, as_of: date) -> LetterSheet | None:
    """The version of a partner's letter that holds on a day, if it has one."""
    begun = [one for one in found if one.partner_id == partner_id and one.effective_on <= as_of]
    return max(begun, key=lambda one: (one.effective_on, one.version), default=None)


def promised(
    tx: Tx, *, fund_id: int, as_of: date, known_at: datetime | None = None
) -> dict[int, LetterTerms]:
    """What each partner with a letter was promised on a day."""
    found = letters(tx, fund_id=fund_id, known_at=known_at)
    holding = {one.partner_id: in_force(found, partner_id=one.partner_id, as_of=as_of) for one in found}
    return {key: one.terms if one else NOTHING for key, one in holding.items()}


def language_of(tx: Tx, *, partner_id: int, as_of: date) -> Language:
    """In which languages a partner is reported to on a day: as its letter says, else as it is written to."""
    whose = partner(tx, partner_id=partner_id)
    found = letters(tx, fund_id=whose.fund_id, partner_id=partner_id)
    letter = in_force(found, partner_id=partner_id, as_of=as_of)
    return (letter.terms.language if letter else None) or whose.language


def elections(tx: Tx, *, fund_id: int) -> list[ElectionSheet]:
    """What was elected, for those who run or audit the fund."""
    own = select(SideLetterElection).join(SideLetter, col(SideLetter.id) == SideLetterElection.letter_id)
    rows = tx.exec(own.where(SideLetter.fund_id == fund_id).order_by(col(SideLetterElection.id)))
    return [ElectionSheet(row.letter_id, row.from_letter_id, row.promise, row.of_key) for row in rows]


def excuses_of(tx: Tx, *, call_id: int) -> list[ExcuseSheet]:
    """Why partners were excused from a call."""
    statement = select(CallExcuse).where(CallExcuse.call_id == call_id).order_by(col(CallExcuse.id))
    return [
        ExcuseSheet(row.position, row.partner_id, row.letter_id, row.reason) for row in tx.exec(statement)
    ]


def _withdrawn(tx: Tx, ids: Sequence[int], known_at: datetime | None) -> dict[int, Withdrawn]:
    """Which of these letters were withdrawn, as known at an instant."""
    found = select(SideLetterWithdrawal).where(col(SideLetterWithdrawal.letter_id).in_(ids))
    if known_at is not None:
        found = found.where(SideLetterWithdrawal.recorded_at <= known_at)
    return {row.letter_id: Withdrawn(row.reason, row.recorded_by, row.recorded_at) for row in tx.exec(found)}


def _sheets(tx: Tx, rows: Sequence[SideLetter], known_at: datetime | None) -> list[LetterSheet]:
    ids = [row.key for row in rows]
    gone = _withdrawn(tx, ids, known_at)
    excuses: Mapping[int, list[Excuse]] = defaultdict(list)
    rights = select(SideLetterExcuse).where(col(SideLetterExcuse.letter_id).in_(ids))
    for right in tx.exec(rights.order_by(col(SideLetterExcuse.id))):
        excuses[right.letter_id].append(Excuse(right.dimension, right.of_key))
    clauses: Mapping[int, list[Clause]] = defaultdict(list)
    words = select(SideLetterClause).where(col(SideLetterClause.letter_id).in_(ids))
    for one in tx.exec(words.order_by(col(SideLetterClause.position))):
        clauses[one.letter_id].append(Clause(one.heading_zh, one.heading_en, one.text_zh, one.text_en))
    return [
        LetterSheet(
            row.key,
            row.partner_id,
            row.version,
            row.effective_on,
            LetterTerms(
                row.fee_rate,
                row.basis_discount,
                row.has_mfn,
                row.language,
                tuple(excuses[row.key]),
                tuple(clauses[row.key]),
            ),
            row.document,
            row.note,
            row.recorded_by,
            row.recorded_at,
            row.elected,
            gone.get(row.key),
        )
        for row in rows
    ]
