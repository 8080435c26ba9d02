"""Users, roles, sessions and tokens."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from kernel.db import Tx
from kernel.identity import actions, queries
from kernel.identity.rules import (
    SYSTEM,
    Actor,
    PasswordWeak,
    Role,
    RoleMissing,
    RolesExclude,
    check_password,
    is_throttled,
)
from tests.builders.people import PASSWORD, a_user, an_actor


def test_reach_follows_the_role() -> None:
    assert Actor(1, "m", frozenset({Role.MANAGER})).reach == "all"
    assert Actor(1, "a", frozenset({Role.AUDITOR})).reach == "all"
    for role in (Role.LP_USER, Role.ADMINISTRATOR, Role.COMMITTEE, Role.TECHNOLOGY_MANAGER):
        assert Actor(1, "x", frozenset({role})).reach == "own"
    assert SYSTEM.reach == "all"


def test_a_missing_role_is_refused_and_the_system_holds_them_all() -> None:
    with pytest.raises(RoleMissing, match="manager / accountant"):
        Actor(1, "x", frozenset({Role.AUDITOR})).require(Role.MANAGER, Role.ACCOUNTANT)
    SYSTEM.require(Role.MANAGER)


@pytest.mark.parametrize("password", ["short", "my-login-is-alice-2026"])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(PasswordWeak):
        check_password("Alice", password)


def test_throttling_starts_at_five() -> None:
    assert (is_throttled(4), is_throttled(5)) == (False, True)


def test_an_auditor_holds_no_other_role(tx: Tx, now: datetime) -> None:
    user = a_user(tx, Role.AUDITOR, login="aud", now=now)
    with pytest.raises(RolesExclude):
        actions.grant(tx, SYSTEM, user_id=user.key, role=Role.MANAGER, now=now)
    actions.end_grant(tx, SYSTEM, user_id=user.key, role=Role.AUDITOR, now=now)
    actions.grant(tx, SYSTEM, user_id=user.key, role=Role.MANAGER, now=now)
    assert queries.actor_of(tx, user=user).roles == {Role.MANAGER}


def test_an_lp_user_needs_a_partner_and_a_grant_twice_is_one(tx: Tx, now: datetime) -> None:
    user = a_user(tx, login="lp", now=now)
    with pytest.raises(actions.PartnerNeeded):
        actions.grant(tx, SYSTEM, user_id=user.key, role=Role.LP_USER, now=now)
    first = actions.grant(tx, SYSTEM, user_id=user.key, role=Role.LP_USER, partner_id=7, now=now)
    assert actions.grant(tx, SYSTEM, user_id=user.key, role=Role.LP_USER, partner_id=7, now=now) is first


def test_only_the_administrator_makes_users(tx: Tx, now: datetime) -> None:
    manager = an_actor(tx, Role.MANAGER, login="man", now=now)
    with pytest.raises(RoleMissing):
        actions.create_user(tx, manager, login="x", name="x", password=PASSWORD, now=now)
    a_user(tx, login="taken", now=now)
    with pytest.raises(actions.LoginTaken):
        a_user(tx, login="taken", now=now)


def test_signing_in_opens_a_session_that_ends(tx: Tx, now: datetime) -> None:
    a_user(tx, Role.MANAGER, login="ming", now=now)
    opened = actions.sign_in(tx, login="ming", password=PASSWORD, now=now)
    assert opened is not None
    session = queries.session_of(tx, secret=opened.secret, now=now)
    assert session is not None
    assert session.actor.roles == {Role.MANAGER}
    assert queries.session_of(tx, secret=opened.secret, now=now + timedelta(hours=13)) is None
    actions.sign_out(tx, secret=opened.secret, now=now)
    assert queries.session_of(tx, secret=opened.secret, now=now) is None


def test_five_wrong_passwords_shut_the_door_for_a_while(tx: Tx, now: datetime) -> None:
    a_user(tx, Role.MANAGER, login="slow", now=now)
    for _ in range(5):
        assert actions.sign_in(tx, login="slow", password="wrong", now=now) is None
    with pytest.raises(actions.SignInThrottled):
        actions.sign_in(tx, login="slow", password=PASSWORD, now=now)
    assert actions.sign_in(tx, login="slow", password=PASSWORD, now=now + timedelta(minutes=16))


def test_no_secret_is_stored(tx: Tx, now: datetime) -> None:
    actor = an_actor(tx, Role.ANALYST, login="tok", now=now)
    _, secret = actions.issue_token(tx, actor, label="script", life=timedelta(days=1), now=now)
    stored = tx.execute(sa.text("SELECT string_agg(t::text, '') FROM api_token t")).scalar_one()
    trail = tx.execute(sa.text("SELECT string_agg(detail::text, '') FROM audit_event")).scalar_one()
    assert secret not in stored + trail


def test_a_token_speaks_for_its_owner_until_revoked_or_expired(tx: Tx, now: datetime) -> None:
    actor = an_actor(tx, Role.ANALYST, login="tok2", now=now)
    token, secret = actions.issue_token(tx, actor, label="script", life=timedelta(days=1), now=now)
    assert queries.actor_of_token(tx, secret=secret, now=now) == actor
    assert queries.actor_of_token(tx, secret=secret, now=now + timedelta(days=2)) is None
    assert queries.actor_of_token(tx, secret=secret + "x", now=now) is None
    stranger = an_actor(tx, Role.ANALYST, login="tok3", now=now)
    with pytest.raises(actions.TokenUnknown):
        actions.revoke_token(tx, stranger, token_id=token.key, now=now)
    actions.revoke_token(tx, actor, token_id=token.key, now=now)
    assert queries.actor_of_token(tx, secret=secret, now=now) is None
    with pytest.raises(actions.TokenTooLong):
        actions.issue_token(tx, actor, label="for ever", life=timedelta(days=900), now=now)


def test_shutting_a_user_out_ends_sessions_and_tokens(tx: Tx, now: datetime) -> None:
    user = a_user(tx, Role.ANALYST, login="out", now=now)
    _, secret = actions.issue_token(
        tx, queries.actor_of(tx, user=user), label="s", life=timedelta(days=1), now=now
    )
    opened = actions.sign_in(tx, login="out", password=PASSWORD, now=now)
    assert opened is not None
    actions.set_active(tx, SYSTEM, user_id=user.key, is_active=False, now=now)
    assert queries.actor_of_token(tx, secret=secret, now=now) is None
    assert queries.session_of(tx, secret=opened.secret, now=now) is None
    assert actions.sign_in(tx, login="out", password=PASSWORD, now=now) is None
    with pytest.raises(queries.UserUnknown):
        actions.set_active(tx, SYSTEM, user_id=10**9, is_active=False, now=now)


def test_users_are_listed_with_their_roles(tx: Tx, now: datetime) -> None:
    a_user(tx, Role.MANAGER, Role.ANALYST, login="both", now=now)
    page = queries.users(tx, limit=500)
    assert [sheet.roles for sheet in page.items if sheet.login == "both"] == [(Role.MANAGER, Role.ANALYST)]
