from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from fund.holdings.actions import approve_mark, prepare_mark, sell
from fund.holdings.mark_rules import (
    ApproverIsPreparer,
    Causes,
    MarkAlreadyApproved,
    MarkBeforeAcquisition,
    MarkNegative,
    MarkRejected,
    MarkReplaced,
    MarkStale,
    MarkState,
    MarkTaken,
    MarkUnknown,
    Technique,
    UnchangedWithoutReason,
)
from fund.holdings.marks import reject_mark
from fund.holdings.queries import holding, mark, marks
from fund.ledger.queries import balances, flows, trial_balance
from fund.ledger.rules import Account
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, RoleMissing
from tests.builders.holdings import a_draft, a_mark, bought, held, the_analyst, the_manager
from tests.builders.ledger import Books

Q1, Q2, Q3, Q4 = date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31)
MILLION = 1_000_000_00


def unrealised(tx: Tx, fund: Books, on: date) -> dict[str, int]:
    """The unrealised gain of each partner in the books, by code."""
    codes = {partner_id: code for code, partner_id in fund.partners.items()}
    found = balances(
        tx, fund_id=fund.fund_id, as_of=on, accounts=[Account.UNREALISED_APPRECIATION], by=("partner",)
    )
    return {codes[balance.partner_id]: -balance.amount for balance in found if balance.partner_id}


def test_a_draft_moves_nothing(tx: Tx, fund: Books) -> None:
    sheet = held(tx, fund.fund_id)
    draft = a_draft(tx, the_analyst(tx), sheet.id, on=Q1, value=30 * MILLION)
    assert draft.state is MarkState.DRAFT
    assert (draft.approved_by, draft.approved_at) == (None, None)
    assert holding(tx, holding_id=sheet.id, as_of=Q1).value == 20 * MILLION
    assert unrealised(tx, fund, Q1) == {}


def test_approval_books_the_gain_by_the_partners_parts(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    draft = a_draft(tx, the_analyst(tx), sheet.id, on=Q1, value=30_000_000_01)
    approved = approve_mark(tx, the_manager(tx), mark_id=draft.id, minute="VC-2025-04", now=now)
    assert (approved.state, approved.minute) == (MarkState.APPROVED, "VC-2025-04")
    assert (approved.prepared_by, approved.approved_by) == ("Marks.Analyst", "Marks.Manager")
    assert unrealised(tx, fund, Q1) == {"LP01": 6_000_000_01, "LP02": 3_000_000_00, "GP": 1_000_000_00}
    assert unrealised(tx, fund, Q1 - timedelta(days=1)) == {}
    entries = flows(
        tx, fund_id=fund.fund_id, as_of=Q1, accounts=[Account.UNREALISED_GAIN], holding_id=sheet.id
    )
    assert [entry.reference for entry in entries] == ["H01/MARK-1/LP01", "H01/MARK-1/LP02", "H01/MARK-1/GP"]
    assert {entry.act for entry in entries} == {f"mark:{draft.id}"}
    after = holding(tx, holding_id=sheet.id, as_of=Q1)
    assert (after.value, after.unrealised, after.marked_on) == (30_000_000_01, 10_000_000_01, Q1)


def test_a_mark_down_goes_the_other_way(tx: Tx, fund: Books) -> None:
    sheet = held(tx, fund.fund_id)
    a_mark(tx, sheet.id, on=Q1, value=30 * MILLION)
    a_mark(tx, sheet.id, on=Q2, value=15 * MILLION)
    assert unrealised(tx, fund, Q2) == {"LP01": -3 * MILLION, "LP02": -150_000_000, "GP": -50_000_000}
    assert trial_balance(tx, fund_id=fund.fund_id, as_of=Q2).total == 0


def test_a_mark_keeps_its_working(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    a_mark(tx, sheet.id, on=Q1, value=22 * MILLION)
    prepared = prepare_mark(
        tx,
        the_analyst(tx),
        holding_id=sheet.id,
        marked_on=Q2,
        value=27 * MILLION,
        technique=Technique.SCENARIOS,
        inputs=[
            {"what": "probability of pilot line", "value": "0.6", "source": "diligence", "on": "2025-06-20"}
        ],
        calibration="calibrated at entry to 20m for 1m of capital",
        causes=Causes(company=6 * MILLION, market=-1 * MILLION),
        milestones=[{"what": "pilot line", "due_on": "2025-06-01", "met_on": "2025-05-28"}],
        is_assisted=True,
        now=now,
    )
    known = mark(tx, mark_id=prepared.id)
    assert known == prepared
    assert known.inputs[0]["source"] == "diligence"
    assert known.bridge.closing == 27 * MILLION
    assert (known.bridge.opening, known.bridge.causes.market) == (22 * MILLION, -1 * MILLION)
    assert known.number == 2
    assert known.is_assisted


def test_the_preparer_cannot_approve(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    manager = the_manager(tx)
    draft = a_draft(tx, manager, sheet.id, on=Q1, value=30 * MILLION)
    with pytest.raises(ApproverIsPreparer, match="ask somebody else"):
        approve_mark(tx, manager, mark_id=draft.id, now=now)
    with pytest.raises(RoleMissing):
        approve_mark(tx, the_analyst(tx), mark_id=draft.id, now=now)
    by_nobody = a_draft(tx, SYSTEM, sheet.id, on=Q2, value=30 * MILLION)
    with pytest.raises(ApproverIsPreparer):
        approve_mark(tx, SYSTEM, mark_id=by_nobody.id, now=now)


def test_refusals_at_preparation(tx: Tx, fund: Books) -> None:
    sheet, analyst = held(tx, fund.fund_id), the_analyst(tx)
    with pytest.raises(MarkBeforeAcquisition, match="acquired on 2024-03-20"):
        a_draft(tx, analyst, sheet.id, on=date(2024, 3, 19), value=1)
    with pytest.raises(MarkNegative):
        a_draft(tx, analyst, sheet.id, on=Q1, value=-1)
    with pytest.raises(UnchangedWithoutReason):
        a_draft(tx, analyst, sheet.id, on=Q1, value=20 * MILLION)
    a_draft(tx, analyst, sheet.id, on=Q1, value=20 * MILLION, reason="round closed in March")
    with pytest.raises(MarkTaken, match="already a mark for 2025-03-31"):
        a_draft(tx, analyst, sheet.id, on=Q1, value=21 * MILLION)
    with pytest.raises(MarkUnknown):
        approve_mark(tx, the_manager(tx), mark_id=10**12, now=datetime(2026, 9, 30).astimezone())


def test_an_unchanged_mark_is_approved_without_an_entry(tx: Tx, fund: Books) -> None:
    sheet = held(tx, fund.fund_id)
    same = a_mark(tx, sheet.id, on=Q1, value=20 * MILLION, reason="round closed in March")
    assert same.state is MarkState.APPROVED
    assert unrealised(tx, fund, Q4) == {}


def test_a_draft_is_corrected_by_another(tx: Tx, fund: Books, now: datetime) -> None:
    sheet, analyst = held(tx, fund.fund_id), the_analyst(tx)
    first = a_draft(tx, analyst, sheet.id, on=Q1, value=30 * MILLION)
    second = a_draft(tx, analyst, sheet.id, on=Q1, value=29 * MILLION, supersedes_id=first.id)
    with pytest.raises(MarkReplaced):
        approve_mark(tx, the_manager(tx), mark_id=first.id, now=now)
    approve_mark(tx, the_manager(tx), mark_id=second.id, now=now)
    with pytest.raises(MarkAlreadyApproved):
        approve_mark(tx, the_manager(tx), mark_id=second.id, now=now)
    assert [one.state for one in marks(tx, holding_id=sheet.id)] == [MarkState.APPROVED, MarkState.SUPERSEDED]


def test_an_approved_mark_is_corrected_by_the_difference(tx: Tx, fund: Books) -> None:
    sheet = held(tx, fund.fund_id)
    wrong = a_mark(tx, sheet.id, on=Q1, value=30 * MILLION)
    right = a_mark(tx, sheet.id, on=Q1, value=24 * MILLION, supersedes_id=wrong.id)
    assert sum(unrealised(tx, fund, Q1).values()) == 4 * MILLION
    assert holding(tx, holding_id=sheet.id, as_of=Q1).value == 24 * MILLION
    assert right.bridge.opening == 0
    assert mark(tx, mark_id=wrong.id).state is MarkState.SUPERSEDED


def test_a_corrected_quarter_leaves_the_next_one_as_it_was(tx: Tx, fund: Books) -> None:
    sheet = held(tx, fund.fund_id)
    wrong = a_mark(tx, sheet.id, on=Q1, value=30 * MILLION)
    a_mark(tx, sheet.id, on=Q2, value=33 * MILLION)
    a_mark(tx, sheet.id, on=Q1, value=24 * MILLION, supersedes_id=wrong.id)
    assert sum(unrealised(tx, fund, Q1).values()) == 4 * MILLION
    assert unrealised(tx, fund, Q2) == {"LP01": 7_800_000_00, "LP02": 3_900_000_00, "GP": 1_300_000_00}
    assert holding(tx, holding_id=sheet.id, as_of=Q2).value == 33 * MILLION


def test_a_mark_approved_after_a_later_sale_follows_the_part_that_was_sold(
    tx: Tx, fund: Books, now: datetime
) -> None:
    """Half is sold on 10 July while the mark for 30 June is still a draft: half of its gain goes with it."""
    sheet = held(tx, fund.fund_id)
    draft = a_draft(tx, the_analyst(tx), sheet.id, on=Q2, value=30 * MILLION)
    sell(
        tx,
        SYSTEM,
        holding_id=sheet.id,
        sold_on=date(2025, 7, 10),
        quantity=500_000,
        proceeds=16 * MILLION,
        now=now,
    )
    approve_mark(tx, the_manager(tx), mark_id=draft.id, now=now)
    assert sum(unrealised(tx, fund, Q2).values()) == 10 * MILLION
    assert unrealised(tx, fund, Q3) == {"LP01": 3 * MILLION, "LP02": 150_000_000, "GP": 50_000_000}
    assert holding(tx, holding_id=sheet.id, as_of=Q3).value == 15 * MILLION


def test_a_purchase_since_makes_a_draft_stale(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    draft = a_draft(tx, the_analyst(tx), sheet.id, on=Q2, value=30 * MILLION)
    bought(tx, sheet.id, on=date(2025, 5, 5), cost=5 * MILLION)
    with pytest.raises(MarkStale, match="prepare it again"):
        approve_mark(tx, the_manager(tx), mark_id=draft.id, now=now)


def test_value_and_books_never_part(tx: Tx, fund: Books, now: datetime) -> None:
    """Through purchases, marks, sales and corrections the value less the cost is what the partners carry."""
    sheet = held(tx, fund.fund_id, cost=10_000_000_03)
    first = a_mark(tx, sheet.id, on=Q1, value=11_111_111_11)
    bought(tx, sheet.id, on=date(2025, 4, 8), quantity=333_333, cost=7_777_777_77)
    sell(tx, SYSTEM, holding_id=sheet.id, sold_on=date(2025, 5, 9), quantity=77_777, proceeds=1_00, now=now)
    a_mark(tx, sheet.id, on=Q2, value=9_999_999_99)
    sell(
        tx,
        SYSTEM,
        holding_id=sheet.id,
        sold_on=date(2025, 8, 8),
        quantity=123_456,
        proceeds=3 * MILLION,
        now=now,
    )
    a_mark(tx, sheet.id, on=Q1, value=14_141_414_14, supersedes_id=first.id)
    for on in (Q1, date(2025, 4, 8), date(2025, 5, 9), Q2, date(2025, 8, 8), Q4):
        shown = holding(tx, holding_id=sheet.id, as_of=on)
        assert shown.unrealised == sum(unrealised(tx, fund, on).values())
        [cost] = balances(
            tx,
            fund_id=fund.fund_id,
            as_of=on,
            accounts=[Account.INVESTMENTS_AT_COST],
            holding_id=sheet.id,
            by=("account",),
        )
        assert shown.cost == -cost.amount


@pytest.mark.parametrize("table", ["holding_mark", "mark_approval", "holding_lot"])
def test_what_was_said_stays(tx: Tx, fund: Books, table: str) -> None:
    sheet = held(tx, fund.fund_id)
    a_mark(tx, sheet.id, on=Q1, value=30 * MILLION)
    with pytest.raises(sa.exc.DBAPIError, match=r"permission denied|append-only"), tx.begin_nested():
        tx.execute(sa.text(f"UPDATE {table} SET recorded_at = now()"))


def test_the_database_itself_refuses_the_preparers_approval(tx: Tx, fund: Books) -> None:
    sheet, analyst = held(tx, fund.fund_id), the_analyst(tx)
    draft = a_draft(tx, analyst, sheet.id, on=Q1, value=30 * MILLION)
    insert = sa.text(
        "INSERT INTO mark_approval (holding_id, mark_id, prepared_by_id, approved_by_id, approved_by, minute, "
        "recorded_at) VALUES (:holding, :mark, :who, :who, 'me', '', now())"
    )
    with pytest.raises(sa.exc.IntegrityError, match="approver_is_not_preparer"), tx.begin_nested():
        tx.execute(insert, {"holding": sheet.id, "mark": draft.id, "who": analyst.user_id})


def test_a_rejected_draft_moves_nothing_and_makes_room(tx: Tx, fund: Books, now: datetime) -> None:
    sheet, analyst, manager = held(tx, fund.fund_id), the_analyst(tx), the_manager(tx)
    draft = a_draft(tx, analyst, sheet.id, on=Q1, value=30 * MILLION)
    gone = reject_mark(tx, manager, mark_id=draft.id, reason="the peers differ", now=now)
    assert (gone.state, gone.rejected_by, gone.reject_reason) == (
        MarkState.REJECTED,
        manager.name,
        "the peers differ",
    )
    with pytest.raises(MarkRejected):
        approve_mark(tx, manager, mark_id=draft.id, now=now)
    again = a_draft(tx, analyst, sheet.id, on=Q1, value=29 * MILLION)
    assert again.supersedes_id == draft.id
    approve_mark(tx, manager, mark_id=again.id, now=now)
    assert holding(tx, holding_id=sheet.id, as_of=Q1).value == 29 * MILLION
    with pytest.raises(MarkUnknown):
        reject_mark(tx, manager, mark_id=10**9, reason="x", now=now)
