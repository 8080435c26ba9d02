"""The pages in a real browser: keyboard, dragging, the phone, and no scripts at all."""

import re

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request, expect

from tests.app.pages.conftest import PHONE, Open
from tests.app.world import World

pytestmark = pytest.mark.browser


HERE = ("http://127.0.0.1", "data:")


def code_of(world: World, name: str) -> str:
    return str(world.ids[name])


def card(page: Page, code: str) -> str:
    return f'.deal[data-code="{code}"]'


def test_a_card_is_dragged_to_the_next_column(open_page: Open, world: World) -> None:
    code = code_of(world, "fresh")
    page = open_page("manager", "/deals")
    target = page.locator('[data-stage="screening"]')
    with page.expect_navigation():
        page.locator(card(page, code)).drag_to(target, target_position={"x": 60, "y": 40})
    expect(page.locator('[data-stage="screening"]').locator(card(page, code))).to_be_visible()


def test_a_card_that_may_not_go_there_comes_back_with_the_reason(open_page: Open, world: World) -> None:
    code = code_of(world, "screened")
    page = open_page("manager", "/deals")
    home = page.locator('[data-stage="screening"]')
    target = page.locator('[data-stage="project_approval"]')
    page.locator(card(page, code)).drag_to(target, target_position={"x": 60, "y": 40})
    expect(page.locator("#live")).to_contain_text(re.compile("立项"))
    expect(home.locator(card(page, code))).to_be_visible()


def test_a_card_is_moved_by_keyboard(open_page: Open, world: World) -> None:
    code = code_of(world, "fresh")
    page = open_page("manager", "/deals")
    page.locator(card(page, code)).focus()
    page.keyboard.press("Space")
    expect(page.locator("#live")).to_contain_text("新登记的项目")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#live")).to_contain_text("初筛")
    with page.expect_navigation():
        page.keyboard.press("Space")
    expect(page.locator('[data-stage="screening"]').locator(card(page, code))).to_be_visible()


def test_search_is_always_one_key_away(open_page: Open, world: World) -> None:
    page = open_page("manager", "/today")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("筛选")
    found = page.locator("#found a").first
    expect(found).to_contain_text("筛选中的项目")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/deals/{code_of(world, 'screened')}")


def test_a_member_votes_on_a_phone(open_page: Open, world: World) -> None:
    page = open_page("committee", f"/committee/{world.ids['motion']}", size=PHONE)
    assert width(page) <= PHONE["width"]
    expect(page.locator('[name="conditions"]')).to_be_hidden()
    page.get_by_text("有条件同意").click()
    page.locator('[name="conditions"]').fill("补充专利转让登记")
    page.get_by_role("button", name="投票").click()
    expect(page.locator(".said").first).to_contain_text("密封")
    expect(page.get_by_text("您已于")).to_be_visible()


def width(page: Page) -> int:
    found: int = page.evaluate("document.documentElement.scrollWidth")
    return found


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        (
            "manager",
            "/today /deals /deals/list /deals/funnel /deals/new /deals/{approved} /deals/{approved}/closing "
            "/committee /committee/{decided_motion} /fund /fund/partners /fund/partners/LP01 /fund/calls "
            "/fund/calls/new /fund/distributions /fund/portfolio /fund/portfolio/H01 /fund/books "
            "/fund/books/journal /fund/returns /fund/performance /fund/performance/groups /fund/exposure "
            "/reports /reports/{report} /channel /channel/demands "
            "/channel/achievements /screening/{round} /diligence/{workstream} /audit /search?q=LP",
        ),
        ("lp_user", "/portal /reports /channel /today"),
        ("administrator", "/users /users/1"),
    ],
)
def test_nothing_is_wider_than_a_phone_and_no_script_complains(
    open_page: Open, world: World, name: str, paths: str
) -> None:
    page = open_page(name, "/today", size=PHONE)
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"{page.url}: {message.text}")

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))

    def ask(request: Request) -> None:
        if not request.url.startswith(HERE):
            complaints.append(request.url)

    page.on("request", ask)
    wide = []
    for path in paths.format(**world.ids).split():
        page.goto(re.sub(r"(//[^/]+)/.*", r"\1", page.url) + path)
        if width(page) > PHONE["width"]:
            wide.append(f"{path} is {width(page)} wide")
    assert wide == []
    assert complaints == []


def test_without_scripts_a_deal_moves_and_a_vote_is_cast(open_page: Open, world: World) -> None:
    code = code_of(world, "fresh")
    page = open_page("manager", f"/deals/{code}", scripts=False)
    page.get_by_role("button", name="转入“初筛”").click()
    expect(page.locator(".said")).to_contain_text("已转入新阶段")
    page.locator("summary", has_text="搁置项目").click()
    form = page.locator("#act-hold")
    form.locator("textarea").fill("等待试验")
    form.get_by_role("button").click()
    expect(page.locator(".track")).to_contain_text("搁置")
    voter = open_page("committee", f"/committee/{world.ids['motion']}", scripts=False)
    voter.get_by_label("反对").check()
    voter.get_by_role("button", name="投票").click()
    expect(voter.get_by_text("您已于")).to_be_visible()


def test_what_will_happen_is_shown_before_money_moves(open_page: Open, world: World) -> None:
    page = open_page("accountant", "/fund/calls")
    page.get_by_role("link", name=code_of(world, "approved_call"), exact=True).click()
    page.locator("summary", has_text="发出缴款").click()
    panel = page.locator("#act-issue .confirm")
    expect(panel).to_contain_text("应收缴款")
    expect(panel).to_contain_text("1,000,000.00")


def test_the_language_is_switched_in_place(open_page: Open) -> None:
    page = open_page("manager", "/fund/portfolio")
    page.locator(".tongue button").click()
    expect(page.locator("h1")).to_have_text("Portfolio")
    assert page.url.endswith("/fund/portfolio")
    page.locator(".tongue button").click()
    expect(page.locator("h1")).to_have_text("投资组合")


def test_a_figure_opens_its_entries(open_page: Open) -> None:
    page = open_page("lp_user", "/portal?quarter=2025Q4")
    page.locator(".list .explained").last.click()
    expect(page.locator("h1")).to_contain_text("期末净值")
    page.locator(".list tbody a").first.click()
    expect(page.locator(".facts")).to_contain_text("链上序号")
