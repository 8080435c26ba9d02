"""What is done through pages: the same acts as through the API, refused in the form, done once."""

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
from tests.app.world import World
from tests.app.world_pipeline import NOW
from tests.builders.capital import committed

DAY = "2026-09-30"


def csrf(client: httpx.Client) -> str:
    return client.get("/password").text.split('name="csrf" value="')[1].split('"')[0]


def send(client: httpx.Client, path: str, **form: str) -> httpx.Response:
    return client.post(path, data={"csrf": csrf(client), **form})


def number_of(client: httpx.Client, path: str, code: str) -> str:
    found = re.search(rf'href="{path}/(\d+)">{code}', client.get(path).text)
    assert found is not None
    return found.group(1)


def test_a_ballot_by_page_is_sealed_and_told_only_to_its_caster(signed_in: Enter, world: World) -> None:
    client, home = signed_in("committee"), f"/committee/{world.ids['motion']}"
    page = client.get(home).text
    assert 'value="conditions"' in page
    for secret in world.sealed:
        assert secret not in page
    form = {"choice": "yes", "papers_hash": str(world.ids["papers_hash"]), "key": "one"}
    answer = send(client, f"{home}/ballot", **form)
    assert answer.status_code == 303
    assert "您已于" in client.get(home).text
    assert send(client, f"{home}/ballot", **form).status_code == 303
    assert "您已于" not in signed_in("auditor").get(home).text


def test_a_ballot_that_is_not_complete_is_shown_again_with_what_was_typed(
    signed_in: Enter, world: World
) -> None:
    client, home = signed_in("committee"), f"/committee/{world.ids['motion']}"
    form = {"choice": "conditions", "papers_hash": str(world.ids["papers_hash"]), "reason": "TYPED-BEFORE"}
    answer = send(client, f"{home}/ballot", **form)
    assert answer.status_code == 422
    assert "有条件同意须至少写明一项条件" in answer.text
    assert "TYPED-BEFORE" in answer.text
    stale = send(client, f"{home}/ballot", choice="yes", papers_hash="0" * 64)
    assert stale.status_code == 409
    assert "材料已变更" in stale.text


def test_a_deal_moves_by_form_and_says_what_is_missing(signed_in: Enter, world: World) -> None:
    client, home = signed_in("manager"), f"/deals/{world.ids['fresh']}"
    assert send(client, f"{home}/move", to="screening").status_code == 303
    assert "推进 → 初筛" in client.get(home).text
    blocked = send(client, f"{home}/to-approval")
    assert blocked.status_code == 409
    assert blocked.text.count("<li>") > 1
    assert send(client, f"{home}/undo").status_code == 303


def test_the_boards_script_gets_refusals_as_json(signed_in: Enter, world: World) -> None:
    client = signed_in("manager")
    answer = client.post(
        f"/deals/{world.ids['fresh']}/move",
        data={"csrf": csrf(client), "to": "held"},
        headers={"accept": "application/json"},
    )
    assert answer.status_code == 409
    assert answer.json()["code"] == "move_illegal"


@pytest.mark.parametrize(
    ("verb", "form", "says"),
    [
        ("hold", {"reason": "waits"}, "搁置"),
        ("pass", {"kind": "market_too_small"}, "市场容量不足"),
        ("interest", {"party_id": "{party}", "co_diligence": "yes"}, "企业表达兴趣"),
    ],
)
def test_acts_on_a_deal(signed_in: Enter, world: World, verb: str, form: dict[str, str], says: str) -> None:
    client, home = signed_in("manager"), f"/deals/{world.ids['fresh']}"
    given = {name: value.format(**world.ids) for name, value in form.items()}
    assert send(client, f"{home}/{verb}", **given).status_code == 303
    assert says in client.get(home).text


def test_reasons_are_asked_for(signed_in: Enter, world: World) -> None:
    client, home = signed_in("manager"), f"/deals/{world.ids['fresh']}"
    assert send(client, f"{home}/hold").status_code == 422
    refused = send(client, f"{home}/pass", kind="")
    assert refused.status_code == 422
    assert 'class="problem"' in refused.text
    held = f"/deals/{world.ids['held_deal']}"
    assert send(client, f"{held}/reactivate", reason="the trial is over").status_code == 303


def test_a_deal_is_registered_and_edited(signed_in: Enter) -> None:
    client = signed_in("analyst")
    made = send(client, "/deals", name="新页面项目", origin="laboratory", amount="1,500万", key="k1")
    assert made.status_code == 303
    home = made.headers["location"].split("?")[0]
    page = client.get(f"{home}/edit").text
    assert 'value="15,000,000.00"' in page
    version = page.split('name="version" value="')[1].split('"')[0]
    form = {"name": "新页面项目", "origin": "laboratory", "sector": "氢能", "version": version}
    assert send(client, f"{home}/edit", **form).status_code == 303
    assert "氢能" in client.get(home).text
    assert send(client, f"{home}/edit", **form).status_code == 409
    bad = send(client, "/deals", name="", origin="moon", amount="lots")
    assert bad.status_code == 422
    assert bad.text.count('class="problem"') == 3
    twice = send(client, "/deals", name="新页面项目", origin="laboratory")
    assert twice.status_code == 409


def test_odd_keys_of_a_call_are_no_surprise(signed_in: Enter) -> None:
    client = signed_in("accountant")
    form = {"kind1": "investment", "amount1": "1,000", "due_on": "2026-12-15", "purpose": "怪键"}
    odd = {"excused": "²", "fee-²": "1", f"fee-{'9' * 5000}": "1"}
    assert send(client, "/fund/calls", **form | odd).status_code == 303


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
            "/fund/portfolio/H09/buy",
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
    assert "returned" in client.get(f"/fund/distributions/{paid}").text


def test_a_call_from_before_is_loaded_by_page(signed_in: Enter) -> None:
    client = signed_in("manager")
    form = {"purpose": "过往", "due_on": "2026-07-20", "kind1": "expense", "amount1": "10万"}
    made = send(client, "/fund/calls", **form, notice_on="2026-07-01")
    assert made.status_code == 303
    assert "事后补录" in client.get(made.headers["location"]).text
    assert send(client, "/fund/calls", **form, notice_on="2027-07-01").status_code == 422


def test_scores_are_sealed_by_page(signed_in: Enter, world: World) -> None:
    client, home = signed_in("lp_expert"), f"/screening/{world.ids['round']}"
    names = re.findall(r'name="(points-[^"]+)"', client.get(home).text)
    assert names
    assert send(client, f"{home}/scores", **dict.fromkeys(names, "lots")).status_code == 422
    assert send(client, f"{home}/scores", **dict.fromkeys(names, "3"), comment="sound").status_code == 303
    assert send(client, f"{home}/scores", **dict.fromkeys(names, "3")).status_code == 409


def test_diligence_by_page(signed_in: Enter, world: World) -> None:
    client, home = signed_in("lp_expert"), f"/diligence/{world.ids['enterprise_workstream']}"
    assert send(client, f"{home}/check", number="1", note="seen").status_code == 303
    finding = {
        "title": "小样偏差",
        "statement": "批次间波动",
        "severity": "major",
        "owner": "许工",
        "closes_by": "复测",
    }
    assert send(client, f"{home}/finding", **finding).status_code == 303
    assert "小样偏差" in client.get(home).text
    assert send(client, f"{home}/finding", title="", severity="minor").status_code == 422
    assert send(client, f"{home}/conclude", conclusion="").status_code == 409
    other = f"/diligence/{world.ids['workstream']}"
    assert client.get(other).status_code == 404
    assert client.get(f"/documents/{world.ids['document']}").status_code == 404
    assert signed_in("manager").get(f"/documents/{world.ids['document']}").content == b"MEMO-OF-THE-FUND"


def test_a_match_is_decided_with_a_reason(signed_in: Enter, world: World) -> None:
    client, path = signed_in("lp_user"), f"/channel/matches/{world.ids['match']}"
    assert send(client, path, accept="yes").status_code == 422
    assert send(client, path, accept="yes", reason="fits the plant").status_code == 303
    assert "fits the plant" in client.get("/channel?state=accepted").text
    assert signed_in("rival").get(f"/channel/demands/{world.ids['demand']}").status_code == 404


def test_a_demand_is_written_down_by_its_enterprise(signed_in: Enter, world: World) -> None:
    client = signed_in("lp_user")
    form = {
        "code": "N-900",
        "party_id": str(world.ids["party"]),
        "title": "低碳烧结",
        "problem": "燃料比偏高",
        "sector": "碳中和",
        "chain_position": "in_house",
        "urgency": "high",
        "budget": "300万",
        "wanted_trl": "7",
        "confidential": "yes",
    }
    assert send(client, "/channel/demands", **form).status_code == 303
    assert "低碳烧结" in client.get("/channel/demands").text
    assert "低碳烧结" not in signed_in("rival").get("/channel/demands").text


def test_reports_by_page(signed_in: Enter, world: World) -> None:
    client, home = signed_in("second"), f"/reports/{world.ids['draft_report']}"
    assert send(client, f"{home}/review").status_code == 303
    assert send(client, f"{home}/approve").status_code == 303
    assert send(client, f"{home}/back").status_code == 422
    assert send(client, f"{home}/publish").status_code == 303
    assert b"REPORT-OF-LP02" in client.get(f"{home}/pdf").content
    assert signed_in("lp_user").get(home).status_code == 404
    assert signed_in("rival").get(home).status_code == 200


def test_users_by_page(signed_in: Enter) -> None:
    client = signed_in("administrator")
    form = {"login": "new.person", "name": "新人", "password": "a long enough sentence", "language": "zh_CN"}
    assert send(client, "/users", **form).status_code == 303
    assert send(client, "/users", **form).status_code == 409
    weak = send(client, "/users", **(form | {"login": "other", "password": "short"}))
    assert weak.status_code == 422
    assert 'class="problem"' in weak.text
    found = re.search(r'href="(/users/\d+)">新人', client.get("/users").text)
    assert found is not None
    home = found.group(1)
    assert send(client, f"{home}/grant", role="analyst").status_code == 303
    assert "投资分析师" in client.get(home).text
    assert send(client, f"{home}/grant", role="lp_user").status_code == 422
    assert send(client, f"{home}/end", role="analyst").status_code == 303
    assert send(client, f"{home}/shut").status_code == 303
    assert send(client, f"{home}/let").status_code == 303


def test_closing_shows_what_the_money_waits_for(signed_in: Enter, world: World) -> None:
    client, home = signed_in("second"), f"/deals/{world.ids['approved']}"
    page = client.get(f"{home}/closing").text
    assert "核心专利完成转让" in page
    assert "暂不能付款" in page
    form = {"amount": "10,000,000", "on": "2026-09-30", "quantity": "1000"}
    assert send(client, f"{home}/close", **form).status_code == 409
    assert send(client, f"{home}/conditions/{world.ids['condition']}", says="转让登记完成").status_code == 303
    confirmed = send(client, f"{home}/conditions/{world.ids['satisfied']}", verb="confirm")
    assert confirmed.status_code == 303


def test_search_finds_what_one_may_know_of(signed_in: Enter, world: World) -> None:
    client = signed_in("manager")
    assert f"/deals/{world.ids['screened']}" in client.get("/search?q=筛选").text
    assert "/fund/partners/LP01" in client.get("/search/found?q=LP01").text
    assert "/fund/portfolio/H01" in client.get("/search?q=H01").text
    reference = str(world.ids["entry_of_lp02"])
    assert f"/fund/books/entries/{reference}" in client.get("/search", params={"q": reference}).text
    assert "/fund/partners/LP02" not in signed_in("lp_user").get("/search?q=LP02").text


def test_what_if_holds_a_deal_against_the_limits(signed_in: Enter) -> None:
    client = signed_in("analyst")
    page = client.get(
        "/fund/portfolio?amount=2亿".replace("2亿", "20000万") + "&name=大项目&sector=hydrogen"
    ).text
    assert "超限" in page
    assert client.get("/fund/portfolio?amount=x").status_code == 422


def test_the_audit_trail_is_checked_on_demand(signed_in: Enter) -> None:
    client = signed_in("auditor")
    assert "完整" in client.get("/audit?check=yes").text
    assert client.get("/audit?who=Manager&action=user.").status_code == 200
    assert client.get("/audit?before=x").status_code == 422


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
    client, day, fund = signed_in("manager"), "2026-09-21", {"fund": "AF9"}
    with world_database.transaction(SYSTEM) as tx:
        other = committed(tx, newcomers=["LP09"], code="AF9")
        closing: dict[str, Any] = {"closed_on": date(2026, 9, 21), "due_on": date(2026, 10, 12), "now": NOW}
        newcomers = {other["LP09"]: 1_000_000_00}
        made = later_close(tx, SYSTEM, fund_id=other.fund_id, newcomers=newcomers, **closing)
    path, form = f"/fund/closes/{made.number}/undo", {"reason": "金额有误", "on": day} | fund
    assert f'action="{path}"' in client.get("/fund/closes?fund=AF9").text
    assert send(client, path, **(form | {"reason": ""})).status_code == 422
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
