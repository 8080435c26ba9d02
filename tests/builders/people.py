"""Users and actors for tests."""

from datetime import datetime

from kernel.db import Tx
from kernel.identity.actions import create_user, grant
from kernel.identity.models import User
from kernel.identity.queries import actor_of
from kernel.identity.rules import SYSTEM, Actor, Role

PASSWORD = "correct horse battery"


def a_user(
    tx: Tx,
    *roles: Role,
    login: str,
    now: datetime,
    partner_id: int | None = None,
    party_id: int | None = None,
) -> User:
    """A user with `roles`, for one partner where given."""
    user = create_user(
        tx, SYSTEM, login=login, name=login.title(), password=PASSWORD, party_id=party_id, now=now
    )
    for role in roles:
        grant(tx, SYSTEM, user_id=user.key, role=role, partner_id=partner_id, now=now)
    return user


def an_actor(tx: Tx, *roles: Role, login: str, now: datetime, **scope: int | None) -> Actor:
    """Somebody acting with `roles`."""
    return actor_of(tx, user=a_user(tx, *roles, login=login, now=now, **scope))
