"""Money moved through pages: calls, distributions, marks, entries, and each of them taken back."""

import re
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import httpx
import pytest

from fund.charter.queries import only_fund, terms
from fund.fees.closes import later_close
from fund.ledger.amending import amend
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send
from tests.app.world import World
from tests.app.world_pipeline import NOW
from tests.builders.capital import committed

DAY = "2026-09-30"


def number_of(client: httpx.Client, path: str, code: str) -> str:
    found = re.search(rf'href="{path}/(\d+)">{code}', client.get(path).text)
    assert found is not None
    return found.group(1)


def test_odd_keys_of_a_call_are_no_surprise(signed_in: Enter) -> None:
    client = signed_in("accountant")
    form = {"kind1": "investment", "amount1": "1,000", "due_on": "2026-12-15", "purpose": "怪键"}
    odd = {"excused": "²", "fee-²": "1", f"fee-{'9' * 5000}": "1"}
    assert send(client, "/fund/calls", **form | odd).status_code == 303
    # Whoever is excused from a call without an investment would pay all the same: that is said.
    unheard = send(client, "/fund/calls", **form | {"kind1": "expense", "excused": "1"})
    assert unheard.status_code == 422
    assert "只有投资款可以豁免" in unheard.text


def test_a_call_is_approved_by_another_and_received(signed_in: Enter, world: World) -> None:
    client = signed_in("accountant")
    key = number_of(client, "/fund/calls", str(world.ids["draft_call"]))
    assert send(client, f"/fund/calls/{key}/approve").status_code == 303
    issued = send(client, f"/fund/calls/{key}/issue")
    assert issued.status_code == 303
    assert "已发出" in client.get(f"/fund/calls/{key}").text
    paid = number_of(client, "/fund/calls", str(world.ids["call"]))
    page = client.get(f"/fund/calls/{paid}").text
    owing = page.split('name="partner_id"')[1].split('value="')[1].split('"')[0]
    form = {"partner_id": owing, "amount": "1,000.00", "received_on": "2026-09-30", "key": "r1"}
    assert send(client, f"/fund/calls/{paid}/receive", **form).status_code == 422
    form["bank_reference"] = "BANK-9"
    assert send(client, f"/fund/calls/{paid}/receive", **form).status_code == 303
    assert send(client, f"/fund/calls/{paid}/receive", **form).status_code == 303
    assert client.get(f"/fund/calls/{paid}").text.count("BANK-9") == 1
    form |= {"amount": "999999999", "bank_reference": "BANK-10", "key": "r2"}
    refused = send(client, f"/fund/calls/{paid}/receive", **form)
    assert refused.status_code == 409
    assert "超出应缴" in refused.text


def test_a_call_is_drafted_and_withdrawn(signed_in: Enter) -> None:
    client = signed_in("manager")
    form = {"purpose": "尽调费用", "due_on": "2026-11-16", "kind1": "expense", "amount1": "10万"}
    made = send(client, "/fund/calls", **form)
    assert made.status_code == 303
    home = made.headers["location"].split("?")[0]
    assert "草稿由您编制" in client.get(home).text
    assert send(client, f"{home}/approve").status_code == 403
    assert send(client, f"{home}/cancel").status_code == 422
    assert send(client, f"{home}/cancel", reason="no longer needed").status_code == 303
    assert send(client, "/fund/calls", **(form | {"due_on": "2026-10-03"})).status_code == 422
    assert send(client, "/fund/calls", purpose="", due_on="", amount1="x", kind1="expense").status_code == 422


def test_a_distribution_is_worked_out_approved_and_paid(signed_in: Enter, world: World) -> None:
    client = signed_in("manager")
    form = {"source": "分红", "income": "5,000", "pay_on": "2026-09-30", "recallable": "yes"}
    made = send(client, "/fund/distributions", **form)
    home = made.headers["location"].split("?")[0]
    assert "分配计算过程" in client.get(home).text
    assert send(client, f"{home}/approve").status_code == 403
    other = signed_in("accountant")
    assert send(other, f"{home}/approve").status_code == 303
    assert send(other, f"{home}/pay").status_code == 303
    assert "已支付" in other.get(home).text
    waiting = number_of(other, "/fund/distributions", str(world.ids["distribution"]))
    assert send(other, f"/fund/distributions/{waiting}/cancel", reason="not now").status_code == 303
    assert (
        send(other, "/fund/distributions", source="x", gain="9999999999", pay_on="2026-09-30").status_code
        == 409
    )


def test_a_mark_is_prepared_by_one_and_approved_by_another(signed_in: Enter) -> None:
    client = signed_in("analyst")
    form = {"marked_on": "2026-09-30", "value": "31,000,000", "technique": "milestones", "reason": "on plan"}
    assert send(client, "/fund/portfolio/H02/mark", **form).status_code == 303
    assert send(client, "/fund/portfolio/H02/mark", marked_on="x", value="y").status_code == 422
    page = signed_in("manager").get("/fund/portfolio/H02").text
    found = re.search(r'action="(/fund/portfolio/H02/approve/\d+)"', page)
    assert found is not None
    assert send(signed_in("manager"), found.group(1), minute="valuation meeting").status_code == 303
    assert "31,000,000.00" in signed_in("manager").get("/fund/portfolio/H02").text


def test_an_entry_is_reversed_once(signed_in: Enter, world: World) -> None:
    client, reference = signed_in("accountant"), str(world.ids["adjustment"])
    path = f"/fund/books/reverse/{reference}"
    assert send(client, path, effective_on="2026-09-30").status_code == 422
    assert send(client, path, effective_on="2026-09-30", reason="booked twice").status_code == 303
    assert f"{reference}/reversal" in client.get(f"/fund/books/entries/{reference}").text
    assert send(client, path, effective_on="2026-09-30", reason="again").status_code == 409


def test_an_entry_of_an_act_leads_to_its_own_undo(signed_in: Enter, world: World) -> None:
    client, reference = signed_in("accountant"), str(world.ids["fee_of_lp02"])
    page = client.get(f"/fund/books/entries/{reference}").text
    assert "/fund/books/reverse/" not in page
    assert 'href="/fund/costs"' in page
    refused = send(client, f"/fund/books/reverse/{reference}", effective_on="2026-09-30", reason="twice")
    assert refused.status_code == 409
    assert "撤销该季度管理费" in refused.text


@pytest.mark.parametrize(
    ("who", "path", "form", "says"),
    [
        ("accountant", "/fund/costs/charge", {"quarter": "2025Q1"}, "计提"),
        (
            "accountant",
            "/fund/costs/expense",
            {"reference": "E-7", "ilpa_row": "41", "amount": "1,000", "payee": "审计所", "incurred_on": DAY},
            "审计所",
        ),
        ("accountant", "/fund/costs/pay", {"reference": "P-7", "amount": "1,000", "paid_on": DAY}, "P-7"),
        ("accountant", "/fund/costs/undo-expense/E-0", {"reason": "twice", "on": DAY}, "已撤销"),
        ("accountant", "/fund/costs/undo-payment/FP-0", {"reason": "twice", "on": DAY}, "已撤销"),
        (
            "manager",
            "/fund/portfolio/H01/sell",
            {"sold_on": DAY, "quantity": "1000", "proceeds": "9万"},
            "90,000",
        ),
        ("manager", "/fund/portfolio/H02/write-off", {"written_off_on": DAY, "reason": "gone"}, "核销"),
        (
            "accountant",
            "/fund/portfolio/H01/income",
            {"kind": "dividend", "amount": "777", "received_on": DAY},
            "777.00",
        ),
        (
            "manager",
            "/fund/portfolio/H02/buy",
            {
                "bought_on": DAY,
                "quantity": "10",
                "cost": "1,234",
                "instrument": "EQ",
                "kind": "registered_capital",
                "reason": "pre-emption",
            },
            "pre-emption",
        ),
        ("manager", "/fund/portfolio/H09/undo-sale/1", {"reason": "twice", "on": DAY}, "H09"),
        ("manager", "/fund/portfolio/H02/undo-purchase/1", {"reason": "twice", "on": DAY}, "H02"),
        ("accountant", "/fund/portfolio/H09/undo-income/1", {"reason": "twice", "on": DAY}, "H09"),
    ],
)
def test_money_is_shown_before_it_moves(
    signed_in: Enter, who: str, path: str, form: dict[str, str], says: str
) -> None:
    client = signed_in(who)
    home = "/fund/costs" if "costs" in path else "/".join(path.split("/")[:4])
    journal = client.get("/fund/books/journal").text
    seen = send(client, path, **form)
    assert seen.status_code == 200, seen.text
    assert 'name="confirmed"' in seen.text
    assert client.get("/fund/books/journal").text == journal
    done = send(client, path, **form, confirmed="yes", key="k")
    assert done.status_code == 303, done.text
    assert send(client, path, **form, confirmed="yes", key="k").status_code == 303
    assert client.get("/fund/books/journal").text != journal
    assert says in client.get(home).text
    assert send(client, path).status_code == 422


def test_what_is_not_there_is_not_paid_by_page(signed_in: Enter) -> None:
    form = {"reference": "E-8", "ilpa_row": "41", "amount": "9亿", "payee": "审计所", "incurred_on": DAY}
    assert send(signed_in("accountant"), "/fund/costs/expense", **form).status_code == 422
    refused = send(signed_in("accountant"), "/fund/costs/expense", **(form | {"amount": "900,000,000"}))
    assert refused.status_code == 409
    assert "自该日起账上最低仅有" in refused.text


def test_a_mark_is_turned_down_and_prepared_again(signed_in: Enter, world: World) -> None:
    client, home = signed_in("manager"), "/fund/portfolio/H01"
    assert send(client, f"{home}/reject/{world.ids['mark']}").status_code == 422
    assert send(client, f"{home}/reject/{world.ids['mark']}", reason="NOT-SO").status_code == 303
    assert "NOT-SO" in client.get(home).text
    form = {"marked_on": "2026-06-30", "value": "33,000,000", "technique": "milestones", "reason": "again"}
    form |= {"company": "1,000,000", "market": "2,000,000", "milestone1": "首台样机", "milestone_due1": DAY}
    assert send(signed_in("analyst"), f"{home}/mark", **form).status_code == 303
    assert send(signed_in("analyst"), f"{home}/mark", **form).status_code == 409


def test_a_receipt_and_a_paid_distribution_are_taken_back_by_page(signed_in: Enter, world: World) -> None:
    client = signed_in("manager")
    call = number_of(client, "/fund/calls", str(world.ids["call"]))
    path = f"/fund/calls/{call}/reverse/{world.ids['receipt']}"
    assert send(client, path, reason="bounced", on=DAY).status_code == 303
    assert "bounced" in client.get(f"/fund/calls/{call}").text
    paid = number_of(client, "/fund/distributions", str(world.ids["paid_distribution"]))
    assert send(client, f"/fund/distributions/{paid}/undo", reason="returned", on=DAY).status_code == 303
    page = client.get(f"/fund/distributions/{paid}").text
    assert "returned" in page
    assert "2/25" not in page
    assert "8.00%" in page


def test_a_call_from_before_is_loaded_by_page(signed_in: Enter) -> None:
    client = signed_in("manager")
    form = {"purpose": "过往", "due_on": "2026-07-20", "kind1": "expense", "amount1": "10万"}
    made = send(client, "/fund/calls", **form, notice_on="2026-07-01")
    assert made.status_code == 303
    assert "事后补录" in client.get(made.headers["location"]).text
    assert send(client, "/fund/calls", **form, notice_on="2027-07-01").status_code == 422


def test_a_fee_whose_terms_have_changed_is_named_and_adjusted(
    signed_in: Enter, world_database: Database, world: World
) -> None:
    form = {"quarter": "2025Q1", "confirmed": "yes", "key": "c"}
    assert send(signed_in("accountant"), "/fund/costs/charge", **form).status_code == 303
    with world_database.transaction(world.actors["manager"]) as tx:
        fund, on = only_fund(tx), date(2025, 2, 11)
        lower = replace(terms(tx, fund_id=fund.id, as_of=on), fee_rate=Fraction(1, 100))
        facts: dict[str, Any] = {"effective_on": on, "note": "lower", "now": NOW}
        amend(tx, world.actors["manager"], fund_id=fund.id, terms=lower, **facts)
    client, form = signed_in("accountant"), {"reason": "费率下调", "on": DAY}
    headers = world.headers["accountant"]
    assert "待调整" in client.get("/fund/costs").text
    assert client.get("/api/v1/fees/gaps", headers=headers).json()[0]["quarter"] == "2025Q1"
    seen = send(client, "/fund/costs/adjust-fee/2025Q1", **form)
    assert seen.status_code == 200, seen.text
    done = send(client, "/fund/costs/adjust-fee/2025Q1", **form, confirmed="yes", key="k")
    assert done.status_code == 303, done.text
    page = client.get("/fund/costs").text
    assert "待调整" not in page
    assert re.search(r"\b1\.0+%", page)
    assert client.get("/api/v1/fees/gaps", headers=headers).json() == []
    assert send(client, "/fund/costs/adjust-fee/2025Q1", **form).status_code == 409


def test_a_later_close_is_taken_back_by_page(
    signed_in: Enter, world_database: Database, world: World
) -> None:
    client, day, fund = signed_in("manager"), "2026-09-14", {"fund": "AF9"}
    with world_database.transaction(SYSTEM) as tx:
        other = committed(tx, newcomers=["LP09"], code="AF9")
        closing: dict[str, Any] = {"closed_on": date(2026, 9, 14), "due_on": date(2026, 10, 12), "now": NOW}
        newcomers = {other["LP09"]: 1_000_000_00}
        made = later_close(tx, SYSTEM, fund_id=other.fund_id, newcomers=newcomers, **closing)
    path, form = f"/fund/closes/{made.number}/undo", {"reason": "金额有误", "on": day} | fund
    page = client.get("/fund/closes?fund=AF9").text
    assert f'action="{path}"' in page
    # The day is no choice: that of the close is there already, and no field asks for another.
    assert '<input type="hidden" name="on" value="2026-09-14">' in page
    assert "自 2026-09-14（该次交割之日）起不再计入" in page
    assert send(client, path, **(form | {"reason": ""})).status_code == 422
    late = send(client, path, **(form | {"on": "2026-09-15"}))
    assert (late.status_code, "其首个未定案之日 2026-09-14" in late.text) == (422, True)
    seen = send(client, path, **form)
    assert seen.status_code == 200, seen.text
    assert 'name="confirmed"' in seen.text
    assert send(client, path, **form, confirmed="yes", key="k").status_code == 303
    page = client.get("/fund/closes?fund=AF9").text
    assert "已撤销" in page
    assert f'action="{path}"' not in page
    assert send(client, path, **form).status_code == 409
    assert send(client, "/fund/closes/1/undo", **form).status_code == 409
    assert send(client, f"/fund/closes/{10**30}/undo", **form).status_code == 404
    listed = client.get("/api/v1/closes?fund=AF9", headers=world.headers["manager"]).json()
    assert [one["undone_on"] for one in listed] == [None, day]
