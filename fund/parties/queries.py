"""Finding parties, and who is what to whom on a given day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from fund.parties.models import Party, Relation
from fund.parties.rules import (
    Edge,
    PartyKind,
    PartyUnknown,
    RelationKind,
    RelationUnknown,
    Tie,
    groups_of,
    ties,
)
from kernel.db import Tx
from kernel.paging import DEFAULT_LIMIT, MAXIMUM_LIMIT, Page, PageInvalid


@dataclass(frozen=True)
class PartySheet:
    """A party as others see it; `name_sort` is the pinyin it is sorted by."""

    id: int
    kind: PartyKind
    name_zh: str
    name_en: str
    name_sort: str
    registration_no: str | None
    version: int


@dataclass(frozen=True)
class RelationSheet:
    """`from_party` is the `kind` of `to_party`, from `since_on` until `until_on`, both included.

    `ended_because` is why somebody put an end to it that was not known from the beginning.
    """

    id: int
    from_party: PartySheet
    to_party: PartySheet
    kind: RelationKind
    since_on: date
    until_on: date | None
    note: str
    ended_because: str | None


def party(tx: Tx, *, party_id: int) -> PartySheet:
    """The party with that id."""
    row = tx.get(Party, party_id)
    if row is None:
        raise PartyUnknown()
    return _sheet(row)


def parties(tx: Tx, *, party_ids: Collection[int]) -> dict[int, PartySheet]:
    """Several parties at once, by id; unknown ids are left out."""
    rows = tx.exec(select(Party).where(col(Party.id).in_(party_ids)))
    return {row.key: _sheet(row) for row in rows}


def by_registration_no(tx: Tx, *, registration_no: str) -> PartySheet | None:
    """The party with that registration number, if it is known."""
    number = registration_no.strip().upper()
    row = tx.exec(select(Party).where(Party.registration_no == number)).one_or_none()
    return _sheet(row) if row else None


def by_name(tx: Tx, *, name: str) -> list[PartySheet]:
    """Every party of exactly that name, Chinese or English; two may share one."""
    name = name.strip()
    named = (col(Party.name_zh) == name) | (col(Party.name_en) == name)
    return [_sheet(row) for row in tx.exec(select(Party).where(named).order_by(col(Party.id)))]


def search(
    tx: Tx,
    *,
    text: str = "",
    kind: PartyKind | None = None,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[PartySheet]:
    """Parties whose name, pinyin ("bao tou", "btgt") or registration number holds `text`, in pinyin order."""
    if not 1 <= limit <= MAXIMUM_LIMIT:
        raise PageInvalid(maximum=MAXIMUM_LIMIT)
    statement = select(Party).where(_matches(text.strip().casefold()))
    if kind is not None:
        statement = statement.where(col(Party.kind) == kind)
    if after is not None:
        statement = statement.where(_place() > _after(tx, after))
    ordered = statement.order_by(_sorted_name(), col(Party.id)).limit(limit + 1)
    rows = list(tx.exec(ordered))
    key = str(rows[limit - 1].key) if len(rows) > limit else None
    return Page(tuple(_sheet(row) for row in rows[:limit]), key)


def relation(tx: Tx, *, relation_id: int) -> RelationSheet:
    """The relation with that id."""
    row = tx.get(Relation, relation_id)
    if row is None:
        raise RelationUnknown()
    return _relations(tx, [row])[0]


def relations_of(tx: Tx, *, party_id: int, as_of: date | None = None) -> list[RelationSheet]:
    """What the party itself is to others and others to it; with `as_of` only what holds on that day."""
    own = (col(Relation.from_party_id) == party_id) | (col(Relation.to_party_id) == party_id)
    statement = select(Relation).where(own)
    if as_of is not None:
        statement = statement.where(_holds_on(as_of))
    return _relations(tx, list(tx.exec(statement.order_by(col(Relation.since_on), col(Relation.id)))))


def group(tx: Tx, *, party_id: int, as_of: date) -> frozenset[int]:
    """The party and everyone in its group on that day."""
    return groups(tx, party_ids=[party_id], as_of=as_of)[party_id]


def groups(tx: Tx, *, party_ids: Collection[int], as_of: date) -> dict[int, frozenset[int]]:
    """Each party with everyone in its group on that day, by party."""
    parents = edges(tx, is_parent(), _holds_on(as_of))
    return groups_of(party_ids, parents, as_of=as_of)


def related(tx: Tx, *, party_id: int, as_of: date) -> list[Tie]:
    """Every relation that leaves the party's group on that day: what conflict rules judge by.

    A person is related through the organisations that employ it or that it is an officer of as well: their
    groups count as its own.
    """
    return related_all(tx, party_ids=[party_id], as_of=as_of)[party_id]


def related_all(tx: Tx, *, party_ids: Collection[int], as_of: date) -> dict[int, list[Tie]]:
    """What `related` says of each of several parties, by party; the graph is read once for all of them."""
    through = _through_employers(tx, party_ids, as_of)
    members = groups(tx, party_ids=set().union(*through.values()), as_of=as_of)
    own = {key: frozenset().union(*(members[one] for one in through[key])) for key in party_ids}
    everyone = frozenset().union(*own.values())
    touching = col(Relation.from_party_id).in_(everyone) | col(Relation.to_party_id).in_(everyone)
    around = edges(tx, touching, _holds_on(as_of))
    return {key: ties(own[key], around, as_of=as_of) for key in party_ids}


def officers_of(tx: Tx, *, party_ids: Collection[int], as_of: date) -> dict[int, frozenset[int]]:
    """What each party is an officer of on that day, by party."""
    own = (col(Relation.kind) == RelationKind.OFFICER) & col(Relation.from_party_id).in_(party_ids)
    posts: dict[int, set[int]] = {key: set() for key in party_ids}
    for edge in edges(tx, own, _holds_on(as_of)):
        posts[edge.from_id].add(edge.to_id)
    return {key: frozenset(found) for key, found in posts.items()}


def universities(tx: Tx, *, party_ids: Collection[int]) -> frozenset[int]:
    """Which of the parties are, or were, the university of another."""
    own = (col(Relation.kind) == RelationKind.UNIVERSITY) & col(Relation.from_party_id).in_(party_ids)
    return frozenset(edge.from_id for edge in edges(tx, own))


def edges(tx: Tx, *conditions: sa.ColumnElement[bool]) -> list[Edge]:
    """The relations that meet the conditions, as the walk takes them."""
    rows = tx.exec(select(Relation).where(*conditions).order_by(col(Relation.id)))
    return [Edge(r.from_party_id, r.to_party_id, r.kind, r.since_on, r.until_on) for r in rows]


def _through_employers(tx: Tx, party_ids: Collection[int], as_of: date) -> dict[int, set[int]]:
    known = parties(tx, party_ids=party_ids)
    if not set(party_ids) <= set(known):
        raise PartyUnknown()
    through = {key: {key} for key in party_ids}
    people = {key for key, sheet in known.items() if sheet.kind is not PartyKind.ORGANISATION}
    employed = (col(Relation.kind) == RelationKind.EMPLOYER) & col(Relation.to_party_id).in_(people)
    officer = (col(Relation.kind) == RelationKind.OFFICER) & col(Relation.from_party_id).in_(people)
    for edge in edges(tx, employed | officer, _holds_on(as_of)) if people else ():
        person = edge.to_id if edge.kind is RelationKind.EMPLOYER else edge.from_id
        through[person] |= {edge.from_id, edge.to_id}
    return through


def is_parent() -> sa.ColumnElement[bool]:
    return col(Relation.kind) == RelationKind.GROUP_PARENT


def _holds_on(day: date) -> sa.ColumnElement[bool]:
    until = col(Relation.until_on)
    return (col(Relation.since_on) <= day) & (until.is_(None) | (until >= day))


def _matches(text: str) -> sa.ColumnElement[bool]:
    columns: list[Any] = [
        Party.name_zh,
        Party.name_en,
        Party.name_sort,
        Party.initials,
        Party.registration_no,
    ]
    found = [sa.func.lower(column).contains(text, autoescape=True) for column in columns]
    joined = sa.func.replace(col(Party.name_sort), " ", "")
    return sa.or_(*found, joined.contains(text.replace(" ", ""), autoescape=True))


def _sorted_name() -> Any:
    # Byte order: the same everywhere, whatever the database's own collation is.
    return col(Party.name_sort).collate("C")


def _place() -> Any:
    return sa.tuple_(_sorted_name(), col(Party.id))


def _after(tx: Tx, after: str) -> Any:
    row = tx.get(Party, int(after)) if after.isascii() and after.isdigit() and len(after) <= 18 else None
    if row is None:
        raise PageInvalid(maximum=MAXIMUM_LIMIT)
    return sa.tuple_(sa.literal(row.name_sort).collate("C"), sa.literal(row.key))


def _sheet(row: Party) -> PartySheet:
    return PartySheet(
        row.key, row.kind, row.name_zh, row.name_en, row.name_sort, row.registration_no, row.version
    )


def _relations(tx: Tx, rows: list[Relation]) -> list[RelationSheet]:
    named = parties(tx, party_ids={r.from_party_id for r in rows} | {r.to_party_id for r in rows})
    return [
        RelationSheet(
            row.key,
            named[row.from_party_id],
            named[row.to_party_id],
            row.kind,
            row.since_on,
            row.until_on,
            row.note,
            row.ended_because,
        )
        for row in rows
    ]
