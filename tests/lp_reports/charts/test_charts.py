"""Charts are legible whatever the figures: nothing cut, nothing over another, a zero line, few colours."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lp_reports import words
from lp_reports.charts import bars, bridge, company, curve, rates
from lp_reports.charts.canvas import shorten, spread, text_width
from lp_reports.edition import Edition, Language
from lp_reports.facts import CurvePoint, Step, Text
from lp_reports.portfolio import Limit, Slice, ValuePoint
from tests.builders.reports import sample_figures
from tests.lp_reports.charts.pictures import SVG, assert_legible, root, texts, zero_lines

EDITIONS = [Edition(language) for language in Language]
MILLION = 100_000_000
amounts = st.integers(min_value=-900 * MILLION, max_value=900 * MILLION)
positive = st.integers(min_value=0, max_value=900 * MILLION)
CODES = (
    "contributions",
    "distributions",
    "management_fee",
    "expenses",
    "income",
    "realised",
    "unrealised",
    "carry",
)


MANY_QUARTERS = tuple(f"{year}Q{number}" for year in range(2020, 2032) for number in (1, 2, 3, 4))


def draw_bridge(steps: tuple[Step, ...], edition: Edition, width: float = 493) -> str:
    return bridge.bridge(steps, words.named(words.STEPS, edition), edition, width=width, height=128)


@pytest.mark.parametrize("edition", EDITIONS, ids=str)
@given(opening=positive, moves=st.lists(amounts, min_size=8, max_size=8))
def test_a_bridge_is_legible_whatever_moves(edition: Edition, opening: int, moves: list[int]) -> None:
    steps = [Step(code, amount) for code, amount in zip(CODES, moves, strict=True)]
    svg = draw_bridge((Step("opening", opening), *steps, Step("closing", opening + sum(moves))), edition)
    assert_legible(svg)
    assert len(zero_lines(svg)) == 1


def test_small_moves_grow_from_the_opening_value() -> None:
    steps = (
        Step("opening", 4000 * MILLION),
        Step("unrealised", 10 * MILLION),
        Step("closing", 4010 * MILLION),
    )
    written = [one.text for one in texts(draw_bridge(steps, EDITIONS[0]))]
    assert written[-1].startswith("期初 400,000")
    assert written[-3:-1] == ["+1,000", "期末 401,000"]
    steps = (Step("opening", 40 * MILLION), Step("unrealised", 60 * MILLION), Step("closing", 100 * MILLION))
    assert "期初" in [one.text for one in texts(draw_bridge(steps, EDITIONS[0]))]


def test_in_half_the_width_of_a_page_a_name_takes_two_lines() -> None:
    steps = [Step(code, MILLION * (-1) ** at) for at, code in enumerate(CODES)]
    svg = draw_bridge(
        (Step("opening", 90 * MILLION), *steps, Step("closing", 90 * MILLION)), EDITIONS[0], 300
    )
    assert_legible(svg)
    assert not [one.text for one in texts(svg) if "…" in (one.text or "")]


def test_a_long_name_takes_what_its_neighbours_leave_free() -> None:
    """The example's bridge of a year in English on a page; "Unrealised" is wider than a column."""
    moves = {"contributions": 36, "distributions": -49, "management_fee": -7, "expenses": -1}
    moves |= {"realised": 17, "unrealised": 58}
    steps = [Step(code, count * MILLION) for code, count in moves.items()]
    opening, closing = Step("opening", 289 * MILLION), Step("closing", 343 * MILLION)
    [english] = [one for one in EDITIONS if one.language == "en"]
    svg = draw_bridge((opening, *steps, closing), english, 300)
    assert_legible(svg)
    assert {"Mgmt fee", "Expenses", "Realised", "Unrealised"} <= {one.text for one in texts(svg)}


def test_a_fall_reads_without_colour() -> None:
    steps = (Step("opening", 5 * MILLION), Step("expenses", -MILLION), Step("closing", 4 * MILLION))
    svg = draw_bridge(steps, EDITIONS[0])
    hollow = [node for node in root(svg).iter(f"{SVG}rect") if node.get("fill") == "#ffffff"]
    assert len(hollow) == 1
    assert "(100)" in [one.text for one in texts(svg)]


def test_nothing_moved_still_draws() -> None:
    assert_legible(draw_bridge((Step("opening", 0), Step("carry", 0), Step("closing", 0)), EDITIONS[0]))


points = st.lists(st.tuples(positive, positive, amounts), min_size=1, max_size=48)


def curve_of(rows: list[tuple[int, int, int]]) -> list[CurvePoint]:
    return [
        CurvePoint(quarter, paid, out, nav, ratio(out + nav, paid), ratio(out, paid))
        for quarter, (paid, out, nav) in zip(MANY_QUARTERS, rows, strict=False)
    ]


def ratio(part: int, whole: int) -> Decimal | None:
    return Decimal(max(part, 0)) / Decimal(whole) if whole > MILLION else None


@pytest.mark.parametrize("edition", EDITIONS, ids=str)
@given(rows=points)
def test_the_j_curve_is_legible(edition: Edition, rows: list[tuple[int, int, int]]) -> None:
    svg = curve.j_curve(curve_of(rows), edition, width=235, height=190)
    assert_legible(svg, hues=3)
    assert len(zero_lines(svg)) == 1


@pytest.mark.parametrize("edition", EDITIONS, ids=str)
@given(rows=points)
def test_multiples_are_legible_and_show_the_line_at_one(
    edition: Edition, rows: list[tuple[int, int, int]]
) -> None:
    svg = curve.progression(curve_of(rows), edition, width=235, height=190)
    assert_legible(svg)
    assert any(one.text == "1.00×" for one in texts(svg)) or not any(p.tvpi for p in curve_of(rows))


@pytest.mark.parametrize("edition", EDITIONS, ids=str)
@given(
    told=st.lists(
        st.none() | st.decimals(min_value=Decimal("-0.9999"), max_value=Decimal("900"), places=4),
        min_size=1,
        max_size=48,
    )
)
def test_rates_are_legible_and_where_there_is_none_the_line_breaks(
    edition: Edition, told: list[Decimal | None]
) -> None:
    svg = rates.rate_curve(list(zip(MANY_QUARTERS, told, strict=False)), edition, width=235, height=150)
    assert_legible(svg)
    lines = len(list(root(svg).iter(f"{SVG}path"))) + len(list(root(svg).iter(f"{SVG}polyline")))
    runs = sum(
        one is not None and two is not None and (at == 0 or told[at - 1] is None)
        for at, (one, two) in enumerate(pairwise(told))
    )
    assert lines == runs


def test_without_a_full_year_the_picture_says_so() -> None:
    svg = rates.rate_curve([("2026Q1", None)], EDITIONS[0], width=235, height=150)
    assert [one.text for one in texts(svg)] == ["尚不满一年"]


@pytest.mark.parametrize("edition", EDITIONS, ids=str)
@given(rows=points)
def test_nav_bars_are_legible(edition: Edition, rows: list[tuple[int, int, int]]) -> None:
    assert_legible(curve.nav_bars(curve_of(rows)[-12:], edition, width=493, height=130))


@pytest.mark.parametrize("edition", EDITIONS, ids=str)
@given(rows=st.lists(st.tuples(positive, positive), min_size=1, max_size=48))
def test_a_companys_history_is_legible(edition: Edition, rows: list[tuple[int, int]]) -> None:
    held = [ValuePoint(quarter, *row) for quarter, row in zip(MANY_QUARTERS, rows, strict=False)]
    assert_legible(company.history(held, edition, width=235, height=150))


@pytest.mark.parametrize("edition", EDITIONS, ids=str)
def test_company_bars_keep_the_schedules_order(edition: Edition) -> None:
    lines = sample_figures().investments
    svg = bars.companies(lines, edition, width=493)
    assert_legible(svg)
    assert [one.text for one in texts(svg)][::2] == [edition.name(line.name) for line in lines]


def test_a_long_company_name_is_shortened_not_cut() -> None:
    line = sample_figures().investments[0]
    long = replace(line, name=Text("非常长的企业名称有限责任公司" * 6, "A very long name " * 12))
    for edition in EDITIONS:
        svg = bars.companies((long,), edition, width=493)
        assert_legible(svg)
        assert texts(svg)[0].text.endswith("…")


shares = st.decimals(0, 2, places=4)


@given(now=shares, most=shares, is_minimum=st.booleans())
def test_a_bullet_is_hollow_exactly_beyond_its_limit(now: Decimal, most: Decimal, is_minimum: bool) -> None:
    svg = bars.bullet(Limit("sector", Text("氢能"), now, most, "size", is_minimum), width=110)
    hollow = any(node.get("fill") == "#ffffff" for node in root(svg).iter(f"{SVG}rect"))
    assert hollow == (now < most if is_minimum else now > most)


def test_a_share_fills_its_part_of_the_scale() -> None:
    svg = bars.share_bar(Slice(Text("氢能"), 1, Decimal("0.25")), Decimal("0.5"), width=101)
    (filled,) = root(svg).iter(f"{SVG}rect")
    assert filled.get("width") == "50.00"
    assert bars.share_bar(Slice(Text("氢能"), 0, Decimal(0)), Decimal(0), width=101)


@pytest.mark.parametrize("edition", EDITIONS, ids=str)
@given(levels=st.tuples(*[st.none() | st.integers(1, 9)] * 3))
def test_readiness_is_legible(edition: Edition, levels: tuple[int | None, int | None, int | None]) -> None:
    svg = bars.readiness(bars.Readiness(*levels), edition, width=150)
    assert_legible(svg)
    filled = [node for node in root(svg).iter(f"{SVG}rect") if node.get("fill") != "#c9d1d7"]
    assert len(filled) == (levels[1] or 0)


def test_fingerprints_of_different_files_look_different() -> None:
    one, other = (bars.print_of(text * 32, width=180, height=26) for text in ("a1", "b2"))
    assert one != other
    assert len(list(root(one).iter(f"{SVG}rect"))) == 32


def test_texts_in_charts_are_escaped() -> None:
    line = replace(sample_figures().investments[0], name=Text("<b>&", "<b>&"))
    assert "<b>" not in bars.companies((line,), EDITIONS[0], width=493)


@given(places=st.lists(st.integers(0, 100), max_size=4), gap=st.integers(1, 20))
def test_spread_labels_never_touch(places: list[int], gap: int) -> None:
    moved = spread(places, gap, 0, 100)
    order = sorted(moved)
    assert all(after - before >= gap - 1e-9 for before, after in pairwise(order))
    assert all(0 - 1e-9 <= place <= 100 for place in moved)


def test_a_text_that_fits_is_left_alone() -> None:
    assert shorten("氢能", text_width("氢能")) == "氢能"
