"""What stands beside the files: the policy, calibrations at purchases, and what happened to a company."""

from datetime import date, datetime

from sqlmodel import col

from fund.charter.life import check_days
from fund.charter.queries import fund, life
from fund.holdings.bookings import locked_holding, the_record
from fund.holdings.mark_rules import check_mark_day
from fund.holdings.rules import check_not_future
from fund.ledger.locks import locked_through
from fund.ledger.rules import check_day_open
from fund.ledger.stamps import lock_books
from fund.valuations import policy as policies
from fund.valuations.calibration import CalibrationInvalid, CalibrationKind, Facts, implied
from fund.valuations.committee import MEMBERS
from fund.valuations.models import ValuationCalibration, ValuationEvent, ValuationPolicy
from fund.valuations.policy import Policy, PolicyInvalid, PolicySheet, check_policy
from fund.valuations.queries import FACTS, CalibrationSheet, EventSheet, calibration_sheet, policy_sheet
from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.errors import Invalid
from kernel.identity.queries import actor_of, user_by_login
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.numbering import next_number


class EventUntold(Invalid):
    code = "valuation_event_untold"
    says = "Say what happened and how it is known."


class MemberCannotRead(Invalid):
    code = "valuation_member_cannot_read"
    says = "{login} does not read valuation files and cannot sit on the committee."


class ApproverCannotApprove(Invalid):
    code = "valuation_approver_cannot_approve"
    says = "{login} is not a manager and cannot put marks in force."


class ApproverUnknown(Invalid):
    code = "valuation_approver_unknown"
    says = "Nobody signs in as {login}."


def set_policy(
    tx: Tx, actor: Actor, *, fund_id: int, policy: Policy, effective_on: date, note: str, now: datetime
) -> PolicySheet:
    """Lay down how the fund values from a day on; what was approved before stays as it was.

    Refused: what cannot be, an approver or member whom nobody knows by that sign-in name, an approver who may not
    approve, a member who may not read files, a day within a locked quarter or outside the fund's life, no word on why.
    """
    actor.require(Role.MANAGER)
    fund(tx, fund_id=fund_id)
    check_policy(policy)
    _check_people(tx, policy)
    check_days(life(tx, fund_id=fund_id), effective_on=effective_on)
    # Held until the end, so that no quarter is locked between the question and the writing.
    lock_books(tx, fund_id=fund_id)
    check_day_open(effective_on, locked_through(tx, fund_id=fund_id), what="valuation policy")
    if not note.strip():
        raise PolicyInvalid(why="it says by which decision it holds")
    lock(tx, f"valuation_policy:{fund_id}")
    row = ValuationPolicy(
        fund_id=fund_id,
        number=next_number(tx, of=ValuationPolicy.number, within=col(ValuationPolicy.fund_id) == fund_id),
        effective_on=effective_on,
        content=policies.plain(policy),
        note=note.strip(),
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    detail = {"number": row.number, "effective_on": effective_on.isoformat(), "note": row.note}
    record(tx, actor, action="valuation.policy_set", subject=f"fund:{fund_id}", detail=detail, now=now)
    return policy_sheet(row)


def calibrate(
    tx: Tx,
    actor: Actor,
    *,
    holding_id: int,
    calibrated_on: date,
    kind: CalibrationKind,
    parameter: str,
    facts: Facts,
    source: str,
    instrument: str | None = None,
    now: datetime,
) -> CalibrationSheet:
    """Put on record what the price of a round implies; every later file of the instrument says what it is then.

    Refused: a day to come or before the purchase, what cannot be computed, no name for the parameter, no source.
    """
    actor.require(Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT)
    row = locked_holding(tx, holding_id=holding_id)
    known = the_record(tx, holding=row, instrument=instrument)
    check_mark_day(known.position, marked_on=calibrated_on, today=day_in_beijing(now))
    if not parameter.strip() or not source.strip():
        raise CalibrationInvalid(why="the parameter has a name and the price a source")
    own = col(ValuationCalibration.instrument_id) == known.instrument.key
    made = ValuationCalibration(
        holding_id=row.key,
        instrument_id=known.instrument.key,
        number=next_number(tx, of=ValuationCalibration.number, within=own),
        calibrated_on=calibrated_on,
        kind=kind,
        parameter=parameter.strip(),
        implied=implied(kind, facts),
        facts=FACTS.dump_python(facts, mode="json"),
        source=source.strip(),
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(made)
    tx.flush()
    detail = {"on": calibrated_on.isoformat(), "parameter": made.parameter, "implied": str(made.implied)}
    record(tx, actor, action="valuation.calibrated", subject=f"holding:{holding_id}", detail=detail, now=now)
    return calibration_sheet(made, known.instrument.code)


def note_event(
    tx: Tx, actor: Actor, *, holding_id: int, happened_on: date, says: str, source: str, now: datetime
) -> EventSheet:
    """Put on record what may have changed a company's value. Refused: a day to come, nothing said, no source."""
    actor.require(Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT)
    row = locked_holding(tx, holding_id=holding_id)
    check_not_future(on=happened_on, today=day_in_beijing(now))
    if not says.strip() or not source.strip():
        raise EventUntold()
    made = ValuationEvent(
        holding_id=row.key,
        happened_on=happened_on,
        says=says.strip(),
        source=source.strip(),
        recorded_by=actor.name,
        recorded_at=now,
    )
    tx.add(made)
    tx.flush()
    detail = {"on": happened_on.isoformat(), "says": made.says}
    record(tx, actor, action="valuation.event_noted", subject=f"holding:{holding_id}", detail=detail, now=now)
    return EventSheet(row.key, happened_on, made.says, made.source, made.recorded_by, now)


def _check_people(tx: Tx, policy: Policy) -> None:
    known = {login: user_by_login(tx, login=login) for login in (*policy.approvers, *policy.committee)}
    unknown = [login for login, user in known.items() if user is None]
    if unknown:
        raise ApproverUnknown(login=", ".join(unknown))
    for login in policy.approvers:
        user = known[login]
        if user is not None and not actor_of(tx, user=user).has(Role.MANAGER):
            raise ApproverCannotApprove(login=login)
    for login in policy.committee:
        user = known[login]
        if user is not None and not actor_of(tx, user=user).has(*MEMBERS):
            raise MemberCannotRead(login=login)
