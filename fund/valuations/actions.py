"""Handing in a valuation file, and putting its mark in force; the marks themselves are those of `fund.holdings`."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlmodel import col

from fund.holdings import marks
from fund.holdings.bookings import locked_holding
from fund.holdings.mark_rules import Causes, MarkState, Technique
from fund.holdings.queries import HoldingSheet, MarkSheet, holding, mark
from fund.valuations import file as files
from fund.valuations.approval import FileNeeded, check_may_approve
from fund.valuations.class_values import Found, found
from fund.valuations.committee import committee_on, resolve
from fund.valuations.committee_rules import check_agreed
from fund.valuations.file import File
from fund.valuations.interests import interests
from fund.valuations.models import ValuationFile
from fund.valuations.policy import PolicySheet, why_file_needed
from fund.valuations.queries import FOUND, FileSheet, calibrations, file_sheet, files_of, policy_on
from fund.valuations.rights import with_classes
from fund.valuations.rules import (
    Known,
    MarkDiffers,
    check_inputs,
    check_milestones,
    check_quoted,
    check_readiness,
    check_scenarios,
    check_synergy,
    check_techniques,
    check_value,
    weighted,
)
from fund.valuations.working_rules import check_has_working, check_working
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.errors import Conflict
from kernel.identity.queries import user_by_login
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.numbering import next_number

PREPARERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT)
NO_ROUNDING = Fraction(1, 100)


class FileTooLate(Conflict):
    code = "valuation_file_too_late"
    says = "Mark {mark_id} is {state}; a file can be handed in while its mark is a draft."


def prepare_quick(tx: Tx, actor: Actor, *, technique: Technique, now: datetime, **facts: Any) -> MarkSheet:
    """`fund.holdings.marks.prepare_mark` for a mark without a file. Refused: a technique whose working stands in a file
    alone, whatever value is typed.
    """
    check_has_working(technique)
    return marks.prepare_mark(tx, actor, technique=technique, now=now, **facts)


def prepare(
    tx: Tx,
    actor: Actor,
    *,
    holding_id: int,
    marked_on: date,
    value: int,
    file: File,
    instrument: str | None = None,
    calibration: str = "",
    reason: str = "",
    causes: Causes | None = None,
    ownership: Fraction | None = None,
    is_permanent_loss: bool = False,
    supersedes_id: int | None = None,
    now: datetime,
) -> FileSheet:
    """Prepare a mark together with its file. The mark's technique is the one that weighs most; its inputs,
    milestones and assistance are the file's.

    Refused: what `prepare_mark` and `hand_in` refuse; nothing of either stands then.
    """
    with tx.begin_nested():
        prepared = marks.prepare_mark(
            tx,
            actor,
            holding_id=holding_id,
            marked_on=marked_on,
            value=value,
            technique=file.leading if file.techniques else Technique.MULTIPLES,
            instrument=instrument,
            inputs=inputs_of(file),
            calibration=calibration,
            reason=reason,
            causes=causes,
            milestones=milestones_of(file),
            ownership=ownership,
            is_permanent_loss=is_permanent_loss,
            is_assisted=bool(file.assisted_by),
            supersedes_id=supersedes_id,
            now=now,
        )
        return hand_in(tx, actor, mark_id=prepared.id, file=file, now=now)


def hand_in(tx: Tx, actor: Actor, *, mark_id: int, file: File, now: datetime) -> FileSheet:
    """Add the valuation file to a draft, or replace the one it has; the one before stays on record. A computation of
    class rights that names no class takes those on record of the day of the mark, and keeps them.

    Refused: a mark that is no draft any more, and whatever the file leaves open (see `rules`), the question about
    interested partners among it.
    """
    actor.require(*PREPARERS)
    known = mark(tx, mark_id=mark_id)
    locked_holding(tx, holding_id=known.holding_id)
    known = mark(tx, mark_id=mark_id)
    if known.state is not MarkState.DRAFT:
        raise FileTooLate(mark_id=mark_id, state=known.state)
    sheet = holding(tx, holding_id=known.holding_id, as_of=known.marked_on)
    policy = policy_on(tx, fund_id=sheet.fund_id, on=known.marked_on)
    asked = tuple(dict.fromkeys(one.party for one in interests(tx, holding=sheet, as_of=known.marked_on)))
    file = with_classes(tx, file=file, holding=sheet, on=known.marked_on)
    working = found(file.rights, file.scenarios) if file.rights else None
    value = _checked(tx, known, sheet, file, working, policy, asked)
    row = _row(tx, actor, known, file, working, value, policy, asked, now)
    detail = {
        "holding": sheet.code,
        "on": known.marked_on.isoformat(),
        "number": row.number,
        "sha256": row.sha256,
    }
    record(tx, actor, action="valuation.file_handed_in", subject=f"mark:{mark_id}", detail=detail, now=now)
    return file_sheet(row)


def approve(tx: Tx, actor: Actor, *, mark_id: int, minute: str = "", now: datetime) -> MarkSheet:
    """Put a mark in force as the fund's valuation policy asks.

    Where the policy has a committee, its resolution on the file is written down and is the minute. Refused: a mark
    that needs a file and has none, one whose file leaves open a question that has come up since, says otherwise than
    its own working or has not been agreed on, whoever prepared the file, whoever the policy does not name, a missing
    minute, and what `approve_mark` refuses.
    """
    actor.require(Role.MANAGER)
    known = mark(tx, mark_id=mark_id)
    locked_holding(tx, holding_id=known.holding_id)
    sheet = holding(tx, holding_id=known.holding_id, as_of=known.marked_on)
    kept = policy_on(tx, fund_id=sheet.fund_id, on=known.marked_on)
    policy = kept.policy if kept else None
    file = files_of(tx, mark_ids=[mark_id]).get(mark_id)
    asked = [one.party for one in interests(tx, holding=sheet, as_of=known.marked_on)]
    if file is not None:
        check_synergy(file.file.synergy, interested=asked)
        held = file.found.held if file.found else None
        check_working(file.file.techniques, rights=file.file.rights, held=held)
    else:
        check_has_working(known.technique)
        if why := why_file_needed(policy, value=known.value, interested=bool(asked)):
            raise FileNeeded(why=why)
    seated = committee_on(tx, mark_id=mark_id, on=day_in_beijing(now)) if file is not None else None
    if seated is not None and known.state is MarkState.DRAFT:
        check_agreed(seated.outcome)
    named = [user_by_login(tx, login=login) for login in policy.approvers] if policy else []
    check_may_approve(
        name=actor.name,
        is_preparer=file is not None and file.prepared_by_id == actor.user_id,
        is_named=any(user is not None and user.key == actor.user_id for user in named),
        policy=policy,
        is_minuted=bool(minute.strip()) or seated is not None,
    )
    approved = marks.approve_mark(tx, actor, mark_id=mark_id, minute=minute.strip(), now=now)
    if seated is not None:
        resolve(tx, actor, found=seated, now=now)
    return approved


def inputs_of(file: File) -> list[dict[str, str]]:
    """The inputs as a mark keeps them."""
    return [
        {"name": one.name, "value": one.value, "source": one.source, "on": one.on.isoformat()}
        for one in file.inputs
    ]


def milestones_of(file: File) -> list[dict[str, str]]:
    """The milestones as a mark keeps them."""
    return [
        {
            "what": one.what,
            "what_en": one.what_en,
            "due_on": one.due_on.isoformat(),
            "met_on": one.met_on.isoformat() if one.met_on else "",
        }
        for one in file.milestones
    ]


def _checked(
    tx: Tx,
    known: MarkSheet,
    sheet: HoldingSheet,
    file: File,
    working: Found | None,
    kept: PolicySheet | None,
    asked: Sequence[str],
) -> int:
    """What the techniques give, once everything that the file says has been held against the rules."""
    policy, on = kept.policy if kept else None, known.marked_on
    held = working.held if working else None
    value = weighted(file.techniques, by_rights=held)
    check_working(file.techniques, rights=file.rights, held=held)
    check_techniques(file.techniques, stage=sheet.stage, policy=policy)
    check_value(known.value, weighted=value, tolerance=policy.rounding if policy else NO_ROUNDING)
    check_inputs(file.inputs, marked_on=on)
    check_milestones(file.milestones, marked_on=on, tolerance_days=policy.milestone_days if policy else 0)
    check_readiness(file.readiness, source=file.readiness_source)
    check_scenarios(file)
    check_quoted(file.quoted, _known(tx, known))
    check_synergy(file.synergy, interested=asked)
    _check_same(known, file)
    return value


def _known(tx: Tx, known: MarkSheet) -> Mapping[int, Known]:
    found = calibrations(tx, holding_id=known.holding_id, instrument=known.instrument, until=known.marked_on)
    return {one.number: Known(one.number, one.calibrated_on, one.parameter, one.implied) for one in found}


def _check_same(known: MarkSheet, file: File) -> None:
    """Refuse a file that says something else than its mark: reports print the mark, the memo prints the file."""
    if file.leading is not known.technique:
        raise MarkDiffers(what="technique")
    told = [{**one, "what_en": one.get("what_en", "")} for one in known.milestones]
    if told and told != milestones_of(file):
        raise MarkDiffers(what="milestones")
    if known.is_assisted and not file.assisted_by.strip():
        raise MarkDiffers(what="assistance")


def _row(
    tx: Tx,
    actor: Actor,
    known: MarkSheet,
    file: File,
    working: Found | None,
    value: int,
    policy: PolicySheet | None,
    asked: Sequence[str],
    now: datetime,
) -> ValuationFile:
    own = col(ValuationFile.mark_id) == known.id
    number = next_number(tx, of=ValuationFile.number, within=own)
    said, worked = files.plain(file), plain_working(working)
    row = ValuationFile(
        holding_id=known.holding_id,
        mark_id=known.id,
        policy_id=policy.id if policy else None,
        number=number,
        effective_on=known.marked_on,
        content=said,
        working=worked,
        weighted=value,
        interested=list(asked),
        sha256=files.fingerprint(known.id, number, known.value, said, worked),
        prepared_by_id=actor.user_id,
        prepared_by=actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    return row


def plain_working(working: Found | None) -> dict[str, Any]:
    """The working of class rights as plain JSON; empty where there is none."""
    said: dict[str, Any] = FOUND.dump_python(working, mode="json") if working else {}
    return said
