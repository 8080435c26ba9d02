"""Whether terms may follow those before them: they change something, and leave room for what was done under those."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fund.charter.changes import changes
from fund.charter.rules import Terms
from kernel.errors import Conflict, Problem
from kernel.money import format_amount


class AmendmentEmpty(Conflict):
    code = "amendment_empty"
    says = "These are the terms of version {latest}; nothing would change."


class AmendmentImpossible(Conflict):
    code = "amendment_impossible"
    says = "The terms cannot be changed so that what was done under them would not have been possible."


@dataclass(frozen=True)
class Done:
    """What was done under the terms and stands.

    `committed` in all; the day of each close by its number; of each call that was issued, by its code, the day on
    which it was due, and of those for investments alone again in `invested`.
    """

    committed: int
    closes: Mapping[int, date]
    called: Mapping[str, date]
    invested: Mapping[str, date]


def check_changes(before: Terms, after: Terms) -> None:
    """Refuse a version that says what the one before it says."""
    if not changes(before, after):
        raise AmendmentEmpty(latest=before.version)


def check_possible(before: Terms, after: Terms, done: Done) -> None:
    """Refuse a size below what is committed, and days moved to the wrong side of a close or a call that stands.

    A term that stays as it was asks nothing: funds brought over from elsewhere may have exceeded it lawfully.
    """
    problems = [*_size_faults(before, after, done), *_close_faults(before, after, done)]
    problems += _call_faults(before, after, done)
    if problems:
        raise AmendmentImpossible(problems=problems)


def _size_faults(before: Terms, after: Terms, done: Done) -> Sequence[Problem]:
    if after.size == before.size or after.size >= done.committed:
        return []
    facts = {"size": format_amount(after.size), "committed": format_amount(done.committed)}
    return [Problem("size", "{size} is less than the {committed} committed", facts)]


def _close_faults(before: Terms, after: Terms, done: Done) -> Sequence[Problem]:
    early, late = after.first_close_on, after.final_close_on
    says = "{day} is after close {number}, which took place on {closed_on}"
    faults = [
        Problem("first_close_on", says, {"day": early, "number": number, "closed_on": on})
        for number, on in done.closes.items()
        if before.first_close_on <= on < early
    ]
    says = "{day} is before close {number}, which took place on {closed_on}"
    return faults + [
        Problem("final_close_on", says, {"day": late, "number": number, "closed_on": on})
        for number, on in done.closes.items()
        if late < on <= before.final_close_on
    ]


def _call_faults(before: Terms, after: Terms, done: Done) -> Sequence[Problem]:
    early, late = after.first_close_on, after.commitment_period_ends_on
    says = "{day} is after {call} was due, on {due_on}"
    faults = [
        Problem("first_close_on", says, {"day": early, "call": call, "due_on": on})
        for call, on in done.called.items()
        if before.first_close_on <= on < early
    ]
    says = "{day} is before {call} for investments is due, on {due_on}"
    return faults + [
        Problem("commitment_period_ends_on", says, {"day": late, "call": call, "due_on": on})
        for call, on in done.invested.items()
        if late < on <= before.commitment_period_ends_on
    ]
