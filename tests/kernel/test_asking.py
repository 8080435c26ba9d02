"""A question that is asked often: put together once for each shape, and answered as if it were put together anew."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col

from kernel.asking import asked_often
from kernel.db import Tx
from kernel.identity.models import User
from kernel.identity.rules import Role

built: list[dict[str, object]] = []


@asked_often
def days(
    *, since: date, until: date | None, keys: list[int] | None, role: Role | None = None
) -> sa.Executable:
    """The days among four that are asked for."""
    built.append({"until": until, "keys": keys, "role": role})
    table = sa.values(sa.column("key", sa.BigInteger), sa.column("day", sa.Date), name="four").data(
        [(number, date(2026, number, 1)) for number in (1, 2, 3, 4)]
    )
    statement = sa.select(table.c.key).where(table.c.day >= since).order_by(table.c.key)
    if until is not None:
        statement = statement.where(table.c.day <= until)
    if keys is not None:
        statement = statement.where(table.c.key == sa.any_(sa.type_coerce(keys, sa.ARRAY(sa.BigInteger))))
    if role is not None:
        statement = statement.where(sa.literal(role.value) == Role.MANAGER.value)
    return statement


def asked(tx: Tx, since: date, until: date | None = None, keys: list[int] | None = None) -> list[int]:
    return list(days(tx, since=since, until=until, keys=keys).scalars())


def test_it_is_put_together_once_for_each_shape(tx: Tx) -> None:
    built.clear()
    assert asked(tx, date(2026, 1, 1)) == [1, 2, 3, 4]
    assert asked(tx, date(2026, 3, 1)) == [3, 4]
    assert asked(tx, date(2026, 2, 1), date(2026, 3, 1)) == [2, 3]
    assert asked(tx, date(2026, 1, 1), date(2026, 1, 31)) == [1]
    assert asked(tx, date(2026, 1, 1), None, [4, 2]) == [2, 4]
    assert asked(tx, date(2026, 1, 1), None, []) == []
    assert len(built) == 3


def test_a_choice_belongs_to_the_shape(tx: Tx) -> None:
    for role, found in ((Role.MANAGER, [4]), (Role.AUDITOR, []), (Role.MANAGER, [4])):
        assert list(days(tx, since=date(2026, 4, 1), until=None, keys=None, role=role).scalars()) == found


@asked_often
def people(*, login: str, since: datetime) -> sa.Executable:
    """How many there are of that name."""
    row = User
    return sa.select(sa.func.count()).where(col(row.login) == login, col(row.recorded_at) >= since)


def test_what_was_added_and_not_yet_written_is_found(tx: Tx, now: datetime) -> None:
    assert people(tx, login="added", since=now).scalar_one() == 0
    tx.add(User(login="added", name="Added", password_hash="", recorded_at=now))
    assert people(tx, login="added", since=now).scalar_one() == 1
    assert people(tx, login="added", since=now + timedelta(seconds=1)).scalar_one() == 0
