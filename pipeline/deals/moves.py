"""Judging what somebody wants to do with a deal: move it, pass on it, rest it, wake it, undo.

Pure, like `rules.py`, whose words and requirements it uses.
"""

from dataclasses import dataclass

from kernel.errors import Conflict, Invalid
from pipeline.deals.rules import (
    GATES,
    DealFacts,
    Gate,
    Kind,
    PassReason,
    Stage,
    Status,
    is_forward,
    missing,
    money_is_in,
    possible_moves,
)

# What comes after these moves is bound to ballots, papers or money and cannot be taken back by a click.
UNDOABLE_GATES = frozenset({None, Gate.SCREENING})


class MoveIllegal(Conflict):
    code = "move_illegal"
    says = "A deal cannot go from {source} to {target}; from here it may go to {possible}."


class MoveBlocked(Conflict):
    code = "move_blocked"
    says = "{deal} cannot move on to {target} yet; this is missing:"


class GateClosed(Conflict):
    code = "gate_closed"
    says = "{deal} reaches {target} only through {gate}, which proves that it is ready."


class NotActive(Conflict):
    code = "deal_not_active"
    says = "{deal} is {status}; reactivate it first."


class AlreadyActive(Conflict):
    code = "deal_already_active"
    says = "{deal} is active already."


class AlreadyPassed(Conflict):
    code = "deal_already_passed"
    says = "{deal} has been passed on; reactivate it first."


class MoneyIsIn(Conflict):
    code = "deal_money_is_in"
    says = "{deal} is {stage}; the fund's money is in it, so it can be neither passed on nor put on hold."


class ReasonMissing(Invalid):
    code = "reason_missing"
    says = "Say why: {act} needs a reason."


class NothingToUndo(Conflict):
    code = "nothing_to_undo"
    says = "The last thing that happened to {deal} was not a move that can be taken back ({last})."


@dataclass(frozen=True)
class LastMove:
    """The newest entry of a deal's history that changed its stage or its status."""

    kind: Kind
    gate: Gate | None
    from_stage: Stage | None


def check_move(facts: DealFacts, target: Stage, *, gate: Gate | None, reason: str | None) -> Kind:
    """Refuse a move that is not legal, not proven or not complete; say whether it goes on or back.

    `gate` names the room that vouches for the move; a user's own click carries none. Going back needs
    a reason.
    """
    if facts.status != Status.ACTIVE:
        raise NotActive(deal=facts.code, status=facts.status)
    possible = possible_moves(facts.stage)
    if target not in possible:
        raise MoveIllegal(source=facts.stage, target=target, possible=", ".join(possible) or "nowhere")
    if not is_forward(facts.stage, target):
        check_reason("sending a deal back", reason)
        return Kind.SENT_BACK
    problems = missing(facts, target)
    if problems:
        raise MoveBlocked(deal=facts.code, target=target, problems=problems)
    needed = GATES.get(target)
    if needed is not None and gate != needed:
        raise GateClosed(deal=facts.code, target=target, gate=needed)
    return Kind.MOVED


def check_reason(act: str, reason: str | None) -> str:
    """The reason without blanks around it; refused when nothing is left."""
    if not reason or not reason.strip():
        raise ReasonMissing(act=act)
    return reason.strip()


def check_pass(facts: DealFacts, kind: PassReason, reason: str | None) -> None:
    """Refuse to pass on a deal twice, after the money is in, or for an "other" reason that is not told."""
    if money_is_in(facts.stage):
        raise MoneyIsIn(deal=facts.code, stage=facts.stage)
    if facts.status == Status.PASSED:
        raise AlreadyPassed(deal=facts.code)
    if kind == PassReason.OTHER:
        check_reason("passing for another reason", reason)


def check_hold(facts: DealFacts) -> None:
    """Refuse to rest a deal that is not being worked on, or that the fund holds."""
    if money_is_in(facts.stage):
        raise MoneyIsIn(deal=facts.code, stage=facts.stage)
    if facts.status != Status.ACTIVE:
        raise NotActive(deal=facts.code, status=facts.status)


def check_reactivate(facts: DealFacts) -> None:
    """Refuse to wake a deal that is awake."""
    if facts.status == Status.ACTIVE:
        raise AlreadyActive(deal=facts.code)


def check_undo(facts: DealFacts, last: LastMove | None) -> Stage:
    """The stage that undoing the last move leads back to; refused where more than the stage changed."""
    movable = last is not None and last.kind in {Kind.MOVED, Kind.SENT_BACK}
    if last is None or not movable or last.from_stage is None or last.gate not in UNDOABLE_GATES:
        raise NothingToUndo(deal=facts.code, last=last.kind if last else "nothing")
    return last.from_stage
