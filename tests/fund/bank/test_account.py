"""The account that partners pay to: two people, seen by partners once in force, and never changed afterwards."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from fund.bank.account import decide_account, fund_account, propose_account, waiting_account
from fund.bank.account_rules import (
    FundAccountUnchanged,
    FundAccountUnknown,
    FundAccountWaiting,
    OwnFundAccount,
)
from kernel.db import Tx, introduce
from kernel.identity.rules import SYSTEM, Actor, Role
from tests.builders.capital import CapitalFund, committed
from tests.builders.people import an_actor

FIRST, SECOND = datetime(2026, 2, 2, 4, tzinfo=UTC), datetime(2026, 3, 2, 4, tzinfo=UTC)


def proposed(tx: Tx, actor: Actor, fund: CapitalFund, number: str, *, now: datetime = FIRST) -> None:
    facts: dict[str, Any] = {"bank_name": "某银行", "account_name": "基金", "reason": "回电核实"}
    propose_account(
        tx, actor, fund_id=fund.fund_id, account_no=number, since_on=date(2026, 2, 2), now=now, **facts
    )


def test_it_holds_once_another_has_approved_it(tx: Tx) -> None:
    fund = committed(tx)
    one, other = (
        an_actor(tx, role, login=f"account.{role}", now=FIRST) for role in (Role.ACCOUNTANT, Role.MANAGER)
    )
    with pytest.raises(FundAccountUnknown):
        decide_account(tx, other, fund_id=fund.fund_id, is_approved=True, now=FIRST)
    proposed(tx, one, fund, "0200000000000001")
    assert fund_account(tx, fund_id=fund.fund_id) is None
    with pytest.raises(FundAccountWaiting):
        proposed(tx, other, fund, "0200000000000002")
    with pytest.raises(OwnFundAccount):
        decide_account(tx, one, fund_id=fund.fund_id, is_approved=True, now=FIRST)
    partner = Actor(
        user_id=7, name="LP", roles=frozenset({Role.LP_USER}), partner_ids=frozenset({fund["LP01"]})
    )
    introduce(tx, partner)
    assert waiting_account(tx, fund_id=fund.fund_id) is None
    introduce(tx, SYSTEM)
    decide_account(tx, other, fund_id=fund.fund_id, is_approved=True, now=FIRST)
    with pytest.raises(FundAccountUnchanged):
        proposed(tx, one, fund, "0200000000000001", now=SECOND)
    proposed(tx, one, fund, "0200000000000003", now=SECOND)
    decide_account(tx, one, fund_id=fund.fund_id, is_approved=False, now=SECOND)
    proposed(tx, one, fund, "0200000000000004", now=SECOND)
    decide_account(tx, other, fund_id=fund.fund_id, is_approved=True, now=SECOND)
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
