"""Organisations and people, and how they may be related.

A relation reads "`from` is the `kind` of `to`": the steel group is the customer of the spinout, the parent of
its trading company, the employer of its engineer. Groups are followed through parents, upwards and downwards:
what a daughter company is to somebody, its whole group is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pypinyin import Style, lazy_pinyin

from kernel.errors import Conflict, Invalid, NotFound


class PartyKind(StrEnum):
    """What a party is."""

    ORGANISATION = "organisation"
    PERSON = "person"


class RelationKind(StrEnum):
    """What one party may be to another: "`from` is the ... of `to`"."""

    UNIVERSITY = "university"
    INVENTOR = "inventor"
    EMPLOYER = "employer"
    GROUP_PARENT = "group_parent"
    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    COMPETITOR = "competitor"
    POTENTIAL_ACQUIRER = "potential_acquirer"
    SHAREHOLDER = "shareholder"
    CO_APPLICANT = "co_applicant"
    PRIOR_INVESTOR = "prior_investor"
    RELATIVE = "relative"
    OFFICER = "officer"


# These hold between people only; a company has no cousin. A person has no daughter companies here:
# what a person owns is said by `shareholder`.
PEOPLE_ONLY = frozenset({RelationKind.RELATIVE})
ORGANISATIONS_ONLY = frozenset({RelationKind.GROUP_PARENT})


class PartyInvalid(Invalid):
    code = "party_invalid"
    says = "A party needs a name, in Chinese or as it is written."


class PartyTaken(Conflict):
    code = "party_taken"
    says = "The registration number {registration_no} belongs to {name}."


class PartyUnknown(NotFound):
    code = "party_unknown"
    says = "There is no such party."


class RelationInvalid(Invalid):
    code = "relation_invalid"
    says = "This relation cannot be: {why}."


class RelationTaken(Conflict):
    code = "relation_taken"
    says = "This relation is already on record for that time, since {since_on}."


class RelationUnknown(NotFound):
    code = "relation_unknown"
    says = "There is no such relation."


class RelationEnded(Conflict):
    code = "relation_ended"
    says = "This relation has ended already, on {until_on}."


class PartyChanged(Conflict):
    code = "party_changed"
    says = "The party was changed meanwhile; look at it again."


class GroupCircle(Conflict):
    code = "group_circle"
    says = "A company cannot be its own parent, not even through others."


@dataclass(frozen=True)
class Edge:
    """A relation as the walk sees it: `from_id` is the `kind` of `to_id`."""

    from_id: int
    to_id: int
    kind: RelationKind
    since_on: date
    until_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the relation held on `day`, first and last day included."""
        return self.since_on <= day and (self.until_on is None or day <= self.until_on)

    def overlaps(self, since_on: date, until_on: date | None) -> bool:
        """Whether the relation and another time have a day in common."""
        begins_in_time = until_on is None or self.since_on <= until_on
        return begins_in_time and (self.until_on is None or since_on <= self.until_on)


@dataclass(frozen=True)
class Tie:
    """A relation that leaves a party's group: `own_id` is in the group, `other_id` is outside it.

    `own_is_kind`: the group's member is the `kind` of the other (True), or the other way round (False).
    `group` is the whole group as walked, the asked party included.
    """

    own_id: int
    other_id: int
    kind: RelationKind
    own_is_kind: bool
    since_on: date
    until_on: date | None
    group: frozenset[int]


def sort_key(name: str) -> str:
    """The name in pinyin, lower case, without tones: 包头钢铁 -> "bao tou gang tie"; other writing stays."""
    return " ".join(part.strip().casefold() for part in lazy_pinyin(name) if part.strip())


def initials(name: str) -> str:
    """The first letters, as people type them: 包头钢铁 -> "btgt"."""
    return "".join(part.strip() for part in lazy_pinyin(name, style=Style.FIRST_LETTER)).casefold()


def check_party(*, name_zh: str) -> None:
    """Refuse a party without a name."""
    if not name_zh.strip():
        raise PartyInvalid()


def check_relation(
    *,
    kind: RelationKind,
    from_id: int,
    to_id: int,
    from_kind: PartyKind,
    to_kind: PartyKind,
    since_on: date,
    until_on: date | None,
) -> None:
    """Refuse a relation that cannot be: with oneself, of the wrong kinds, or ending before it began."""
    kinds = {from_kind, to_kind}
    if from_id == to_id:
        raise RelationInvalid(why="a party is not related to itself")
    if kind in PEOPLE_ONLY and kinds != {PartyKind.PERSON}:
        raise RelationInvalid(why=f"{kind.value} is between people")
    if kind in ORGANISATIONS_ONLY and kinds != {PartyKind.ORGANISATION}:
        raise RelationInvalid(why=f"{kind.value} is between organisations")
    if until_on is not None and until_on < since_on:
        raise RelationInvalid(why="it ends before it began")


def group_of(party_id: int, edges: Iterable[Edge], *, as_of: date) -> frozenset[int]:
    """The party and everyone in its group on that day: parents, their parents, and all their daughters."""
    return groups_of([party_id], edges, as_of=as_of)[party_id]


def groups_of(party_ids: Iterable[int], edges: Iterable[Edge], *, as_of: date) -> dict[int, frozenset[int]]:
    """What `group_of` says of each of several parties, by party."""
    neighbours: dict[int, set[int]] = {}
    for edge in edges:
        if edge.kind is RelationKind.GROUP_PARENT and edge.holds_on(as_of):
            neighbours.setdefault(edge.from_id, set()).add(edge.to_id)
            neighbours.setdefault(edge.to_id, set()).add(edge.from_id)
    return {party_id: _reached(party_id, neighbours) for party_id in party_ids}


def _reached(party_id: int, neighbours: Mapping[int, set[int]]) -> frozenset[int]:
    group, frontier = {party_id}, [party_id]
    while frontier:
        fresh = neighbours.get(frontier.pop(), set()) - group
        group |= fresh
        frontier += fresh
    return frozenset(group)


def ties(group: frozenset[int], edges: Iterable[Edge], *, as_of: date) -> list[Tie]:
    """Every relation that leaves the group on that day, seen from the group."""
    found = []
    for edge in edges:
        if not edge.holds_on(as_of) or (edge.from_id in group) == (edge.to_id in group):
            continue
        own_is_kind = edge.from_id in group
        own, other = (edge.from_id, edge.to_id) if own_is_kind else (edge.to_id, edge.from_id)
        found.append(Tie(own, other, edge.kind, own_is_kind, edge.since_on, edge.until_on, group))
    return found


def check_no_circle(parent_id: int, child_id: int, edges: Iterable[Edge], *, as_of: date) -> None:
    """Refuse a parent that is, directly or through others, a daughter of the child."""
    daughters: dict[int, set[int]] = {}
    for edge in edges:
        if edge.kind is RelationKind.GROUP_PARENT and edge.holds_on(as_of):
            daughters.setdefault(edge.from_id, set()).add(edge.to_id)
    seen, frontier = {child_id}, [child_id]
    while frontier:
        fresh = daughters.get(frontier.pop(), set()) - seen
        seen |= fresh
        frontier += fresh
    if parent_id in seen:
        raise GroupCircle()
