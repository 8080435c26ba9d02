"""The data room of a deal: its folders, who may read them, and what enterprises have put in."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.board import MOVERS
from app.pages.desk import Desk, DeskDep
from kernel.identity.queries import users
from kernel.identity.rules import Role
from kernel.paging import MAXIMUM_LIMIT
from pipeline.deals.queries import deal_by_code
from pipeline.diligence import dataroom, documents
from pipeline.diligence.rules import DocumentState, Effect

router = APIRouter(include_in_schema=False, prefix="/deals")


@router.get("/{code}/room")
def room(desk: DeskDep, code: str) -> HTMLResponse:
    """The folders of a deal that the viewer may see."""
    return room_page(desk, code)


def room_page(desk: Desk, code: str) -> HTMLResponse:
    """Folders with their documents; for those who run the deal also who may read them, and what is offered."""
    sheet = deal_by_code(desk.tx, code=code, actor=desk.actor)
    folders = dataroom.folders(desk.tx, actor=desk.actor, deal_id=sheet.id)
    sees_grants = desk.actor.has(*MOVERS, Role.AUDITOR)
    people = _people(desk) if sees_grants else {}
    grants = {
        one.id: dataroom.grants(desk.tx, actor=desk.actor, folder_id=one.id) if sees_grants else []
        for one in folders
    }
    return desk.show(
        "deals/dataroom.html",
        deal=sheet,
        folders=folders,
        grants=grants,
        people=people,
        readers=list(people.items()),
        effects=[(one, desk.label(one)) for one in Effect],
        offered=DocumentState.OFFERED,
        may_open=desk.actor.has(*MOVERS),
        may_grant=desk.actor.has(Role.MANAGER),
    )


def _people(desk: Desk) -> dict[int, str]:
    """Everybody who may sign in, by name: those of enterprises and of the committee are let in one by one."""
    found = users(desk.tx, limit=MAXIMUM_LIMIT)
    return {one.id: f"{one.name} ({one.login})" for one in found.items if one.is_active}


@router.post("/{code}/folders")
def open_folder(desk: DeskDep, code: str) -> Response:
    """Open a folder beside those of the workstreams."""

    def act(deal_id: int) -> None:
        name = desk.fields.text("name")
        desk.fields.check()
        documents.open_folder(desk.tx, desk.actor, deal_id=deal_id, name=name, now=desk.now)

    return _done(desk, code, "folder", act, "folder.opened")


@router.post("/{code}/folders/{folder_id:int}/grants")
def grant(desk: DeskDep, code: str, folder_id: int) -> Response:
    """Let a person read a folder, deny it, or end either."""
    ends = desk.fields.ticked("end")

    def act(_: int) -> None:
        user_id, effect = desk.fields.whole("user_id"), desk.fields.choice("effect", Effect)
        desk.fields.check()
        what = documents.end_access if ends else documents.grant_access
        what(desk.tx, desk.actor, folder_id=folder_id, user_id=user_id, effect=effect, now=desk.now)

    return _done(desk, code, f"grant-{folder_id}", act, "folder.ended" if ends else "folder.granted")


@router.post("/{code}/documents/{document_id:int}")
def decide(desk: DeskDep, code: str, document_id: int) -> Response:
    """Accept what an enterprise has put in, or decline it with a note."""
    accepts = desk.fields.ticked("accept")

    def act(_: int) -> None:
        if accepts:
            documents.accept_document(desk.tx, desk.actor, document_id=document_id, now=desk.now)
            return
        note = desk.fields.text("note")
        desk.fields.check()
        documents.decline_document(desk.tx, desk.actor, document_id=document_id, note=note, now=desk.now)

    return _done(
        desk, code, f"document-{document_id}", act, "document.accepted" if accepts else "document.declined"
    )


def _done(desk: Desk, code: str, form: str, act: Callable[[int], None], said: str) -> Response:
    def on_it() -> None:
        act(deal_by_code(desk.tx, code=code, actor=desk.actor).id)

    def again(refused: Desk) -> Response:
        return room_page(refused, code)

    return desk.act(form, on_it, then=f"/deals/{code}/room", done=said, again=again)
