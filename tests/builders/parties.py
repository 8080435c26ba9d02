"""Organisations, people and their relations for tests."""

from datetime import date, datetime

from fund.parties.actions import register_party, relate
from fund.parties.queries import PartySheet, RelationSheet
from fund.parties.rules import PartyKind, RelationKind
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from tests.builders.charter import OPENED_AT


def an_organisation(
    tx: Tx,
    name_zh: str = "北方钢铁集团有限公司",
    *,
    name_en: str = "",
    registration_no: str | None = None,
    now: datetime = OPENED_AT,
) -> PartySheet:
    """An organisation of that name."""
    return register_party(
        tx,
        SYSTEM,
        kind=PartyKind.ORGANISATION,
        name_zh=name_zh,
        name_en=name_en,
        registration_no=registration_no,
        now=now,
    )


def a_person(tx: Tx, name_zh: str = "张三", *, name_en: str = "", now: datetime = OPENED_AT) -> PartySheet:
    """A person of that name."""
    return register_party(tx, SYSTEM, kind=PartyKind.PERSON, name_zh=name_zh, name_en=name_en, now=now)


def a_relation(
    tx: Tx,
    from_party: PartySheet,
    kind: RelationKind,
    to_party: PartySheet,
    *,
    since_on: date = date(2024, 1, 1),
    until_on: date | None = None,
    now: datetime = OPENED_AT,
) -> RelationSheet:
    """`from_party` is the `kind` of `to_party`."""
    return relate(
        tx,
        SYSTEM,
        from_party_id=from_party.id,
        to_party_id=to_party.id,
        kind=kind,
        since_on=since_on,
        until_on=until_on,
        now=now,
    )
