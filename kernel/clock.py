"""The one place below the roof where a clock may be read; only the roof calls it.

Everything else is told the time: `now` is an argument. A played clock (the example fund, tests) is simply a
different `Clock`.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

BEIJING = ZoneInfo("Asia/Shanghai")


def system_clock() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


def fixed_clock(instant: datetime) -> Clock:
    """A clock that stands still at `instant` (aware)."""
    return lambda: instant


def day_in_beijing(instant: datetime) -> date:
    """The calendar day on which `instant` falls for the fund's users."""
    return instant.astimezone(BEIJING).date()
