"""Users, roles, sessions and tokens."""

import subprocess
import sys
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from kernel.db import Tx, introduce
from kernel.identity import actions, queries
from kernel.identity.rules import (
    SYSTEM,
    Actor,
    Failures,
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


def test_passwords_cost_a_guesser_much_wherever_no_test_runs() -> None:
    """64 MB, three passes, four lanes: the second choice of RFC 9106. In these tests they cost next to nothing."""
    program = (
        "from kernel.identity.secrets import hash_password; print(hash_password('correct horse battery'))"
    )
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert told.stdout.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.mark.parametrize(
    ("failures", "throttled"),
    [
        (Failures(4, 49, 29), False),
        (Failures(5, 5, 5), True),
        (Failures(0, 50, 0), True),
        (Failures(0, 0, 30), True),
    ],
)
def test_throttling_starts_at_five_from_one_place_and_later_for_a_name_or_a_place(
    failures: Failures, throttled: bool
) -> None:
    assert is_throttled(failures) is throttled


def test_a_stranger_who_guesses_keeps_nobody_else_out(tx: Tx, now: datetime) -> None:
    a_user(tx, Role.COMMITTEE, login="voter", now=now)
    for _ in range(5):
        assert actions.sign_in(tx, login="voter", password="wrong", client="203.0.113.9", now=now) is None
    with pytest.raises(actions.SignInThrottled):
        actions.sign_in(tx, login="voter", password=PASSWORD, client="203.0.113.9", now=now)
    assert actions.sign_in(tx, login="voter", password=PASSWORD, client="198.51.100.1", now=now) is not None


def test_a_stranger_who_tries_many_names_is_stopped_and_writes_one_line(tx: Tx, now: datetime) -> None:
    for number in range(30):
        tried = actions.sign_in(tx, login=f"guess{number}", password="wrong", client="203.0.113.9", now=now)
        assert tried is None
    with pytest.raises(actions.SignInThrottled):
        actions.sign_in(tx, login="another", password="wrong", client="203.0.113.9", now=now)
    lines = sa.text("SELECT count(*) FROM audit_event WHERE action = 'user.sign_in_refused'")
    assert tx.execute(lines).scalar_one() == 1


def test_a_token_made_with_a_token_ends_with_it(tx: Tx, now: datetime) -> None:
    actor = an_actor(tx, Role.MANAGER, login="heir", now=now)
    first, secret = actions.issue_token(tx, actor, label="first", life=timedelta(days=3), now=now)
    second, child = actions.issue_token(
        tx, actor, label="second", life=timedelta(days=300), parent=secret, now=now
    )
    _, grandchild = actions.issue_token(
        tx, actor, label="third", life=timedelta(days=1), parent=child, now=now
    )
    assert second.expires_at == first.expires_at
    assert queries.actor_of_token(tx, secret=grandchild, now=now) is not None
    actions.revoke_token(tx, actor, token_id=first.key, now=now)
    tx.expire_all()
    for one in (secret, child, grandchild):
        assert queries.actor_of_token(tx, secret=one, now=now) is None


@pytest.mark.parametrize("role", [Role.MANAGER, Role.LP_EXPERT, Role.AUDITOR])
@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO user_grant (user_id, role, granted_by, recorded_at) VALUES (:own, 'manager', 'x', now())",
        "UPDATE user_grant SET ended_at = now() WHERE user_id = :other",
        "DELETE FROM user_grant",
        "UPDATE app_user SET password_hash = 'x' WHERE id = :other",
        "UPDATE app_user SET party_id = 7 WHERE id = :own",
        "DELETE FROM audit_head",
        "INSERT INTO audit_event (number, at, actor_id, actor_name, action, subject, detail, previous, hash) "
        "VALUES (999999, now(), :other, 'x', 'x', 'x', '{}', 'x', 'x')",
    ],
)
def test_the_database_lets_nobody_else_write_users_roles_or_the_trail(
    tx: Tx, now: datetime, role: Role, sql: str
) -> None:
    own, other = an_actor(tx, role, login="own", now=now), an_actor(tx, Role.COMMITTEE, login="o2", now=now)
    tx.flush()
    introduce(tx, own)
    with pytest.raises(sa.exc.DBAPIError, match=r"administrator|permission denied|act of another"):
        tx.execute(sa.text(sql), {"own": own.user_id, "other": other.user_id})


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
