"""The labels of a holding, by which exposure is counted: needed, changed from a day on, and read as they were."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fund.holdings.actions import (
    label,
)
from fund.holdings.queries import holding
from fund.holdings.rules import (
    ChangeInFuture,
    HoldingInvalid,
)
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from tests.builders.holdings import (
    NOW,
    a_holding,
    held,
)
from tests.builders.ledger import Books


def test_labels_are_needed_and_can_change(tx: Tx, fund: Books, now: datetime) -> None:
    with pytest.raises(HoldingInvalid, match="- sector: it is missing"):
        a_holding(tx, fund.fund_id, sector=" ")
    opened = a_holding(tx, fund.fund_id, name_zh="标签公司")
    on = now.date()
    changed = label(tx, SYSTEM, holding_id=opened.id, stage="growth", effective_on=on, now=now)
    assert (changed.stage, changed.sector) == ("growth", "hydrogen")
    with pytest.raises(HoldingInvalid):
        label(tx, SYSTEM, holding_id=opened.id, city="", effective_on=on, now=now)


def test_labels_hold_from_a_day_on_and_leave_what_was_known_as_it_was(tx: Tx, fund: Books) -> None:
    opened = held(tx, fund.fund_id).id
    march, may, june = (datetime(2026, month, 2, tzinfo=UTC) for month in (3, 5, 6))
    label(tx, SYSTEM, holding_id=opened, sector="storage", city="天津", effective_on=may.date(), now=NOW)
    later = NOW + timedelta(days=1)
    label(tx, SYSTEM, holding_id=opened, sector="steel", effective_on=june.date(), now=later)

    def said(on: datetime, known_at: datetime | None = None) -> tuple[str, str]:
        sheet = holding(tx, holding_id=opened, as_of=on.date(), known_at=known_at)
        return sheet.sector, sheet.city

    assert said(march) == ("hydrogen", "北京")
    assert said(may) == ("storage", "天津")
    assert said(june) == ("steel", "天津")
    assert said(june, NOW) == ("storage", "天津")
    assert said(june, NOW - timedelta(days=1)) == ("hydrogen", "北京")


def test_labels_do_not_change_from_a_day_to_come(tx: Tx, fund: Books) -> None:
    opened = held(tx, fund.fund_id).id
    with pytest.raises(ChangeInFuture):
        label(tx, SYSTEM, holding_id=opened, sector="steel", effective_on=date(2026, 10, 2), now=NOW)
