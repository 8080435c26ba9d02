"""The codes of demands. Pure.

What an enterprise writes down itself has a code of its own, which begins with the enterprise's mark: two enterprises
never ask for the same code, so that none learns from a refusal what another one has. Codes without a mark are given
by those who run the channel, who see them all.
"""

import re

from kernel.errors import Invalid

_MARKED = re.compile(r"P\d+-")


class CodeOfAnother(Invalid):
    code = "demand_code_of_another"
    says = "Codes that begin like {taken} are another enterprise's; this one's begin with {mark}."


def mark(party_id: int) -> str:
    """How the codes of an enterprise begin: P5- for the party 5."""
    return f"P{party_id}-"


def demand_code(given: str, *, party_id: int, by_itself: bool) -> str:
    """The code under which a demand is kept: as it was given, or under the mark of the enterprise that gave it.

    Refused: a code under another enterprise's mark (CodeOfAnother).
    """
    wanted, own = given.strip().upper(), mark(party_id)
    if wanted.startswith(own):
        return wanted
    if by_itself:
        return own + wanted
    if _MARKED.match(wanted):
        raise CodeOfAnother(taken=wanted, mark=own)
    return wanted
