"""What may be called again: given back, used, expired and left by partner in a quarter."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.pages.desk import DeskDep
from app.pages.frame import STAFF
from app.pages.fund import asked_quarter, quarters
from app.pages.who import partner_names
from fund.results.recall import recall_rows, room_left

router = APIRouter(include_in_schema=False, prefix="/fund/distributions")


@router.get("/recallable")
def recallable(desk: DeskDep) -> HTMLResponse:
    """The roll-forward beside row 112 of the template."""
    desk.actor.require(*STAFF)
    quarter = asked_quarter(desk)
    return desk.show(
        "fund/recallable.html",
        quarter=quarter,
        quarters=quarters(desk),
        room=room_left(desk.tx, fund_id=desk.fund.id, as_of=quarter.ends_on),
        rows=recall_rows(desk.tx, fund_id=desk.fund.id, quarter=quarter),
        names=partner_names(desk),
    )
