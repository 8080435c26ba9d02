"""The first administrator, one-time passwords, and changing one's own."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from kernel.db import Tx
from kernel.identity import actions, queries
from kernel.identity.beginning import AlreadyBegun, SetupThrottled, begin, issue_setup_code
from kernel.identity.passwords import ONE_TIME_LIFE, PasswordUnchanged, change_password, reset_password
from kernel.identity.rules import SYSTEM, LoginInvalid, PasswordWeak, Role, RoleMissing, check_login
from kernel.identity.secrets import new_words, same_digest
from tests.builders.people import PASSWORD, a_user, an_actor

FIRST = {"login": "root.person", "name": "Root", "password": PASSWORD}


def test_the_holder_of_the_code_is_made_administrator_once(tx: Tx, now: datetime) -> None:
    code = issue_setup_code(tx, SYSTEM, now=now)
    assert code is not None
    assert begin(tx, code="something else", **FIRST, now=now) is None
    user = begin(tx, code=code, **FIRST, now=now)
    assert user is not None
    assert queries.actor_of(tx, user=user).roles == {Role.ADMINISTRATOR}
    with pytest.raises(AlreadyBegun):
        begin(tx, code=code, login="second", name="Second", password=PASSWORD, now=now)
    assert issue_setup_code(tx, SYSTEM, now=now) is None
    told = tx.execute(sa.text("SELECT action FROM audit_event WHERE action LIKE 'setup.%' ORDER BY number"))
    assert told.scalars().all() == ["setup.code_issued", "setup.code_refused", "setup.begun"]
    stored = tx.execute(sa.text("SELECT string_agg(s::text, '') FROM setup_code s")).scalar_one()
    assert code not in stored


def test_a_code_is_good_for_a_day_and_survives_a_weak_password(tx: Tx, now: datetime) -> None:
    code = issue_setup_code(tx, SYSTEM, now=now)
    assert code is not None
    with pytest.raises(PasswordWeak):
        begin(tx, code=code, login="root", name="Root", password="short", now=now)
    assert begin(tx, code=code, **FIRST, now=now + timedelta(days=1)) is None
    assert begin(tx, code=f" {code.upper()}\n", **FIRST, now=now + timedelta(hours=23)) is not None


def test_guessing_the_code_is_slowed_down(tx: Tx, now: datetime) -> None:
    code = issue_setup_code(tx, SYSTEM, now=now)
    assert code is not None
    for _ in range(5):
        assert begin(tx, code="guess", **FIRST, now=now) is None
    with pytest.raises(SetupThrottled):
        begin(tx, code=code, **FIRST, now=now)
    assert begin(tx, code=code, **FIRST, now=now + timedelta(minutes=16)) is not None


def test_only_the_machine_itself_issues_codes(tx: Tx, now: datetime) -> None:
    manager = an_actor(tx, Role.MANAGER, login="man", now=now)
    with pytest.raises(RoleMissing):
        issue_setup_code(tx, manager, now=now)


def test_words_are_read_off_a_screen_and_never_hold_the_name() -> None:
    words = new_words()
    assert [len(group) for group in words.split("-")] == [5] * 5
    assert all("e" not in new_words(without="E") for _ in range(3))
    assert not same_digest(words, "0" * 64)


@pytest.mark.parametrize("login", ["", "a", "a b", "x" * 65, "tab\there"])
def test_a_name_that_cannot_be_typed_or_kept(login: str) -> None:
    with pytest.raises(LoginInvalid):
        check_login(login)


def test_ones_own_password_is_changed_and_other_sessions_end(tx: Tx, now: datetime) -> None:
    user = a_user(tx, Role.ANALYST, login="own", now=now)
    actor = queries.actor_of(tx, user=user)
    here = actions.sign_in(tx, login="own", password=PASSWORD, now=now)
    there = actions.sign_in(tx, login="own", password=PASSWORD, now=now)
    assert here is not None
    assert there is not None
    fresh = "quite another sentence"
    assert change_password(tx, actor, current="wrong", password=fresh, now=now) is None
    with pytest.raises(PasswordUnchanged):
        change_password(tx, actor, current=PASSWORD, password=PASSWORD, now=now)
    with pytest.raises(PasswordWeak):
        change_password(tx, actor, current=PASSWORD, password="short", now=now)
    assert change_password(tx, actor, current=PASSWORD, password=fresh, session=here.secret, now=now)
    assert queries.session_of(tx, secret=here.secret, now=now) is not None
    assert queries.session_of(tx, secret=there.secret, now=now) is None
    assert actions.sign_in(tx, login="own", password=PASSWORD, now=now) is None
    assert actions.sign_in(tx, login="own", password=fresh, now=now) is not None
    with pytest.raises(actions.SignInRefused):
        change_password(tx, SYSTEM, current=PASSWORD, password=fresh, now=now)


def test_a_lost_password_is_replaced_by_one_that_only_opens_the_door(tx: Tx, now: datetime) -> None:
    user = a_user(tx, Role.ANALYST, login="lost", now=now)
    actor = queries.actor_of(tx, user=user)
    _, token = actions.issue_token(tx, actor, label="s", life=timedelta(days=1), now=now)
    before = actions.sign_in(tx, login="lost", password=PASSWORD, now=now)
    assert before is not None
    with pytest.raises(RoleMissing):
        reset_password(tx, actor, user_id=user.key, now=now)
    words = reset_password(tx, SYSTEM, user_id=user.key, now=now)
    assert queries.actor_of_token(tx, secret=token, now=now) is None
    assert queries.session_of(tx, secret=before.secret, now=now) is None
    opened = actions.sign_in(tx, login="lost", password=words, now=now)
    assert opened is not None
    session = queries.session_of(tx, secret=opened.secret, now=now)
    assert session is not None
    assert session.must_change
    with pytest.raises(actions.PasswordOneTime):
        actions.issue_token(tx, actor, label="s", life=timedelta(days=1), now=now)
    assert actions.sign_in(tx, login="lost", password=words, now=now + ONE_TIME_LIFE) is None
    change_password(tx, actor, current=words, password="my own long words", session=opened.secret, now=now)
    session = queries.session_of(tx, secret=opened.secret, now=now)
    assert session is not None
    assert not session.must_change
    with pytest.raises(queries.UserUnknown):
        reset_password(tx, SYSTEM, user_id=10**9, now=now)


def test_ending_everything_leaves_the_day_on_which_something_ended_before(tx: Tx, now: datetime) -> None:
    user = a_user(tx, Role.ANALYST, login="twice", now=now)
    actor = queries.actor_of(tx, user=user)
    token, _ = actions.issue_token(tx, actor, label="s", life=timedelta(days=1), now=now)
    actions.revoke_token(tx, actor, token_id=token.key, now=now)
    actions.set_active(tx, SYSTEM, user_id=user.key, is_active=False, now=now + timedelta(hours=1))
    tx.expire_all()
    assert queries.tokens(tx, user_id=user.key)[0].revoked_at == now
