"""Putting parties and their relations on record."""

from datetime import date, datetime
from typing import Protocol

from sqlmodel import col, select

from fund.parties.models import Party, Relation
from fund.parties.queries import PartySheet, RelationSheet, edges, is_parent, party, relation
from fund.parties.rules import (
    PartyChanged,
    PartyKind,
    PartyTaken,
    RelationEnded,
    RelationInvalid,
    RelationKind,
    RelationTaken,
    RelationUnknown,
    check_no_circle,
    check_party,
    check_relation,
    initials,
    sort_key,
)
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role

_WRITERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.TECHNOLOGY_MANAGER)


class Told(Protocol):
    """What a room above does when a relation is put on record or is about to be ended."""

    def __call__(self, tx: Tx, actor: Actor, *, now: datetime) -> None: ...


_TOLD: list[Told] = []


def register_party(
    tx: Tx,
    actor: Actor,
    *,
    kind: PartyKind,
    name_zh: str,
    name_en: str = "",
    registration_no: str | None = None,
    now: datetime,
) -> PartySheet:
    """Put an organisation or a person on record.

    Refused: no name, or a registration number that belongs to another party. Two parties may share a name.
    """
    actor.require(*_WRITERS)
    check_party(name_zh=name_zh)
    number = _number(registration_no)
    _check_number(tx, number, besides=None)
    row = Party(
        kind=kind,
        name_zh=name_zh.strip(),
        name_en=name_en.strip(),
        name_sort=sort_key(name_zh),
        initials=initials(name_zh),
        registration_no=number,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"name_zh": row.name_zh}
    record(tx, actor, action="party.registered", subject=f"party:{row.key}", detail=detail, now=now)
    return party(tx, party_id=row.key)


def edit_party(
    tx: Tx,
    actor: Actor,
    *,
    party_id: int,
    name_zh: str,
    name_en: str,
    registration_no: str | None,
    version: int,
    now: datetime,
) -> PartySheet:
    """Change a party's name or registration number; the audit trail keeps the former ones.

    `version` is the one that was read. Refused: a party changed meanwhile, no name, a number that is taken.
    """
    actor.require(*_WRITERS)
    check_party(name_zh=name_zh)
    lock(tx, f"party:{party_id}")
    before = party(tx, party_id=party_id)
    if before.version != version:
        raise PartyChanged()
    number = _number(registration_no)
    _check_number(tx, number, besides=party_id)
    row = tx.exec(select(Party).where(Party.id == party_id)).one()
    row.name_zh, row.name_en, row.registration_no = name_zh.strip(), name_en.strip(), number
    row.version = version + 1
    row.name_sort, row.initials = sort_key(name_zh), initials(name_zh)
    tx.add(row)
    tx.flush()
    detail = {"was": [before.name_zh, before.name_en, before.registration_no]}
    record(tx, actor, action="party.edited", subject=f"party:{party_id}", detail=detail, now=now)
    return party(tx, party_id=party_id)


def when_related(told: Told) -> Told:
    """Have `told` called when a relation is put on record, and before one is ended.

    The rooms above that go by relations write down in time what follows from them; this room does not know which.
    """
    _TOLD.append(told)
    return told


def _tell(tx: Tx, actor: Actor, now: datetime) -> None:
    for told in _TOLD:
        told(tx, actor, now=now)


def relate(
    tx: Tx,
    actor: Actor,
    *,
    from_party_id: int,
    to_party_id: int,
    kind: RelationKind,
    since_on: date,
    until_on: date | None = None,
    note: str = "",
    now: datetime,
) -> RelationSheet:
    """Put on record that `from` is the `kind` of `to`.

    Refused: a relation that cannot be, one that is on record for that time already, a circle of parents.
    """
    actor.require(*_WRITERS)
    check_relation(
        kind=kind,
        from_id=from_party_id,
        to_id=to_party_id,
        from_kind=party(tx, party_id=from_party_id).kind,
        to_kind=party(tx, party_id=to_party_id).kind,
        since_on=since_on,
        until_on=until_on,
    )
    lock(tx, "relations")
    _check_not_taken(tx, from_party_id, to_party_id, kind, since_on, until_on)
    if kind is RelationKind.GROUP_PARENT:
        check_no_circle(from_party_id, to_party_id, edges(tx, is_parent()), as_of=since_on)
    row = Relation(
        from_party_id=from_party_id,
        to_party_id=to_party_id,
        kind=kind,
        since_on=since_on,
        until_on=until_on,
        note=note,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"from": from_party_id, "to": to_party_id, "kind": kind.value}
    record(tx, actor, action="party.related", subject=f"relation:{row.key}", detail=detail, now=now)
    _tell(tx, actor, now)
    return relation(tx, relation_id=row.key)


def end_relation(
    tx: Tx, actor: Actor, *, relation_id: int, until_on: date, reason: str, now: datetime
) -> RelationSheet:
    """Say on which day a relation ended, and why; what it was stays on record.

    Refused: no reason, a day before it began, a relation that has ended on an earlier day.
    """
    actor.require(*_WRITERS)
    row = tx.exec(select(Relation).where(Relation.id == relation_id).with_for_update()).one_or_none()
    if row is None:
        raise RelationUnknown()
    if until_on < row.since_on:
        raise RelationInvalid(why="it ends before it began")
    if not reason.strip():
        raise RelationInvalid(why="its end needs a reason")
    if row.until_on is not None and row.until_on <= until_on:
        raise RelationEnded(until_on=row.until_on)
    _tell(tx, actor, now)
    row.until_on, row.ended_because = until_on, reason.strip()
    tx.add(row)
    tx.flush()
    detail = {"until_on": until_on.isoformat(), "reason": row.ended_because}
    record(tx, actor, action="party.relation_ended", subject=f"relation:{row.key}", detail=detail, now=now)
    return relation(tx, relation_id=relation_id)


def _number(registration_no: str | None) -> str | None:
    return (registration_no or "").strip().upper() or None


def _check_number(tx: Tx, number: str | None, *, besides: int | None) -> None:
    if number is None:
        return
    lock(tx, f"registration:{number}")
    other = tx.exec(select(Party).where(Party.registration_no == number)).one_or_none()
    if other is not None and other.id != besides:
        raise PartyTaken(registration_no=number, name=other.name_zh)


def _check_not_taken(
    tx: Tx, from_id: int, to_id: int, kind: RelationKind, since_on: date, until_on: date | None
) -> None:
    same = (col(Relation.from_party_id) == from_id) & (col(Relation.to_party_id) == to_id)
    for edge in edges(tx, same, col(Relation.kind) == kind):
        if edge.overlaps(since_on, until_on):
            raise RelationTaken(since_on=edge.since_on)
