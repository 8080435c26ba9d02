"""The data room: folders, who may read them, what is put in, and every attempt to read it."""

from datetime import datetime

from sqlmodel import col, select

from kernel.audit.actions import record
from kernel.blobs.actions import put
from kernel.blobs.queries import get
from kernel.db import Tx
from kernel.errors import Conflict, Forbidden, Invalid
from kernel.identity.queries import user_sheet
from kernel.identity.rules import Actor, Role
from pipeline.deals.queries import deal
from pipeline.diligence.dataroom import (
    DocumentSheet,
    DocumentUnknown,
    FolderSheet,
    Viewing,
    access_of,
    document_sheet,
    folder_row,
    folder_sheet,
    works_in,
)
from pipeline.diligence.models import DataAccess, DataDocument, DataFolder, DataGrant
from pipeline.diligence.rules import Access, DocumentState, Effect

STAFF = (Role.MANAGER, Role.ANALYST)


class FolderTaken(Conflict):
    code = "folder_taken"
    says = "The data room has a folder {name} already."


class FolderForbidden(Forbidden):
    code = "folder_forbidden"
    says = "Documents are put in by the fund's people, or by the enterprise that works in this folder."


class DocumentInvalid(Invalid):
    code = "document_invalid"
    says = "A document needs a title and some content."


class DocumentDecided(Conflict):
    code = "document_decided"
    says = "{title} is {state} already."


def open_folder(tx: Tx, actor: Actor, *, deal_id: int, name: str, now: datetime) -> FolderSheet:
    """Open a folder beside those of the workstreams; the fund's people read it, others need a grant."""
    actor.require(*STAFF)
    about = deal(tx, deal_id=deal_id)
    name = name.strip()
    taken = select(DataFolder.id).where(DataFolder.deal_id == deal_id, DataFolder.name == name)
    if tx.exec(taken).first() is not None:
        raise FolderTaken(name=name)
    row = DataFolder(deal_id=deal_id, name=name, recorded_at=now)
    tx.add(row)
    tx.flush()
    detail = {"deal": about.code, "name": name}
    record(tx, actor, action="folder.opened", subject=f"folder:{row.key}", detail=detail, now=now)
    return folder_sheet(row)


def grant_access(
    tx: Tx, actor: Actor, *, folder_id: int, user_id: int, effect: Effect, now: datetime
) -> None:
    """Let a person read a folder, or deny it; a denial beats every grant. Repeating it changes nothing."""
    actor.require(Role.MANAGER)
    folder = folder_row(tx, folder_id=folder_id)
    person = user_sheet(tx, user_id=user_id)
    if _live_grant(tx, folder.key, user_id, effect) is not None:
        return
    row = DataGrant(
        folder_id=folder.key, user_id=user_id, effect=effect, granted_by=actor.name, recorded_at=now
    )
    tx.add(row)
    tx.flush()
    detail = {"folder": folder.name, "user": person.login, "effect": effect}
    record(tx, actor, action="folder.granted", subject=f"folder:{folder.key}", detail=detail, now=now)


def end_access(tx: Tx, actor: Actor, *, folder_id: int, user_id: int, effect: Effect, now: datetime) -> None:
    """End a permission or a denial; ending one that is not there changes nothing."""
    actor.require(Role.MANAGER)
    row = _live_grant(tx, folder_id, user_id, effect)
    if row is None:
        return
    row.ended_at = now
    tx.add(row)
    tx.flush()
    detail = {"user": user_id, "effect": effect}
    record(tx, actor, action="folder.grant_ended", subject=f"folder:{folder_id}", detail=detail, now=now)


def put_document(
    tx: Tx, actor: Actor, *, folder_id: int, title: str, content: bytes, media_type: str, now: datetime
) -> DocumentSheet:
    """Put a document into a folder. What an enterprise puts in is offered: others see it once it is accepted.

    Refused: no title or content, a folder that the actor does not work in.
    """
    folder = folder_row(tx, folder_id=folder_id)
    if not works_in(tx, actor, folder=folder):
        raise FolderForbidden
    if not title.strip() or not content:
        raise DocumentInvalid
    inside = actor.has(*STAFF)
    row = DataDocument(
        folder_id=folder.key,
        title=title.strip(),
        sha256=put(tx, content=content, media_type=media_type, now=now),
        media_type=media_type,
        state=DocumentState.ACCEPTED if inside else DocumentState.OFFERED,
        party_id=None if inside else actor.party_id,
        uploaded_by_id=actor.user_id,
        uploaded_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"folder": folder.name, "title": row.title, "sha256": row.sha256, "state": row.state}
    record(tx, actor, action="document.put", subject=f"document:{row.key}", detail=detail, now=now)
    return document_sheet(row)


def accept_document(tx: Tx, actor: Actor, *, document_id: int, now: datetime) -> DocumentSheet:
    """Accept an enterprise's document, so that others with access to the folder see it."""
    return _decide(tx, actor, document_id, DocumentState.ACCEPTED, "", now)


def decline_document(tx: Tx, actor: Actor, *, document_id: int, note: str, now: datetime) -> DocumentSheet:
    """Decline an enterprise's document, saying why; it stays with whoever put it in."""
    return _decide(tx, actor, document_id, DocumentState.DECLINED, note, now)


def view_document(tx: Tx, actor: Actor, *, document_id: int, now: datetime) -> Viewing:
    """Hand a document out, if the actor may read it, and write the attempt down either way.

    A refusal is an answer, not an exception, so that its line in the log is committed: look at `Viewing.outcome`.
    """
    row = tx.exec(select(DataDocument).where(DataDocument.id == document_id)).one_or_none()
    outcome = access_of(tx, actor, row=row) if row is not None else Access.NOT_GRANTED
    tx.add(
        DataAccess(
            document_id=document_id, user_id=actor.user_id, user_name=actor.name, outcome=outcome, at=now
        )
    )
    tx.flush()
    if row is None or outcome != Access.GRANTED:
        return Viewing(outcome, None, None, "")
    watermark = f"{actor.name} · {now:%Y-%m-%d %H:%M} UTC"
    return Viewing(outcome, document_sheet(row), get(tx, sha256=row.sha256).content, watermark)


def _decide(
    tx: Tx, actor: Actor, document_id: int, state: DocumentState, note: str, now: datetime
) -> DocumentSheet:
    actor.require(*STAFF)
    statement = select(DataDocument).where(DataDocument.id == document_id).with_for_update()
    row = tx.exec(statement).one_or_none()
    if row is None:
        raise DocumentUnknown
    if row.state != DocumentState.OFFERED:
        raise DocumentDecided(title=row.title, state=row.state)
    row.state, row.decided_by, row.decided_at, row.decision_note = state, actor.name, now, note.strip()
    tx.add(row)
    tx.flush()
    detail = {"state": state, "note": row.decision_note}
    record(tx, actor, action="document.decided", subject=f"document:{row.key}", detail=detail, now=now)
    return document_sheet(row)


def _live_grant(tx: Tx, folder_id: int, user_id: int, effect: Effect) -> DataGrant | None:
    statement = select(DataGrant).where(
        DataGrant.folder_id == folder_id,
        DataGrant.user_id == user_id,
        DataGrant.effect == effect,
        col(DataGrant.ended_at).is_(None),
    )
    return tx.exec(statement).one_or_none()
