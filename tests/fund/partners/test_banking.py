"""Where a partner is paid changes by two people or not at all."""

from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from fund.partners.actions import set_bank
from fund.partners.banking import decide_bank, propose_bank
from fund.partners.queries import bank, bank_change
from fund.partners.rules import (
    BankChangeOther,
    BankChangeUnknown,
    BankChangeWaiting,
    BankNeedsAnother,
    BankUnchanged,
    ReasonNeeded,
)
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from tests.builders.charter import a_fund
from tests.builders.partners import a_partner
from tests.builders.people import an_actor

OLD: dict[str, Any] = {"bank_name": "旧银行", "account_name": "甲公司", "account_no": "6222 0000 1111"}
NEW: dict[str, Any] = {"bank_name": "新银行", "account_name": "甲公司", "account_no": "6222 0000 2222"}
DAY = date(2026, 10, 1)


@pytest.fixture
def people(tx: Tx, now: datetime) -> tuple[Actor, Actor]:
    return (
        an_actor(tx, Role.ACCOUNTANT, login="first", now=now),
        an_actor(tx, Role.MANAGER, login="second", now=now),
    )


@pytest.fixture
def partner_id(tx: Tx, now: datetime) -> int:
    found = a_partner(tx, a_fund(tx).id).id
    set_bank(tx, SYSTEM, partner_id=found, since_on=date(2024, 1, 15), now=now, **OLD)
    return found


def propose(tx: Tx, actor: Actor, partner_id: int, now: datetime, **changes: Any) -> None:
    facts = NEW | {"since_on": DAY, "reason": "called back the treasurer", "now": now} | changes
    propose_bank(tx, actor, partner_id=partner_id, **facts)


def the_change(tx: Tx, actor: Actor, partner_id: int) -> int:
    waiting = bank_change(tx, actor, partner_id=partner_id)
    assert waiting is not None
    return waiting.id


def held(tx: Tx, partner_id: int) -> tuple[str, date]:
    found = bank(tx, SYSTEM, partner_id=partner_id)
    assert found is not None
    return found.bank_name, found.unchanged_since


def test_until_another_approves_nothing_changes(
    tx: Tx, now: datetime, people: tuple[Actor, Actor], partner_id: int
) -> None:
    first, second = people
    propose(tx, first, partner_id, now)
    assert held(tx, partner_id) == ("旧银行", date(2024, 1, 15))
    waiting = bank_change(tx, second, partner_id=partner_id)
    assert waiting is not None
    assert (waiting.details.account_no, waiting.prepared_by_id) == ("6222 0000 2222", first.user_id)
    with pytest.raises(BankNeedsAnother):
        decide_bank(tx, first, change_id=waiting.id, partner_id=partner_id, is_approved=True, now=now)
    with pytest.raises(BankChangeWaiting):
        propose(tx, second, partner_id, now)
    decide_bank(tx, second, change_id=waiting.id, partner_id=partner_id, is_approved=True, now=now)
    assert held(tx, partner_id) == ("新银行", DAY)
    assert bank_change(tx, second, partner_id=partner_id) is None
    with pytest.raises(BankChangeUnknown):
        decide_bank(tx, second, change_id=waiting.id, partner_id=partner_id, is_approved=True, now=now)
    trail = tx.execute(sa.text("SELECT string_agg(detail::text, '') FROM audit_event")).scalar_one()
    assert "2222" not in trail


def test_a_change_is_turned_down_even_by_its_preparer(
    tx: Tx, now: datetime, people: tuple[Actor, Actor], partner_id: int
) -> None:
    propose(tx, people[0], partner_id, now)
    waiting = the_change(tx, people[0], partner_id)
    decide_bank(tx, people[0], partner_id=partner_id, change_id=waiting, is_approved=False, now=now)
    assert held(tx, partner_id) == ("旧银行", date(2024, 1, 15))
    propose(tx, people[0], partner_id, now)


def test_a_change_slipped_in_for_the_one_that_was_looked_at_is_not_decided_on(
    tx: Tx, now: datetime, people: tuple[Actor, Actor], partner_id: int
) -> None:
    first, second = people
    propose(tx, first, partner_id, now)
    seen = the_change(tx, second, partner_id)
    decide_bank(tx, first, partner_id=partner_id, change_id=seen, is_approved=False, now=now)
    propose(tx, first, partner_id, now, account_no="6222 0000 9999")
    for is_approved in (True, False):
        with pytest.raises(BankChangeOther):
            decide_bank(tx, second, partner_id=partner_id, change_id=seen, is_approved=is_approved, now=now)
    assert held(tx, partner_id) == ("旧银行", date(2024, 1, 15))


def test_what_is_asked_of_a_change(
    tx: Tx, now: datetime, people: tuple[Actor, Actor], partner_id: int
) -> None:
    with pytest.raises(ReasonNeeded):
        propose(tx, people[0], partner_id, now, reason=" ")
    with pytest.raises(BankUnchanged):
        propose(tx, people[0], partner_id, now, **OLD)
    auditor = an_actor(tx, Role.AUDITOR, login="aud", now=now)
    with pytest.raises(RoleMissing):
        propose(tx, auditor, partner_id, now)
    propose(tx, SYSTEM, partner_id, now)
    seen = bank_change(tx, auditor, partner_id=partner_id)
    assert seen is not None
    assert (seen.details.account_no, seen.prepared_by) == ("•••• 2222", "system")
    with pytest.raises(BankNeedsAnother):
        decide_bank(tx, SYSTEM, partner_id=partner_id, change_id=seen.id, is_approved=True, now=now)


def test_the_database_holds_the_two_people_apart(
    tx: Tx, now: datetime, people: tuple[Actor, Actor], partner_id: int
) -> None:
    propose(tx, people[0], partner_id, now)
    own = sa.text(
        "UPDATE partner_bank_change SET is_approved = true, decided_by = prepared_by, decided_at = :at"
    )
    with pytest.raises(sa.exc.IntegrityError), tx.begin_nested():
        tx.execute(own, {"at": now})
