"""The account that partners pay to: two people, seen by partners once in force, and never changed afterwards."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from fund.bank.account import decide_account, fund_account, propose_account, waiting_account
from fund.bank.account_rules import (
    FundAccountAhead,
    FundAccountBackdated,
    FundAccountChanged,
    FundAccountUnchanged,
    FundAccountUnknown,
    FundAccountWaiting,
    OwnFundAccount,
)
from kernel.db import Tx, introduce
from kernel.identity.rules import SYSTEM, Actor, Role
from tests.builders.capital import CapitalFund, committed
from tests.builders.people import an_actor
from tests.scenes import Scene

FIRST, SECOND = datetime(2026, 2, 2, 4, tzinfo=UTC), datetime(2026, 3, 2, 4, tzinfo=UTC)


def proposed(
    tx: Tx,
    actor: Actor,
    fund: CapitalFund,
    number: str,
    *,
    since_on: date | None = None,
    now: datetime = FIRST,
) -> int:
    """The id of a change that was prepared, in force from its own day unless said otherwise."""
    facts: dict[str, Any] = {"bank_name": "某银行", "account_name": "基金", "reason": "回电核实"}
    since_on = since_on or now.date()
    return propose_account(
        tx, actor, fund_id=fund.fund_id, account_no=number, since_on=since_on, now=now, **facts
    ).id


def decided(
    tx: Tx, actor: Actor, fund: CapitalFund, change: int, *, is_approved: bool = True, now: datetime = FIRST
) -> None:
    decide_account(tx, actor, fund_id=fund.fund_id, change_id=change, is_approved=is_approved, now=now)


def test_it_holds_once_another_has_approved_it(scene: Scene) -> None:
    tx, fund = scene(committed)
    one, other = (
        an_actor(tx, role, login=f"account.{role}", now=FIRST) for role in (Role.ACCOUNTANT, Role.MANAGER)
    )
    with pytest.raises(FundAccountUnknown):
        decided(tx, other, fund, 1)
    change = proposed(tx, one, fund, "0200000000000001")
    assert fund_account(tx, fund_id=fund.fund_id) is None
    with pytest.raises(FundAccountWaiting):
        proposed(tx, other, fund, "0200000000000002")
    with pytest.raises(OwnFundAccount):
        decided(tx, one, fund, change)
    partner = Actor(
        user_id=7, name="LP", roles=frozenset({Role.LP_USER}), partner_ids=frozenset({fund["LP01"]})
    )
    introduce(tx, partner)
    assert waiting_account(tx, fund_id=fund.fund_id) is None
    introduce(tx, SYSTEM)
    decided(tx, other, fund, change)
    with pytest.raises(FundAccountUnchanged):
        proposed(tx, one, fund, "0200000000000001", now=SECOND)
    seen = proposed(tx, one, fund, "0200000000000003", now=SECOND)
    decided(tx, one, fund, seen, is_approved=False, now=SECOND)
    change = proposed(tx, one, fund, "0200000000000004", now=SECOND)
    with pytest.raises(FundAccountChanged):
        decided(tx, other, fund, seen, now=SECOND)
    decided(tx, other, fund, change, now=SECOND)
    introduce(tx, partner)
    held, before = (
        fund_account(tx, fund_id=fund.fund_id),
        fund_account(tx, fund_id=fund.fund_id, known_at=FIRST),
    )
    assert held is not None
    assert before is not None
    assert held.account_no == "0200000000000004"
    assert before.account_no == "0200000000000001"
    introduce(tx, SYSTEM)
    with pytest.raises(sa.exc.IntegrityError), tx.begin_nested():
        tx.execute(sa.text("UPDATE fund_account SET account_no = '999' WHERE is_approved"))


def test_a_new_account_cannot_pass_for_an_old_one_nor_be_named_before_its_day(scene: Scene) -> None:
    """Notices say since when the account is unchanged, and name the one that is in force."""
    tx, fund = scene(committed)
    one, other = (
        an_actor(tx, role, login=f"since.{role}", now=FIRST) for role in (Role.ACCOUNTANT, Role.MANAGER)
    )
    opened = date(2019, 5, 6)
    decided(tx, other, fund, proposed(tx, one, fund, "0200000000000001", since_on=opened))
    with pytest.raises(FundAccountBackdated):
        proposed(tx, one, fund, "0200000000000002", since_on=date(2026, 3, 1), now=SECOND)
    day = date(2026, 3, 9)
    change = proposed(tx, one, fund, "0200000000000002", since_on=day, now=SECOND)
    with pytest.raises(FundAccountAhead):
        decided(tx, other, fund, change, now=SECOND)
    held = fund_account(tx, fund_id=fund.fund_id)
    assert held is not None
    assert (held.account_no, held.since_on) == ("0200000000000001", opened)
    decided(tx, other, fund, change, now=SECOND + timedelta(days=7))
    after = fund_account(tx, fund_id=fund.fund_id)
    assert after is not None
    assert (after.account_no, after.since_on) == ("0200000000000002", day)
