"""The page of class rights, the same through the API, and the form of a valuation file that begins with them."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from fastapi.testclient import TestClient

from fund.charter.queries import only_fund
from fund.holdings.queries import holding_by_code
from fund.valuations.actions import prepare
from fund.valuations.file import ClassTerms
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from tests.app.pages.conftest import Enter
from tests.app.pages.test_exposure import csrf_of
from tests.app.world import World
from tests.app.world_pipeline import NOW
from tests.builders.valuations import MILLION, OPTION, a_file

DAY = date(2026, 6, 30)
PAGE, HELD = "/fund/portfolio/H02/rights", "/api/v1/holdings/H02/class-rights"
TERMS = "/api/v1/holdings/H02/conversions"


def test_rights_are_kept_once_and_begin_every_file(
    signed_in: Enter, world_client: TestClient, world: World
) -> None:
    client = signed_in("analyst", "en")
    empty = client.get(PAGE).text
    assert "No class rights are on record." in empty
    typed = {
        "csrf": csrf_of(empty),
        "effective_on": "2026-06-01",
        "source": "Articles, clause 5",
        "class1": "common",
        "kind1": "common",
        "shares1": "700",
        "class2": "B",
        "kind2": "preferred",
        "shares2": "300",
        "participating2": "yes",
        "cap2": "3",
        "seniority2": "2",
        "conversion2": "1.5",
        "dilution2": "full_ratchet",
    }
    refused = client.post(PAGE, data=typed)
    assert refused.status_code == 422
    assert "expected what was paid in for preferred shares" in refused.text
    assert 'value="1.5"' in refused.text
    beyond = client.post(PAGE, data=typed | {"invested2": "1,000,000", "class51": "Z"})
    assert beyond.status_code == 422
    assert "at most 50 lines of this kind" in beyond.text
    answer = client.post(PAGE, data=typed | {"invested2": "1,000,000"}, follow_redirects=False)
    assert answer.headers["location"] == f"{PAGE}?done=valuation.rights_kept"
    shown = client.get(PAGE).text
    for text in ("Articles, clause 5", "1,000,000.00", "3.00", "Full ratchet"):
        assert text in shown
    [told] = world_client.get(HELD, headers=world.headers["analyst"]).json()
    assert told["classes"][1]["invested"] == {"amount": "1000000.00", "currency": "CNY"}
    assert (told["classes"][1]["conversion"], told["source"]) == ("1.5", "Articles, clause 5")
    form = client.get(f"/fund/portfolio/H02/valuation?as_of={DAY}").text
    assert "Rights on record from 2026-06-01 (Articles, clause 5)." in form
    assert 'value="450"' in form
    before = client.get("/fund/portfolio/H02/valuation?as_of=2026-05-31").text
    assert 'value="450"' not in before


def test_what_a_cheaper_round_makes_of_the_conversion_is_told(
    signed_in: Enter, world_client: TestClient, world: World, world_database: Database
) -> None:
    """A at 10.00 with a full ratchet, C at 4.00: a share of A becomes 2.5 common ones; 60 that the fund has, 150."""
    common = {"name": "common", "kind": "common", "shares": "700"}
    a = common | {"name": "A", "kind": "preferred", "shares": "100", "invested": {"amount": "1000"}}
    a |= {"anti_dilution": "full_ratchet"}
    c = common | {"name": "C", "kind": "preferred", "shares": "50", "invested": {"amount": "200"}}
    for day, classes in (("2026-06-02", [common, a]), ("2026-06-03", [common, a, c])):
        body = {"effective_on": day, "source": "articles", "classes": classes}
        headers = world.headers["manager"] | {"Idempotency-Key": f"rights-of-{day}"}
        assert world_client.post(HELD, headers=headers, json=body).status_code == 201
    with world_database.transaction(SYSTEM) as tx:
        held = holding_by_code(tx, fund_id=only_fund(tx).id, code="H02", as_of=DAY)
        owned = (ClassTerms("common", Fraction(700)), ClassTerms("A", Fraction(100), 1000_00))
        rights = replace(OPTION, classes=owned, held="A", held_shares=Fraction(60))
        file = a_file(rights=rights, milestones=())
        marked = {"holding_id": held.id, "marked_on": date(2026, 6, 2), "value": 24 * MILLION, "file": file}
        prepare(tx, SYSTEM, now=NOW, **marked)
    told = world_client.get(f"{TERMS}?as_of={DAY}", headers=world.headers["analyst"]).json()
    assert told[-1] == {
        "on": "2026-06-03",
        "name": "A",
        "term": "full_ratchet",
        "issues": ["C"],
        "money": {"amount": "200.00", "currency": "CNY"},
        "issued": "50",
        "base": "0",
        "price_before": "10",
        "price": "4",
        "conversion_before": "1",
        "conversion": "2.5",
    }
    client = signed_in("analyst", "en")
    shown = client.get(PAGE).text
    assert "now 2.5" in shown
    assert "50 shares for 200.00" in shown
    form = client.get(f"/fund/portfolio/H02/valuation?as_of={DAY}").text
    assert "by the anti-dilution terms: A 2.5 (stated 1)" in form
    assert 'value="250"' in form
    assert 'value="150"' in form
    assert world_client.get("/api/v1/holdings/H01/conversions", headers=headers).json() == []


def test_what_goes_out_comes_in_again(world_client: TestClient, world: World) -> None:
    headers = world.headers["manager"] | {"Idempotency-Key": "rights-1"}
    a_class = {"name": "A", "kind": "options", "shares": "1000", "strike": "1.25"}
    body = {"effective_on": "2026-06-01", "source": "Plan of options", "classes": [a_class]}
    assert world_client.post(HELD, headers=headers, json=body).status_code == 201
    book = world_client.get("/api/v1/class-rights.xlsx", headers=world.headers["manager"])
    file = {"file": ("rights.xlsx", book.content)}
    again = headers | {"Idempotency-Key": "rights-2"}
    told = world_client.post("/api/v1/imports?fund=AF1", headers=again, files=file)
    assert told.status_code == 201, told.text
    first, *_, last = world_client.get(HELD, headers=headers).json()
    assert last["number"] > first["number"]
    assert last["classes"] == first["classes"]
    assert last["classes"][0]["strike"] == "1.25"
