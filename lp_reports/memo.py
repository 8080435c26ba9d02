"""What a valuation memo says, frozen: read once, kept as canonical JSON, drawn from nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from pydantic import TypeAdapter

from fund.valuations.calibration import CalibrationKind
from fund.valuations.class_values import Found
from fund.valuations.file import File
from lp_reports.canonical import written
from lp_reports.facts import Step, Text

FORMAT = 1


@dataclass(frozen=True)
class Signed:
    """Who did something, and when."""

    by: str
    at: datetime


@dataclass(frozen=True)
class Parameter:
    """A calibration at a purchase, and the parameter as the file has it now."""

    name: Text
    kind: CalibrationKind
    calibrated_on: date
    implied: Fraction
    now: Fraction
    why: Text
    source: Text


@dataclass(frozen=True)
class Event:
    """Something that happened after the day of the mark."""

    on: date
    says: Text
    source: Text


@dataclass(frozen=True)
class Sold:
    """An exit of the company against one of the marks before it, for the part that left."""

    back: int
    marked_on: date
    days: int
    mark: int
    price: int


@dataclass(frozen=True)
class Voice:
    """A member of the valuation committee: what was said to this file, or why the member has no part in it."""

    name: str
    opinion: str
    reason: Text
    at: datetime | None
    recused: tuple[str, ...]


@dataclass(frozen=True)
class Count:
    """The count: `needed` approvals of `eligible` members. `resolved`: who put the mark in force on it."""

    approved: int
    objected: int
    needed: int
    eligible: int
    resolved: Signed | None


@dataclass(frozen=True)
class Memo:
    """Everything that one memo prints. Money is whole minor units."""

    format: int
    number: str
    frozen_at: datetime
    fund: Text
    manager: Text
    is_example: bool
    code: str
    company: Text
    stage: Text
    instrument: str
    acquired_on: date | None
    cost: int
    ownership: Fraction | None
    marked_on: date
    value: int
    state: str
    is_permanent_loss: bool
    reason: Text
    calibration: Text
    bridge: tuple[Step, ...]
    file: File
    file_number: int
    file_sha256: str
    weighted: int
    found: Found | None
    interested: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    policy: int | None
    policy_on: date | None
    events: tuple[Event, ...]
    sold: tuple[Sold, ...]
    prepared: Signed
    handed_in: Signed
    approved: Signed | None
    minute: Text
    voices: tuple[Voice, ...] = ()
    count: Count | None = None


_FORM: TypeAdapter[Memo] = TypeAdapter(Memo)


def dumps(memo: Memo) -> bytes:
    """Canonical JSON; equal memos are equal bytes."""
    return written(_FORM, memo)


def loads(content: bytes) -> Memo:
    """The memo of saved bytes; a reprint is drawn from these and from nothing else."""
    return _FORM.validate_json(content)
