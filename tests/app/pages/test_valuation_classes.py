"""The form of a valuation file takes its classes over from the cap table of its day."""

from datetime import date

from fastapi.testclient import TestClient

from fund.charter.queries import only_fund
from fund.holdings.queries import holding_by_code
from fund.valuations.file import MOST_CLASSES
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from pipeline.spinouts.actions import move_units, register_spinout
from pipeline.spinouts.rules import Form
from tests.app.pages.conftest import Enter
from tests.app.pages.test_exposure import csrf_of
from tests.app.world import World
from tests.app.world_pipeline import NOW

DAY = date(2026, 6, 30)
ASKED = "/api/v1/holdings/H02/class-table?as_of=2026-06-30"


def test_the_classes_are_taken_over_with_their_source(
    signed_in: Enter, world_client: TestClient, world: World, world_database: Database
) -> None:
    headers = world.headers["analyst"]
    assert world_client.get(ASKED, headers=headers).json()["code"] == "no_cap_table"
    form = f"/fund/portfolio/H02/valuation?as_of={DAY}"
    assert "classes=cap_table" not in signed_in("analyst").get(form).text
    with world_database.transaction(SYSTEM) as tx:
        held = holding_by_code(tx, fund_id=only_fund(tx).id, code="H02", as_of=DAY)
        company = register_spinout(
            tx, SYSTEM, code="S900", party_id=held.party_id, form=Form.LIMITED_COMPANY, now=NOW
        )
        for share_class, units in (("普通", 700), ("A 轮", 300)):
            moved = {"holder_party_id": held.party_id, "share_class": share_class, "units": units}
            move_units(tx, SYSTEM, spinout_id=company.id, effective_on=DAY, now=NOW, **moved)
    told = world_client.get(ASKED, headers=headers).json()
    assert [(one["name"], one["shares"]) for one in told["classes"]] == [("普通", "700"), ("A 轮", "300")]
    client = signed_in("analyst", "en")
    offered = client.get(form).text
    assert "Take the classes from the cap table of 2026-06-30" in offered
    taken = client.get(f"{form}&classes=cap_table").text
    assert 'value="A 轮"' in taken
    assert 'value="300"' in taken
    assert "Cap table of S900" in taken
    assert "have to be filled in" in taken
    # As many lines as a file may have; one beyond them is told and never left out.
    typed = {
        "csrf": csrf_of(taken),
        "rights_method": "option_pricing",
        "class12": "C",
        "class90": "D",
        "class" + "9" * 5000: "E",
    }
    again = client.post(form, data=typed)
    assert again.status_code == 422
    assert "at most 50 lines of this kind" in again.text
    assert 'name="class13"' in again.text
    assert 'name="class14"' not in again.text
    with world_database.transaction(SYSTEM) as tx:
        for number in range(MOST_CLASSES):
            moved = {"holder_party_id": held.party_id, "share_class": f"X{number}", "units": 1}
            move_units(tx, SYSTEM, spinout_id=company.id, effective_on=DAY, now=NOW, **moved)
    refused = client.get(f"{form}&classes=cap_table").text
    assert "The 52 classes on record are more than a file can hold" in refused
    assert 'value="X49"' not in refused
