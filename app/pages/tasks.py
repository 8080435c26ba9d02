"""One thing that waits for somebody."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Task:
    """What kind of thing, what it is about, where it is done, until when."""

    kind: str
    what: str
    more: str
    href: str
    due: date | datetime | None = None
    is_late: bool = False
