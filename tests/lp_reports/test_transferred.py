"""The reports of a quarter in which an interest passed: of seller, buyer and a third, each one account of itself."""

from datetime import date
from typing import Any

from lp_reports.checks import inconsistencies
from tests.builders.archive import figures_of
from tests.builders.capital import noon
from tests.builders.lived_funds import ON, Q3, M, a_lived_fund
from tests.builders.transfers import a_transfer
from tests.scenes import Scene


def test_the_reports_of_both_sides_hold_and_show_what_passed(scene: Scene) -> None:
    tx, fund = scene(a_lived_fund)
    sheet = a_transfer(tx, fund, commitment=20 * M + 1, on=ON)
    assert sheet.unfunded is not None
    passed = {"LP01": -sheet.unfunded, "LP03": sheet.unfunded, "LP02": None}
    for code, unfunded in passed.items():
        facts: dict[str, Any] = {"fund_id": fund.fund_id, "partner_id": fund[code], "quarter": Q3}
        found = figures_of(tx, **facts, now=noon(date(2026, 10, 12)))
        assert inconsistencies(found) == []
        lines = {line.code: line.yours.qtd for line in found.commitment}
        assert lines.get("transferred") == unfunded
        account = {line.code: line.yours.qtd for line in found.account}
        assert ("transfers" in account) == (unfunded is not None)
