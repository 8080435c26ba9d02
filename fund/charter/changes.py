"""How two versions of a fund's terms differ. Pure."""

from dataclasses import dataclass, fields

from fund.charter.rules import Terms


@dataclass(frozen=True)
class Change:
    """What one term was and is. Limits and tiers come one by one: one that is gone has no `is_`, a new one no `was`."""

    name: str
    was: object
    is_: object


def changes(before: Terms, after: Terms) -> list[Change]:
    """How two versions of the terms differ, term by term in the order in which terms are written, limits and further
    tiers last.
    """
    apart = {"limits", "further", "version", "effective_on"}
    own = [one.name for one in fields(Terms) if one.name not in apart]
    found = [
        Change(name, getattr(before, name), getattr(after, name))
        for name in own
        if getattr(before, name) != getattr(after, name)
    ]
    for name in ("limits", "further"):
        was, now = getattr(before, name), getattr(after, name)
        found += [Change(name, one, None) for one in was if one not in now]
        found += [Change(name, None, one) for one in now if one not in was]
    return found
