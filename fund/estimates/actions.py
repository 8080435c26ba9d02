"""Publishing an estimate of calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col

from fund.estimates.models import CallEstimate, CallEstimatePart
from fund.estimates.queries import EstimateSheet, published, weights
from fund.estimates.rules import CallMethod, QuarterCalls, check_note, parts
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.numbering import next_number
from kernel.periods import Quarter, check_come


@dataclass(frozen=True)
class Made:
    """How an estimate was made: the method; the scenario's number and seed where it is made of one; a note that
    partners read.
    """

    method: CallMethod
    scenario: int | None = None
    seed: int | None = None
    note: str = ""


def publish(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    quarter: Quarter,
    made: Made,
    calls: Sequence[QuarterCalls],
    now: datetime,
) -> EstimateSheet:
    """Let `calls` be the fund's estimate from the end of `quarter` on; each partner's part is kept with it.

    Refused: a quarter that is not over, a note too long.
    """
    actor.require(Role.MANAGER)
    check_come(quarter.ends_on, today=day_in_beijing(now))
    check_note(made.note)
    lock(tx, f"estimate:{fund_id}")
    number = next_number(tx, of=CallEstimate.number, within=col(CallEstimate.fund_id) == fund_id)
    row = CallEstimate(
        fund_id=fund_id,
        number=number,
        quarter=str(quarter),
        method=made.method,
        scenario=made.scenario,
        seed=made.seed,
        note=made.note,
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    _keep_parts(tx, row, calls)
    found = published(tx, fund_id=fund_id, quarter=quarter)
    assert found is not None
    detail = {
        "number": number,
        "quarter": row.quarter,
        "method": str(made.method),
        "scenario": made.scenario,
        "total": sum(one.total for one in found.calls()),
    }
    record(tx, actor, action="estimate.published", subject=f"fund:{fund_id}", detail=detail, now=now)
    return found


def _keep_parts(tx: Tx, row: CallEstimate, calls: Sequence[QuarterCalls]) -> None:
    by = weights(tx, fund_id=row.fund_id, as_of=Quarter.parse(row.quarter).ends_on)
    for partner_id, one in parts(calls, by):
        tx.add(
            CallEstimatePart(
                estimate_id=row.key,
                partner_id=partner_id,
                quarter=str(one.quarter),
                fee=one.fee,
                investment=one.investment,
                low=one.low,
                high=one.high,
            )
        )
    tx.flush()
