"""How many questions the database is asked."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from kernel.db import Tx


@contextmanager
def counted(tx: Tx) -> Iterator[list[str]]:
    """The statements that are sent while the block runs."""
    sent: list[str] = []

    def hear(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    engine = tx.get_bind().engine
    sa.event.listen(engine, "before_cursor_execute", hear)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", hear)
