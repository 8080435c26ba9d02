"""What a deal's history says about time: how long it stayed where. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.deals.rules import Kind, Stage, days_in_stage


@dataclass(frozen=True)
class Step:
    """One entry of a history, as far as stages go."""

    kind: Kind
    to_stage: Stage
    at: datetime


@dataclass(frozen=True)
class Stay:
    """A stay in a stage; `left_at` is None for the present one. `days` are whole days."""

    stage: Stage
    entered_at: datetime
    left_at: datetime | None
    days: int


def stays(steps: Sequence[Step], *, now: datetime) -> list[Stay]:
    """The stays that `steps` (oldest first) tell of. A move that was taken back never happened."""
    entered: list[tuple[Stage, datetime]] = []
    for step in steps:
        if step.kind in {Kind.REGISTERED, Kind.MOVED, Kind.SENT_BACK}:
            entered.append((step.to_stage, step.at))
        elif step.kind == Kind.UNDONE:
            entered.pop()
    ends = [at for _, at in entered[1:]] + [None]
    return [
        Stay(stage, at, left, days_in_stage(at, left or now))
        for (stage, at), left in zip(entered, ends, strict=True)
    ]
