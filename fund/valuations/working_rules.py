"""What a file says a technique gives, against the working of class rights that stands in the same file."""

from collections.abc import Sequence

from fund.holdings.mark_rules import Technique
from fund.valuations.file import Rights, RightsMethod, Weighed
from kernel.errors import Invalid
from kernel.money import format_amount


class WorkingDiffers(Invalid):
    code = "valuation_working_differs"
    says = (
        "{technique} is said to give {value}, its working by the class rights in the file gives {working}; leave the"
        " value empty to take the working."
    )


class RightsUnused(Invalid):
    code = "valuation_rights_unused"
    says = (
        "The class rights in the file give {working}, and no technique takes it; leave the value of one empty, or leave"
        " the rights out."
    )


def check_working(techniques: Sequence[Weighed], *, rights: Rights | None, held: int | None) -> None:
    """Refuse a typed value beside a working of the same technique that gives another, and a working that none takes.

    `held`: what the class rights give for all that is held; None without them.
    """
    if rights is None or held is None:
        return
    for one in techniques:
        if _is_worked(one.technique, rights.method) and one.value not in (None, held):
            raise WorkingDiffers(
                technique=one.technique, value=format_amount(one.value or 0), working=format_amount(held)
            )
    if all(one.value not in (None, held) for one in techniques):
        raise RightsUnused(working=format_amount(held))


def _is_worked(technique: Technique, method: RightsMethod) -> bool:
    """Whether the computation of class rights is the technique's own working."""
    by_scenarios = method is RightsMethod.PROBABILITY_WEIGHTED
    return technique is Technique.OPTION_PRICING or (technique is Technique.SCENARIOS and by_scenarios)
