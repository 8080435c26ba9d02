"""From a cookie or a token to the actor behind it; and lists of users for the administrator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from kernel.db import Tx
from kernel.errors import NotFound
from kernel.identity.models import Grant, Session, Token, User
from kernel.identity.rules import Actor, Role
from kernel.identity.secrets import digest
from kernel.paging import Page, keyset


class UserUnknown(NotFound):
    code = "user_unknown"
    says = "There is no user {login}."


@dataclass(frozen=True)
class SessionSheet:
    """A live session: who it is, and the CSRF secret that its forms must carry.

    With `must_change` the person came in by a one-time passphrase and may only choose another.
    """

    actor: Actor
    csrf: str
    language: str
    must_change: bool = False


@dataclass(frozen=True)
class UserSheet:
    """A user as the administrator sees one."""

    id: int
    login: str
    name: str
    language: str
    party_id: int | None
    is_active: bool
    roles: tuple[Role, ...]
    partner_ids: tuple[int, ...]


@dataclass(frozen=True)
class TokenSheet:
    """A token without its secret."""

    id: int
    label: str
    recorded_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


def has_users(tx: Tx) -> bool:
    """Whether anybody has ever been let in; until then the beginning is open (`beginning.begin`)."""
    return tx.exec(select(User.id).limit(1)).first() is not None


def somebody_has(tx: Tx, *, role: Role) -> bool:
    """Whether anybody who may sign in holds the role now."""
    held = select(Grant.id).join(User, col(User.id) == col(Grant.user_id))
    live = held.where(col(Grant.role) == role, col(Grant.ended_at).is_(None), col(User.is_active))
    return tx.exec(live.limit(1)).first() is not None


def live_grants(tx: Tx, *, user_id: int) -> list[Grant]:
    """The roles that a user holds now."""
    live = select(Grant).where(Grant.user_id == user_id, col(Grant.ended_at).is_(None))
    return list(tx.exec(live.order_by(col(Grant.id))))


def actor_of(tx: Tx, *, user: User) -> Actor:
    """The actor that a user is, with every role held now."""
    return _acting(user, live_grants(tx, user_id=user.key))


def _acting(user: Any, held: Sequence[Any]) -> Actor:
    """The actor that a user is by roles held; both as rows of whatever question found them."""
    return Actor(
        user_id=user.id,
        name=user.name,
        roles=frozenset(one.role for one in held if one.role is not None),
        partner_ids=frozenset(one.partner_id for one in held if one.partner_id is not None),
        party_id=user.party_id,
    )


_SHOWN: list[Any] = [
    *(User.id, User.name, User.party_id, User.language, User.one_time_until),
    *(Grant.role, Grant.partner_id),
]


def _holder(proof: type[Session] | type[Token], is_open: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Whoever holds the live proof of a digest at an instant, one row for each role held now (one, without any).

    Asked once in every request: put together when the module is read, answered in one journey.
    """
    held = sa.and_(col(Grant.user_id) == col(User.id), col(Grant.ended_at).is_(None))
    live = sa.and_(
        col(proof.digest) == sa.bindparam("digest"),
        is_open,
        col(proof.expires_at) > sa.bindparam("now"),
        col(User.is_active),
    )
    return (
        sa.select(*_SHOWN)
        .select_from(proof)
        .join(User, col(User.id) == col(proof.user_id))
        .outerjoin(Grant, held)
        .where(live)
    )


_OF_COOKIE = _holder(Session, col(Session.ended_at).is_(None)).add_columns(col(Session.csrf))
_OF_TOKEN = _holder(Token, col(Token.revoked_at).is_(None))


def session_of(tx: Tx, *, secret: str, now: datetime) -> SessionSheet | None:
    """The live session behind a cookie, or None."""
    found = tx.execute(_OF_COOKIE, {"digest": digest(secret), "now": now}).all()
    if not found:
        return None
    first = found[0]
    return SessionSheet(
        _acting(first, found), first.csrf, first.language, must_change=first.one_time_until is not None
    )


def actor_of_token(tx: Tx, *, secret: str, now: datetime) -> Actor | None:
    """The actor behind a bearer token, or None when it is unknown, revoked or expired."""
    found = tx.execute(_OF_TOKEN, {"digest": digest(secret), "now": now}).all()
    return _acting(found[0], found) if found else None


def user_by_login(tx: Tx, *, login: str) -> User | None:
    """The user with that name, or None."""
    return tx.exec(select(User).where(User.login == login)).one_or_none()


def users(tx: Tx, *, after: str | None = None, limit: int = 50) -> Page[UserSheet]:
    """All users with the roles they hold now."""
    page = keyset(tx, select(User), User.id, after=after, limit=limit, sheet=lambda user: user)
    keys = [user.key for user in page.items]
    live = select(Grant).where(col(Grant.user_id).in_(keys), col(Grant.ended_at).is_(None))
    held: dict[int, list[Grant]] = {key: [] for key in keys}
    for row in tx.exec(live.order_by(col(Grant.id))):
        held[row.user_id].append(row)
    return Page(tuple(_sheet(user, held[user.key]) for user in page.items), page.next)


def user_sheet(tx: Tx, *, user_id: int) -> UserSheet:
    """One user as the administrator sees one."""
    user = tx.get(User, user_id)
    if user is None:
        raise UserUnknown(login=user_id)
    return _sheet(user, live_grants(tx, user_id=user_id))


def tokens(tx: Tx, *, user_id: int) -> list[TokenSheet]:
    """A user's tokens, newest first."""
    rows = tx.exec(select(Token).where(Token.user_id == user_id).order_by(col(Token.id).desc()))
    return [TokenSheet(row.key, row.label, row.recorded_at, row.expires_at, row.revoked_at) for row in rows]


def _sheet(user: User, grants: list[Grant]) -> UserSheet:
    return UserSheet(
        id=user.key,
        login=user.login,
        name=user.name,
        language=user.language,
        party_id=user.party_id,
        is_active=user.is_active,
        roles=tuple(dict.fromkeys(held.role for held in grants)),
        partner_ids=tuple(held.partner_id for held in grants if held.partner_id is not None),
    )
