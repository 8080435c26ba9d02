"""From an instant to the day on which it falls for the fund's users. Nothing here reads a clock."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


def day_in_beijing(instant: datetime) -> date:
    """The calendar day on which `instant` falls in Beijing."""
    return instant.astimezone(BEIJING).date()
