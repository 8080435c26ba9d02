"""The mark of a database whose time is played. Without it a seal opens by the database server's own clock."""

from datetime import datetime

from kernel import columns, walls
from kernel.columns import Row
from kernel.walls import APP_ROLE


class PlayedClock(Row, table=True):
    """One row says that time is played here; only the database's owner can write it."""

    __tablename__ = "played_clock"

    recorded_at: datetime = columns.instant()


walls.append_only("played_clock")
walls.guard(
    "played_clock_is_the_owners",
    "played_clock",
    f"""
    IF current_user = '{APP_ROLE}' THEN
        RAISE EXCEPTION 'only the owner says that time is played' USING ERRCODE = 'insufficient_privilege';
    END IF;
    """,
)
