"""The term sheet of a fund as a page, and as the PDF that is held against the contract."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.printing import Printed
from fund.charter.queries import versions
from kernel.instants import day_in_beijing
from lp_reports.facts import Text
from lp_reports.term_sheet import TermSheet, document, read_sheet

router = APIRouter(include_in_schema=False, prefix="/fund/terms")


@router.get("/sheet")
def sheet(desk: DeskDep) -> HTMLResponse:
    """Every term of a version, of the one in force where none is named."""

    def read(text: Text | None) -> str:
        return desk.name(text.zh, text.en) if text else ""

    found = _found(desk)
    numbers = [one.version for one in versions(desk.tx, fund_id=desk.fund.id)]
    return desk.show("fund/term_sheet.html", sheet=found, numbers=numbers[::-1], read=read)


@router.get("/sheet.pdf")
def printed(desk: DeskDep) -> Response:
    """The same, printed in both languages."""
    found = _found(desk)
    return Printed(document(found), name=f"{found.fund.code}-terms-v{found.version.version}")


def _found(desk: Desk) -> TermSheet:
    desk.actor.require(*STAFF)
    version = desk.query.maybe_whole("version")
    desk.query.check()
    return read_sheet(desk.tx, fund=desk.fund, version=version, today=day_in_beijing(desk.now))
