"""Questions that are put together once: to build a statement costs several times what it takes to ask it.

A question of the books is asked many times in one request, each time with other days and ids. What differs is given
to the database beside the statement; the statement itself is kept by its shape: which values there are at all, and
those that are no number, day or instant.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec

import sqlalchemy as sa

from kernel.db import Tx

P = ParamSpec("P")
Rows = sa.Result[*tuple[Any, ...]]

# Their own kinds alone: a choice is a number or text to Python, and belongs to the shape.
GIVEN: dict[type, sa.types.TypeEngine[Any]] = {
    int: sa.BigInteger(),
    date: sa.Date(),
    datetime: sa.DateTime(timezone=True),
    list: sa.ARRAY(sa.BigInteger()),
}

SHAPES = 256


def asked_often(build: Callable[P, sa.Executable]) -> Callable[Concatenate[Tx, P], Rows]:
    """Turn a function that builds a statement into one that asks it in a transaction.

    Arguments are given by name. Numbers, days, instants and lists of numbers reach `build` as places for them: it may
    compare columns with them (with a list by `sa.any_`) and ask whether they are None, and nothing else. All others
    reach it as they are, and must be hashable and few: each set of them is a statement that is kept.
    """

    @lru_cache(maxsize=SHAPES)
    def built(shape: tuple[tuple[str, Any], ...]) -> sa.Executable:
        places: Any = {
            name: sa.bindparam(f"given_{name}", type_=GIVEN[what]) if what in GIVEN else what
            for name, what in shape
        }
        put_together: Callable[..., sa.Executable] = build
        return put_together(**places)

    @wraps(build)
    def ask(tx: Tx, /, *_: P.args, **given: P.kwargs) -> Rows:
        shape = tuple((name, type(one) if type(one) in GIVEN else one) for name, one in given.items())
        values = {f"given_{name}": one for name, one in given.items() if type(one) in GIVEN}
        return tx.execute(built(shape), values)

    return ask
