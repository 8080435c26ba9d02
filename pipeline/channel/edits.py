"""Which facts of a demand or an achievement may be changed, and what kind each is. Pure."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType, NoneType

from kernel.errors import Invalid, Problem
from pipeline.channel.rules import ChainPosition, Urgency

Kinds = Mapping[str, tuple[type, ...]]

DEMAND: Kinds = MappingProxyType(
    {
        "title": (str,),
        "problem": (str,),
        "specification": (list, tuple),
        "sector": (str,),
        "wanted_trl": (int, NoneType),
        "site": (str,),
        "budget": (int, NoneType),
        "deadline_on": (date, NoneType),
        "market_capacity": (str,),
        "urgency": (Urgency,),
        "chain_position": (ChainPosition,),
        "is_common_need": (bool,),
        "is_confidential": (bool,),
    }
)
ACHIEVEMENT: Kinds = MappingProxyType(
    {
        "title_zh": (str,),
        "title_en": (str,),
        "summary_zh": (str,),
        "summary_en": (str,),
        "discipline": (str,),
        "sector": (str,),
        "site": (str,),
        "cost": (int, NoneType),
        "available_on": (date, NoneType),
    }
)


class ChangesInvalid(Invalid):
    code = "changes_invalid"
    says = "These changes cannot be made:"


def check_changes(changes: Mapping[str, object], kinds: Kinds) -> None:
    """Refuse a fact that does not exist or may not change, and one of the wrong kind; all at once."""
    problems = []
    for field, value in changes.items():
        if field not in kinds:
            problems.append(Problem(field, "there is nothing of that name to change"))
        elif not isinstance(value, kinds[field]):
            names = " / ".join(kind.__name__ for kind in kinds[field])
            problems.append(Problem(field, "expected {kind}", {"kind": names}))
    if problems:
        raise ChangesInvalid(problems=problems)
