"""The page of a valuation file, the form that makes one, the policy, and where stale marks are told."""

import re
from datetime import date

import httpx
import pytest

from fund.charter.queries import only_fund
from fund.holdings.queries import holding_by_code, marks
from fund.valuations.queries import file_of, last_file
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from tests.app.pages.conftest import Enter
from tests.builders.valuations import MILLION

FORM = "/fund/portfolio/H02/valuation"
LINES = {
    "marked_on": "2026-06-30",
    "value": "45000000",
    "reason": "样机通过测试",
    "technique1": "option_pricing",
    "weight1": "75",
    "why1": "权利不同的三类权益",
    "technique2": "milestones",
    "weight2": "25",
    "gives2": "45000000",
    "why2": "样机决定价值",
    "input1": "上轮价格",
    "input_value1": "5 元",
    "input_source1": "投资协议",
    "input_on1": "2026-03-20",
    "milestone1": "样机",
    "milestone_due1": "2026-06-01",
    "milestone_met1": "2026-05-20",
    "evidence1": "第三方报告",
    "readiness": "6",
    "readiness_source": "专家评审",
    "scenario1": "上市",
    "probability1": "60",
    "proceeds1": "200000000",
    "years1": "4",
    "rate1": "25",
    "converted1": "yes",
    "scenario2": "并购",
    "probability2": "40",
    "proceeds2": "90000000",
    "class1": "普通股",
    "shares1": "6000000",
    "class2": "B",
    "shares2": "2000000",
    "invested2": "40000000",
    "participating2": "yes",
    "cap2": "3",
    "seniority2": "1",
    "rights_method": "current_value",
    "held": "B",
    "held_shares": "2000000",
    "equity": "60000000",
    "assisted_by": "无",
}


def send(client: httpx.Client, path: str, form: str, **fields: str) -> httpx.Response:
    """Send the form of a page with its hidden fields."""
    shown = client.get(form)
    assert shown.status_code == 200, shown.text
    hidden = {name: re.search(f'name="{name}" value="([^"]*)"', shown.text) for name in ("csrf", "key")}
    filled = {name: found.group(1) for name, found in hidden.items() if found}
    return client.post(path, data=filled | fields)


def test_a_file_is_typed_shown_and_begun_with_again(signed_in: Enter, world_database: Database) -> None:
    client = signed_in("analyst")
    done = send(client, FORM, FORM, **LINES)
    assert done.status_code == 303, done.text
    page = client.get(done.headers["location"])
    assert page.status_code == 200
    for words in (
        "估值档案",
        "45,000,000",
        "第三方报告",
        "分配断点",
        "优先清偿",
        "开始分享",
        "<svg",
        "60.0%",
    ):
        assert words in page.text, words
    english = signed_in("auditor", "en").get(done.headers["location"].partition("?")[0]).text
    assert "What the fund receives of the proceeds" in english
    again = signed_in("analyst").get(FORM).text
    assert 'value="第三方报告"' in again
    assert re.search(r'name="participating2"\s+value="yes"[^>]*checked', again)
    with world_database.transaction(SYSTEM) as tx:
        fund_id = only_fund(tx).id
        holding = holding_by_code(tx, fund_id=fund_id, code="H02", as_of=date(2026, 9, 30))
        kept = last_file(tx, holding_id=holding.id)
        assert kept is not None
        assert kept.weighted == 45 * MILLION
        assert kept.file.rights is not None
        assert kept.file.rights.classes[1].cap_multiple == 3
        mark = marks(tx, holding_id=holding.id)[0]
        assert file_of(tx, mark_id=mark.id) == kept


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"weight2": "24"}, "权重合计为 99 %"),
        ({"probability2": "30"}, "概率合计为 90 %"),
        ({"input_on1": "2026-07-01"}, "期后事项"),
        ({"weight1": "nan"}, "权重 1"),
        ({"marked_on": "2030-01-01"}, "2030-01-01"),
        ({"marked_on": "2020-01-01"}, "2020-01-01"),
        ({"equity": ""}, "全部权益的价值"),
        ({"technique1": "magic"}, "估值技术 1"),
    ],
)
def test_what_is_open_is_told_in_the_form_and_what_was_typed_stays(
    signed_in: Enter, typed: dict[str, str], says: str
) -> None:
    refused = send(signed_in("analyst"), FORM, FORM, **(LINES | typed))
    assert refused.status_code in {409, 422}, refused.text
    assert says in refused.text
    assert 'value="第三方报告"' in refused.text


def test_a_draft_is_given_its_file_by_its_number(signed_in: Enter) -> None:
    client = signed_in("analyst")
    page = client.get("/fund/portfolio/H01").text
    [draft] = set(re.findall(r"/fund/portfolio/H01#?/?approve/(\d+)", page)) or {""}
    found = re.findall(r'href="/fund/portfolio/H01/marks/(\d+)"', page)
    mark = draft or found[0]
    form = f"/fund/portfolio/H01/valuation?mark={mark}"
    assert client.get(form).status_code == 200
    assert client.get("/fund/portfolio/H01/valuation?mark=999999").status_code == 404
    assert client.get("/fund/portfolio/H01/valuation?mark=x").status_code == 422
    assert client.get("/fund/portfolio/H01/marks/999999").status_code == 404
    one = {"technique1": "milestones", "weight1": "100", "gives1": "33000000", "why1": "样机"}
    lines = {name: text for name, text in LINES.items() if name.startswith("input")}
    done = send(client, "/fund/portfolio/H01/valuation", form, mark=mark, **one, **lines)
    assert done.status_code == 303, done.text


def test_a_policy_makes_marks_stale_and_today_says_so(signed_in: Enter) -> None:
    client = signed_in("manager")
    assert "尚未制定估值政策" in client.get("/fund/valuation").text
    rules = {
        "effective_on": "2025-01-01",
        "note": "第 1 号决议",
        "stale_days": "100",
        "milestone_days": "30",
        "rounding": "1",
        "file_from": "",
        "approvers": "",
        "stage": "seed",
        "allowed1": "milestones",
    }
    done = send(client, "/fund/valuation", "/fund/valuation", **rules)
    assert done.status_code == 303, done.text
    shown = client.get("/fund/valuation").text
    assert "里程碑" in shown
    assert "超期" in shown
    assert "估值过期" in client.get("/today").text
    assert "过期的估值" in client.get("/fund/portfolio").text
    wrong = send(client, "/fund/valuation", "/fund/valuation", **(rules | {"stale_days": "-1"}))
    assert wrong.status_code == 422


def test_calibrations_and_events_are_put_on_record(signed_in: Enter) -> None:
    client = signed_in("analyst")
    round_ = {
        "calibrated_on": "2026-06-30",
        "kind": "multiple",
        "parameter": "企业价值／收入",
        "round_price": "200000000",
        "metric": "60000000",
        "round_source": "投资协议",
    }
    done = send(client, "/fund/portfolio/H01/calibrations", "/fund/portfolio/H01/valuation", **round_)
    assert done.status_code == 303, done.text
    assert "3.33×" in client.get("/fund/portfolio/H01/valuation").text
    refused = send(
        client,
        "/fund/portfolio/H01/calibrations",
        "/fund/portfolio/H01/valuation",
        **(round_ | {"metric": ""}),
    )
    assert refused.status_code == 422
    told = {"happened_on": "2026-09-01", "happened": "主要客户停产", "event_source": "来函"}
    done = send(client, "/fund/portfolio/H01/events", "/fund/portfolio/H01/valuation", **told)
    assert done.status_code == 303, done.text
    page = client.get("/fund/portfolio/H01").text
    mark = re.findall(r'href="/fund/portfolio/H01/marks/(\d+)"', page)[0]
    assert "主要客户停产" in client.get(f"/fund/portfolio/H01/marks/{mark}").text
    assert signed_in("lp_user").get(f"/fund/portfolio/H01/marks/{mark}").status_code == 403
