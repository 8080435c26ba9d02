"""What happened, as a page tells it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Told:
    """One line of a timeline. `tone` is "weighty" for a turn, "bad" for an end, or nothing."""

    at: datetime
    who: str
    what: str
    note: str = ""
    tone: str = ""
