"""Notices of calls: figures equal to the lines, frozen as known at the act, nobody else's in them."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from fund.bank.account import PAYERS, decide_account, propose_account
from fund.bank.match_rules import Clue, Movement, Owed, Payer, proposals
from fund.capital.calls import cancel_call
from fund.capital.commitments import later_close
from fund.capital.inflows import call_sheet
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from lp_reports import notice as said
from lp_reports import notices
from lp_reports.gathering.notices import gather
from lp_reports.models import PartnerNotice
from lp_reports.notice_proof import prove_notices
from lp_reports.rules import (
    Act,
    NoticeKind,
    NoticeNotGiven,
    NoticeUnknown,
)
from tests.builders.capital import (
    MANAGER,
    YUAN,
    CapitalFund,
    a_call,
    a_draft,
    a_paid_call,
    committed,
    expense,
    fee,
    investment,
    noon,
)
from tests.builders.notices import moved, table
from tests.builders.people import an_actor
from tests.scenes import Scene

M = 1_000_000 * YUAN
LATER = noon(date(2027, 1, 4))


def an_account(tx: Tx, fund: CapitalFund, number: str, *, on: date) -> None:
    """An account of the fund that was put in force on a day."""
    facts: dict[str, Any] = {
        "bank_name": "某银行",
        "account_name": "基金",
        "account_no": number,
        "reason": "回电核实",
    }
    one, other = (an_actor(tx, role, login=f"{role}.{number[-2:]}", now=noon(on)) for role in PAYERS)
    waiting = propose_account(tx, one, fund_id=fund.fund_id, since_on=on, now=noon(on), **facts)
    decide_account(tx, other, fund_id=fund.fund_id, change_id=waiting.id, is_approved=True, now=noon(on))


def test_a_call_notice_says_what_the_lines_say(scene: Scene) -> None:
    tx, fund = scene(committed)
    an_account(tx, fund, "0200000000000000001", on=date(2026, 1, 16))
    call = a_call(
        tx, fund, investment(10 * M), expense(M), fee({fund["LP01"]: 3 * YUAN, fund["LP02"]: 7 * YUAN})
    )
    told = gather(tx, act=Act.CALL, act_id=call.id)
    assert set(told) == {line.partner_id for line in call.lines}
    for line in call.lines:
        one = told[line.partner_id]
        assert (one.kind, one.pays, one.amount, one.on) == (
            NoticeKind.CALL,
            True,
            line.amount,
            call.call.due_on,
        )
        items = table(one, "items")
        assert items["investment"] == (line.investment, 10 * M)
        assert items["expense"] == (line.expense, M)
        assert items["fee"] == (line.fee, 10 * YUAN)
        assert items["called"] == (line.amount, call.call.amount) == (one.amount, one.fund_amount)
        assert moved(one) == {"unfunded": (line.unfunded_before, line.unfunded_after)}
        assert one.account is not None
        assert (one.account.number, one.account.since) == ("0200000000000000001", date(2026, 1, 16))
        assert one.notice_days == 10
    assert sum(one.amount for one in told.values()) == call.call.amount


def test_the_reference_is_the_one_that_the_bank_matching_reads(scene: Scene) -> None:
    tx, fund = scene(committed)
    call = a_call(tx, fund, investment(10 * M))
    one = gather(tx, act=Act.CALL, act_id=call.id)[fund["LP01"]]
    owed = Owed(call.id, call.call.code, call.call.due_on, one.amount)
    line = Movement(one.amount, call.call.due_on, "", "", f"转账 {one.reference}", "")
    [found] = proposals(line, [Payer(fund["LP01"], "LP01", ("x",), (), (owed,))], [])
    assert {Clue.REFERENCE, Clue.CODE, Clue.ONE_CALL} <= set(found.clues)
    assert found.is_exact


def test_what_happens_later_changes_no_notice(scene: Scene) -> None:
    """Whether it is first asked for at once or after a year, it says what was known at the act's instant."""
    tx, fund = scene(committed)
    an_account(tx, fund, "0200000000000000001", on=date(2026, 1, 16))
    first = a_call(tx, fund, investment(5 * M), due_on=date(2026, 3, 2))
    second = a_call(tx, fund, investment(10 * M), due_on=date(2026, 4, 1))
    before = {key: said.dumps(one) for key, one in gather(tx, act=Act.CALL, act_id=second.id).items()}
    notices.freeze(tx, act=Act.CALL, act_id=second.id, now=LATER)
    an_account(tx, fund, "0200000000000000002", on=date(2026, 4, 2))
    for call in (first, second):
        cancel_call(
            tx,
            MANAGER,
            call_id=call.id,
            reason="withdrawn",
            cancelled_on=date(2026, 4, 3),
            now=noon(date(2026, 4, 3)),
        )
    a_call(tx, fund, investment(M), due_on=date(2026, 6, 1))
    after = {key: said.dumps(one) for key, one in gather(tx, act=Act.CALL, act_id=second.id).items()}
    assert after == before
    assert not list(prove_notices(tx))
    notices.freeze(tx, act=Act.CALL, act_id=second.id, now=LATER)
    kept = tx.exec(sa.select(sa.func.count()).select_from(PartnerNotice)).scalar_one()
    assert kept == len(before)


def test_a_later_close_asks_newcomers_and_pays_back_the_others(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03"])
    a_paid_call(tx, fund, investment(10 * M), due_on=date(2026, 3, 2))
    close = later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={fund["LP03"]: 50 * M},
        closed_on=date(2026, 6, 1),
        due_on=date(2026, 6, 30),
        now=noon(date(2026, 6, 1)),
    )
    call = call_sheet(tx, call_id=close.call_id or 0)
    told = gather(tx, act=Act.CALL, act_id=call.id)
    back = {key: one for key, one in told.items() if not one.pays}
    assert {one.kind for one in back.values()} == {NoticeKind.REFUND}
    for line in call.lines:
        one = told[line.partner_id]
        assert one.amount == abs(line.amount)
        assert one.pays == (line.amount > 0)
        items = table(one, "items")
        assert items["interest"][0] == abs(line.interest)
        before, after = moved(one)["unfunded"]
        assert after == before - line.amount + line.interest == line.unfunded_after
    assert told[fund["LP03"]].amount == told[fund["LP03"]].fund_amount == call.call.amount
    assert sum(one.amount for one in back.values()) == told[fund["LP01"]].fund_amount
    assert told[fund["LP03"]].notice_days == 10
    assert back[fund["LP01"]].notice_days is None


def test_a_draft_has_no_notice_and_a_stranger_none(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03"])
    draft = a_draft(tx, fund, investment(M))
    with pytest.raises(NoticeNotGiven):
        notices.freeze(tx, act=Act.CALL, act_id=draft.id, now=LATER)
    call = a_call(tx, fund, investment(M))
    notices.freeze(tx, act=Act.CALL, act_id=call.id, now=LATER)
    with pytest.raises(NoticeUnknown):
        notices.one(tx, SYSTEM, act=Act.CALL, act_id=call.id, partner_id=fund["LP03"])
