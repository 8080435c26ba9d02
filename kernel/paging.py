"""Keyset paging: a page is asked for by the last key seen, so that it stays right while rows arrive."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlmodel.sql.expression import SelectOfScalar

from kernel.columns import Row
from kernel.db import Tx
from kernel.errors import Invalid

DEFAULT_LIMIT = 50
MAXIMUM_LIMIT = 500

T = TypeVar("T")
R = TypeVar("R", bound=Row)


class PageInvalid(Invalid):
    code = "page_invalid"
    says = "A page needs `limit` from 1 to {maximum} and `after` exactly as the page before gave it."


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items and the key with which to ask for the next ones (None at the end)."""

    items: tuple[T, ...]
    next: str | None


def keyset(
    tx: Tx,
    statement: SelectOfScalar[R],
    key: Any,
    *,
    after: str | None,
    limit: int = DEFAULT_LIMIT,
    sheet: Callable[[R], T],
    newest_first: bool = False,
) -> Page[T]:
    """One page of `statement` in the order of the id column `key`, each row turned by `sheet`."""
    if not 1 <= limit <= MAXIMUM_LIMIT or (after is not None and not is_key(after)):
        raise PageInvalid(maximum=MAXIMUM_LIMIT)
    if after is not None:
        statement = statement.where(key < int(after) if newest_first else key > int(after))
    statement = statement.order_by(key.desc() if newest_first else key.asc()).limit(limit + 1)
    rows = list(tx.exec(statement))
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(tuple(sheet(row) for row in rows), str(rows[-1].key) if more else None)


def sliced(
    items: Sequence[T], key: Callable[[T], object], *, after: str | None, limit: int = DEFAULT_LIMIT
) -> Page[T]:
    """One page of a short list in its own order, for lists that are read whole anyway: `after` names the last seen."""
    if not 1 <= limit <= MAXIMUM_LIMIT:
        raise PageInvalid(maximum=MAXIMUM_LIMIT)
    start = 0
    if after is not None:
        places = [place for place, item in enumerate(items, 1) if str(key(item)) == after]
        if not places:
            raise PageInvalid(maximum=MAXIMUM_LIMIT)
        start = places[0]
    shown = tuple(items[start : start + limit])
    return Page(shown, str(key(shown[-1])) if start + limit < len(items) else None)


def is_key(after: str) -> bool:
    """Whether `after` could be a key that a page gave."""
    return after.isascii() and after.isdigit() and len(after) <= 18
