"""Quarterly reports: asked for, approved by somebody else, published, and seen by their own partner alone."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.api import schemas
from app.api.once import OnceDep
from app.api.schemas import LIMIT, REFUSALS, After, Body, Limit, Out, PageOut
from app.api.undo import ReasonIn
from app.api.whose import FundDep
from app.deps import ApiActor, Now, SealDep, TxDep
from kernel.identity.rules import Role
from kernel.periods import Quarter
from lp_reports import actions, delivery, queries, requests
from lp_reports.edition import Language
from lp_reports.rules import Channel, Opening, State

router = APIRouter(prefix="/api/v1", tags=["reports"], responses=REFUSALS)
READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.LP_USER)


class ReportOut(Out):
    """One edition of one partner's report: `sha256` is the fingerprint of its frozen figures, `pdf` of the file drawn
    from them. Once published, `sealed` is the fingerprint of the file that is handed out, `sealed_by` the holder of
    the seal and `certificate` the fingerprint of its certificate. `has_ilpa` says whether the figures hold the ILPA
    Reporting Template.
    """

    id: int
    partner_code: str
    partner_name_zh: str
    partner_name_en: str
    quarter: str
    language: Language
    version: int
    number: str
    state: State
    sha256: str
    pdf: str
    recorded_at: datetime
    published_at: datetime | None
    sealed: str | None
    sealed_by: str | None
    certificate: str | None
    has_ilpa: bool


class DeliveryOut(Out):
    """A recipient, and when the report was first viewed and downloaded."""

    channel: Channel
    recipient: str
    recorded_at: datetime
    viewed_at: datetime | None
    downloaded_at: datetime | None


class QuarterIn(Body):
    """Which quarter; with a reason, reports are drawn again as a new version that names the old one."""

    quarter: schemas.QuarterIn
    reason: Annotated[str | None, Field(max_length=400)] = None


class WorkOut(Out):
    """Work that was asked for, and where it stands."""

    key: str
    state: str


@router.get("/reports")
def listed(
    tx: TxDep,
    actor: ApiActor,
    fund: FundDep,
    quarter: Annotated[str | None, Query(pattern="^(19|20)[0-9]{2}Q[1-4]$")] = None,
    state: State | None = None,
    after: After = None,
    limit: Limit = LIMIT,
) -> PageOut[ReportOut]:
    """The reports that the actor may see, newest first: a partner's people see their own published ones."""
    actor.require(*READERS)
    page = queries.reports(
        tx, actor=actor, fund_id=fund.id, quarter=quarter, state=state, after=after, limit=limit
    )
    return PageOut(items=[ReportOut.of(sheet) for sheet in page.items], next=page.next)


@router.post("/quarters/close", status_code=202, response_model=WorkOut)
def close(body: QuarterIn, once: OnceDep, fund: FundDep) -> object:
    """Ask for a quarter to be closed; the work is durable and asking twice is asking once."""

    def act() -> WorkOut:
        quarter = Quarter.parse(body.quarter)
        key = requests.request_close(once.tx, once.actor, fund_id=fund.id, quarter=quarter, now=once.now)
        return WorkOut(key=key, state="ENQUEUED")

    return once.answer(act, status=202)


@router.post("/reports", status_code=202, response_model=WorkOut)
def ask(body: QuarterIn, once: OnceDep, fund: FundDep) -> object:
    """Ask for every partner's reports of a quarter, as drafts to be approved."""

    def act() -> WorkOut:
        quarter = Quarter.parse(body.quarter)
        key = requests.request_reports(
            once.tx, once.actor, fund_id=fund.id, quarter=quarter, reason=body.reason, now=once.now
        )
        return WorkOut(key=key, state="ENQUEUED")

    return once.answer(act, status=202)


@router.get("/reports/{report_id}")
def one(report_id: int, tx: TxDep, actor: ApiActor) -> ReportOut:
    """One report."""
    return ReportOut.of(queries.report(tx, actor=actor, report_id=report_id))


@router.get("/reports/{report_id}/file", response_class=Response)
def file(
    report_id: int,
    tx: TxDep,
    actor: ApiActor,
    now: Now,
    form: Literal["pdf", "xlsx", "json"] = "pdf",
) -> Response:
    """The report as PDF, or its frozen figures as a workbook or JSON; the download is noted."""
    if form == "pdf":
        opened = delivery.open_pdf(tx, actor, report_id=report_id, kind=Opening.DOWNLOADED, now=now)
    elif form == "xlsx":
        opened = delivery.open_workbook(tx, actor, report_id=report_id, now=now)
    else:
        opened = delivery.open_figures(tx, actor, report_id=report_id, now=now)
    headers = {"Content-Disposition": f'attachment; filename="{opened.name}"'}
    return Response(opened.content, media_type=opened.media_type, headers=headers)


@router.get("/reports/{report_id}/deliveries")
def deliveries(report_id: int, tx: TxDep, actor: ApiActor) -> list[DeliveryOut]:
    """To whom the report went, and when it was first seen."""
    return [DeliveryOut.of(line) for line in queries.deliveries(tx, actor=actor, report_id=report_id)]


@router.post("/reports/{report_id}/review", status_code=201)
def review(report_id: int, tx: TxDep, actor: ApiActor, now: Now) -> ReportOut:
    """Note that the draft was read and found in order."""
    actions.review(tx, actor, report_id=report_id, now=now)
    return ReportOut.of(queries.report(tx, actor=actor, report_id=report_id))


@router.post("/reports/{report_id}/approval", status_code=201)
def approve(report_id: int, tx: TxDep, actor: ApiActor, now: Now) -> ReportOut:
    """Approve a report that somebody else asked for."""
    actions.approve(tx, actor, report_id=report_id, now=now)
    return ReportOut.of(queries.report(tx, actor=actor, report_id=report_id))


@router.post("/reports/{report_id}/changes", status_code=201)
def request_changes(report_id: int, body: ReasonIn, tx: TxDep, actor: ApiActor, now: Now) -> ReportOut:
    """Send a report back with what should change."""
    actions.request_changes(tx, actor, report_id=report_id, reason=body.reason, now=now)
    return ReportOut.of(queries.report(tx, actor=actor, report_id=report_id))


@router.post("/reports/{report_id}/publication", status_code=201)
def publish(report_id: int, tx: TxDep, actor: ApiActor, seal: SealDep, now: Now) -> ReportOut:
    """Seal an approved report and publish it into its partner's portal."""
    actions.publish(tx, actor, report_id=report_id, seal=seal, now=now)
    return ReportOut.of(queries.report(tx, actor=actor, report_id=report_id))
