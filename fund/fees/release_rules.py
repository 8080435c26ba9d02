"""Releases of one thing owed or to come, each of which goes by what the others left: in the order of their days. Pure.

Were one written down, or taken back, before another that is known, that would have been shared otherwise.
"""

from collections.abc import Sequence
from datetime import date

from fund.fees.accrual_rules import Settled
from kernel.errors import Conflict

RELEASED = "released"


class ReleasedSince(Conflict):
    code = "released_since"
    says = (
        "Release {number} of {reference} on {on} went by what was left then. Take it back as of that day first, and "
        "release it anew afterwards."
    )


class ReleaseStillCounts(Conflict):
    code = "release_still_counts"
    says = (
        "Release {number} of {reference} was taken back and counts until {until}; release from that day on."
    )


def check_release(settled: Sequence[Settled], *, reference: str, on: date) -> None:
    """Refuse a release as of a day before that of another, or on which one still counts that was taken back since."""
    for one in _seen(settled):
        if one.settled_on > on:
            raise ReleasedSince(number=one.number, reference=reference, on=one.settled_on)
        if one.undone_on is not None and one.undone_on > on:
            raise ReleaseStillCounts(number=one.number, reference=reference, until=one.undone_on)


def check_release_undo(settled: Sequence[Settled], *, reference: str, number: int, on: date) -> None:
    """Refuse to take a release back as of a day by which a later one has gone by what it left."""
    if not any(one.number == number for one in _seen(settled)):
        return
    for one in _seen(settled):
        if one.number > number and one.settled_on >= on:
            raise ReleasedSince(number=one.number, reference=reference, on=one.settled_on)


def _seen(settled: Sequence[Settled]) -> list[Settled]:
    """The releases that count on some day, or did."""
    return [one for one in settled if one.way == RELEASED and one.undone_on != one.settled_on]
