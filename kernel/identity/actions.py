"""Making users, giving them roles, and letting them in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from kernel.audit.actions import record
from kernel.db import Tx, lock
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from kernel.identity.models import Grant, Session, SignInFailure, Token, User
from kernel.identity.queries import UserUnknown, live_grants
from kernel.identity.rules import (
    SYSTEM,
    THROTTLE_MINUTES,
    Actor,
    Failures,
    Role,
    check_login,
    check_password,
    check_roles,
    is_throttled,
)
from kernel.identity.secrets import NOBODY_HASH, digest, hash_password, new_secret, password_matches

SESSION_LIFE = timedelta(hours=12)
LONGEST_TOKEN = timedelta(days=366)


class LoginTaken(Conflict):
    code = "login_taken"
    says = "There is already a user with the name {login}."


class SignInRefused(Forbidden):
    code = "sign_in_refused"
    says = "The name or the password is wrong."


class SignInThrottled(Forbidden):
    code = "sign_in_throttled"
    says = "Too many wrong passwords; try again in {minutes} minutes."


class PasswordOneTime(Forbidden):
    code = "password_one_time"
    says = (
        "This password opens the door once: choose your own first, on the page or by POST /api/v1/password."
    )


class TokenUnknown(NotFound):
    code = "token_unknown"
    says = "There is no such token of yours."


class TokenTooLong(Invalid):
    code = "token_too_long"
    says = "A token may live for {days} days at most."


class PartnerNeeded(Invalid):
    code = "partner_needed"
    says = "The role {role} is given for one partner: say which."


@dataclass(frozen=True)
class SignedIn:
    """A new session: the secret goes into the cookie and is kept nowhere else."""

    secret: str
    csrf: str
    user_id: int


def create_user(
    tx: Tx,
    actor: Actor,
    *,
    login: str,
    name: str,
    password: str,
    language: str = "zh_CN",
    party_id: int | None = None,
    one_time_until: datetime | None = None,
    now: datetime,
) -> User:
    """Add a user without any role yet; with `one_time_until` the password must be changed at the first sign-in.

    Refused: a name that is taken or cannot be kept, a weak password.
    """
    actor.require(Role.ADMINISTRATOR)
    check_login(login)
    check_password(login, password)
    if tx.exec(select(User).where(User.login == login)).one_or_none():
        raise LoginTaken(login=login)
    user = User(
        login=login,
        name=name,
        password_hash=hash_password(password),
        language=language,
        party_id=party_id,
        one_time_until=one_time_until,
        recorded_at=now,
    )
    tx.add(user)
    tx.flush()
    record(tx, actor, action="user.created", subject=f"user:{user.id}", detail={"login": login}, now=now)
    return user


def grant(
    tx: Tx, actor: Actor, *, user_id: int, role: Role, partner_id: int | None = None, now: datetime
) -> Grant:
    """Give a user a role, for one partner where it is a partner's. Giving it twice changes nothing."""
    actor.require(Role.ADMINISTRATOR)
    if role is Role.LP_USER and partner_id is None:
        raise PartnerNeeded(role=role)
    if tx.get(User, user_id) is None:
        raise UserUnknown(login=user_id)
    live = live_grants(tx, user_id=user_id)
    same = [held for held in live if held.role == role and held.partner_id == partner_id]
    if same:
        return same[0]
    check_roles(frozenset(held.role for held in live) | {role})
    row = Grant(user_id=user_id, role=role, partner_id=partner_id, granted_by=actor.name, recorded_at=now)
    tx.add(row)
    tx.flush()
    detail = {"role": role, "partner_id": partner_id}
    record(tx, actor, action="user.granted", subject=f"user:{user_id}", detail=detail, now=now)
    return row


def end_grant(tx: Tx, actor: Actor, *, user_id: int, role: Role, now: datetime) -> None:
    """Take a role away."""
    actor.require(Role.ADMINISTRATOR)
    if tx.get(User, user_id) is None:
        raise UserUnknown(login=user_id)
    for held in live_grants(tx, user_id=user_id):
        if held.role == role:
            held.ended_at = now
            tx.add(held)
    tx.flush()
    record(tx, actor, action="user.grant_ended", subject=f"user:{user_id}", detail={"role": role}, now=now)


def set_active(tx: Tx, actor: Actor, *, user_id: int, is_active: bool, now: datetime) -> User:
    """Let a user in again, or shut a user out and end every session and token."""
    actor.require(Role.ADMINISTRATOR)
    user = tx.get(User, user_id)
    if user is None:
        raise UserUnknown(login=user_id)
    user.is_active = is_active
    tx.add(user)
    if not is_active:
        end_all(tx, user_id=user_id, now=now)
    action = "user.let_in" if is_active else "user.shut_out"
    record(tx, actor, action=action, subject=f"user:{user_id}", now=now)
    return user


def end_all(tx: Tx, *, user_id: int, now: datetime) -> None:
    """End every session and token of a user that has not ended before."""
    sessions = sa.update(Session).where(col(Session.user_id) == user_id, col(Session.ended_at).is_(None))
    tokens = sa.update(Token).where(col(Token.user_id) == user_id, col(Token.revoked_at).is_(None))
    tx.execute(sessions.values(ended_at=now))
    tx.execute(tokens.values(revoked_at=now))


def recognise(tx: Tx, *, login: str, password: str, client: str = "", now: datetime) -> User | None:
    """The user behind a name and password, or None after noting the failure (the caller commits, then refuses).

    `client` is the address that asks, as far as it is known. Refused at once: too many failures within the window,
    whatever the password. Those who try at the same time wait for each other, so that each one is counted.
    """
    for tried in sorted({f"sign_in:{login[:64]}", f"sign_in_from:{client}"}):
        lock(tx, tried)
    failures = recent_failures(tx, login=login, client=client, now=now)
    if is_throttled(failures):
        raise SignInThrottled(minutes=THROTTLE_MINUTES)
    user = tx.exec(select(User).where(User.login == login)).one_or_none()
    matches = password_matches(password, user.password_hash if user else NOBODY_HASH)
    if user is not None and matches and user.is_active and not _has_run_out(user, now):
        return user
    tx.add(SignInFailure(login=login[:64], client=client, at=now))
    # The trail can never be cut: a stranger who tries many names writes one line there, not one for each.
    if failures.from_place == 0 or user is not None:
        detail = {"client": client}
        record(
            tx, SYSTEM, action="user.sign_in_refused", subject=f"login:{login[:48]}", detail=detail, now=now
        )
    return None


def recent_failures(tx: Tx, *, login: str, client: str = "", now: datetime) -> Failures:
    """How often was tried in vain within the window that slows guessing down."""
    of_name, from_place = col(SignInFailure.login) == login[:64], col(SignInFailure.client) == client
    counted = sa.select(
        *(sa.func.count().filter(wanted) for wanted in (sa.and_(of_name, from_place), of_name, from_place))
    )
    since = now - timedelta(minutes=THROTTLE_MINUTES)
    row = tx.execute(counted.where(col(SignInFailure.at) > since, sa.or_(of_name, from_place))).one()
    return Failures(*row)


def _has_run_out(user: User, now: datetime) -> bool:
    return user.one_time_until is not None and user.one_time_until <= now


def sign_in(tx: Tx, *, login: str, password: str, client: str = "", now: datetime) -> SignedIn | None:
    """Open a session for whoever `recognise` finds; None when nobody is found."""
    user = recognise(tx, login=login, password=password, client=client, now=now)
    return open_session(tx, user=user, now=now) if user else None


def open_session(tx: Tx, *, user: User, now: datetime) -> SignedIn:
    """Open a session for a user who has proved who it is."""
    secret, csrf = new_secret(), new_secret()
    tx.add(
        Session(
            user_id=user.key,
            digest=digest(secret),
            csrf=csrf,
            recorded_at=now,
            expires_at=now + SESSION_LIFE,
        )
    )
    actor = Actor(user_id=user.key, name=user.name)
    record(tx, actor, action="user.signed_in", subject=f"user:{user.key}", now=now)
    return SignedIn(secret, csrf, user.key)


def sign_out(tx: Tx, *, secret: str, now: datetime) -> None:
    """End the session that goes with a cookie; a cookie without a session is no error."""
    row = tx.exec(select(Session).where(Session.digest == digest(secret))).one_or_none()
    if row:
        row.ended_at = now
        tx.add(row)


def issue_token(
    tx: Tx, actor: Actor, *, label: str, life: timedelta, parent: str | None = None, now: datetime
) -> tuple[Token, str]:
    """A token for the actor's own scripts; the secret is shown once and never again.

    `parent` is the secret of the token that asks for it, if one does: the new one does not outlive it and ends with it.
    """
    if actor.user_id is None or not timedelta(0) < life <= LONGEST_TOKEN:
        raise TokenTooLong(days=LONGEST_TOKEN.days)
    owner = tx.get(User, actor.user_id)
    if owner is not None and owner.one_time_until is not None:
        raise PasswordOneTime
    secret, expires_at = new_secret(), now + life
    mother = tx.exec(select(Token).where(Token.digest == digest(parent))).one() if parent else None
    token = Token(
        user_id=actor.user_id,
        label=label,
        digest=digest(secret),
        recorded_at=now,
        expires_at=min(expires_at, mother.expires_at) if mother else expires_at,
        parent_id=mother.key if mother else None,
    )
    tx.add(token)
    tx.flush()
    record(tx, actor, action="token.issued", subject=f"token:{token.id}", detail={"label": label}, now=now)
    return token, secret


def revoke_token(tx: Tx, actor: Actor, *, token_id: int, now: datetime) -> None:
    """End one of the actor's own tokens, and every one that was made with it."""
    token = tx.get(Token, token_id)
    if token is None or token.user_id != actor.user_id:
        raise TokenUnknown
    family = sa.select(col(Token.id)).where(col(Token.id) == token_id).cte(recursive=True)
    family = family.union_all(sa.select(col(Token.id)).where(col(Token.parent_id) == family.c.id))
    live = sa.update(Token).where(col(Token.id).in_(sa.select(family.c.id)), col(Token.revoked_at).is_(None))
    tx.execute(live.values(revoked_at=now))
    record(tx, actor, action="token.revoked", subject=f"token:{token_id}", now=now)
