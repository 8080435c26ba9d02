"""Reading lists of parties and their relations from sheets; one row, one error message, all rows or none."""

from dataclasses import dataclass
from datetime import date, datetime

from fund.parties.actions import register_party, relate
from fund.parties.queries import PartySheet, by_name
from fund.parties.rules import PartyKind, RelationKind
from kernel.db import Tx
from kernel.errors import Conflict, NotFound
from kernel.identity.rules import Actor
from kernel.sheets.days import Day
from kernel.sheets.importing import Imported, book
from kernel.sheets.reading import Column, Layout, read_file
from kernel.sheets.words import Choice, Code, Text

_KINDS = {"组织": PartyKind.ORGANISATION, "机构": PartyKind.ORGANISATION, "自然人": PartyKind.PERSON}
_RELATIONS = {
    "成果来源高校": RelationKind.UNIVERSITY,
    "发明人": RelationKind.INVENTOR,
    "任职单位": RelationKind.EMPLOYER,
    "控股母体": RelationKind.GROUP_PARENT,
    "客户": RelationKind.CUSTOMER,
    "供应商": RelationKind.SUPPLIER,
    "竞争对手": RelationKind.COMPETITOR,
    "潜在收购方": RelationKind.POTENTIAL_ACQUIRER,
    "股东": RelationKind.SHAREHOLDER,
    "共同申请人": RelationKind.CO_APPLICANT,
    "在先投资人": RelationKind.PRIOR_INVESTOR,
    "亲属": RelationKind.RELATIVE,
    "董监高": RelationKind.OFFICER,
}


class NobodyOfThatName(NotFound):
    code = "nobody_of_that_name"
    says = "Nobody on record is called “{name}”."


class NameAmbiguous(Conflict):
    code = "name_ambiguous"
    says = "{count} parties on record are called “{name}”; tell them apart before importing."


class PartyKnown(Conflict):
    code = "party_known"
    says = "“{name}” is on record already."


@dataclass(frozen=True)
class PartyRow:
    """One organisation or person."""

    kind: PartyKind
    name_zh: str
    name_en: str
    registration_no: str | None
    recorded_on: date | None


@dataclass(frozen=True)
class RelationRow:
    """One relation: `source` is the `kind` of `target`."""

    source: str
    kind: RelationKind
    target: str
    since_on: date
    until_on: date | None
    note: str


PARTIES = Layout(
    "parties",
    PartyRow,
    (
        Column("kind", Choice(PartyKind, _KINDS), ("类型", "Kind")),
        Column("name_zh", Text(), ("名称", "姓名", "Name")),
        Column("name_en", Text(), ("英文名称", "English name"), False, ""),
        Column("registration_no", Code(), ("登记编号", "统一社会信用代码", "Registration number"), False),
        Column("recorded_on", Day(), ("登记日期", "Recorded on"), False),
    ),
    unique=("name_zh",),
)

RELATIONS = Layout(
    "relations",
    RelationRow,
    (
        Column("source", Text(), ("主体", "From")),
        Column("kind", Choice(RelationKind, _RELATIONS), ("关系", "Relation")),
        Column("target", Text(), ("对象", "To")),
        Column("since_on", Day(), ("起始日期", "Since")),
        Column("until_on", Day(), ("终止日期", "Until"), False),
        Column("note", Text(), ("备注", "Note"), False, ""),
    ),
    unique=("source", "kind", "target", "since_on"),
)


def import_parties(
    tx: Tx, actor: Actor, *, filename: str, content: bytes, dry_run: bool = False, now: datetime
) -> tuple[Imported, ...]:
    """Put every party of a sheet on record. Refused: see SheetRefused, each fault with its row."""
    reading = read_file(filename, content, PARTIES)

    def act(row: PartyRow) -> None:
        add_party(tx, actor, row=row, now=now)

    return (book(tx, reading, act, what="parties", dry_run=dry_run),)


def import_relations(
    tx: Tx, actor: Actor, *, filename: str, content: bytes, dry_run: bool = False, now: datetime
) -> tuple[Imported, ...]:
    """Put every relation of a sheet on record; both sides must be known by their names."""
    reading = read_file(filename, content, RELATIONS)

    def act(row: RelationRow) -> None:
        add_relation(tx, actor, row=row, now=now)

    return (book(tx, reading, act, what="relations", dry_run=dry_run),)


def add_party(tx: Tx, actor: Actor, *, row: PartyRow, now: datetime) -> None:
    """Put one party on record; refused when there is one of that name, since sheets know parties by name."""
    if by_name(tx, name=row.name_zh):
        raise PartyKnown(name=row.name_zh)
    register_party(
        tx,
        actor,
        kind=row.kind,
        name_zh=row.name_zh,
        name_en=row.name_en,
        registration_no=row.registration_no,
        now=now,
    )


def add_relation(tx: Tx, actor: Actor, *, row: RelationRow, now: datetime) -> None:
    """Put one relation on record."""
    relate(
        tx,
        actor,
        from_party_id=party_named(tx, name=row.source).id,
        to_party_id=party_named(tx, name=row.target).id,
        kind=row.kind,
        since_on=row.since_on,
        until_on=row.until_on,
        note=row.note,
        now=now,
    )


def party_named(tx: Tx, *, name: str) -> PartySheet:
    """The one party of that name, in either language. Refused: none, or several."""
    found = by_name(tx, name=name)
    if not found:
        raise NobodyOfThatName(name=name)
    if len(found) > 1:
        raise NameAmbiguous(name=name, count=len(found))
    return found[0]
