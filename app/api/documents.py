"""The data room: folders per deal, documents named by what they hold. Every view and every refusal is written down."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, File, Form, Response, UploadFile
from pydantic import Field

from app.api.schemas import REFUSALS, Body, Out, example
from app.deps import ApiActor, LanguageDep, Now, TxDep
from app.errors import problem_json
from app.uploads import content_of
from kernel.errors import Forbidden, NotFound
from pipeline.deals.queries import deal_by_code
from pipeline.diligence import dataroom, documents
from pipeline.diligence.rules import Access, DocumentState, Effect

router = APIRouter(prefix="/api/v1", tags=["documents"], responses=REFUSALS)


class DocumentClosed(Forbidden):
    code = "document_closed"
    says = "This document is not open to you; the attempt was noted."


class DocumentHidden(NotFound):
    code = "document_unknown"
    says = "There is no such document."


class DocumentOut(Out):
    """A document."""

    id: int
    title: str
    sha256: str
    media_type: str
    state: DocumentState
    uploaded_by: str
    recorded_at: datetime
    decided_by: str
    decision_note: str


class FolderOut(Out):
    """A folder with the documents that the actor may read."""

    id: int
    name: str
    workstream_id: int | None
    documents: list[DocumentOut]


class FolderIn(Body):
    """A folder, for instance the papers of the committee."""

    name: Annotated[str, Field(min_length=1, max_length=80, examples=["投委会材料"])]


class GrantIn(Body):
    """Let a person read a folder, or deny it; a denial beats every grant."""

    model_config = example(user_id=12, effect="allow")

    user_id: int
    effect: Effect


class GrantOut(Out):
    """A permission or a denial that is in force."""

    user_id: int
    effect: Effect
    granted_by: str
    recorded_at: datetime


class DecisionIn(Body):
    """Whether an enterprise's document is accepted, and a note."""

    model_config = example(accept=True, note="已核对原件")

    accept: bool
    note: Annotated[str, Field(max_length=400)] = ""


@router.get("/deals/{code}/folders")
def folders(code: str, tx: TxDep, actor: ApiActor) -> list[FolderOut]:
    """The folders of a deal's data room that the actor may see."""
    about = deal_by_code(tx, code=code, actor=actor)
    return [FolderOut.of(sheet) for sheet in dataroom.folders(tx, actor=actor, deal_id=about.id)]


@router.post("/deals/{code}/folders", status_code=201)
def open_folder(code: str, body: FolderIn, tx: TxDep, actor: ApiActor, now: Now) -> FolderOut:
    """Open a folder in a deal's data room."""
    about = deal_by_code(tx, code=code, actor=actor)
    return FolderOut.of(documents.open_folder(tx, actor, deal_id=about.id, name=body.name, now=now))


@router.post("/folders/{folder_id}/documents", status_code=201)
def put(
    folder_id: int,
    tx: TxDep,
    actor: ApiActor,
    now: Now,
    title: Annotated[str, Form(min_length=1, max_length=200)],
    file: Annotated[UploadFile, File(description="50 MB at most")],
) -> DocumentOut:
    """Put a document into a folder; an enterprise's is seen by others once it is accepted."""
    sheet = documents.put_document(
        tx,
        actor,
        folder_id=folder_id,
        title=title,
        content=content_of(file),
        media_type=(file.content_type or "application/octet-stream")[:64],
        now=now,
    )
    return DocumentOut.of(sheet)


@router.post("/folders/{folder_id}/grants", status_code=204)
def grant(folder_id: int, body: GrantIn, tx: TxDep, actor: ApiActor, now: Now) -> None:
    """Let a person read a folder, or deny it."""
    documents.grant_access(tx, actor, folder_id=folder_id, user_id=body.user_id, effect=body.effect, now=now)


@router.get("/folders/{folder_id}/grants")
def grants(folder_id: int, tx: TxDep, actor: ApiActor) -> list[GrantOut]:
    """The permissions and denials of a folder that are in force."""
    return [GrantOut.of(sheet) for sheet in dataroom.grants(tx, actor=actor, folder_id=folder_id)]


@router.post("/folders/{folder_id}/grants/end", status_code=204)
def end_grant(folder_id: int, body: GrantIn, tx: TxDep, actor: ApiActor, now: Now) -> None:
    """End a permission or a denial; ending one that is not in force changes nothing."""
    documents.end_access(tx, actor, folder_id=folder_id, user_id=body.user_id, effect=body.effect, now=now)


@router.post("/documents/{document_id}/decision", status_code=201)
def decide(document_id: int, body: DecisionIn, tx: TxDep, actor: ApiActor, now: Now) -> DocumentOut:
    """Accept or decline what an enterprise has put in."""
    if body.accept:
        return DocumentOut.of(documents.accept_document(tx, actor, document_id=document_id, now=now))
    return DocumentOut.of(
        documents.decline_document(tx, actor, document_id=document_id, note=body.note, now=now)
    )


@router.get("/documents/{document_id}", response_class=Response)
def read(document_id: int, tx: TxDep, actor: ApiActor, now: Now, language: LanguageDep) -> Response:
    """The bytes of a document, if the actor may read it; the attempt is noted either way."""
    seen = documents.view_document(tx, actor, document_id=document_id, now=now)
    if seen.outcome is not Access.GRANTED or seen.document is None or seen.content is None:
        # Answered, not raised: the note of the refusal must be committed.
        return problem_json(DocumentClosed() if seen.document else DocumentHidden(), language)
    headers = {
        "Content-Disposition": f'attachment; filename="document-{document_id}"',
        "X-Watermark": seen.watermark.encode("ascii", "replace").decode(),
    }
    return Response(seen.content, media_type=seen.document.media_type, headers=headers)
