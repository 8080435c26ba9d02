"""Which limits are exceeded and not told of yet, and which of those told of are kept again. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from fund.charter.rules import Basis, Dimension
from fund.results.exposure_rules import LimitCheck
from kernel.audit.rules import Event

# Acts of the ledger after which other things are held, or the same at another value.
ACTS = frozenset({"lot", "disposal", "mark", "distribution", "deal"})
# Of what partners have committed, and of the limits themselves.
ACTIONS = (
    "capital.committed",
    "capital.later_close",
    "capital.close_undone",
    "capital.restrict",
    "fund.terms_",
)

# One limit under one key; a limit of another size is another one.
Subject = tuple[Dimension, str, Basis, Fraction]


@dataclass(frozen=True)
class News:
    """What is to be told: limits that are exceeded now, and the ids of alerts whose limits are kept again."""

    exceeded: tuple[LimitCheck, ...]
    kept_again: tuple[int, ...]


def subject_of(check: LimitCheck) -> Subject:
    """What an alert is about."""
    return check.limit.dimension, check.key, check.limit.basis, check.limit.maximum


def news(breaches: Iterable[LimitCheck], standing: Mapping[Subject, int]) -> News:
    """What is new beside the alerts that stand, which come as their ids by what they are about."""
    found = {subject_of(check): check for check in breaches}
    exceeded = tuple(check for subject, check in found.items() if subject not in standing)
    return News(exceeded, tuple(key for subject, key in standing.items() if subject not in found))


def touched(events: Iterable[Event]) -> tuple[int, ...]:
    """The funds whose portfolio, commitments or limits were changed by what was recorded, in their order."""
    found = {one.subject for one in events if one.subject.startswith("fund:") and _matters(one)}
    return tuple(sorted(int(subject.removeprefix("fund:")) for subject in found))


def _matters(event: Event) -> bool:
    if event.action != "ledger.booked":
        return event.action.startswith(ACTIONS)
    acts = event.detail.get("acts")
    return isinstance(acts, list) and any(str(act).partition(":")[0] in ACTS for act in acts)
