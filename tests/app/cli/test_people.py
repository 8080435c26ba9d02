"""Letting people in from the machine itself."""

import re

import pytest

from kernel.db import Database
from kernel.identity.actions import sign_in
from kernel.identity.queries import actor_of, user_by_login
from kernel.identity.rules import SYSTEM, Role
from tests.app.cli.conftest import Afund

ADD = ("user", "add", "--login", "lin", "--name", "林知衡", "--role", "manager", "--role", "committee")


def words_in(text: str) -> str:
    found = re.search(r"  ([a-z0-9-]{29})$", text, re.MULTILINE)
    assert found is not None
    return found.group(1)


def test_a_user_is_added_with_a_one_time_password(afund: Afund, database: Database, now: object) -> None:
    answer = afund(*ADD)
    assert answer.status == 0, answer.err
    with database.transaction(SYSTEM) as tx:
        user = user_by_login(tx, login="lin")
        assert user is not None
        assert user.one_time_until is not None
        assert actor_of(tx, user=user).roles == {Role.MANAGER, Role.COMMITTEE}
        opened = sign_in(tx, login="lin", password=words_in(answer.out), now=user.recorded_at)
        assert opened is not None
    assert afund(*ADD).is_plain_refusal


def test_a_lost_password_is_replaced(afund: Afund, database: Database) -> None:
    first = words_in(afund(*ADD).out)
    answer = afund("user", "reset", "--login", "lin")
    assert answer.status == 0
    with database.transaction(SYSTEM) as tx:
        user = user_by_login(tx, login="lin")
        assert user is not None
        assert sign_in(tx, login="lin", password=first, now=user.recorded_at) is None
        assert sign_in(tx, login="lin", password=words_in(answer.out), now=user.recorded_at) is not None
    assert afund("user", "reset", "--login", "nobody").is_plain_refusal


@pytest.mark.parametrize(
    "words",
    [
        ("user", "add", "--login", "two words", "--name", "x", "--role", "manager"),
        ("user", "add", "--login", "lp", "--name", "x", "--role", "lp_user"),
        ("user", "add", "--login", "lp", "--name", "x", "--role", "lp_user", "--partner", "LP01"),
        ("user", "add", "--login", "lp", "--name", "x", "--role", "analyst", "--organisation", "无此公司"),
        ("user", "add", "--login", "ad", "--name", "x", "--role", "auditor", "--role", "manager"),
    ],
)
def test_what_cannot_be_is_refused_and_nobody_is_added(
    afund: Afund, database: Database, words: tuple[str, ...]
) -> None:
    assert afund(*words).is_plain_refusal
    with database.transaction(SYSTEM) as tx:
        assert user_by_login(tx, login=words[3]) is None


def test_migrating_an_empty_database_shows_the_set_up_code_on_the_terminal_only_then(afund: Afund) -> None:
    assert re.search(r"/start and enter this set-up code", afund("migrate").err)
    assert afund(*ADD).status == 0
    assert afund("migrate").err == ""
