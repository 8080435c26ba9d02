"""Reports: drawn up, read, approved, published; and the files themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.deps import SealDep
from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.fund import quarters
from app.pages.statement_words import ASSERTION_WORDS
from app.pages.who import partner_names
from fund.bank.queries import count_open
from fund.ledger.queries import locked_through
from fund.results.ilpa import assertions
from fund.results.ilpa_rules import Assertion
from kernel.beats.queries import somebody_works
from kernel.identity.rules import Role
from kernel.letters.queries import letters
from kernel.periods import Quarter
from lp_reports import actions, delivery, queries, requests
from lp_reports.delivery import OpenedFile
from lp_reports.progress import recent
from lp_reports.rules import Opening, State

router = APIRouter(include_in_schema=False, prefix="/reports")

PREPARERS = (Role.MANAGER, Role.ACCOUNTANT)


@router.get("")
def reports(desk: DeskDep) -> HTMLResponse:
    """Every report that the viewer may see."""
    return reports_page(desk)


def reports_page(desk: Desk) -> HTMLResponse:
    """The reports, and the two pieces of work that make them."""
    desk.actor.require(*STAFF, Role.LP_USER)
    asked = desk.query
    quarter, state = asked.raw("quarter") or None, asked.maybe_choice("state", State)
    asked.check()
    found = queries.reports(
        desk.tx,
        actor=desk.actor,
        fund_id=desk.fund.id,
        quarter=str(Quarter.parse(quarter)) if quarter else None,
        state=state,
        after=asked.raw("after") or None,
    )
    return desk.show(
        "reports/reports.html",
        reports=found,
        quarters=quarters(desk),
        quarter=quarter,
        states=[(one, desk.label(one)) for one in State],
        state=state,
        locked=locked_through(desk.tx, fund_id=desk.fund.id) if desk.actor.has(*PREPARERS) else None,
        unmatched=count_open(desk.tx, fund_id=desk.fund.id) if desk.actor.has(*PREPARERS) else 0,
        may_make=desk.actor.has(*PREPARERS),
        work=recent(desk.tx, fund=desk.fund) if desk.actor.has(*PREPARERS) else [],
        working=somebody_works(desk.tx, now=desk.now),
        asserted=asserted(desk, quarter) if desk.sees_fund else None,
    )


@dataclass(frozen=True)
class Asserted:
    """The ILPA assertions over a quarter, each in words with its breaks, and the partners that these name."""

    quarter: Quarter
    rows: list[tuple[Assertion, str]]
    partners: dict[int, str]


def asserted(desk: Desk, quarter: str | None) -> Asserted | None:
    """The assertions over the quarter asked for, or over the last one that is closed; None before the first."""
    through = locked_through(desk.tx, fund_id=desk.fund.id)
    if not quarter and through is None:
        return None
    of = Quarter.parse(quarter) if quarter else Quarter.containing(through or date.min)
    found = assertions(desk.tx, fund_id=desk.fund.id, quarter=of)
    return Asserted(of, [(one, desk.say(ASSERTION_WORDS[one.code])) for one in found], partner_names(desk))


@router.get("/work")
def work(desk: DeskDep) -> HTMLResponse:
    """How the work of the last quarters stands; the page asks for it while something is under way."""
    desk.actor.require(*PREPARERS)
    working = somebody_works(desk.tx, now=desk.now)
    return desk.show("reports/work.html", work=recent(desk.tx, fund=desk.fund), working=working)


@router.post("/close")
def close(desk: DeskDep) -> Response:
    """Ask for a quarter to be closed; the work goes on behind the page."""

    def act() -> None:
        quarter = Quarter.parse(desk.fields.text("quarter"))
        requests.request_close(desk.tx, desk.actor, fund_id=desk.fund.id, quarter=quarter, now=desk.now)

    return desk.act("close", act, then="/reports", done="quarter.close_asked", again=reports_page)


@router.post("/make")
def make(desk: DeskDep) -> Response:
    """Ask for every partner's reports of a quarter."""

    def act() -> None:
        quarter = Quarter.parse(desk.fields.text("quarter"))
        reason = desk.fields.raw("reason") or None
        requests.request_reports(
            desk.tx, desk.actor, fund_id=desk.fund.id, quarter=quarter, reason=reason, now=desk.now
        )

    return desk.act("make", act, then="/reports", done="reports.asked", again=reports_page)


@router.get("/{report_id:int}")
def report(desk: DeskDep, report_id: int) -> HTMLResponse:
    """One report."""
    return report_page(desk, report_id)


def report_page(desk: Desk, report_id: int) -> HTMLResponse:
    """Its life so far, who has opened it, and what may be done now."""
    sheet = queries.report(desk.tx, actor=desk.actor, report_id=report_id)
    sees_life = desk.actor.reach == "all"
    is_own = sheet.prepared_by == desk.actor.user_id
    manages = desk.actor.has(Role.MANAGER)
    unpublished = sheet.state in {State.DRAFT, State.REVIEWED}
    return desk.show(
        "reports/report.html",
        report=sheet,
        steps=queries.steps(desk.tx, actor=desk.actor, report_id=report_id) if sees_life else [],
        deliveries=queries.deliveries(desk.tx, actor=desk.actor, report_id=report_id) if sees_life else [],
        sent=letters(desk.tx, actor=desk.actor, about=f"report:{report_id}").items if sees_life else [],
        may_review=desk.actor.has(*PREPARERS) and sheet.state is State.DRAFT,
        may_approve=manages and unpublished and not is_own,
        waits_for_other=manages and unpublished and is_own,
        may_publish=manages and sheet.state is State.APPROVED,
        may_send_back=desk.actor.has(*PREPARERS) and sheet.state in {State.REVIEWED, State.APPROVED},
    )


@router.get("/{report_id:int}/pdf")
def pdf(desk: DeskDep, report_id: int) -> Response:
    """The report itself; the reading is noted."""
    kind = Opening.DOWNLOADED if desk.query.raw("download") else Opening.VIEWED
    found = delivery.open_pdf(desk.tx, desk.actor, report_id=report_id, kind=kind, now=desk.now)
    return handed(found, is_shown=kind is Opening.VIEWED)


@router.get("/{report_id:int}/xlsx")
def workbook(desk: DeskDep, report_id: int) -> Response:
    """The report's figures as a workbook."""
    return handed(delivery.open_workbook(desk.tx, desk.actor, report_id=report_id, now=desk.now))


@router.get("/{report_id:int}/json")
def figures(desk: DeskDep, report_id: int) -> Response:
    """The report's figures as canonical JSON."""
    return handed(delivery.open_figures(desk.tx, desk.actor, report_id=report_id, now=desk.now))


def handed(file: OpenedFile, *, is_shown: bool = False) -> Response:
    """A file under its name."""
    how = "inline" if is_shown else "attachment"
    headers = {"content-disposition": f"{how}; filename*=UTF-8''{quote(file.name)}"}
    return Response(file.content, media_type=file.media_type, headers=headers)


@router.post("/{report_id:int}/review")
def review(desk: DeskDep, report_id: int) -> Response:
    """Note that the draft was read."""

    def act() -> None:
        actions.review(desk.tx, desk.actor, report_id=report_id, now=desk.now)

    return _done(desk, report_id, "review", act, "report.reviewed")


@router.post("/{report_id:int}/approve")
def approve(desk: DeskDep, report_id: int) -> Response:
    """Approve exactly the file that is filed."""

    def act() -> None:
        actions.approve(desk.tx, desk.actor, report_id=report_id, now=desk.now)

    return _done(desk, report_id, "approve", act, "report.approved")


@router.post("/{report_id:int}/publish")
def publish(desk: DeskDep, seal: SealDep, report_id: int) -> Response:
    """Seal it and put it before its partner."""

    def act() -> None:
        actions.publish(desk.tx, desk.actor, report_id=report_id, seal=seal, now=desk.now)

    return _done(desk, report_id, "publish", act, "report.published")


@router.post("/{report_id:int}/back")
def send_back(desk: DeskDep, report_id: int) -> Response:
    """Back to draft, saying what must change."""

    def act() -> None:
        reason = desk.fields.text("reason")
        desk.fields.check()
        actions.request_changes(desk.tx, desk.actor, report_id=report_id, reason=reason, now=desk.now)

    return _done(desk, report_id, "back", act, "report.sent_back")


def _done(desk: Desk, report_id: int, form: str, act: Callable[[], None], said: str) -> Response:
    def again(refused: Desk) -> Response:
        return report_page(refused, report_id)

    return desk.act(form, act, then=f"/reports/{report_id}", done=said, again=again)
