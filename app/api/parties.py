"""Organisations and people, and who is what to whom."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.api.edits import VersionDep, tell_version
from app.api.schemas import LIMIT, REFUSALS, After, Body, Limit, Out, PageOut
from app.deps import ApiActor, Now, TxDep
from fund.parties import actions, queries
from fund.parties.rules import PartyKind, RelationKind
from kernel.identity.rules import Role

router = APIRouter(prefix="/api/v1", tags=["parties"], responses=REFUSALS)
READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.TECHNOLOGY_MANAGER)


class PartyOut(Out):
    """An organisation or a person; `name_sort` is the pinyin it is sorted by."""

    id: int
    kind: PartyKind
    name_zh: str
    name_en: str
    name_sort: str
    registration_no: str | None
    version: int


class RelationOut(Out):
    """`from_party` is the `kind` of `to_party`, from `since_on` until `until_on`, both included."""

    id: int
    from_party: PartyOut
    to_party: PartyOut
    kind: RelationKind
    since_on: date
    until_on: date | None
    note: str
    ended_because: str | None


class PartyIn(Body):
    """An organisation or a person to be registered."""

    kind: PartyKind
    name_zh: Annotated[str, Field(min_length=1, max_length=160, examples=["北方钢铁集团有限公司"])]
    name_en: Annotated[str, Field(max_length=160, examples=["Northern Steel Group"])] = ""
    registration_no: Annotated[str | None, Field(max_length=40, examples=["91110000100000001X"])] = None


class PartyEdit(Body):
    """What a party is called and registered under from now on."""

    name_zh: Annotated[str, Field(min_length=1, max_length=160, examples=["北方钢铁集团股份有限公司"])]
    name_en: Annotated[str, Field(max_length=160)] = ""
    registration_no: Annotated[str | None, Field(max_length=40)] = None


class EndIn(Body):
    """The last day on which the relation holds, and why it ends."""

    until_on: Annotated[date, Field(examples=["2026-09-30"])]
    reason: Annotated[str, Field(min_length=1, max_length=400, examples=["股权已转让"])]


class RelationIn(Body):
    """What the party in the path is to `to_party_id`."""

    to_party_id: Annotated[int, Field(examples=[3])]
    kind: RelationKind
    since_on: date
    until_on: date | None = None
    note: Annotated[str, Field(max_length=400)] = ""


@router.get("/parties")
def listed(
    tx: TxDep,
    actor: ApiActor,
    text: Annotated[str, Query(max_length=80, description="Name, pinyin, initials or number")] = "",
    kind: PartyKind | None = None,
    after: After = None,
    limit: Limit = LIMIT,
) -> PageOut[PartyOut]:
    """Search organisations and people by name, pinyin ("bao tou", "btgt") or number."""
    actor.require(*READERS)
    page = queries.search(tx, text=text, kind=kind, after=after, limit=limit)
    return PageOut(items=[PartyOut.of(sheet) for sheet in page.items], next=page.next)


@router.post("/parties", status_code=201)
def register(body: PartyIn, tx: TxDep, actor: ApiActor, now: Now) -> PartyOut:
    """Register an organisation or a person; a registration number that is known is refused."""
    return PartyOut.of(actions.register_party(tx, actor, **body.model_dump(), now=now))


@router.get("/parties/{party_id}")
def one(party_id: int, response: Response, tx: TxDep, actor: ApiActor) -> PartyOut:
    """One party; its version is the `ETag`."""
    actor.require(*READERS)
    sheet = queries.party(tx, party_id=party_id)
    tell_version(response, sheet.version)
    return PartyOut.of(sheet)


@router.put("/parties/{party_id}")
def edit(
    party_id: int,
    body: PartyEdit,
    response: Response,
    tx: TxDep,
    actor: ApiActor,
    now: Now,
    version: VersionDep,
) -> PartyOut:
    """Change what a party is called or registered under; the trail keeps what was."""
    sheet = actions.edit_party(tx, actor, party_id=party_id, **body.model_dump(), version=version, now=now)
    tell_version(response, sheet.version)
    return PartyOut.of(sheet)


@router.get("/parties/{party_id}/relations")
def relations(party_id: int, tx: TxDep, actor: ApiActor, as_of: date | None = None) -> list[RelationOut]:
    """What the party is to others and others to it; with `as_of` only what holds on that day."""
    actor.require(*READERS)
    found = queries.party(tx, party_id=party_id)
    return [RelationOut.of(sheet) for sheet in queries.relations_of(tx, party_id=found.id, as_of=as_of)]


@router.post("/parties/{party_id}/relations", status_code=201)
def relate(party_id: int, body: RelationIn, tx: TxDep, actor: ApiActor, now: Now) -> RelationOut:
    """Say what a party is to another; conflict rules judge by it."""
    sheet = actions.relate(tx, actor, from_party_id=party_id, **body.model_dump(), now=now)
    return RelationOut.of(sheet)


@router.post("/relations/{relation_id}/end", status_code=201)
def end(relation_id: int, body: EndIn, tx: TxDep, actor: ApiActor, now: Now) -> RelationOut:
    """Say on which day a relation ended, and why; what it was stays on record."""
    sheet = actions.end_relation(tx, actor, relation_id=relation_id, **body.model_dump(), now=now)
    return RelationOut.of(sheet)
