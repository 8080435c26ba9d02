"""Due diligence: workstreams, checklists, signed findings and the data room."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.board import MOVERS
from app.pages.deal_page import on_deal
from app.pages.desk import Desk, DeskDep
from app.pages.files import file_answer
from app.uploads import content_of
from kernel.blobs.models import Blob
from kernel.errors import NotFound
from kernel.identity.rules import Role
from pipeline.diligence import actions, dataroom, documents
from pipeline.diligence.queries import WorkstreamSheet, workstream
from pipeline.diligence.rules import Access, FindingState, FindingText, Severity, Subject, WorkstreamState

router = APIRouter(include_in_schema=False)


class DocumentClosed(NotFound):
    code = "document_closed"
    says = "There is no document here that you may read; the attempt is on record."


@router.get("/diligence/{workstream_id:int}")
def stream(desk: DeskDep, workstream_id: int) -> HTMLResponse:
    """One workstream."""
    return stream_page(desk, workstream_id)


def stream_page(desk: Desk, workstream_id: int) -> HTMLResponse:
    """Its checklist, its findings, its folder, and what the viewer may do."""
    sheet = workstream(desk.tx, actor=desk.actor, workstream_id=workstream_id)
    folders = dataroom.folders(desk.tx, actor=desk.actor, deal_id=sheet.deal_id)
    own = [folder for folder in folders if folder.workstream_id == sheet.id]
    works = works_on(desk, sheet) and sheet.state is WorkstreamState.OPEN
    files = [document for folder in folders for document in folder.documents]
    return desk.show(
        "deals/workstream.html",
        stream=sheet,
        folders=own,
        may_work=works,
        may_reopen=desk.actor.has(Role.MANAGER) and sheet.state is WorkstreamState.CONCLUDED,
        severities=[(one, desk.label(one)) for one in Severity],
        states=[(one, desk.label(one)) for one in FindingState],
        files=[(one.sha256, one.title) for one in files],
        checked=[(one.number, one.says, one) for one in sheet.items],
    )


def works_on(desk: Desk, sheet: WorkstreamSheet) -> bool:
    """Whether the viewer works on it: the fund's people, or its enterprise's experts."""
    return desk.actor.has(*MOVERS) or (
        desk.actor.has(Role.LP_EXPERT, Role.LP_USER)
        and sheet.party_id is not None
        and sheet.party_id == desk.actor.party_id
    )


@router.post("/diligence/{workstream_id:int}/check")
def check(desk: DeskDep, workstream_id: int) -> Response:
    """Tick an item off, or take the tick away."""

    def act() -> None:
        fields = desk.fields
        number, note = fields.whole("number"), fields.raw("note")
        version = fields.maybe_whole("version")
        fields.check()
        actions.check_item(
            desk.tx,
            desk.actor,
            workstream_id=workstream_id,
            number=number,
            done=not fields.ticked("undo"),
            note=note,
            version=version,
            now=desk.now,
        )

    return _done(desk, workstream_id, "check", act, "workstream.checked")


@router.post("/diligence/{workstream_id:int}/finding")
def sign(desk: DeskDep, workstream_id: int) -> Response:
    """Sign a finding, or the next version of one."""

    def act() -> None:
        fields = desk.fields
        text = FindingText(
            title=fields.raw("title"),
            statement=fields.raw("statement"),
            severity=fields.choice("severity", Severity),
            state=fields.maybe_choice("state", FindingState) or FindingState.OPEN,
            owner=fields.raw("owner"),
            closes_by=fields.raw("closes_by"),
            evidence=fields.many("evidence"),
        )
        finding_id = fields.maybe_whole("finding_id")
        fields.check()
        actions.sign_finding(
            desk.tx,
            desk.actor,
            workstream_id=workstream_id,
            text=text,
            finding_id=finding_id,
            now=desk.now,
        )

    return _done(desk, workstream_id, "finding", act, "finding.signed")


@router.post("/diligence/{workstream_id:int}/conclude")
def conclude_stream(desk: DeskDep, workstream_id: int) -> Response:
    """Conclude and lock it."""

    def act() -> None:
        conclusion = desk.fields.raw("conclusion")
        actions.conclude_workstream(
            desk.tx, desk.actor, workstream_id=workstream_id, conclusion=conclusion, now=desk.now
        )

    return _done(desk, workstream_id, "conclude", act, "workstream.concluded")


@router.post("/diligence/{workstream_id:int}/reopen")
def reopen(desk: DeskDep, workstream_id: int) -> Response:
    """Unlock it, with a reason."""

    def act() -> None:
        reason = desk.fields.raw("reason")
        actions.reopen_workstream(
            desk.tx, desk.actor, workstream_id=workstream_id, reason=reason, now=desk.now
        )

    return _done(desk, workstream_id, "reopen", act, "workstream.reopened")


@router.post("/diligence/{workstream_id:int}/document")
def upload(desk: DeskDep, workstream_id: int) -> Response:
    """Put a document into a folder of the workstream."""

    def act() -> None:
        fields = desk.fields
        folder_id, file = fields.whole("folder_id"), fields.file("file")
        if file is None:
            fields.wrong("file", "Choose a file.")
        fields.check()
        assert file is not None
        documents.put_document(
            desk.tx,
            desk.actor,
            folder_id=folder_id,
            title=fields.raw("title") or file.filename or "",
            content=content_of(file),
            media_type=file.content_type or "application/octet-stream",
            now=desk.now,
        )

    return _done(desk, workstream_id, "document", act, "document.put")


def _done(desk: Desk, workstream_id: int, form: str, act: Callable[[], None], said: str) -> Response:
    def again(refused: Desk) -> Response:
        return stream_page(refused, workstream_id)

    return desk.act(form, act, then=f"/diligence/{workstream_id}", done=said, again=again)


@router.get("/documents/{document_id:int}")
def document(desk: DeskDep, document_id: int) -> Response:
    """A document of the data room; the attempt is written down, whatever comes of it."""
    viewing = documents.view_document(desk.tx, desk.actor, document_id=document_id, now=desk.now)
    if viewing.outcome is not Access.GRANTED or viewing.document is None or viewing.content is None:
        return desk.refuse(DocumentClosed())
    blob = Blob(
        sha256=viewing.document.sha256, media_type=viewing.document.media_type, content=viewing.content
    )
    return file_answer(blob, viewing.document.title)


@router.post("/deals/{code}/workstream")
def open_stream(desk: DeskDep, code: str) -> Response:
    """Open a workstream for the fund, or for an enterprise that then sees its own and nothing else."""

    def act(deal_id: int) -> None:
        fields = desk.fields
        subject, party_id = fields.choice("subject", Subject), fields.maybe_whole("party_id")
        due_on, lead_id = fields.maybe_day("due_on"), fields.maybe_whole("lead_id")
        fields.check()
        actions.open_workstream(
            desk.tx,
            desk.actor,
            deal_id=deal_id,
            subject=subject,
            party_id=party_id,
            lead_id=lead_id,
            due_on=due_on,
            now=desk.now,
        )

    return on_deal(desk, code, "workstream", act, "workstream.opened")


@router.post("/deals/{code}/to-committee")
def to_committee(desk: DeskDep, code: str) -> Response:
    """Conclude the diligence of a deal and send it to the committee."""

    def act(deal_id: int) -> None:
        actions.conclude(desk.tx, desk.actor, deal_id=deal_id, now=desk.now)

    return on_deal(desk, code, "gate", act, "deal.moved")
