"""Returns beside market indices, by page."""

from datetime import date

from fund.charter.queries import only_fund
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from tests.app.pages.conftest import Enter
from tests.builders.indices import an_index, steady


def test_returns_stand_beside_every_index_and_missing_days_are_named(
    signed_in: Enter, world_database: Database
) -> None:
    with world_database.transaction(SYSTEM) as tx:
        an_index(tx, only_fund(tx).id, steady(date(2024, 6, 1)), code="LATE")
    shown = signed_in("manager", "en").get("/fund/returns?quarter=2025Q4").text
    assert "Technology 50" in shown
    assert "invented, for the example only" in shown
    assert "Kaplan-Schoar ratio" in shown
    assert "No level for 2024-03-15" in " ".join(shown.split())
    chinese = signed_in("manager").get("/fund/returns?quarter=2025Q4").text
    assert "与市场指数对照" in chinese
    assert "虚构，仅供示例" in chinese
