"""The value bridge and the returns over time, by page: for staff the fund and every partner, for a partner its own."""

import re
from datetime import date

import pytest

from fund.charter.queries import only_fund
from fund.partners.queries import partner_by_code
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.app.pages.conftest import Enter

BRIDGE = "/fund/performance?quarter=2025Q4&period=itd"


@pytest.fixture
def ids(world_database: Database) -> dict[str, int]:
    with world_database.transaction(SYSTEM) as tx:
        fund_id = only_fund(tx).id
        return {code: partner_by_code(tx, fund_id=fund_id, code=code).id for code in ("LP01", "LP02")}


def test_the_bridge_names_its_companies_and_each_figure_opens_its_entries(signed_in: Enter) -> None:
    client = signed_in("manager", "en")
    shown = client.get(BRIDGE).text
    assert "What each company added" in shown
    assert "Hydrogen Materials" in shown
    figure = re.search(r'href="(/fund/explain\?figure=unrealised[^"]*holding=[1-9][0-9]*)">10,000,000', shown)
    assert figure is not None
    told = client.get(figure.group(1).replace("&amp;", "&")).text
    assert "10,000,000" in told
    assert "H01/MARK" in told
    assert "H02/MARK" not in told
    chinese = signed_in("manager").get(BRIDGE).text
    assert "各企业贡献" in chinese
    assert "收益走势" in chinese


def test_returns_over_time_stand_for_every_quarter(signed_in: Enter) -> None:
    shown = signed_in("analyst", "en").get(BRIDGE).text
    stages = re.findall(r'href="/fund/returns\?quarter=(20[0-9]{2}Q[1-4])', shown)
    assert stages[-1] == "2024Q1"
    assert "2025Q4" in stages
    assert "Net IRR over time" in shown


def test_a_partner_sees_its_own_bridge_and_nobody_elses(signed_in: Enter, ids: dict[str, int]) -> None:
    client = signed_in("lp_user", "en")
    own = client.get(f"{BRIDGE}&partner={ids['LP01']}")
    assert own.status_code == 200
    assert "Value bridge" in own.text
    assert "LP02" not in own.text
    assert client.get(f"{BRIDGE}&partner={ids['LP02']}").status_code == 404
    assert client.get(BRIDGE).status_code == 403


def test_a_quarter_to_come_and_odd_words_are_refused(signed_in: Enter) -> None:
    client = signed_in("manager", "en")
    for odd in ("quarter=2099Q1", "quarter=2025Q9", "period=always", "partner=x"):
        assert client.get(f"/fund/performance?{odd}").status_code == 422, odd
    assert client.get("/fund/performance?partner=99999").status_code == 404


def test_gross_returns_by_group_open_their_entries_and_come_as_a_workbook(signed_in: Enter) -> None:
    client = signed_in("manager", "en")
    for by in ("holding", "origin", "sector", "vintage"):
        shown = client.get(f"/fund/performance/groups?by={by}&as_of=2025-12-31")
        assert shown.status_code == 200, by
        figures = re.findall(r'href="(/fund/performance/groups/entries[^"]*)"', shown.text)
        assert len(figures) >= 6
        for one in figures:
            assert client.get(one.replace("&amp;", "&")).status_code == 200, one
    assert "Laboratory" in client.get("/fund/performance/groups?by=origin&as_of=2025-12-31").text
    known = client.get("/fund/performance/groups?as_of=2025-12-31&known_at=2024-03-21T12:00").text
    assert "known_at=2024-03-21T04%3A00%3A00Z" in known
    assert "H02" not in known
    assert signed_in("lp_user").get("/fund/performance/groups").status_code == 403


def test_odd_questions_about_groups_are_refused(signed_in: Enter) -> None:
    client = signed_in("manager", "en")
    for odd, status in (
        ("groups?by=luck", 422),
        ("groups/entries?by=sector&figure=luck", 422),
        ("groups/entries?by=sector", 422),
        ("groups/entries?by=holding&figure=value&key=H99", 404),
        ("groups?known_at=yesterday", 422),
    ):
        assert client.get(f"/fund/performance/{odd}").status_code == status, odd


def test_every_figure_leads_to_its_entries(signed_in: Enter) -> None:
    """The value, too, with the last flow of a return; a quarter that runs has no figures of its end."""
    client = signed_in("manager", "en")
    shown = client.get(BRIDGE).text
    table = shown[shown.index("Net figures at the end of each quarter") :]
    for money in re.findall(r'<td class="num">(.*?)</td>', table)[:3]:
        assert money.startswith('<a class="explained"'), money
    [value] = set(re.findall(r'href="(/fund/explain\?figure=net_value[^"]*until=[^"]*)"', shown))
    flows = client.get("/fund/returns?quarter=2025Q4").text
    assert value.partition("until")[2] in flows
    told = client.get(value.replace("&amp;", "&"))
    assert told.status_code == 200
    assert "NAV of the partners who pay fees, net of accrued carry" in told.text
    for named in (
        "NAV net of accrued carry",
        "Closing net asset value of the fund",
        "fair value of investments",
    ):
        assert named in shown, named
    ahead = client.get("/fund/performance?quarter=2026Q3").text
    stages = re.findall(r'<td><a class="explained" href="/fund/returns\?quarter=(20[0-9]{2}Q[1-4])', ahead)
    today = date.fromisoformat(re.findall(r"figure=net_value[^\"]*until=([0-9-]*)", ahead)[0])
    assert Quarter.parse(stages[0]).ends_on <= today
