"""What is done with a deal: register, edit, move, send back, undo, rest, wake, pass on.

A move through a gate is made by the room that owns the gate, which says so with `gate`; it has asked for the
actor's role itself. Everything else asks for a manager or an analyst here.
"""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from sqlmodel import col, select

from fund.charter.queries import fund
from fund.parties.rules import sort_key
from kernel.db import Tx, lock
from kernel.identity.models import User
from kernel.identity.queries import UserUnknown
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from pipeline.channel.models import Achievement
from pipeline.channel.rules import AchievementUnknown, CodeTaken, check_version
from pipeline.deals.edits import check_fixed, checked, plain
from pipeline.deals.entries import event_here, locked, tell
from pipeline.deals.gates import facts_before
from pipeline.deals.models import Deal, DealEvent
from pipeline.deals.moves import (
    LastMove,
    NothingToUndo,
    check_hold,
    check_move,
    check_pass,
    check_reactivate,
    check_reason,
    check_undo,
)
from pipeline.deals.names import DealDuplicate, next_code, plain_name, search_key
from pipeline.deals.queries import deal
from pipeline.deals.rules import DealFacts, Gate, Kind, Origin, PassReason, Stage, Status
from pipeline.deals.sheets import DealSheet
from pipeline.spinouts.models import Spinout
from pipeline.spinouts.rules import SpinoutUnknown

# Entries of a history that are about stage or status; only the newest of these can be undone.
TURNS = (
    Kind.REGISTERED,
    Kind.MOVED,
    Kind.SENT_BACK,
    Kind.UNDONE,
    Kind.PUT_ON_HOLD,
    Kind.PASSED,
    Kind.REACTIVATED,
)


def register(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    name: str,
    origin: Origin,
    now: datetime,
    code: str | None = None,
    **facts: object,
) -> DealSheet:
    """Register a deal at the first stage, in the fund's currency; without a `code` it gets the year's next.

    `facts` are those of `edits.EDITABLE`: technology, sector, amount, next_step, next_step_on, ...
    Refused: a taken code, the same name and round again (unless passed on), facts of the wrong kind.
    """
    actor.require(Role.MANAGER, Role.ANALYST)
    given = checked({**facts, "name": name, "origin": origin})
    _check_known(tx, given)
    lock(tx, f"deals:{fund_id}")
    row = Deal(
        **given,
        fund_id=fund_id,
        currency=fund(tx, fund_id=fund_id).currency,
        code=_free_code(tx, code, now),
        name_sort="",
        name_plain="",
        search_key="",
        stage=Stage.REGISTERED,
        status=Status.ACTIVE,
        entered_stage_at=now,
        recorded_at=now,
    )
    _name(row)
    _check_new(tx, row)
    tx.add(row)
    tx.flush()
    return tell(tx, actor, row=row, kind=Kind.REGISTERED, event=DealEvent(to_stage=row.stage), now=now)


def edit(
    tx: Tx, actor: Actor, *, deal_id: int, version: int, changes: Mapping[str, object], now: datetime
) -> DealSheet:
    """Change facts of a deal (see `edits.EDITABLE`) that was read at `version`; a stale version is refused."""
    actor.require(Role.MANAGER, Role.ANALYST)
    row = locked(tx, deal_id=deal_id)
    check_version(row.code, yours=version, current=row.version)
    facts = checked(changes)
    changed = {field: value for field, value in facts.items() if getattr(row, field) != value}
    check_fixed(row.code, row.stage, frozenset(changed))
    _check_known(tx, changed)
    if not changed:
        return deal(tx, deal_id=deal_id)
    detail: dict[str, object] = {
        field: [plain(getattr(row, field)), plain(value)] for field, value in changed.items()
    }
    for field, value in changed.items():
        setattr(row, field, value)
    _name(row)
    event = DealEvent(from_stage=row.stage, to_stage=row.stage, detail=detail)
    return tell(tx, actor, row=row, kind=Kind.EDITED, event=event, now=now)


def move(
    tx: Tx,
    actor: Actor,
    *,
    deal_id: int,
    to: Stage,
    now: datetime,
    gate: Gate | None = None,
    reason: str | None = None,
    version: int | None = None,
) -> DealSheet:
    """Move a deal one stage on, or back with a reason.

    Refused: a move that is not legal, a gate that its room has not opened, and anything missing, all at once.
    """
    if gate is None:
        actor.require(Role.MANAGER, Role.ANALYST)
    row = locked(tx, deal_id=deal_id)
    if version is not None:
        check_version(row.code, yours=version, current=row.version)
    kind = check_move(_facts(tx, row, to, now), to, gate=gate, reason=reason)
    event = DealEvent(from_stage=row.stage, to_stage=to, gate=gate, reason=(reason or "").strip())
    event.entered_before = row.entered_stage_at
    row.stage, row.entered_stage_at = to, now
    return tell(tx, actor, row=row, kind=kind, event=event, now=now)


def undo(tx: Tx, actor: Actor, *, deal_id: int, now: datetime) -> DealSheet:
    """Take back the last move: the stage and the day it was entered are restored, by a new entry of the history.

    Refused where the last thing was not a move, or where ballots, papers or money hang on it.
    """
    actor.require(Role.MANAGER, Role.ANALYST)
    row = locked(tx, deal_id=deal_id)
    last = _last_turn(tx, deal_id)
    known = LastMove(last.kind, last.gate, last.from_stage) if last else None
    stage = check_undo(_facts(tx, row, row.stage, now), known)
    before = last.entered_before if last and last.entered_before else now
    return _go_back(tx, actor, row, DealEvent(to_stage=stage, entered_before=before), now)


def take_back(tx: Tx, actor: Actor, *, deal_id: int, gate: Gate, reason: str, now: datetime) -> DealSheet:
    """Take back the move through `gate` that brought the deal where it is; the room that owns the gate calls this.

    Refused: a deal that did not come through that gate to its present stage (NothingToUndo).
    """
    row = locked(tx, deal_id=deal_id)
    came = (DealEvent.kind == Kind.MOVED, DealEvent.to_stage == row.stage, DealEvent.gate == gate)
    moved = select(DealEvent).where(DealEvent.deal_id == deal_id, *came)
    last = tx.exec(moved.order_by(col(DealEvent.number).desc()).limit(1)).first()
    if last is None or last.from_stage is None:
        raise NothingToUndo(deal=row.code, last="nothing")
    event = DealEvent(to_stage=last.from_stage, gate=gate, reason=reason, entered_before=last.entered_before)
    return _go_back(tx, actor, row, event, now)


def hold(tx: Tx, actor: Actor, *, deal_id: int, reason: str, now: datetime) -> DealSheet:
    """Rest an active deal at its stage, with a reason."""
    actor.require(Role.MANAGER, Role.ANALYST)
    row = locked(tx, deal_id=deal_id)
    check_hold(_facts(tx, row, row.stage, now))
    event = event_here(row, reason=check_reason("putting a deal on hold", reason))
    row.status = Status.ON_HOLD
    return tell(tx, actor, row=row, kind=Kind.PUT_ON_HOLD, event=event, now=now)


def pass_on(
    tx: Tx,
    actor: Actor,
    *,
    deal_id: int,
    kind: PassReason,
    now: datetime,
    reason: str = "",
    gate: Gate | None = None,
) -> DealSheet:
    """Let a deal go at its stage, for a reason of the taxonomy; "other" needs words."""
    if gate is None:
        actor.require(Role.MANAGER)
    row = locked(tx, deal_id=deal_id)
    check_pass(_facts(tx, row, row.stage, now), kind, reason)
    event = event_here(row, reason=reason.strip())
    event.pass_reason, event.gate = kind, gate
    row.status, row.pass_reason, row.pass_note = Status.PASSED, kind, reason.strip()
    return tell(tx, actor, row=row, kind=Kind.PASSED, event=event, now=now)


def reactivate(tx: Tx, actor: Actor, *, deal_id: int, reason: str, now: datetime) -> DealSheet:
    """Work on a rested or passed deal again, with a reason; it is where it was."""
    actor.require(Role.MANAGER, Role.ANALYST)
    row = locked(tx, deal_id=deal_id)
    check_reactivate(_facts(tx, row, row.stage, now))
    event = event_here(row, reason=check_reason("reactivating a deal", reason))
    row.status, row.pass_reason, row.pass_note = Status.ACTIVE, None, ""
    return tell(tx, actor, row=row, kind=Kind.REACTIVATED, event=event, now=now)


def publish_score(tx: Tx, actor: Actor, *, deal_id: int, score: Fraction, now: datetime) -> DealSheet:
    """Show the total (0..100) of a concluded screening on the deal; only screening calls this."""
    actor.require(Role.MANAGER, Role.ANALYST)
    row = locked(tx, deal_id=deal_id)
    detail: dict[str, object] = {"score": [plain(row.score_hundredths), round(score * 100)]}
    row.score, row.score_hundredths = score, round(score * 100)
    event = event_here(row, reason="")
    event.detail, event.gate = detail, Gate.SCREENING
    return tell(tx, actor, row=row, kind=Kind.EDITED, event=event, now=now)


def _go_back(tx: Tx, actor: Actor, row: Deal, event: DealEvent, now: datetime) -> DealSheet:
    """Restore the stage that `event` leads to and the instant at which it had been entered."""
    entered, event.entered_before = event.entered_before or now, row.entered_stage_at
    event.from_stage, row.stage, row.entered_stage_at = row.stage, event.to_stage, entered
    return tell(tx, actor, row=row, kind=Kind.UNDONE, event=event, now=now)


def _facts(tx: Tx, row: Deal, target: Stage, now: datetime) -> DealFacts:
    return facts_before(tx, about=deal(tx, deal_id=row.key), target=target, on=day_in_beijing(now))


def _name(row: Deal) -> None:
    """Bring what is derived from the name up to date."""
    row.name_sort, row.name_plain = sort_key(row.name), plain_name(row.name)
    row.search_key = search_key(code=row.code, name=row.name, technology=row.technology)


def _check_new(tx: Tx, row: Deal) -> None:
    statement = select(Deal).where(
        Deal.fund_id == row.fund_id,
        Deal.name_plain == row.name_plain,
        Deal.round_name == row.round_name,
        Deal.status != Status.PASSED,
    )
    known = tx.exec(statement).first()
    if known is not None:
        raise DealDuplicate(name=row.name, known=known.code)


def _free_code(tx: Tx, code: str | None, now: datetime) -> str:
    if code is None:
        return next_code(day_in_beijing(now).year, list(tx.exec(select(Deal.code))))
    wanted = code.strip().upper()
    if tx.exec(select(Deal.id).where(Deal.code == wanted)).first() is not None:
        raise CodeTaken(taken=wanted)
    return wanted


def _check_known(tx: Tx, facts: Mapping[str, object]) -> None:
    """Refuse references to what is not there."""
    owner, spinout, achievement = (facts.get(name) for name in ("owner_id", "spinout_id", "achievement_id"))
    if owner is not None and tx.get(User, owner) is None:
        raise UserUnknown(login=owner)
    if spinout is not None and tx.get(Spinout, spinout) is None:
        raise SpinoutUnknown(spinout=spinout)
    if achievement is not None and tx.get(Achievement, achievement) is None:
        raise AchievementUnknown(achievement=achievement)


def _last_turn(tx: Tx, deal_id: int) -> DealEvent | None:
    statement = select(DealEvent).where(DealEvent.deal_id == deal_id, col(DealEvent.kind).in_(TURNS))
    return tx.exec(statement.order_by(col(DealEvent.number).desc()).limit(1)).first()
