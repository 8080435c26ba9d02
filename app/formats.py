"""How figures, days and instants are written on pages. Nothing is ever computed from these texts."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from markupsafe import Markup, escape

from app.languages import Language
from fund.valuations.calibration import CalibrationKind
from kernel.instants import BEIJING
from kernel.money import format_amount

NOTHING = "–"
_THOUSAND, _WAN, _MILLION, _YI = 1_000, 10_000, 1_000_000, 100_000_000


def money(minor: int | None, places: int = 2) -> str:
    """Fen as yuan: "1,234.50", negatives in brackets, nothing as a dash."""
    return NOTHING if minor is None else format_amount(minor, places=places)


def figure(minor: int | None, places: int = 2) -> Markup:
    """`money` for a table: the closing bracket hangs outside, so that decimals stand in one line."""
    return hung(money(minor, places))


def hung(text: str) -> Markup:
    """Hang a closing bracket."""
    if not text.endswith(")"):
        return escape(text)
    return Markup('<span class="neg">{}<i>)</i></span>').format(text[:-1])


def quantity(held: Fraction) -> str:
    """A quantity with thousands, "1,000,000"; a part of one as a decimal."""
    return f"{held.numerator:,}" if held.denominator == 1 else f"{float(held):,.4f}".rstrip("0").rstrip(".")


def short(minor: int | None, language: Language) -> str:
    """A figure for a card or a chart: "3.24 亿", "3,100 万" or "324.0 m", "31.0 m"."""
    if minor is None:
        return NOTHING
    if minor == 0:
        return "0"
    size = abs(minor) // 100
    if language is Language.EN:
        unit, word, places = (_MILLION, "m", 1) if size >= _MILLION else (_THOUSAND, "k", 0)
    elif size >= _YI:
        unit, word, places = _YI, "亿", 2
    else:
        unit, word, places = _WAN, "万", 0 if size % _WAN == 0 or size >= 100 * _WAN else 1
    text = format_amount(minor, places=places, unit=unit)
    return f"{text} {word}"


def percent(part: Fraction | float | None, places: int = 1) -> str:
    """A fraction as "11.4%", negatives in brackets."""
    if part is None:
        return NOTHING
    text, is_negative = fixed(Fraction(part) * 100, places)
    return f"({text}%)" if is_negative else f"{text}%"


def multiple(times: Fraction | float | None) -> str:
    """A multiple as "1.28×"."""
    if times is None:
        return NOTHING
    text, is_negative = fixed(Fraction(times), 2)
    return f"({text}×)" if is_negative else f"{text}×"


def plain_number(value: Fraction) -> str:
    """An exact number as somebody types it: "3.33333333"."""
    if value.denominator == 1:
        return f"{value.numerator}"
    return f"{Decimal(value.numerator) / value.denominator:.10f}".rstrip("0")


def parameter(value: Fraction, kind: CalibrationKind) -> str:
    """A calibrated parameter as its kind is written: "3.33×", "44.22%" or an amount."""
    if kind is CalibrationKind.EQUITY:
        return money(round(value))
    return multiple(value) if kind is CalibrationKind.MULTIPLE else percent(value, 2)


def fixed(value: Fraction, places: int) -> tuple[str, bool]:
    """The size of `value` rounded half up, and whether it is below zero once rounded."""
    rounded = int(abs(value) * 10**places + Fraction(1, 2))
    text = f"{rounded // 10**places:,}"
    if places:
        text += f".{rounded % 10**places:0{places}d}"
    return text, value < 0 and rounded > 0


def rate(value: Any) -> str:
    """A rate of return: its percentage where there is exactly one, otherwise a dash (the page says why)."""
    return percent(value.value) if value is not None and value.status == "unique" else NOTHING


def day(on: date | None) -> str:
    """A day as 2026-09-30."""
    return NOTHING if on is None else on.isoformat()[:10]


def instant(at: datetime | None) -> str:
    """An instant on the fund's own clock, Beijing: "2026-09-30 16:00"."""
    return NOTHING if at is None else at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def when(at: date | datetime | None) -> str:
    """A day or an instant, each as it is written."""
    return instant(at) if isinstance(at, datetime) else day(at)


def typed_instant(at: datetime | None) -> str:
    """As a datetime-local field wants it."""
    return "" if at is None else at.astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M")


def machine(at: datetime | date) -> str:
    """For the `datetime` attribute of a <time>."""
    return at.isoformat()


def fingerprint(sha256: str | None) -> str:
    """The head of a SHA-256 in groups of four, as printed on a cover."""
    return NOTHING if not sha256 else " ".join(sha256[i : i + 4] for i in range(0, 16, 4))


def traditional_day(on: date, language: Language) -> str:
    """A day as a heading says it: "9 月 30 日 星期三" or "Wednesday 30 September"."""
    if language is Language.EN:
        return f"{on:%A} {on.day} {on:%B}"
    return f"{on.month} 月 {on.day} 日　星期{'一二三四五六日'[on.weekday()]}"
