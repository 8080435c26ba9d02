"""Whether a label that a limit or a clause names is carried by anything: new to the portfolio, or misspelt. Pure.

A label may be planned before the first deal under it, so one that nothing carries is taken when it is said to be
planned, and otherwise refused with the labels in use that are near to it.
"""

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches

from fund.charter.rules import Dimension
from kernel.errors import Invalid, Problem

# Of so many labels in use the nearest, or without a near one the first, are named.
NAMED = 5
# Any year may come.
FREE = frozenset({Dimension.VINTAGE})
Named = tuple[str, Dimension, str]


class LabelsUnheld(Invalid):
    code = "labels_unheld"
    says = "Some labels are carried by no holding; correct them, or say that they are planned:"


def check_held(wanted: Sequence[Named], *, used: Mapping[Dimension, Collection[str]], planned: bool) -> None:
    """Refuse labels (each with the field it stands in) that nothing carries, unless they are planned.

    Nothing is asked of a dimension in which no holding has a label yet.
    """
    if planned:
        return
    problems = []
    for field, dimension, label in wanted:
        known = used.get(dimension, ())
        if dimension in FREE or not known or label in known:
            continue
        says = "no holding has the label “{label}”; in use: {near}"
        problems.append(Problem(field, says, {"label": label, "near": "、".join(near(label, known))}))
    if problems:
        raise LabelsUnheld(problems=problems)


def near(label: str, known: Collection[str]) -> list[str]:
    """The labels in use that are nearest to one; where none is near the first of them in their order."""
    plain = {one.casefold(): one for one in sorted(known)}
    close = get_close_matches(label.casefold(), list(plain), n=NAMED, cutoff=0.5)
    within = [
        key for key in plain if key not in close and (key in label.casefold() or label.casefold() in key)
    ]
    return [plain[key] for key in [*close, *within][:NAMED]] or sorted(known)[:NAMED]
