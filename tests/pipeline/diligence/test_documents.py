"""The data room: who reads what, and the log that nobody escapes."""

from dataclasses import dataclass
from datetime import datetime

import pytest
import sqlalchemy as sa

from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from pipeline.deals.rules import Stage
from pipeline.diligence.dataroom import DocumentUnknown, FolderUnknown, accesses, folder_row, folders, grants
from pipeline.diligence.documents import (
    DocumentDecided,
    DocumentInvalid,
    FolderForbidden,
    FolderTaken,
    accept_document,
    decline_document,
    end_access,
    grant_access,
    open_folder,
    put_document,
    view_document,
)
from pipeline.diligence.rules import Access, DocumentState, Effect, Subject
from tests.builders.committee import a_member, speaking
from tests.builders.deals import a_deal_at, a_setting
from tests.builders.diligence import a_workstream
from tests.builders.parties import an_organisation


@dataclass(frozen=True)
class Room:
    """A data room with the fund's folder and that of a trial at a steel group."""

    deal_id: int
    general: int
    trial: int
    manager: Actor
    expert: Actor
    colleague: Actor
    stranger: Actor


@pytest.fixture
def room(tx: Tx, now: datetime) -> Room:
    deal = a_deal_at(tx, Stage.DUE_DILIGENCE, setting=a_setting(tx, now), now=now)
    steel, other = an_organisation(tx, "北方钢铁集团").id, an_organisation(tx, "南方钢铁集团").id
    stream = a_workstream(tx, deal_id=deal.id, now=now, subject=Subject.INDUSTRIAL_TRIAL, party_id=steel)
    a_workstream(tx, deal_id=deal.id, now=now, subject=Subject.MARKET, party_id=other)
    trial = next(one for one in folders(tx, actor=SYSTEM, deal_id=deal.id) if one.workstream_id == stream.id)
    return Room(
        deal.id,
        open_folder(tx, SYSTEM, deal_id=deal.id, name="General", now=now).id,
        trial.id,
        a_member(tx, Role.MANAGER, login="manager", now=now),
        a_member(tx, Role.LP_EXPERT, login="expert", now=now, party_id=steel),
        a_member(tx, Role.LP_EXPERT, login="colleague", now=now, party_id=steel),
        a_member(tx, Role.LP_EXPERT, login="stranger", now=now, party_id=other),
    )


def put_by(tx: Tx, actor: Actor, folder_id: int, now: datetime, title: str = "Protocol") -> int:
    with speaking(tx, actor):
        return put_document(
            tx,
            actor,
            folder_id=folder_id,
            title=title,
            content=b"%PDF",
            media_type="application/pdf",
            now=now,
        ).id


def view(tx: Tx, actor: Actor, document_id: int, now: datetime) -> Access:
    with speaking(tx, actor):
        return view_document(tx, actor, document_id=document_id, now=now).outcome


def test_what_the_fund_puts_in_is_there_at_once_for_its_people_only(
    tx: Tx, now: datetime, room: Room
) -> None:
    document = put_by(tx, room.manager, room.general, now)
    with speaking(tx, room.manager):
        seen = view_document(tx, room.manager, document_id=document, now=now)
    assert (seen.outcome, seen.content) == (Access.GRANTED, b"%PDF")
    assert seen.watermark == "Manager · 2026-09-30 08:00 UTC"
    assert view(tx, room.expert, document, now) == Access.NOT_GRANTED
    assert view(tx, room.expert, 10**9, now) == Access.NOT_GRANTED


def test_an_enterprise_reads_its_own_folder_and_nobody_elses(tx: Tx, now: datetime, room: Room) -> None:
    document = put_by(tx, room.manager, room.trial, now)
    assert view(tx, room.expert, document, now) == Access.GRANTED
    assert view(tx, room.stranger, document, now) == Access.NOT_GRANTED
    with speaking(tx, room.expert):
        assert [one.id for one in folders(tx, actor=room.expert, deal_id=room.deal_id)] == [room.trial]
    with speaking(tx, room.stranger):
        assert room.trial not in [one.id for one in folders(tx, actor=room.stranger, deal_id=room.deal_id)]
        assert document not in tx.execute(sa.text("SELECT id FROM data_document")).scalars().all()


def test_an_outside_upload_waits_for_acceptance(tx: Tx, now: datetime, room: Room) -> None:
    document = put_by(tx, room.expert, room.trial, now)
    reader = a_member(tx, Role.LP_EXPERT, login="reader", now=now)
    assert reader.user_id is not None
    grant_access(tx, SYSTEM, folder_id=room.trial, user_id=reader.user_id, effect=Effect.ALLOW, now=now)
    assert view(tx, room.colleague, document, now) == Access.GRANTED
    assert view(tx, room.manager, document, now) == Access.GRANTED
    assert view(tx, reader, document, now) != Access.GRANTED
    assert accept_document(tx, SYSTEM, document_id=document, now=now).state == DocumentState.ACCEPTED
    assert view(tx, reader, document, now) == Access.GRANTED
    with pytest.raises(DocumentDecided, match="accepted"):
        decline_document(tx, SYSTEM, document_id=document, note="Late.", now=now)


def test_a_declined_upload_stays_with_its_enterprise(tx: Tx, now: datetime, room: Room) -> None:
    document = put_by(tx, room.expert, room.trial, now)
    declined = decline_document(tx, SYSTEM, document_id=document, note="Not signed.", now=now)
    assert (declined.state, declined.decision_note) == (DocumentState.DECLINED, "Not signed.")
    assert view(tx, room.colleague, document, now) == Access.GRANTED
    with pytest.raises(DocumentUnknown):
        accept_document(tx, SYSTEM, document_id=10**9, now=now)


def test_a_denial_beats_a_grant_and_ones_own_folder(tx: Tx, now: datetime, room: Room) -> None:
    document = put_by(tx, room.manager, room.trial, now)
    assert room.expert.user_id is not None
    for effect in (Effect.ALLOW, Effect.DENY, Effect.DENY):
        grant_access(tx, SYSTEM, folder_id=room.trial, user_id=room.expert.user_id, effect=effect, now=now)
    assert len(grants(tx, actor=SYSTEM, folder_id=room.trial)) == 2
    assert view(tx, room.expert, document, now) == Access.DENIED
    with speaking(tx, room.expert):
        assert folders(tx, actor=room.expert, deal_id=room.deal_id) == []
        with pytest.raises(FolderForbidden):
            put_document(
                tx,
                room.expert,
                folder_id=room.trial,
                title="X",
                content=b"x",
                media_type="text/plain",
                now=now,
            )
    for _ in range(2):
        end_access(tx, SYSTEM, folder_id=room.trial, user_id=room.expert.user_id, effect=Effect.DENY, now=now)
    assert view(tx, room.expert, document, now) == Access.GRANTED


def test_a_denial_reaches_the_funds_own_people(tx: Tx, now: datetime, room: Room) -> None:
    document = put_by(tx, room.manager, room.general, now)
    assert room.manager.user_id is not None
    grant_access(
        tx, SYSTEM, folder_id=room.general, user_id=room.manager.user_id, effect=Effect.DENY, now=now
    )
    assert view(tx, room.manager, document, now) == Access.DENIED


def test_a_grant_opens_a_folder_to_one_person(tx: Tx, now: datetime, room: Room) -> None:
    document = put_by(tx, room.manager, room.general, now)
    assert room.stranger.user_id is not None
    grant_access(
        tx, SYSTEM, folder_id=room.general, user_id=room.stranger.user_id, effect=Effect.ALLOW, now=now
    )
    assert view(tx, room.stranger, document, now) == Access.GRANTED
    with speaking(tx, room.stranger):
        opened = {one.id: one.documents for one in folders(tx, actor=room.stranger, deal_id=room.deal_id)}
        assert [one.id for one in opened[room.general]] == [document]


def test_every_view_and_every_refusal_is_logged(tx: Tx, now: datetime, room: Room) -> None:
    document = put_by(tx, room.manager, room.general, now)
    view(tx, room.manager, document, now)
    view(tx, room.expert, document, now)
    lines = accesses(tx, actor=SYSTEM, document_id=document).items
    assert [(line.user_name, line.outcome) for line in lines] == [
        ("Expert", Access.NOT_GRANTED),
        ("Manager", Access.GRANTED),
    ]
    assert len(accesses(tx, actor=SYSTEM).items) == 2
    with pytest.raises(RoleMissing):
        accesses(tx, actor=room.expert)


def test_documents_are_put_where_one_works(tx: Tx, now: datetime, room: Room) -> None:
    with speaking(tx, room.stranger), pytest.raises(FolderUnknown):
        put_by(tx, room.stranger, room.trial, now)
    with pytest.raises(DocumentInvalid):
        put_document(
            tx, SYSTEM, folder_id=room.general, title=" ", content=b"x", media_type="text/plain", now=now
        )
    with pytest.raises(FolderTaken):
        open_folder(tx, SYSTEM, deal_id=room.deal_id, name=" General ", now=now)
    with pytest.raises(FolderUnknown):
        folder_row(tx, folder_id=10**9)


def test_the_uploader_who_left_the_workstream_is_not_let_in_again(tx: Tx, now: datetime, room: Room) -> None:
    document = put_by(tx, room.expert, room.trial, now)
    gone = Actor(room.expert.user_id, "Expert", frozenset({Role.LP_EXPERT}), party_id=None)
    assert view(tx, gone, document, now) == Access.NOT_GRANTED
