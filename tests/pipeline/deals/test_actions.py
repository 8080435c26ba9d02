"""Deals on a real database: moving, undoing, editing, passing on, and the history that remains."""

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from pipeline.channel.rules import CodeTaken, StaleVersion
from pipeline.deals.actions import edit, hold, move, pass_on, reactivate, register, undo
from pipeline.deals.edits import DealFixed, DealInvalid
from pipeline.deals.moves import GateClosed, MoveBlocked, MoveIllegal, NotActive, NothingToUndo
from pipeline.deals.names import DealDuplicate
from pipeline.deals.queries import DealUnknown, deal, deal_by_code, history, stays_of
from pipeline.deals.rules import Gate, Kind, Origin, PassReason, Stage, Status
from pipeline.spinouts.rules import SpinoutUnknown
from tests.builders.deals import Setting, a_deal, a_deal_at, a_setting


@pytest.fixture
def setting(tx: Tx, now: datetime) -> Setting:
    return a_setting(tx, now)


def test_a_deal_gets_the_next_code_of_the_year(tx: Tx, setting: Setting, now: datetime) -> None:
    first = a_deal(tx, fund_id=setting.fund_id, now=now)
    second = a_deal(tx, fund_id=setting.fund_id, now=now, name="燕山膜材料")
    assert (first.code, second.code) == ("D26-001", "D26-002")
    assert first.stage is Stage.REGISTERED
    assert first.currency == "CNY"


def test_a_code_is_given_once(tx: Tx, setting: Setting, now: datetime) -> None:
    a_deal(tx, fund_id=setting.fund_id, now=now, code="d24-001")
    assert deal_by_code(tx, code="D24-001").name == "北科氢能材料有限公司"
    with pytest.raises(CodeTaken, match="D24-001"):
        a_deal(tx, fund_id=setting.fund_id, now=now, name="另一家", code="D24-001")


def test_the_same_company_again_needs_another_round(tx: Tx, setting: Setting, now: datetime) -> None:
    first = a_deal(tx, fund_id=setting.fund_id, now=now)
    with pytest.raises(DealDuplicate, match=first.code):
        a_deal(tx, fund_id=setting.fund_id, now=now, name="北科氢能材料 股份有限公司")
    a_deal(tx, fund_id=setting.fund_id, now=now, round_name="A 轮")
    pass_on(tx, SYSTEM, deal_id=first.id, kind=PassReason.PRICE_TOO_HIGH, now=now)
    a_deal(tx, fund_id=setting.fund_id, now=now)


def test_wrong_facts_are_all_named(tx: Tx, setting: Setting, now: datetime) -> None:
    with pytest.raises(DealInvalid) as refused:
        register(
            tx,
            SYSTEM,
            fund_id=setting.fund_id,
            name=" ",
            origin=Origin.LABORATORY,
            amount=-1,
            colour="red",
            now=now,
        )
    assert {problem.where for problem in refused.value.problems} == {"name", "amount", "colour"}
    with pytest.raises(SpinoutUnknown):
        a_deal(tx, fund_id=setting.fund_id, now=now, spinout_id=999_999)


def test_only_the_funds_people_register(tx: Tx, setting: Setting, now: datetime) -> None:
    expert = Actor(user_id=1, name="expert", roles=frozenset({Role.LP_EXPERT}), party_id=1)
    with pytest.raises(RoleMissing):
        register(tx, expert, fund_id=setting.fund_id, name="X", origin=Origin.LP_REFERRAL, now=now)


def test_a_blocked_move_lists_everything(tx: Tx, setting: Setting, now: datetime) -> None:
    sheet = a_deal(tx, fund_id=setting.fund_id, now=now, technology="", next_step_on=None)
    with pytest.raises(MoveBlocked) as refused:
        move(tx, SYSTEM, deal_id=sheet.id, to=Stage.SCREENING, now=now)
    assert [problem.where for problem in refused.value.problems] == ["technology", "next_step_on"]
    assert deal(tx, deal_id=sheet.id) == sheet


def test_a_gate_cannot_be_walked_around(tx: Tx, setting: Setting, now: datetime) -> None:
    sheet = a_deal_at(tx, Stage.COMMITTEE, setting=setting, now=now)
    with pytest.raises(GateClosed, match="committee"):
        move(tx, SYSTEM, deal_id=sheet.id, to=Stage.CLOSING, now=now)
    with pytest.raises(GateClosed):
        move(tx, SYSTEM, deal_id=sheet.id, to=Stage.CLOSING, gate=Gate.SCREENING, now=now)
    with pytest.raises(MoveIllegal):
        move(tx, SYSTEM, deal_id=sheet.id, to=Stage.HELD, gate=Gate.CLOSING, now=now)


def test_undo_restores_stage_and_day_and_keeps_the_history(tx: Tx, setting: Setting, now: datetime) -> None:
    before = a_deal(tx, fund_id=setting.fund_id, now=now - timedelta(days=9))
    move(tx, SYSTEM, deal_id=before.id, to=Stage.SCREENING, now=now - timedelta(days=2))
    after = undo(tx, SYSTEM, deal_id=before.id, now=now)
    assert (after.stage, after.entered_stage_at) == (Stage.REGISTERED, before.entered_stage_at)
    events = history(tx, deal_id=before.id)
    assert [event.kind for event in events] == [Kind.REGISTERED, Kind.MOVED, Kind.UNDONE]
    stays = stays_of(events, now=now)
    assert [(stay.stage, stay.days) for stay in stays] == [(Stage.REGISTERED, 9)]
    with pytest.raises(NothingToUndo):
        undo(tx, SYSTEM, deal_id=before.id, now=now)


def test_what_hangs_on_papers_cannot_be_undone(tx: Tx, setting: Setting, now: datetime) -> None:
    sheet = a_deal_at(tx, Stage.COMMITTEE, setting=setting, now=now)
    with pytest.raises(NothingToUndo, match="moved"):
        undo(tx, SYSTEM, deal_id=sheet.id, now=now)


def test_an_edit_after_a_move_does_not_hide_the_move_from_undo(
    tx: Tx, setting: Setting, now: datetime
) -> None:
    sheet = a_deal(tx, fund_id=setting.fund_id, now=now)
    moved = move(tx, SYSTEM, deal_id=sheet.id, to=Stage.SCREENING, now=now)
    edit(tx, SYSTEM, deal_id=sheet.id, version=moved.version, changes={"city": "包头"}, now=now)
    assert undo(tx, SYSTEM, deal_id=sheet.id, now=now).stage is Stage.REGISTERED


def test_sent_back_needs_a_reason_and_counts_days_anew(tx: Tx, setting: Setting, now: datetime) -> None:
    sheet = a_deal_at(tx, Stage.DUE_DILIGENCE, setting=setting, now=now - timedelta(days=5), days=10)
    back = move(tx, SYSTEM, deal_id=sheet.id, to=Stage.SCREENING, reason="The market was misjudged.", now=now)
    assert back.entered_stage_at == now
    stays = stays_of(history(tx, deal_id=sheet.id), now=now)
    assert [(stay.stage, stay.days) for stay in stays] == [
        (Stage.REGISTERED, 10),
        (Stage.SCREENING, 10),
        (Stage.PROJECT_APPROVAL, 10),
        (Stage.DUE_DILIGENCE, 5),
        (Stage.SCREENING, 0),
    ]


def test_a_stale_edit_is_refused(tx: Tx, setting: Setting, now: datetime) -> None:
    sheet = a_deal(tx, fund_id=setting.fund_id, now=now)
    changed = edit(tx, SYSTEM, deal_id=sheet.id, version=1, changes={"amount": 5_000_000_00}, now=now)
    assert (changed.amount, changed.version) == (5_000_000_00, 2)
    with pytest.raises(StaleVersion, match="version 1"):
        edit(tx, SYSTEM, deal_id=sheet.id, version=1, changes={"amount": 1}, now=now)
    same = edit(tx, SYSTEM, deal_id=sheet.id, version=2, changes={"amount": 5_000_000_00}, now=now)
    assert same.version == 2
    assert history(tx, deal_id=sheet.id)[-1].detail == {"amount": [None, 5_000_000_00]}


def test_a_stale_move_is_refused(tx: Tx, setting: Setting, now: datetime) -> None:
    sheet = a_deal(tx, fund_id=setting.fund_id, now=now)
    edit(tx, SYSTEM, deal_id=sheet.id, version=1, changes={"city": "包头"}, now=now)
    with pytest.raises(StaleVersion):
        move(tx, SYSTEM, deal_id=sheet.id, to=Stage.SCREENING, version=1, now=now)


def test_a_renamed_deal_is_found_by_its_new_name(tx: Tx, setting: Setting, now: datetime) -> None:
    sheet = a_deal(tx, fund_id=setting.fund_id, now=now)
    changes = {"name": "塞北储能", "next_step_on": date(2026, 12, 1)}
    renamed = edit(tx, SYSTEM, deal_id=sheet.id, version=1, changes=changes, now=now)
    assert renamed.name == "塞北储能"
    row = tx.execute(sa.text("SELECT name_sort, search_key FROM deal WHERE id = :id"), {"id": sheet.id}).one()
    assert row.name_sort == "sai bei chu neng"
    assert "sbcn" in row.search_key


def test_once_the_money_is_in_the_decision_stands(tx: Tx, setting: Setting, now: datetime) -> None:
    held = a_deal_at(tx, Stage.HELD, setting=setting, now=now)
    with pytest.raises(DealFixed, match="amount"):
        edit(tx, SYSTEM, deal_id=held.id, version=held.version, changes={"amount": 1}, now=now)
    later = edit(tx, SYSTEM, deal_id=held.id, version=held.version, changes={"next_step": "Board"}, now=now)
    assert later.next_step == "Board"


def test_passing_keeps_the_stage_and_the_reason(tx: Tx, setting: Setting, now: datetime) -> None:
    sheet = a_deal_at(tx, Stage.DUE_DILIGENCE, setting=setting, now=now)
    passed = pass_on(
        tx, SYSTEM, deal_id=sheet.id, kind=PassReason.RIGHTS_UNCLEAR, reason="Co-owner objects.", now=now
    )
    assert (passed.stage, passed.status) == (Stage.DUE_DILIGENCE, Status.PASSED)
    assert (passed.pass_reason, passed.pass_note) == (PassReason.RIGHTS_UNCLEAR, "Co-owner objects.")
    with pytest.raises(NotActive):
        move(tx, SYSTEM, deal_id=sheet.id, to=Stage.COMMITTEE, gate=Gate.DILIGENCE, now=now)
    awake = reactivate(tx, SYSTEM, deal_id=sheet.id, reason="The co-owner agreed.", now=now)
    assert (awake.stage, awake.status, awake.pass_reason) == (Stage.DUE_DILIGENCE, Status.ACTIVE, None)


def test_an_analyst_prepares_but_only_a_manager_passes_on(tx: Tx, setting: Setting, now: datetime) -> None:
    analyst = Actor(user_id=None, name="analyst", roles=frozenset({Role.ANALYST}))
    sheet = register(tx, analyst, fund_id=setting.fund_id, name="X", origin=Origin.LP_REFERRAL, now=now)
    with pytest.raises(RoleMissing):
        pass_on(tx, analyst, deal_id=sheet.id, kind=PassReason.DUPLICATE, now=now)
    assert hold(tx, analyst, deal_id=sheet.id, reason="Waits for data.", now=now).status is Status.ON_HOLD
    assert reactivate(tx, analyst, deal_id=sheet.id, reason="Data came.", now=now).status is Status.ACTIVE


def test_university_deals_are_held_only_with_bookable_rights(tx: Tx, setting: Setting, now: datetime) -> None:
    sheet = a_deal_at(tx, Stage.CLOSING, setting=setting, now=now)
    tx.execute(sa.text("UPDATE deal SET origin = 'laboratory' WHERE id = :id"), {"id": sheet.id})
    with pytest.raises(MoveBlocked) as refused:
        move(tx, SYSTEM, deal_id=sheet.id, to=Stage.HELD, gate=Gate.CLOSING, now=now)
    assert [problem.where for problem in refused.value.problems] == ["achievement_id", "trl"]


def test_the_history_cannot_be_rewritten(tx: Tx, setting: Setting, now: datetime) -> None:
    a_deal(tx, fund_id=setting.fund_id, now=now)
    with pytest.raises(sa.exc.DBAPIError, match=r"append-only|permission denied"):
        tx.execute(sa.text("UPDATE deal_event SET reason = 'x'"))


def test_every_change_is_in_the_audit_trail(tx: Tx, setting: Setting, now: datetime) -> None:
    sheet = a_deal(tx, fund_id=setting.fund_id, now=now)
    move(tx, SYSTEM, deal_id=sheet.id, to=Stage.SCREENING, now=now)
    found = tx.execute(
        sa.text("SELECT action FROM audit_event WHERE subject = :s ORDER BY number"),
        {"s": f"deal:{sheet.id}"},
    )
    assert list(found.scalars()) == ["deal.registered", "deal.moved"]


def test_an_unknown_deal_is_unknown(tx: Tx, now: datetime) -> None:
    with pytest.raises(DealUnknown):
        move(tx, SYSTEM, deal_id=999_999, to=Stage.SCREENING, now=now)
