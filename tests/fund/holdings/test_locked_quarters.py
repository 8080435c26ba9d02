"""What a locked quarter says of a holding stays, also where a change books nothing; what is of an open day goes on."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from fund.holdings.actions import label, receive_income, sell, write_off
from fund.holdings.marks import approve_mark
from fund.holdings.queries import holding
from fund.holdings.rules import InstrumentKind
from fund.holdings.undoing import undo_disposal, undo_income, undo_purchase
from fund.ledger.rules import PeriodLocked
from kernel.audit.queries import events
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.holdings import NOW, a_draft, bought, held, the_analyst, the_manager
from tests.builders.ledger import Books, locked

DAY = date(2025, 5, 20)
TODAY = date(2026, 9, 30)


def test_labels_do_not_change(tx: Tx, fund: Books) -> None:
    opened = held(tx, fund.fund_id).id
    locked(tx, fund.fund_id, Quarter(2024, 1), now=NOW)
    with pytest.raises(PeriodLocked):
        label(tx, SYSTEM, holding_id=opened, sector="steel", effective_on=date(2024, 3, 31), now=NOW)


def test_nothing_is_sold(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    locked(tx, fund.fund_id, Quarter.parse("2025Q2"), now=now)
    with pytest.raises(PeriodLocked):
        sell(tx, SYSTEM, holding_id=sheet.id, sold_on=DAY, quantity=1, proceeds=1, now=now)


def test_what_books_nothing_changes_nothing_either(tx: Tx, fund: Books, now: datetime) -> None:
    """Free shares that leave, a purchase of them that is taken back, a mark that moves nothing."""
    sheet = held(tx, fund.fund_id)
    bought(tx, sheet.id, on=DAY, quantity=5, cost=0, instrument="WA", kind=InstrumentKind.ORDINARY)
    facts: dict[str, Any] = {"on": DAY, "value": sheet.value, "reason": "unchanged", "instrument": "EQ"}
    draft = a_draft(tx, the_analyst(tx), sheet.id, **facts)
    locked(tx, fund.fund_id, Quarter.parse("2025Q2"), now=now)
    of: dict[str, Any] = {"holding_id": sheet.id, "now": now}
    for act in (
        lambda: sell(tx, SYSTEM, sold_on=DAY, quantity=1, proceeds=0, instrument="WA", **of),
        lambda: write_off(tx, SYSTEM, written_off_on=DAY, reason="gone", instrument="WA", **of),
        lambda: undo_purchase(tx, SYSTEM, number=2, on=DAY, reason="wrong", **of),
        lambda: approve_mark(tx, the_manager(tx), mark_id=draft.id, now=now),
    ):
        with pytest.raises(PeriodLocked):
            act()


def _buys(tx: Tx, of: dict[str, Any]) -> None:
    bought(tx, of["holding_id"], on=DAY, quantity=5, cost=100_00)


def _gets_free(tx: Tx, of: dict[str, Any]) -> None:
    bought(tx, of["holding_id"], on=DAY, quantity=5, cost=0)


def _sells(tx: Tx, of: dict[str, Any]) -> None:
    sell(tx, SYSTEM, sold_on=DAY, quantity=5, proceeds=300_00, instrument="EQ", **of)


def _gives_free(tx: Tx, of: dict[str, Any]) -> None:
    write_off(tx, SYSTEM, written_off_on=DAY, reason="lapsed", instrument="WA", **of)


def _earns(tx: Tx, of: dict[str, Any]) -> None:
    receive_income(tx, SYSTEM, received_on=DAY, amount=70_00, **of)


@pytest.mark.parametrize(
    ("act", "undo", "number"),
    [
        pytest.param(_buys, undo_purchase, 3, id="purchase"),
        pytest.param(_gets_free, undo_purchase, 3, id="free shares"),
        pytest.param(_sells, undo_disposal, 1, id="sale"),
        pytest.param(_gives_free, undo_disposal, 1, id="write-off of free shares"),
        pytest.param(_earns, undo_income, 1, id="income"),
    ],
)
def test_what_is_taken_back_as_of_a_locked_day_before_it_is_taken_back_on_its_own(
    tx: Tx,
    fund: Books,
    now: datetime,
    act: Callable[[Tx, dict[str, Any]], None],
    undo: Callable[..., object],
    number: int,
) -> None:
    """No undo takes effect before what it undoes, so the locked quarter keeps what it said."""
    key = held(tx, fund.fund_id).id
    given = date(2024, 6, 3)
    bought(tx, key, on=given, quantity=9, cost=0, instrument="WA", kind=InstrumentKind.ORDINARY)
    before, of = holding(tx, holding_id=key, as_of=TODAY), {"holding_id": key, "now": now}
    act(tx, of)
    assert holding(tx, holding_id=key, as_of=TODAY) != before
    locked(tx, fund.fund_id, Quarter(2025, 1), now=now)
    undo(tx, SYSTEM, number=number, on=date(2025, 3, 31), reason="wrong", **of)
    assert holding(tx, holding_id=key, as_of=TODAY) == before
    told = [
        one.detail for one in events(tx, subject=f"holding:{key}").items if one.action.endswith("_undone")
    ]
    assert [one["on"] for one in told] == [DAY.isoformat()]


@pytest.mark.parametrize(
    ("act", "undo"), [(_gives_free, undo_disposal), (_earns, undo_income)], ids=["write-off", "income"]
)
def test_what_is_of_a_locked_day_is_taken_back_as_of_an_open_one_alone(
    tx: Tx, fund: Books, now: datetime, act: Callable[[Tx, dict[str, Any]], None], undo: Callable[..., object]
) -> None:
    key = held(tx, fund.fund_id).id
    bought(tx, key, on=DAY, quantity=9, cost=0, instrument="WA", kind=InstrumentKind.ORDINARY)
    of = {"holding_id": key, "now": now}
    before = holding(tx, holding_id=key, as_of=TODAY)
    act(tx, of)
    locked(tx, fund.fund_id, Quarter(2025, 2), now=now)
    with pytest.raises(PeriodLocked):
        undo(tx, SYSTEM, number=1, on=date(2025, 6, 30), reason="wrong", **of)
    undo(tx, SYSTEM, number=1, on=date(2025, 7, 1), reason="wrong", **of)
    assert holding(tx, holding_id=key, as_of=TODAY) == before
