"""Durable work: what was asked for, how far it is, and why it failed."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from app.api.schemas import LIMIT, REFUSALS, Limit, Out, PageOut
from app.deps import ApiActor, LanguageDep, TxDep
from app.languages import Language, fault, say
from kernel.db import Tx
from kernel.identity.rules import Role
from kernel.progress import Failure, WorkStatus, all_work, statuses
from lp_reports.progress import CloseStep, WorkState, standing

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"], responses=REFUSALS)
AfterKey = Annotated[str | None, Query(max_length=200, description="`next` of the page before")]
READERS = (Role.MANAGER, Role.ACCOUNTANT, Role.ANALYST, Role.AUDITOR)


class ReasonOut(Out):
    """Why work failed, in the language of the request; `problems` names every single fault."""

    code: str
    detail: str
    problems: list[dict[str, str]]


class JobOut(Out):
    """One attempt at a piece of work.

    `done` of `total` counts the steps of a close (`step` is the one it is at) and the partners printed of a report run;
    both are 0 for work of another kind.
    """

    key: str
    job: str
    state: WorkState
    asked_at: datetime
    changed_at: datetime
    done: int
    total: int
    step: CloseStep | None
    reasons: list[ReasonOut]


@router.get("")
def listed(
    tx: TxDep, actor: ApiActor, language: LanguageDep, after: AfterKey = None, limit: Limit = LIMIT
) -> PageOut[JobOut]:
    """All work, newest first, each attempt by itself."""
    actor.require(*READERS)
    page = all_work(tx, after=after, limit=limit)
    return PageOut(items=[job_out(tx, status, language) for status in page.items], next=page.next)


@router.get("/{key:path}")
def progress(key: str, tx: TxDep, actor: ApiActor, language: LanguageDep) -> list[JobOut]:
    """Every attempt at a piece of work, oldest first."""
    actor.require(*READERS)
    return [job_out(tx, status, language) for status in statuses(tx, key=key)]


def job_out(tx: Tx, status: WorkStatus, language: Language) -> JobOut:
    """An attempt as the API writes it."""
    found = standing(tx, status=status)
    return JobOut(
        key=status.key,
        job=status.job,
        state=found.state,
        asked_at=status.asked_at,
        changed_at=status.changed_at,
        done=found.done,
        total=found.of,
        step=found.step,
        reasons=[_reason(failure, language) for failure in found.failures],
    )


def _reason(failure: Failure, language: Language) -> ReasonOut:
    return ReasonOut(
        code=failure.code,
        detail=say(language, failure.says, failure.facts),
        problems=[{"where": one.where, "what": fault(language, one)} for one in failure.problems],
    )
