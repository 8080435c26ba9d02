"""How figures, days and instants are written."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from app import formats
from app.languages import Language
from valuation.irr import xirr

ZH, EN = Language.ZH, Language.EN


def test_amounts_stand_in_yuan_with_negatives_in_brackets() -> None:
    assert formats.money(123450) == "1,234.50"
    assert formats.money(-123450) == "(1,234.50)"
    assert formats.money(None) == "–"
    assert formats.money(123450, places=0) == "1,235"


def test_the_closing_bracket_of_a_table_figure_hangs_outside() -> None:
    assert formats.figure(-1) == '<span class="neg">(0.01<i>)</i></span>'
    assert formats.figure(1) == "0.01"
    assert formats.hung("<b>") == "&lt;b&gt;"


@pytest.mark.parametrize(
    ("minor", "zh", "en"),
    [
        (0, "0", "0"),
        (None, "–", "–"),
        (300_000_000, "300 万", "3.0 m"),
        (123_456_00, "12.3 万", "123 k"),
        (3_240_000_000_000, "324.00 亿", "32,400.0 m"),
        (-50_000_000_00, "(5,000) 万", "(50.0) m"),
    ],
)
def test_short_figures_change_unit_with_size_and_language(minor: int | None, zh: str, en: str) -> None:
    assert formats.short(minor, ZH) == zh
    assert formats.short(minor, EN) == en


def test_percentages_and_multiples_are_rounded_half_up_from_exact_fractions() -> None:
    assert formats.percent(Fraction(1, 8)) == "12.5%"
    assert formats.percent(Fraction(-1, 8)) == "(12.5%)"
    assert formats.percent(Fraction(2, 3), 0) == "67%"
    assert formats.percent(Fraction(-1, 10_000)) == "0.0%"
    assert formats.percent(None) == "–"
    assert formats.multiple(Fraction(128, 100)) == "1.28×"
    assert formats.multiple(Fraction(5, 1000)) == "0.01×"
    assert formats.multiple(-0.5) == "(0.50×)"
    assert formats.multiple(None) == "–"


def test_a_rate_is_shown_only_where_there_is_exactly_one() -> None:
    days = [date(2024, 1, 1), date(2025, 1, 1)]
    assert formats.rate(xirr(days, [-100, 110])) == "10.0%"
    assert formats.rate(xirr(days, [-100, 0])) == "–"
    assert formats.rate(None) == "–"


def test_instants_are_told_in_beijing() -> None:
    at = datetime(2026, 9, 30, 17, 5, tzinfo=UTC)
    assert formats.instant(at) == "2026-10-01 01:05"
    assert formats.typed_instant(at) == "2026-10-01T01:05"
    assert formats.when(at) == "2026-10-01 01:05"
    assert formats.when(date(2026, 9, 30)) == "2026-09-30"
    assert formats.instant(None) == formats.day(None) == "–"
    assert formats.typed_instant(None) == ""
    assert formats.machine(at) == "2026-09-30T17:05:00+00:00"


def test_days_in_headings_and_fingerprints() -> None:
    assert formats.traditional_day(date(2026, 9, 30), ZH) == "9 月 30 日　星期三"
    assert formats.traditional_day(date(2026, 9, 30), EN) == "Wednesday 30 September"
    assert formats.fingerprint("0123456789abcdef0123") == "0123 4567 89ab cdef"
    assert formats.fingerprint(None) == "–"
