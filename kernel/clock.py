"""The one place below the roof where a clock may be read; only the roof calls it.

Everything else is told the time: `now` is an argument. A played clock (the example fund, tests) is simply a
different `Clock`.
"""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


def fixed_clock(instant: datetime) -> Clock:
    """A clock that stands still at `instant` (aware)."""
    return lambda: instant
