"""Importing parties and relations: by name, all or nothing."""

from datetime import date, datetime

import pytest
from sqlmodel import func, select

from fund.parties.imports import import_parties, import_relations, party_named
from fund.parties.models import Party
from fund.parties.queries import relations_of
from fund.parties.rules import PartyKind, RelationKind
from kernel.db import Tx
from kernel.errors import Refusal
from kernel.identity.rules import SYSTEM
from kernel.sheets.importing import Imported
from kernel.sheets.reading import SheetRefused
from tests.builders.parties import an_organisation

PARTIES = "类型,名称,英文名称,登记编号\n组织,朔原钢铁,Shuoyuan Steel,SL-1\n自然人,顾𬀩,Gu Wei,\n"
RELATIONS = "From,Relation,To,Since\n顾𬀩,发明人,朔原钢铁,2024-3-1\n"


def parties(tx: Tx, text: str, now: datetime, **options: bool) -> Imported:
    (done,) = import_parties(tx, SYSTEM, filename="p.csv", content=text.encode("gb18030"), now=now, **options)
    return done


def told(refused: Refusal) -> list[str]:
    return [str(problem) for problem in refused.problems]


def test_parties_come_in_with_rare_characters_from_gb18030(tx: Tx, now: datetime) -> None:
    assert parties(tx, PARTIES, now).rows == 2
    found = party_named(tx, name="顾𬀩")
    assert (found.kind, found.name_en) == (PartyKind.PERSON, "Gu Wei")
    assert party_named(tx, name="Shuoyuan Steel").registration_no == "SL-1"


def test_a_dry_run_leaves_nobody(tx: Tx, now: datetime) -> None:
    before = tx.exec(select(func.count()).select_from(Party)).one()
    assert parties(tx, PARTIES, now, dry_run=True).dry_run
    assert tx.exec(select(func.count()).select_from(Party)).one() == before


def test_a_known_name_or_number_refuses_the_file_with_the_row(tx: Tx, now: datetime) -> None:
    an_organisation(tx, "滨岭钢铁", registration_no="SL-9")
    with pytest.raises(SheetRefused) as refused:
        parties(tx, "类型,名称,登记编号\n组织,滨岭钢铁,\n组织,新公司,SL-9\n组织,好公司,\n", now)
    assert told(refused.value) == [
        "p.csv, row 2: “滨岭钢铁” is on record already.",
        "p.csv, row 3: The registration number SL-9 belongs to 滨岭钢铁.",
    ]
    with pytest.raises(Refusal, match="Nobody on record is called “好公司”"):
        party_named(tx, name="好公司")


def test_relations_name_both_sides(tx: Tx, now: datetime) -> None:
    parties(tx, PARTIES, now)
    import_relations(tx, SYSTEM, filename="r.csv", content=RELATIONS.encode(), now=now)
    (relation,) = relations_of(tx, party_id=party_named(tx, name="顾𬀩").id)
    assert (relation.kind, relation.since_on) == (RelationKind.INVENTOR, date(2024, 3, 1))


def test_an_unknown_side_is_told_by_its_row(tx: Tx, now: datetime) -> None:
    with pytest.raises(SheetRefused) as refused:
        import_relations(tx, SYSTEM, filename="r.csv", content=RELATIONS.encode(), now=now)
    assert told(refused.value) == ["r.csv, row 2: Nobody on record is called “顾𬀩”."]


def test_a_name_that_two_parties_share_is_not_guessed(tx: Tx) -> None:
    an_organisation(tx, "同名公司")
    an_organisation(tx, "同名公司")
    with pytest.raises(Refusal, match="2 parties on record are called “同名公司”"):
        party_named(tx, name="同名公司")
