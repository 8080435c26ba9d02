from datetime import date

from fund.capital.calls import cancel_call
from fund.capital.jobs import note
from fund.capital.queries import due_calls
from fund.capital.reminders import record_reminders, reminders
from fund.capital.rules import ReminderKind
from kernel.identity.rules import SYSTEM
from tests.builders.capital import MANAGER, YUAN, a_call, a_receipt, committed, investment, noon
from tests.scenes import Scene

DUE = date(2026, 3, 2)
MILLION = 1_000_000 * YUAN


def test_who_still_owes_is_noted_once_of_each_kind(scene: Scene) -> None:
    tx, fund = scene(committed)
    call = a_call(tx, fund, investment(10 * MILLION), due_on=DUE)
    assert record_reminders(tx, SYSTEM, call_id=call.id, now=noon(date(2026, 2, 20))) == []
    soon = record_reminders(tx, SYSTEM, call_id=call.id, now=noon(date(2026, 2, 25)))
    assert [(r.partner_id, r.kind, r.outstanding) for r in soon] == [
        (fund["LP01"], ReminderKind.DUE_SOON, 6 * MILLION),
        (fund["LP02"], ReminderKind.DUE_SOON, 4 * MILLION),
    ]
    assert note(tx, call.id, noon(DUE).isoformat()) == 0
    a_receipt(tx, call, fund["LP01"])
    assert note(tx, call.id, noon(date(2026, 3, 3)).isoformat()) == 1
    assert note(tx, call.id, noon(date(2026, 3, 4)).isoformat()) == 0
    assert [r.kind for r in reminders(tx, call_id=call.id)] == ["due_soon", "due_soon", "overdue"]


def test_a_cancelled_call_reminds_nobody(scene: Scene) -> None:
    tx, fund = scene(committed)
    call = a_call(tx, fund, investment(10 * MILLION), due_on=DUE)
    cancel_call(tx, MANAGER, call_id=call.id, reason="x", cancelled_on=DUE, now=noon(DUE))
    assert record_reminders(tx, SYSTEM, call_id=call.id, now=noon(DUE)) == []
    assert due_calls(tx, fund_id=fund.fund_id, as_of=DUE) == []
