"""How the work of a quarter stands, in steps and in partners printed, and why it failed when it did."""

from dataclasses import dataclass
from enum import StrEnum

from fund.charter.queries import FundSheet, fund_by_code
from fund.ledger.queries import open_through
from fund.partners.queries import partners
from kernel.db import Tx
from kernel.periods import Quarter
from kernel.progress import Failure, WorkStatus, base, latest, statuses_beneath

RECENT = 6


class WorkState(StrEnum):
    """Where work stands, in words for people."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class CloseStep(StrEnum):
    """The steps of a close, in their order."""

    IS_CLOSED = "is_closed"
    FEES = "fees"
    MARKS = "marks"
    CARRY = "carry"
    LOCK = "lock"


@dataclass(frozen=True)
class Standing:
    """One piece of work: `done` of `of` steps or partners, the `step` of a close it is at, and what it failed on."""

    status: WorkStatus
    state: WorkState
    done: int = 0
    of: int = 0
    step: CloseStep | None = None
    failures: tuple[Failure, ...] = ()

    @property
    def quarter(self) -> str:
        """The quarter it is about; "" for work of another kind."""
        return quarter_of(self.status)


def standing(tx: Tx, *, status: WorkStatus) -> Standing:
    """How one attempt stands."""
    if status.job == "quarter_close":
        return _close(status)
    if status.job == "quarter_report":
        return _report(tx, status)
    return Standing(status, _state(status), failures=_failures(status))


def recent(tx: Tx, *, fund: FundSheet, limit: int = RECENT) -> list[Standing]:
    """The last closes and reports of a fund that were asked for, newest first, each by its last attempt."""
    found = [
        attempt
        for job in ("quarter_close", "quarter_report")
        for attempt in latest(statuses_beneath(tx, prefix=f"{job}:{fund.code}:")).values()
    ]
    newest = sorted(found, key=lambda one: (one.asked_at, one.changed_at), reverse=True)
    return [standing(tx, status=status) for status in newest[:limit]]


def needing_help(tx: Tx, *, fund: FundSheet) -> list[Standing]:
    """What failed among them and still stands in the way: a quarter that is not closed, reports not drawn up."""
    still = {str(one) for one in _still_open(tx, fund)}
    failed = [one for one in recent(tx, fund=fund) if one.state is WorkState.FAILED and one.failures]
    return [one for one in failed if (one.quarter in still) == (one.status.job == "quarter_close")]


def _still_open(tx: Tx, fund: FundSheet) -> list[Quarter]:
    asked = [Quarter.parse(one.quarter) for one in recent(tx, fund=fund)]
    return open_through(tx, fund_id=fund.id, through=max(asked)) if asked else []


def quarter_of(status: WorkStatus) -> str:
    """The quarter in the key of a close or of a report run."""
    is_quarterly = status.job in {"quarter_close", "quarter_report"}
    return base(status.key).split(":")[2] if is_quarterly else ""


def _state(status: WorkStatus) -> WorkState:
    if status.has_failed:
        return WorkState.FAILED
    states = {"SUCCESS": WorkState.DONE, "ENQUEUED": WorkState.WAITING}
    return states.get(status.state, WorkState.RUNNING)


def _failures(status: WorkStatus) -> tuple[Failure, ...]:
    return (status.failure,) if status.failure else ()


def _close(status: WorkStatus) -> Standing:
    steps, state = list(CloseStep), _state(status)
    done = len(steps) if state is WorkState.DONE else len(status.steps)
    step = steps[done] if done < len(steps) and state is not WorkState.WAITING else None
    return Standing(status, state, done, len(steps), step, _failures(status))


def _report(tx: Tx, status: WorkStatus) -> Standing:
    """Of a run: how many partners' reports are printed. It is done when all are, and failed when one has failed."""
    _, code, quarter, *_ = base(status.key).split(":")
    asked = [step.removeprefix("freeze:") for step in status.steps if step.startswith("freeze:")]
    prints = _prints(tx, f"report_print:{code}:{quarter}:")
    own = [prints[partner] for partner in asked if partner in prints]
    failures = _failures(status) + tuple(one.failure for one in own if one.failure)
    done = sum(one.state == "SUCCESS" for one in own)
    of = len(asked) if status.has_ended else _partners(tx, code, quarter)
    state = _state(status)
    if state is WorkState.DONE and done < of:
        state = WorkState.RUNNING
    if failures and all(one.has_ended for one in own):
        state = WorkState.FAILED
    return Standing(status, state, done, of, None, failures)


def _prints(tx: Tx, prefix: str) -> dict[str, WorkStatus]:
    """The last attempt at the newest version of each partner's printing."""
    found = latest(statuses_beneath(tx, prefix=prefix))
    newest = sorted(found.items(), key=lambda one: int(one[0].rpartition(":v")[2]))
    return {key.split(":")[3]: status for key, status in newest}


def _partners(tx: Tx, code: str, quarter: str) -> int:
    on = Quarter.parse(quarter).ends_on
    found = partners(tx, fund_id=fund_by_code(tx, code=code).id, as_of=on)
    return sum(not one.is_general for one in found)
