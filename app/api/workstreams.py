"""Diligence: workstreams and findings. An enterprise that tests a deal with us sees its own workstream only."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.api.edits import VersionDep, tell_version
from app.api.schemas import LIMIT, REFUSALS, After, Body, Limit, Out, PageOut, example
from app.api.undo import ReasonIn
from app.deps import ApiActor, Now, TxDep
from kernel.paging import sliced
from pipeline.deals.queries import deal_by_code
from pipeline.diligence import actions, queries
from pipeline.diligence.queries import WorkstreamSheet
from pipeline.diligence.rules import FindingState, FindingText, Severity, Subject, WorkstreamState

router = APIRouter(prefix="/api/v1", tags=["workstreams"], responses=REFUSALS)
Words = Annotated[str, Field(min_length=1, max_length=4000)]


class ItemOut(Out):
    """A checklist item."""

    number: int
    says: str
    is_mandatory: bool
    done_at: datetime | None
    done_by: str
    note: str


class FindingTextOut(Out):
    """What a version of a finding says; `evidence` are SHA-256s of documents."""

    title: str
    statement: str
    severity: Severity
    state: FindingState
    owner: str
    closes_by: str
    evidence: list[str]


class FindingOut(Out):
    """A finding as its newest version says; `signature` covers the version and the one before it."""

    id: int
    code: str
    workstream_id: int
    version: int
    text: FindingTextOut
    signed_by: str
    signed_at: datetime
    signature: str


class WorkstreamOut(Out):
    """A workstream with its checklist and findings; `party_name` is empty where the fund does the work.

    `version` goes back as `If-Match` with a tick.
    """

    id: int
    code: str
    deal_code: str
    subject: Subject
    party_id: int | None
    party_name: str
    lead_name: str
    due_on: date | None
    state: WorkstreamState
    conclusion: str
    concluded_at: datetime | None
    concluded_by: str
    version: int
    items: list[ItemOut]
    findings: list[FindingOut]


class WorkstreamIn(Body):
    """A workstream of a deal, for the fund or for an enterprise (`party_id`)."""

    deal: Annotated[str, Field(max_length=16, examples=["D26-012"])]
    subject: Subject
    party_id: int | None = None
    lead_id: int | None = None
    due_on: date | None = None


class CheckIn(Body):
    """A checklist item done, or not done after all."""

    model_config = example(done=True, note="见检测报告")

    done: bool = True
    note: Annotated[str, Field(max_length=1000)] = ""


class FindingIn(Body):
    """A finding as it should read now. With `finding_id` it is a new version of that finding."""

    model_config = example(
        title="高温蠕变", statement="五个样品中两个超标", severity="major", state="open", owner="王军"
    )

    finding_id: int | None = None
    title: Annotated[str, Field(min_length=1, max_length=200)]
    statement: Words
    severity: Severity
    state: FindingState
    owner: Annotated[str, Field(min_length=1, max_length=80)]
    closes_by: Annotated[str, Field(max_length=1000)] = ""
    evidence: Annotated[list[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]], Field(max_length=50)] = []


class ConclusionIn(Body):
    """What the work has shown; afterwards the workstream is locked."""

    model_config = example(conclusion="技术可行，需复测蠕变")

    conclusion: Words


def _answer(sheet: WorkstreamSheet, response: Response) -> WorkstreamOut:
    tell_version(response, sheet.version)
    return WorkstreamOut.of(sheet)


@router.get("/workstreams")
def listed(
    tx: TxDep,
    actor: ApiActor,
    deal: Annotated[str | None, Query(max_length=16)] = None,
    after: After = None,
    limit: Limit = LIMIT,
) -> PageOut[WorkstreamOut]:
    """The workstreams that the actor may see, of one deal or of all."""
    deal_id = deal_by_code(tx, code=deal, actor=actor).id if deal else None
    found = queries.workstreams(tx, actor=actor, deal_id=deal_id)
    page = sliced(found, lambda sheet: sheet.id, after=after, limit=limit)
    return PageOut(items=[WorkstreamOut.of(sheet) for sheet in page.items], next=page.next)


@router.post("/workstreams", status_code=201)
def start(body: WorkstreamIn, tx: TxDep, actor: ApiActor, now: Now) -> WorkstreamOut:
    """Open a workstream with the checklist of its subject."""
    about = deal_by_code(tx, code=body.deal, actor=actor)
    sheet = actions.open_workstream(
        tx,
        actor,
        deal_id=about.id,
        subject=body.subject,
        party_id=body.party_id,
        lead_id=body.lead_id,
        due_on=body.due_on,
        now=now,
    )
    return WorkstreamOut.of(sheet)


@router.get("/workstreams/{workstream_id}")
def one(workstream_id: int, tx: TxDep, actor: ApiActor, response: Response) -> WorkstreamOut:
    """One workstream; its version comes as `ETag`."""
    return _answer(queries.workstream(tx, actor=actor, workstream_id=workstream_id), response)


@router.put("/workstreams/{workstream_id}/items/{number}")
def check(
    workstream_id: int,
    number: int,
    body: CheckIn,
    version: VersionDep,
    tx: TxDep,
    actor: ApiActor,
    now: Now,
    response: Response,
) -> WorkstreamOut:
    """Tick a checklist item, or take the tick away, in a workstream that was read at the version in `If-Match`."""
    sheet = actions.check_item(
        tx,
        actor,
        workstream_id=workstream_id,
        number=number,
        done=body.done,
        note=body.note,
        version=version,
        now=now,
    )
    return _answer(sheet, response)


@router.post("/workstreams/{workstream_id}/findings", status_code=201)
def sign(workstream_id: int, body: FindingIn, tx: TxDep, actor: ApiActor, now: Now) -> FindingOut:
    """Sign a finding, or a new version of one; an open critical finding keeps the deal from the committee."""
    facts = body.model_dump(exclude={"finding_id", "evidence"})
    text = FindingText(**facts, evidence=tuple(body.evidence))
    sheet = actions.sign_finding(
        tx, actor, workstream_id=workstream_id, text=text, finding_id=body.finding_id, now=now
    )
    return FindingOut.of(sheet)


@router.post("/workstreams/{workstream_id}/conclusion", status_code=201)
def conclude(workstream_id: int, body: ConclusionIn, tx: TxDep, actor: ApiActor, now: Now) -> WorkstreamOut:
    """Conclude a workstream: every mandatory item must be done; it is locked afterwards."""
    actions.conclude_workstream(tx, actor, workstream_id=workstream_id, conclusion=body.conclusion, now=now)
    return WorkstreamOut.of(queries.workstream(tx, actor=actor, workstream_id=workstream_id))


@router.post("/workstreams/{workstream_id}/reopening", status_code=201)
def reopen(workstream_id: int, body: ReasonIn, tx: TxDep, actor: ApiActor, now: Now) -> WorkstreamOut:
    """Open a concluded workstream again, with a reason."""
    actions.reopen_workstream(tx, actor, workstream_id=workstream_id, reason=body.reason, now=now)
    return WorkstreamOut.of(queries.workstream(tx, actor=actor, workstream_id=workstream_id))


@router.get("/findings/{finding_id}")
def versions(finding_id: int, tx: TxDep, actor: ApiActor) -> list[FindingOut]:
    """Every signed version of a finding."""
    return [FindingOut.of(sheet) for sheet in queries.versions(tx, actor=actor, finding_id=finding_id)]


@router.post("/deals/{code}/diligence/conclusion", status_code=204)
def to_committee(code: str, tx: TxDep, actor: ApiActor, now: Now) -> None:
    """Conclude a deal's diligence and bring it before the committee; refused with everything that is open."""
    about = deal_by_code(tx, code=code, actor=actor)
    actions.conclude(tx, actor, deal_id=about.id, now=now)
