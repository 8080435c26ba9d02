"""Asking for the work of a quarter: its close, and the reports of its partners. The work itself is in `jobs.py`."""

from datetime import date, datetime, timedelta

from sqlmodel import col, select

from fund.charter import queries as charter
from fund.charter.queries import FundSheet
from fund.holdings.queries import MissingMark, marks_missing
from fund.ledger.queries import check_may_lock, locked_through, reopenings
from fund.ledger.rules import check_of_fund
from fund.valuations.watch import close_problems
from kernel import work
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.errors import Problem
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.periods import Quarter
from kernel.progress import latest, statuses, statuses_beneath
from lp_reports.actions import PREPARERS
from lp_reports.models import ReportSnapshot
from lp_reports.queries import check_closed
from lp_reports.rules import MarksMissing, MarksUnfounded, ReportsOutdated, check_reason

PATIENCE = timedelta(days=1)
"""How long a timer leaves a close alone that was refused; a person may ask at any time."""


def request_close(tx: Tx, actor: Actor, *, fund_id: int, quarter: Quarter, now: datetime) -> str:
    """Ask for the quarter to be closed; asking twice is asking once. Returns the key of the work.

    Refused at once, so that nobody waits for it: a quarter that is not over or not the next, marks not approved.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    fund = charter.fund(tx, fund_id=fund_id)
    check_of_fund(quarter, first=charter.first_quarter(tx, fund_id=fund_id))
    if not is_closed(tx, fund_id=fund_id, quarter=quarter):
        check_may_close(tx, fund_id=fund_id, quarter=quarter, today=day_in_beijing(now))
    record(tx, actor, action="quarter.close_asked", subject=f"quarter:{fund.code}:{quarter}", now=now)
    return work.enqueue(
        tx,
        job="quarter_close",
        key=close_key(tx, fund=fund, quarter=quarter),
        fund=fund.code,
        quarter=str(quarter),
        at=now.isoformat(),
    )


def close_when_due(tx: Tx, *, fund: FundSheet, quarter: Quarter, now: datetime) -> str:
    """Ask for a close on behalf of the timer: after a refusal once a day, or as soon as the missing marks are there.

    Returns the key of the work, or "" while it is left alone.
    """
    key = close_key(tx, fund=fund, quarter=quarter)
    tried = statuses(tx, key=key)
    failure = tried[-1].failure if tried else None
    is_mended = (
        failure is not None
        and failure.code == MarksMissing.code
        and not marks_missing(tx, fund_id=fund.id, on=quarter.ends_on)
    )
    return work.enqueue_due(
        tx,
        job="quarter_close",
        key=key,
        now=now,
        patience=timedelta(0) if is_mended else PATIENCE,
        fund=fund.code,
        quarter=str(quarter),
    )


def close_key(tx: Tx, *, fund: FundSheet, quarter: Quarter) -> str:
    """The name of the work; a quarter that was opened again is closed by work of another name."""
    again = len(reopenings(tx, fund_id=fund.id, quarter=quarter))
    return f"quarter_close:{fund.code}:{quarter}" + (f":again{again}" if again else "")


def is_closed(tx: Tx, *, fund_id: int, quarter: Quarter) -> bool:
    """Whether the books are locked through the quarter."""
    through = locked_through(tx, fund_id=fund_id)
    return through is not None and through >= quarter.ends_on


def check_may_close(tx: Tx, *, fund_id: int, quarter: Quarter, today: date) -> None:
    """Refuse a quarter that may not be closed on `today`; every quarter open before it and every mark is named."""
    check_may_lock(tx, fund_id=fund_id, quarter=quarter, today=today)
    check_marks(tx, fund_id=fund_id, quarter=quarter)


def check_marks(tx: Tx, *, fund_id: int, quarter: Quarter) -> None:
    """Refuse a quarter at whose end something held has no approved mark, or one that the valuation policy does not
    let stand: without the file it asks for, or older than what is known of the company by then.
    """
    missing = marks_missing(tx, fund_id=fund_id, on=quarter.ends_on)
    if missing:
        problems = [_unmarked(one, quarter.ends_on) for one in missing]
        raise MarksMissing(quarter=str(quarter), problems=problems)
    wrong = close_problems(tx, fund_id=fund_id, on=quarter.ends_on)
    if wrong:
        raise MarksUnfounded(quarter=str(quarter), problems=wrong)


def _unmarked(one: MissingMark, on: date) -> Problem:
    where, facts = f"{one.code} {one.name} · {one.instrument}", {"on": on, "last": one.last_marked_on}
    if one.draft_id is not None:
        return Problem(where, "the mark of {on} waits for approval", facts)
    if one.last_marked_on is not None:
        return Problem(where, "there is no mark of {on}; the last is of {last}", facts)
    return Problem(where, "there is no mark of {on}, nor any before it", facts)


def request_reports(
    tx: Tx, actor: Actor, *, fund_id: int, quarter: Quarter, reason: str | None = None, now: datetime
) -> str:
    """Ask for every partner's reports of a quarter; with a reason, for a new version of each that names the old.

    Returns the key of the work. The asker is the preparer: another person must approve. Refused: a quarter that is
    not closed, and without a reason one that was opened again after its reports had been drawn up.
    """
    actor.require(*PREPARERS)
    fund = charter.fund(tx, fund_id=fund_id)
    check_closed(tx, fund_id=fund_id, quarter=quarter)
    key = f"quarter_report:{fund.code}:{quarter}"
    if reason is None:
        _check_current(tx, fund_id, quarter)
    else:
        check_reason(reason)
        key += f":{now.isoformat()}"
    subject = f"quarter:{fund.code}:{quarter}"
    record(tx, actor, action="report.asked", subject=subject, detail={"reason": reason}, now=now)
    return work.enqueue(
        tx,
        job="quarter_report",
        key=key,
        afresh=_some_unprinted(tx, fund.code, quarter),
        fund=fund.code,
        quarter=str(quarter),
        at=now.isoformat(),
        by=actor.user_id,
        reason=reason,
    )


def _some_unprinted(tx: Tx, fund: str, quarter: Quarter) -> bool:
    """Whether a printing has failed: the run that asked for it is then made once more."""
    printed = latest(statuses_beneath(tx, prefix=f"report_print:{fund}:{quarter}:"))
    return any(status.has_failed for status in printed.values())


def _check_current(tx: Tx, fund_id: int, quarter: Quarter) -> None:
    opened = reopenings(tx, fund_id=fund_id, quarter=quarter)
    statement = select(ReportSnapshot.frozen_at).where(
        ReportSnapshot.fund_id == fund_id, ReportSnapshot.quarter == str(quarter)
    )
    frozen_at = tx.exec(statement.order_by(col(ReportSnapshot.frozen_at).desc()).limit(1)).first()
    if opened and frozen_at is not None and frozen_at <= opened[-1].recorded_at:
        raise ReportsOutdated(quarter=str(quarter), on=day_in_beijing(opened[-1].recorded_at))
