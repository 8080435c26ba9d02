"""Changing one's own password, and the administrator's way to let somebody in who has lost it."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col

from kernel.audit.actions import record
from kernel.db import Tx
from kernel.errors import Invalid, Problem
from kernel.identity.actions import SignInRefused, end_all, recognise
from kernel.identity.models import Session, User
from kernel.identity.queries import UserUnknown
from kernel.identity.rules import Actor, Role, check_password
from kernel.identity.secrets import digest, hash_password, new_words

ONE_TIME_LIFE = timedelta(days=7)


class PasswordUnchanged(Invalid):
    code = "password_unchanged"
    says = "The new password is the old one."


def change_password(
    tx: Tx,
    actor: Actor,
    *,
    current: str,
    password: str,
    session: str | None = None,
    now: datetime,
) -> User | None:
    """Choose another password for oneself; every session but the one of the cookie `session` ends.

    None after noting that `current` is wrong (the caller commits, then refuses). Refused: a weak or an unchanged one.
    """
    own = tx.get(User, actor.user_id) if actor.user_id is not None else None
    if own is None:
        raise SignInRefused
    user = recognise(tx, login=own.login, password=current, now=now)
    if user is None:
        return None
    check_password(user.login, password)
    if password == current:
        raise PasswordUnchanged(problems=[Problem("password", "Choose another one.")])
    user.password_hash, user.one_time_until = hash_password(password), None
    tx.add(user)
    others = sa.update(Session).where(col(Session.user_id) == user.key, col(Session.ended_at).is_(None))
    if session is not None:
        others = others.where(col(Session.digest) != digest(session))
    tx.execute(others.values(ended_at=now))
    record(tx, actor, action="user.password_changed", subject=f"user:{user.key}", now=now)
    return user


def reset_password(tx: Tx, actor: Actor, *, user_id: int, now: datetime) -> str:
    """A one-time password for somebody, shown this once; every session and token of the person ends.

    It lets the person in within a week, only to choose another one.
    """
    actor.require(Role.ADMINISTRATOR)
    user = tx.get(User, user_id)
    if user is None:
        raise UserUnknown(login=user_id)
    words = new_words(without=user.login)
    user.password_hash, user.one_time_until = hash_password(words), now + ONE_TIME_LIFE
    tx.add(user)
    tx.flush()
    end_all(tx, user_id=user_id, now=now)
    record(tx, actor, action="user.password_reset", subject=f"user:{user_id}", now=now)
    return words
