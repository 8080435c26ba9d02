"""One deal from a need and an achievement to its exit, through the API only, every step by the role that does it."""

from datetime import date
from typing import Any

from tests.journeys.conftest import Stage

CNY = {"currency": "CNY"}
PRICE = {"amount": "8600000.00", **CNY}
ASKED = {"amount": "20000000.00", **CNY}
SEATS = tuple(f"s{number}" for number in range(1, 8))


def test_from_a_need_to_the_exit(stage: Stage) -> None:
    achievement = matched(stage)
    company = founded(stage, achievement)
    deal = registered(stage, achievement, company)
    screened(stage, deal)
    examined(stage, deal)
    rights = noticed(stage, company["code"], achievement["code"])
    decided(stage, deal, "new_deal", condition="核心专利完成转让")
    held = closed(stage, deal, rights)
    left(stage, deal, held)


def matched(stage: Stage) -> Any:
    """The enterprise's need meets the university's achievement."""
    need = {
        "code": "N-1",
        "party_id": stage.parties["steel"],
        "title": "高炉富氢喷吹用耐热合金",
        "problem": "喷枪寿命短",
        "sector": "hydrogen",
        "chain_position": "in_house",
    }
    stage.ask("analyst", "POST /demands", need)
    tm = "technology_manager"
    found = {"code": "A-1", "discipline": "材料", "sector": "hydrogen", "title_zh": "抗氢脆耐热合金及其喷枪"}
    achievement = stage.ask(tm, "POST /achievements", found)
    stage.ask(tm, "POST /achievements/A-1/elements", {"name": "合金", "is_critical": True})
    level = {
        "element": "合金",
        "scale": "trl",
        "level": 6,
        "evidence": "检测报告 2026-118",
        "assessor": "第三方检测中心",
        "assessed_on": "2026-09-01",
    }
    stage.ask(tm, "POST /achievements/A-1/assessments", level)
    stage.ask(tm, "POST /matches", {})
    (match,) = [one for one in stage.ask("manager", "GET /matches")["items"] if one["achievement"] == "A-1"]
    stage.ask("manager", f"POST /matches/{match['id']}/verdict", {"accept": True, "reason": "指标吻合"})
    return stage.ask(tm, f"GET /achievements/{achievement['code']}")


def founded(stage: Stage, achievement: Any) -> Any:
    """The technology manager registers the company; the analyst writes down who owns it."""

    def party(kind: str, name: str) -> int:
        made: int = stage.ask("analyst", "POST /parties", {"kind": kind, "name_zh": name})["id"]
        return made

    inventor, director = party("person", "顾𬀩"), party("person", "祁雪莲")
    stage.parties |= {"inventor": inventor, "university": party("organisation", "京西科技大学")}
    company = stage.ask(
        "technology_manager",
        "POST /spinouts",
        {
            "code": "C26-1",
            "party_id": party("organisation", "昕储氢能材料"),
            "achievements": [achievement["code"]],
            "founders": [
                {"party_id": inventor, "share": "0.6", "is_inventor": True},
                {"party_id": director, "share": "0.4"},
            ],
        },
    )
    stage.ask("analyst", "PATCH /spinouts/C26-1", {"city": "包头"}, version=company["version"])
    stage.ask("analyst", "PATCH /spinouts/C26-1", {"city": "北京"}, version=company["version"], expect=409)
    for holder, units in ((inventor, 600), (director, 400)):
        movement = {"holder_party_id": holder, "share_class": "普通股", "units": units}
        table = stage.ask(
            "analyst", "POST /spinouts/C26-1/cap-movements", movement | {"effective_on": "2026-09-01"}
        )
    assert [one["ownership"] for one in table] == ["0.6", "0.4"]
    return company


def registered(stage: Stage, achievement: Any, company: Any) -> str:
    """The analyst registers the deal and moves it to screening at the version that was read."""
    deal = stage.ask(
        "analyst",
        "POST /deals",
        {
            "name": "昕储氢能材料",
            "origin": "laboratory",
            "technology": "一步制得储氢合金",
            "sector": "hydrogen",
            "next_step": "初筛",
            "next_step_on": "2026-10-15",
            "amount": ASKED,
            "pre_money": {"amount": "180000000.00", **CNY},
            "instrument": "增资",
            "chain_position": "in_house",
            "development_stage": "A 轮",
            "city": "北京",
            "owner_id": stage.users["analyst"],
            "spinout_id": company["id"],
            "achievement_id": achievement["id"],
        },
    )
    code: str = deal["code"]
    stage.ask("analyst", f"POST /deals/{code}/moves", {"to": "screening"}, expect=422)
    stage.ask("analyst", f"POST /deals/{code}/moves", {"to": "screening"}, version=9, expect=409)
    stage.ask("analyst", f"POST /deals/{code}/moves", {"to": "screening"}, version=deal["version"])
    return code


def screened(stage: Stage, deal: str) -> None:
    """A scorecard, one sealed score, and on to due diligence."""
    criterion = {"key": "team", "audience": "fund", "label_zh": "团队", "label_en": "Team", "weight": "1"}
    card = {
        "name": "standard",
        "effective_on": "2026-01-01",
        "pass_mark": "60",
        "spread_limit": "30",
        "shares": {"fund": {"weight": "1"}},
        "criteria": [criterion | {"top": 5}],
    }
    stage.ask("manager", "POST /scorecards", card)
    run = stage.ask("analyst", f"POST /deals/{deal}/rounds", {"scorecard": "standard"})["id"]
    scorer = {"user_id": stage.users["analyst"], "audience": "fund"}
    stage.ask("manager", f"POST /rounds/{run}/scorers", scorer)
    stage.ask("analyst", f"POST /rounds/{run}/scores", {"points": {"team": 4}})
    stage.ask("manager", f"POST /rounds/{run}/conclusion")
    stage.ask("analyst", f"POST /deals/{deal}/project-approval")
    stage.ask("manager", f"POST /deals/{deal}/due-diligence")


def examined(stage: Stage, deal: str) -> None:
    """The enterprise's expert does the industrial trial and signs what was found."""
    asked = {"deal": deal, "subject": "industrial_trial", "party_id": stage.parties["steel"]}
    key = stage.ask("analyst", "POST /workstreams", asked)["id"]
    stream = stage.ask("expert", f"GET /workstreams/{key}")
    for item in stream["items"]:
        path = f"PUT /workstreams/{key}/items/{item['number']}"
        stale = stream["version"]
        stream = stage.ask("expert", path, {"done": True}, version=stale)
        stage.ask("expert", path, {"done": False}, version=stale, expect=409)
    finding = {
        "title": "寿命达标",
        "statement": "喷枪连续运行六十天。",
        "severity": "minor",
        "state": "open",
        "owner": "王军",
        "closes_by": "归档",
    }
    stage.ask("expert", f"POST /workstreams/{key}/findings", finding)
    stage.ask("expert", f"POST /workstreams/{key}/conclusion", {"conclusion": "厂内可用"})
    stage.ask("analyst", f"POST /deals/{deal}/diligence/conclusion")


def noticed(stage: Stage, company: str, achievement: str) -> int:
    """The right's price is made public; somebody objects and is answered."""
    tm, today = "technology_manager", stage.now.date()
    terms = {
        "achievement": achievement,
        "route": "agreement",
        "price": PRICE,
        "shares": [
            {"party_id": stage.parties["inventor"], "share": "0.7", "is_inventor": True},
            {"party_id": stage.parties["university"], "share": "0.3"},
        ],
    }
    short = terms | {"shares": terms["shares"][:1]}
    stage.ask(tm, f"POST /spinouts/{company}/rights", short, expect=422)
    key: int = stage.ask(tm, f"POST /spinouts/{company}/rights", terms)["id"]
    screen = {"is_clear": True, "screened_by": "保密办公室", "screened_on": "2026-09-20"}
    stage.ask(tm, f"POST /rights/{key}/secrecy-screen", screen)
    stage.ask(tm, f"POST /rights/{key}/appraisal", {"appraisal": "done", "says": "评报字〔2026〕17 号"})
    days = {"starts_on": str(today), "ends_on": str(today.replace(day=today.day - 1))}
    stage.ask(tm, f"POST /rights/{key}/notices", {"price": PRICE, **days}, expect=422)
    ends_on = stage.pass_days(0).toordinal() + 15
    notice = {"price": PRICE, "starts_on": str(today), "ends_on": str(date.fromordinal(ends_on))}
    stage.ask(tm, f"POST /rights/{key}/notices", notice)
    objection = {"received_on": str(stage.pass_days(2)), "objector": "材料学院", "says": "另有一项专利"}
    told = stage.ask(tm, f"POST /rights/{key}/objections", objection)
    (raised,) = told["objections"]
    handling = {"handling": "核查后不涉及", "handled_on": str(stage.now.date())}
    stage.ask(tm, f"POST /objections/{raised['id']}/handling", handling)
    blocked = stage.ask(tm, f"POST /rights/{key}/booking", {"booked_on": str(stage.now.date())}, expect=409)
    assert [one["code"] for one in (blocked,)] == ["rights_not_ready"]
    return key


def decided(stage: Stage, deal: str, matter: str, *, condition: str = "") -> int:
    """Papers, declarations, sealed ballots, the count and the minutes by the chair."""
    motion = stage.ask("analyst", "POST /motions", {"deal": deal, "matter": matter, "title": "提请审议"})
    key: int = motion["id"]
    folder = stage.ask("analyst", f"POST /deals/{deal}/folders", {"name": f"投委会材料 {matter}"})
    paper = stage.ask(
        "analyst",
        f"POST /folders/{folder['id']}/documents",
        files={"file": ("memo.pdf", f"memo {matter}".encode(), "application/pdf")},
        data={"title": "投资建议书"},
    )
    pinned = {"papers": [{"title": paper["title"], "sha256": paper["sha256"]}]}
    stage.ask("analyst", f"POST /motions/{key}/papers", pinned)
    for seat in SEATS:
        stage.ask(seat, f"POST /motions/{key}/declarations", {"conflicts": []})
    stage.ask("manager", f"POST /motions/{key}/open", {})
    hashed = stage.ask("s1", f"GET /motions/{key}")["papers_hash"]
    for seat in SEATS:
        ballot: dict[str, object] = {"choice": "yes", "papers_hash": hashed}
        if condition and seat == "s2":
            ballot |= {"choice": "conditions", "conditions": [condition]}
        stage.ask(seat, f"POST /motions/{key}/ballots", ballot)
    stage.pass_days(3)
    decision = stage.ask("s1", f"POST /motions/{key}/close", {})
    wanted = "approved_with_conditions" if condition else "approved"
    assert decision["outcome"]["state"] == wanted
    stage.ask("s1", f"POST /motions/{key}/minutes")
    return key


def closed(stage: Stage, deal: str, rights: int) -> Any:
    """The condition is met and confirmed, the notice runs out, the right is booked, the money goes out."""
    assert stage.ask("manager", f"GET /deals/{deal}")["stage"] == "closing"
    (condition,) = stage.ask("manager", f"GET /deals/{deal}/conditions")
    key = condition["condition"]["id"]
    stage.ask("analyst", f"POST /conditions/{key}/evidence", {"says": "转让登记完成"})
    stage.ask("analyst", f"POST /conditions/{key}/confirmation", expect=403)
    stage.ask("s1", f"POST /conditions/{key}/confirmation")

    def pay(expect: int) -> Any:
        body = {"amount": ASKED, "on": str(stage.now.date()), "quantity": "1000000", "ownership": "0.1"}
        return stage.ask("manager", f"POST /deals/{deal}/closings", body, expect=expect)

    assert "公示期至" in str(pay(409)["problems"])
    stage.pass_days(14)
    stage.ask("technology_manager", f"POST /rights/{rights}/booking", {"booked_on": str(stage.now.date())})
    paid = pay(201)
    assert paid["payable"]["amount"] == "0.00"
    (holding,) = stage.ask("accountant", "GET /holdings")["items"]
    assert (holding["cost"], holding["deal_code"]) == (ASKED, deal)
    entries = stage.ask("accountant", "GET /entries?limit=500")["items"]
    assert any(entry["amount"] == ASKED for entry in entries)
    return holding


def left(stage: Stage, deal: str, holding: Any) -> None:
    """The committee decides on the sale to the partner, it is sold, and the exit is recorded."""
    stage.pass_days(90)
    motion = decided(stage, deal, "exit")
    told = {
        "motion_id": motion,
        "kind": "sale_to_lp",
        "exited_on": str(stage.now.date()),
        "counterparty_id": stage.parties["steel"],
        "into_partner_chain": True,
    }
    stage.ask("manager", f"POST /deals/{deal}/exit", told, expect=409)
    sale = {
        "sold_on": str(stage.now.date()),
        "quantity": "1000000",
        "proceeds": {"amount": "52000000.00", **CNY},
        "buyer_party_id": stage.parties["steel"],
        "reason": "全部转让",
    }
    stage.ask("manager", f"POST /holdings/{holding['code']}/sales", sale)
    stage.ask("analyst", f"POST /deals/{deal}/exit", told, expect=403)
    exited = stage.ask("manager", f"POST /deals/{deal}/exit", told)
    assert exited["gain"]["amount"] == "32000000.00"
    assert stage.ask("analyst", f"GET /deals/{deal}")["stage"] == "exited"
    assert [one["deal"] for one in stage.ask("s1", "GET /exits")["items"]] == [deal]
    stages = [event["to_stage"] for event in stage.ask("analyst", f"GET /deals/{deal}/history")]
    assert list(dict.fromkeys(stages))[-3:] == ["closing", "held", "exited"]
    assert stage.ask("manager", "GET /audit/proof")["breaks"] == []
