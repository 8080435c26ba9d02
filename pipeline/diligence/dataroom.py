"""Looking into the data room: folders, documents, and the log of who has read what."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from kernel.db import Tx
from kernel.errors import NotFound
from kernel.identity.rules import Actor, Role
from kernel.paging import DEFAULT_LIMIT, Page, keyset
from pipeline.deals.recusals import kept_out
from pipeline.diligence.models import DataAccess, DataDocument, DataFolder, DataGrant, Workstream
from pipeline.diligence.rules import Access, DocumentState, Effect, access


class FolderUnknown(NotFound):
    code = "folder_unknown"
    says = "There is no such folder."


class DocumentUnknown(NotFound):
    code = "document_unknown"
    says = "There is no such document."


@dataclass(frozen=True)
class DocumentSheet:
    """A document, named by the SHA-256 of what it holds."""

    id: int
    folder_id: int
    title: str
    sha256: str
    media_type: str
    state: DocumentState
    uploaded_by: str
    recorded_at: datetime
    decided_by: str
    decision_note: str


@dataclass(frozen=True)
class FolderSheet:
    """A folder with the documents that the reader may read."""

    id: int
    deal_id: int
    workstream_id: int | None
    name: str
    documents: tuple[DocumentSheet, ...]


@dataclass(frozen=True)
class GrantSheet:
    """A live permission or denial."""

    user_id: int
    effect: Effect
    granted_by: str
    recorded_at: datetime


@dataclass(frozen=True)
class AccessLine:
    """An attempt to read a document."""

    document_id: int
    user_name: str
    outcome: Access
    at: datetime


@dataclass(frozen=True)
class Viewing:
    """How an attempt to read a document ended; `content` and `watermark` only when it was granted."""

    outcome: Access
    document: DocumentSheet | None
    content: bytes | None
    watermark: str


def folders(tx: Tx, *, actor: Actor, deal_id: int) -> list[FolderSheet]:
    """The folders of a deal in which `actor` works or may read something, by name, with what may be read."""
    statement = select(DataFolder).where(DataFolder.deal_id == deal_id).order_by(DataFolder.name)
    seen = []
    for folder in tx.exec(statement):
        readable = _readable(tx, actor, folder)
        if readable or is_open_to(tx, actor, folder=folder):
            seen.append(folder_sheet(folder, documents=readable))
    return seen


def grants(tx: Tx, *, actor: Actor, folder_id: int) -> list[GrantSheet]:
    """The live permissions and denials of a folder."""
    actor.require(Role.MANAGER, Role.ANALYST, Role.AUDITOR)
    folder_row(tx, folder_id=folder_id)
    statement = select(DataGrant).where(DataGrant.folder_id == folder_id, col(DataGrant.ended_at).is_(None))
    rows = tx.exec(statement.order_by(col(DataGrant.id)))
    return [GrantSheet(row.user_id, row.effect, row.granted_by, row.recorded_at) for row in rows]


def accesses(
    tx: Tx,
    *,
    actor: Actor,
    document_id: int | None = None,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[AccessLine]:
    """Who has tried to read what, newest first."""
    actor.require(Role.MANAGER, Role.ANALYST, Role.AUDITOR)
    statement = select(DataAccess)
    if document_id is not None:
        statement = statement.where(DataAccess.document_id == document_id)
    key = col(DataAccess.id)
    return keyset(tx, statement, key, after=after, limit=limit, sheet=_line, newest_first=True)


def folder_row(tx: Tx, *, folder_id: int) -> DataFolder:
    """The folder's row."""
    row = tx.exec(select(DataFolder).where(DataFolder.id == folder_id)).one_or_none()
    if row is None:
        raise FolderUnknown
    return row


def works_in(tx: Tx, actor: Actor, *, folder: DataFolder) -> bool:
    """Whether `actor` may put documents into the folder and has not been denied it."""
    if Effect.DENY in effects(tx, actor, folder_id=folder.key):
        return False
    return actor.has(Role.MANAGER, Role.ANALYST) or (actor.has(Role.LP_EXPERT) and _is_own(tx, actor, folder))


def is_open_to(tx: Tx, actor: Actor, *, folder: DataFolder) -> bool:
    """Whether `actor` may read accepted documents of the folder."""
    return _access(tx, actor, folder, is_own=False, state=DocumentState.ACCEPTED) == Access.GRANTED


def access_of(tx: Tx, actor: Actor, *, row: DataDocument) -> Access:
    """Whether `actor` may read the document, and if not, why."""
    folder = tx.get(DataFolder, row.folder_id)
    if folder is None:
        return Access.NOT_GRANTED
    is_own = row.party_id is not None and row.party_id == actor.party_id
    return _access(tx, actor, folder, is_own=is_own, state=row.state)


def effects(tx: Tx, actor: Actor, *, folder_id: int) -> frozenset[Effect]:
    """The live permissions and denials of one person for one folder."""
    statement = select(DataGrant.effect).where(
        DataGrant.folder_id == folder_id,
        DataGrant.user_id == actor.user_id,
        col(DataGrant.ended_at).is_(None),
    )
    return frozenset(Effect(effect) for effect in tx.exec(statement))


def folder_sheet(row: DataFolder, *, documents: tuple[DocumentSheet, ...] = ()) -> FolderSheet:
    """A folder's row with some of its documents."""
    return FolderSheet(row.key, row.deal_id, row.workstream_id, row.name, documents)


def document_sheet(row: DataDocument) -> DocumentSheet:
    """A document's row."""
    return DocumentSheet(
        row.key,
        row.folder_id,
        row.title,
        row.sha256,
        row.media_type,
        row.state,
        row.uploaded_by,
        row.recorded_at,
        row.decided_by,
        row.decision_note,
    )


def _readable(tx: Tx, actor: Actor, folder: DataFolder) -> tuple[DocumentSheet, ...]:
    statement = select(DataDocument).where(DataDocument.folder_id == folder.key)
    rows = tx.exec(statement.order_by(col(DataDocument.id)))
    return tuple(document_sheet(row) for row in rows if access_of(tx, actor, row=row) == Access.GRANTED)


def _access(tx: Tx, actor: Actor, folder: DataFolder, *, is_own: bool, state: DocumentState) -> Access:
    known = effects(tx, actor, folder_id=folder.key)
    if folder.deal_id in kept_out(tx, actor=actor):
        # A permission given to a member of the committee rests while the member is recused from the deal.
        known -= {Effect.ALLOW}
    return access(
        known,
        is_staff=actor.reach == "all",
        is_own=is_own,
        is_own_folder=_is_own(tx, actor, folder),
        state=state,
    )


def _is_own(tx: Tx, actor: Actor, folder: DataFolder) -> bool:
    """Whether the folder belongs to a workstream of the actor's own enterprise."""
    if folder.workstream_id is None or actor.party_id is None or not actor.has(Role.LP_USER, Role.LP_EXPERT):
        return False
    # Another party's workstream is behind the database's wall, though a grant may open its folder.
    workstream = tx.get(Workstream, folder.workstream_id)
    return workstream is not None and workstream.party_id == actor.party_id


def _line(row: DataAccess) -> AccessLine:
    return AccessLine(row.document_id, row.user_name, row.outcome, row.at)
