"""Opening a fund, amending its terms, choosing among several funds, and one's own password, by page."""

import re

from fund.charter.queries import only_fund
from fund.partners.queries import general_partner
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from tests.app.pages.conftest import Enter
from tests.app.pages.test_acts import send
from tests.app.world import World
from tests.builders.charter import a_fund
from tests.builders.people import PASSWORD


def amendment(**changes: str) -> dict[str, str]:
    usual = {
        "version": "1",
        "note": "合伙人会议决议",
        "effective_on": "2026-10-01",
        "size": "500,000,000.00",
        "first_close_on": "2024-01-15",
        "final_close_on": "2025-01-15",
        "commitment_period_ends_on": "2029-01-15",
        "term_ends_on": "2033-01-15",
        "fee_rate": "2",
        "fee_basis": "commitment_then_invested",
        "hurdle": "7.5",
        "compounding": "daily",
        "catch_up": "100",
        "carry": "20",
        "equalisation_rate": "8",
        "offset_share": "100",
        "notice_business_days": "10",
        "language": "both",
    }
    return usual | changes


def test_terms_are_amended_and_the_difference_is_shown(signed_in: Enter) -> None:
    client = signed_in("manager")
    assert "首版" in client.get("/fund/terms").text
    assert send(client, "/fund/terms", **amendment(note="")).status_code == 422
    assert send(client, "/fund/terms", **amendment(effective_on="2020-01-01")).status_code == 422
    assert send(client, "/fund/terms", **amendment(hurdle="108")).status_code == 422
    assert send(client, "/fund/terms", **amendment()).status_code == 303
    page = client.get("/fund/terms").text
    assert "门槛收益率（年）：8.00% → 7.50%" in page
    assert "现行第 1 版" in page
    stale = send(client, "/fund/terms", **amendment(hurdle="7"))
    assert stale.status_code == 409
    assert "第 2 版" in stale.text
    reader = signed_in("analyst")
    assert 'action="/fund/terms"' not in reader.get("/fund/terms").text
    assert send(reader, "/fund/terms", **amendment(version="2")).status_code == 403
    assert signed_in("committee").get("/fund/terms").status_code == 403


def test_a_version_that_does_not_hold_yet_is_withdrawn_and_shown_as_such(signed_in: Enter) -> None:
    client, why = signed_in("manager"), {"reason": "决议文号录入有误"}
    assert "/fund/terms/1/withdraw" not in client.get("/fund/terms").text
    assert send(client, "/fund/terms/1/withdraw", **why).status_code == 409
    assert send(client, "/fund/terms/9/withdraw", **why).status_code == 404
    assert send(client, "/fund/terms", **amendment()).status_code == 303
    assert 'action="/fund/terms/2/withdraw"' in client.get("/fund/terms").text
    assert send(client, "/fund/terms/2/withdraw", reason=" ").status_code == 422
    assert send(client, "/fund/terms/2/withdraw", **why).status_code == 303
    page = client.get("/fund/terms").text
    assert "决议文号录入有误" in page
    assert "已撤回" in page
    assert "/fund/terms/2/withdraw" not in page
    assert send(client, "/fund/terms", **amendment(version="1", note="再次决议")).status_code == 303
    page = client.get("/fund/terms").text
    assert 'action="/fund/terms/3/withdraw"' in page
    assert page.count("门槛收益率（年）：8.00% → 7.50%") == 2
    reader = signed_in("accountant")
    assert "/fund/terms/3/withdraw" not in reader.get("/fund/terms").text
    assert send(reader, "/fund/terms/3/withdraw", **why).status_code == 403


def test_the_form_of_carry_and_its_tiers_are_typed_shown_and_refused(signed_in: Enter) -> None:
    client = signed_in("manager")
    tiers = {"measure1": "multiple", "threshold1": "2", "tier_carry1": "25"}
    tiers |= {"measure2": "return", "threshold2": "15", "tier_carry2": "30"}
    form = {"carry_form": "deal_by_deal", "carry_tax": "20"}
    at_once = amendment(effective_on="2026-09-01", **tiers, **form)
    unreachable = send(client, "/fund/terms", **(at_once | {"threshold1": "1"}))
    assert unreachable.status_code == 422
    assert "回报倍数应大于 1" in unreachable.text
    assert send(client, "/fund/terms", **at_once).status_code == 303
    page = client.get("/fund/terms").text
    assert "逐项目分配" in page
    assert "回报达 2.0 倍后，超额收益 25.0%" in page
    assert "年化收益率达 15.0% 后，超额收益 30.0%" in page
    for name, value in (("threshold1", "2"), ("threshold2", "15")):
        typed = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
        assert typed is not None
        assert f'value="{value}"' in typed[0], typed[0]
    english = signed_in("auditor", "en").get("/fund/carry?as_of=2026-09-29").text
    assert "30.0% from 15.0% a year on" in english
    assert "Deal by deal" in english


def test_limits_are_shown_in_words_and_typed_again_as_they_were(signed_in: Enter) -> None:
    client = signed_in("manager")
    one = {"dimension1": "origin", "key1": "alumni_firm", "maximum1": "20", "basis1": "commitments"}
    any_one = {"dimension2": "sector", "key2": "", "maximum2": "12.5", "basis2": "commitments"}
    said = amendment(effective_on="2026-09-30", **one, **any_one)
    misspelt = said | {"dimension3": "sector", "key3": "hydrogn", "maximum3": "20", "basis3": "commitments"}
    unheld = send(client, "/fund/terms", **misspelt)
    assert unheld.status_code == 422
    assert "没有投资使用标签“hydrogn”；在用的有：hydrogen" in unheld.text
    assert send(client, "/fund/terms", **misspelt, planned="yes").status_code == 303
    # A limit that stands is not asked about again.
    assert send(client, "/fund/terms", **(misspelt | {"version": "2", "hurdle": "7"})).status_code == 303
    page = client.get("/fund/terms").text
    assert "来源 校友企业 ≤ 20.0%" in page
    assert "任一行业 ≤ 12.5%" in page
    assert re.search(r'<input(?=[^>]*name="maximum2")(?=[^>]*value="12\.5")', page)


def test_with_several_funds_one_is_chosen_and_kept(
    signed_in: Enter, world_database: Database, world: World
) -> None:
    client = signed_in("manager")
    assert "/fund/choice" not in client.get("/today").text
    with world_database.transaction(SYSTEM) as tx:
        a_fund(tx, code="AF2")
    assert 'value="AF1" selected' in client.get("/fund/partners").text
    other = client.get("/fund/partners?fund=AF2").text
    assert "LP01" not in other
    assert "LP01" not in client.get("/fund/partners").text
    assert send(client, "/fund/choice", fund="AF1").status_code == 303
    assert "LP01" in client.get("/fund/partners").text
    assert client.get("/fund?fund=AF9").status_code == 404
    partner = signed_in("lp_user")
    assert "AF2" not in partner.get("/portal").text
    assert partner.get("/portal?fund=AF2").status_code == 404


def test_a_form_goes_to_the_fund_it_was_opened_for(signed_in: Enter, world_database: Database) -> None:
    client = signed_in("manager")
    with world_database.transaction(SYSTEM) as tx:
        a_fund(tx, code="AF2")
    send(client, "/fund/choice", fund="AF2")
    assert send(client, "/fund/terms", fund="AF1", **amendment()).status_code == 303
    assert "首版" in client.get("/fund/terms").text
    assert "7.50%" not in client.get("/fund/terms").text
    assert "7.50%" in client.get("/fund/terms?fund=AF1").text


def test_ones_own_password_by_page(signed_in: Enter) -> None:
    client = signed_in("analyst")
    fresh = "another long sentence"
    wrong = send(client, "/password", current="wrong words", password=fresh, again=fresh)
    assert wrong.status_code == 403
    assert fresh not in wrong.text
    assert send(client, "/password", current=PASSWORD, password=fresh, again="other").status_code == 422
    assert send(client, "/password", current=PASSWORD, password=fresh, again=fresh).status_code == 303
    assert client.get("/today").status_code == 200


def test_the_administrator_says_which_partner_a_person_belongs_to_and_resets(
    signed_in: Enter, world: World
) -> None:
    client, home = signed_in("administrator"), f"/users/{world.ids['user_rival']}"
    assert "LP01" in client.get(home).text
    shown = send(client, f"{home}/reset")
    assert shown.status_code == 200
    words = re.search(r"<code>([a-z0-9-]{29})</code>", shown.text)
    assert words is not None
    assert words.group(1) not in client.get(home).text


def test_the_general_partners_returns_say_that_they_hold_its_carry(
    signed_in: Enter, world_database: Database
) -> None:
    client = signed_in("manager", "en")
    says = "hold its carried interest"
    with world_database.transaction(SYSTEM) as tx:
        general = general_partner(tx, fund_id=only_fund(tx).id).id
    assert says in client.get("/fund/partners/GP").text
    assert says in client.get(f"/fund/returns?partner={general}").text
    assert says not in client.get("/fund/partners/LP01").text
    assert says not in client.get("/fund/returns").text
