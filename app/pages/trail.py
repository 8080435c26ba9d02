"""The audit trail."""

from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.pages.desk import DeskDep
from kernel.audit import queries
from kernel.identity.rules import Role

router = APIRouter(include_in_schema=False, prefix="/audit")

FILTERS = ("who", "action", "subject")


@router.get("")
def trail(desk: DeskDep) -> HTMLResponse:
    """What was done, the newest first; the chain is checked when asked."""
    desk.actor.require(Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)
    asked = {name: desk.query.raw(name) for name in FILTERS if desk.query.raw(name)}
    before = desk.query.maybe_whole("before")
    desk.query.check()
    events = queries.events(
        desk.tx,
        subject=asked.get("subject"),
        action=asked.get("action"),
        actor_name=asked.get("who"),
        before=str(before) if before is not None else None,
    )
    return desk.show(
        "people/audit.html",
        events=events,
        head=queries.head(desk.tx),
        breaks=queries.verify(desk.tx) if desk.query.raw("check") else None,
        wanted=desk.query,
        filtered=bool(asked),
        address=f"?{urlencode(asked)}&" if asked else "?",
    )
