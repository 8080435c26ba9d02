"""What is done through pages: the same acts as through the API, refused in the form, done once."""

import re

import httpx
import pytest

from tests.app.pages.conftest import Enter
from tests.app.world import World


def csrf(client: httpx.Client) -> str:
    return client.get("/password").text.split('name="csrf" value="')[1].split('"')[0]


def send(client: httpx.Client, path: str, **form: str) -> httpx.Response:
    return client.post(path, data={"csrf": csrf(client), **form})


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


def test_what_if_says_that_no_holding_carries_what_was_typed(signed_in: Enter) -> None:
    client = signed_in("analyst")
    asked = {"amount": "1000", "sector": "Hydrogen", "stage": "量产", "city": ""}
    page = client.get("/fund/portfolio", params=asked).text
    note = page.split("尚无持仓标注为")[1].split("</p>")[0]
    assert "Hydrogen" in note
    assert "量产" in note
    assert 'name="stage"' in page
    assert "尚无持仓标注为" not in client.get("/fund/portfolio?amount=1000&sector=hydrogen+").text


@pytest.mark.parametrize(
    ("amount", "said"), [("-5", "金额须大于零"), ("0", "金额须大于零"), ("x", "请填写人民币金额")]
)
def test_what_if_says_beside_the_form_what_is_no_amount(signed_in: Enter, amount: str, said: str) -> None:
    answer = signed_in("analyst").get("/fund/portfolio", params={"amount": amount, "sector": "氢能"})
    assert answer.status_code == 422
    form = answer.text.split('action="/fund/portfolio#limits"')[1].split("</form>")[0]
    assert said in form
    assert f'value="{amount}"' in form
    assert 'value="氢能"' in form


def test_the_audit_trail_is_checked_on_demand(signed_in: Enter) -> None:
    client = signed_in("auditor")
    assert "完整" in client.get("/audit?check=yes").text
    assert client.get("/audit?who=Manager&action=user.").status_code == 200
    assert client.get("/audit?before=x").status_code == 422
