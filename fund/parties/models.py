"""Parties and the dated relations between them."""

from datetime import date, datetime

import sqlalchemy as sa

from fund.parties.rules import PartyKind, RelationKind
from kernel import columns
from kernel.columns import Row


class Party(Row, table=True):
    """An organisation or a person. `name_sort` is its pinyin, `initials` the letters people type."""

    __tablename__ = "party"
    __table_args__ = (
        columns.choices_check("kind", PartyKind),
        sa.Index("ix_party_by_name", "name_sort", "id"),
    )

    kind: PartyKind = columns.choice(PartyKind)
    name_zh: str = columns.text()
    name_en: str = columns.text()
    name_sort: str = columns.text()
    initials: str = columns.text()
    registration_no: str | None = columns.code(nullable=True, unique=True)
    version: int = columns.number(default=1)
    recorded_at: datetime = columns.instant()


class Relation(Row, table=True):
    """`from_party_id` is the `kind` of `to_party_id`, from `since_on` until `until_on`, both included.

    `ended_because` says why somebody put an end to it that was not known from the beginning.
    """

    __tablename__ = "relation"
    __table_args__ = (
        columns.choices_check("kind", RelationKind),
        sa.UniqueConstraint("from_party_id", "to_party_id", "kind", "since_on"),
        sa.CheckConstraint("from_party_id <> to_party_id", name="not_with_itself"),
        sa.CheckConstraint("until_on IS NULL OR until_on >= since_on", name="ends_after_it_begins"),
        sa.Index("ix_relation_to", "to_party_id", "kind"),
    )

    from_party_id: int = columns.ref("party.id")
    to_party_id: int = columns.ref("party.id")
    kind: RelationKind = columns.choice(RelationKind)
    since_on: date = columns.day()
    until_on: date | None = columns.day(nullable=True)
    note: str = columns.text()
    ended_because: str | None = columns.text(nullable=True)
    recorded_at: datetime = columns.instant()
