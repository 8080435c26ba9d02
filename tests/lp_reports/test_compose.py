import re
from dataclasses import replace
from decimal import Decimal

import pytest

from lp_reports import snapshot
from lp_reports.canonical import fingerprint
from lp_reports.compose import SECTIONS, Portfolio, compose, words_of
from lp_reports.edition import Language
from lp_reports.facts import Text
from lp_reports.portfolio import Chain, ChainLine, Exit
from lp_reports.rules import lint
from lp_reports.snapshot import Figures
from lp_reports.words import EXITS
from pipeline.stewardship.rules import ExitKind
from tests.builders.reports import restated_figures, sample_figures

ZH, EN = Language.ZH, Language.EN


def written(figures: Figures, language: Language) -> str:
    return compose(figures, fingerprint(snapshot.dumps(figures)), language)


@pytest.mark.parametrize("language", Language)
def test_every_section_has_its_head_and_its_twin(language: Language) -> None:
    html = written(sample_figures(), language)
    for section in SECTIONS:
        assert f'id="{section.key}"' in html
        assert section.zh in html
        assert section.en in html


@pytest.mark.parametrize("language", Language)
def test_the_report_passes_its_own_lint(language: Language) -> None:
    assert lint(words_of(snapshot.dumps(sample_figures()), language)) == []


def test_the_denial_of_a_promise_is_on_the_cover() -> None:
    assert "并非预期收益" in written(sample_figures(), ZH)
    assert "neither an expected return nor guaranteed" in written(sample_figures(), EN)


@pytest.mark.parametrize("language", Language)
def test_names_cannot_inject_markup(language: Language) -> None:
    figures = sample_figures()
    hostile = Text('<script>x</script>" onload=', "<script>x</script>&")
    partner = replace(figures.partner, name=hostile)
    first = replace(figures.investments[0], name=hostile)
    html = written(replace(figures, partner=partner, investments=(first, *figures.investments[1:])), language)
    assert "<script>" not in html


def test_the_english_edition_is_written_in_english() -> None:
    text = words_of(snapshot.dumps(sample_figures()), EN)
    assert len(re.findall(r"[\u4e00-\u9fff]", text)) < len(text) * 0.06


def test_the_opening_check_is_printed_and_fails_loudly() -> None:
    figures = sample_figures()
    assert "✓ 期初净值" in written(figures, ZH)
    assert figures.previous
    moved = replace(figures.previous, figures=replace(figures.previous.figures, nav=1))
    html = written(replace(figures, previous=moved), ZH)
    assert 'class="check bad">× 期初净值' in html
    assert "不一致" in html


def test_a_first_report_has_nothing_to_compare_with() -> None:
    first = replace(sample_figures(), previous=None)
    assert "没有上期可比" in written(first, ZH)
    assert "No report on the last quarter was published to you" in written(first, EN)


def test_a_restatement_names_what_it_replaces() -> None:
    assert "AF1-2026Q3-LP02-v1" in written(restated_figures(), ZH)
    assert "supersedes AF1-2026Q3-LP02-v1" in written(restated_figures(), EN)


def test_the_chain_stands_among_the_exposures_and_figures_from_before_have_none() -> None:
    figures = sample_figures()
    one, two = (line.code for line in figures.investments[:2])
    lines = (
        ChainLine(
            one,
            ("customer", "shareholder"),
            30_000_000_00,
            Decimal("0.4"),
            2025,
            Decimal("0.36"),
            10_800_000_00,
        ),
        ChainLine(two, ("supplier",), 6_000_000_00, Decimal("0.08"), None, None, None),
    )
    own = Chain(lines, 36_000_000_00, Decimal("0.48"), 30_000_000_00, 10_800_000_00)
    told = words_of(snapshot.dumps(replace(figures, chain=own)), EN)
    assert "Your industrial chain" in told
    assert "you are its customer" in told
    assert "36.0%" in told
    assert "10,800" in told
    assert "Your industrial chain" not in words_of(snapshot.dumps(replace(figures, chain=None)), EN)


def test_a_fund_that_is_no_example_does_not_say_so() -> None:
    figures = sample_figures()
    real = replace(figures, fund=replace(figures.fund, is_example=False))
    assert "机构与人物均为虚构" in written(figures, ZH)
    assert "机构与人物均为虚构" not in written(real, ZH)


@pytest.mark.parametrize("language", Language)
def test_a_young_fund_without_holdings_prints(language: Language) -> None:
    figures = sample_figures(at=1)
    empty = replace(
        figures,
        previous=None,
        changes=(),
        investments=(),
        companies=(),
        exposures=(),
        limits=(),
        related=(),
        recusals=(),
        calls=(),
        distributions=(),
        expected=(),
        ages=(),
        back_tests=(),
    )
    html = written(empty, language)
    assert ("没有关联交易" in html) or ("no related-party transaction" in html)


def test_no_block_ends_in_white_space() -> None:
    assert not re.search(r"\s</(p|td|th|li|dd|h2|h3)>", written(sample_figures(), ZH))


def test_printed_sums_are_the_sums_of_the_lines() -> None:
    figures = sample_figures()
    sums = Portfolio.of(figures.investments)
    assert sums.value == sum(line.value for line in figures.investments)
    assert (sums.held, sums.exited, sums.written_off) == (7, 1, 1)


def test_how_a_company_was_left_is_printed_in_the_schedule_and_on_its_page() -> None:
    figures = sample_figures()
    zh, en = written(figures, ZH), written(figures, EN)
    assert zh.count("并购转让 2026-01-20，进入一位合伙人的产业链") == 2
    assert len(re.findall(r"Trade sale 2026-01-20, into a partner’s industrial chain", en)) == 2
    own = tuple(
        replace(line, left=Exit(line.left.kind, line.left.on, "yours") if line.left else None)
        for line in figures.investments
    )
    assert "into your industrial chain" in written(replace(figures, investments=own), EN)
    kept = tuple(replace(line, left=None) for line in figures.investments)
    assert "并购转让" not in written(replace(figures, investments=kept), ZH)


def test_every_kind_of_exit_has_its_words() -> None:
    assert set(EXITS) == {kind.value for kind in ExitKind}
