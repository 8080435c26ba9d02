from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import MixedCurrencies, Money, NotAnAmount, UnknownCurrency, format_amount, format_percent

AMOUNTS = st.integers(min_value=-(10**17), max_value=10**17)


@pytest.mark.parametrize(
    ("minor", "options", "printed"),
    [
        (123450, {}, "1,234.50"),
        (-123450, {}, "(1,234.50)"),
        (-123450, {"brackets": False}, "-1,234.50"),
        (0, {}, "0.00"),
        (-7, {}, "(0.07)"),
        (123450, {"places": 0}, "1,235"),
        (-4, {"places": 1}, "0.0"),
        (-5, {"places": 1}, "(0.1)"),
        (50_000_000_000, {"unit": 10_000}, "50,000.00"),
        (123_456_789, {"unit": 10_000}, "123.46"),
        (12_345_000_000, {"unit": 100_000_000, "places": 3}, "1.235"),
    ],
)
def test_amounts_are_printed_with_separators_and_brackets(
    minor: int, options: dict[str, Any], printed: str
) -> None:
    assert format_amount(minor, **options) == printed


@pytest.mark.parametrize(
    ("share", "printed"),
    [
        (Fraction(6, 5), "120 %"),
        (Fraction(3, 40), "7.5 %"),
        (Fraction(1, 3), "33.3333 %"),
        (Fraction(2, 3), "66.6667 %"),
        (Fraction(-1, 20), "-5 %"),
        (Fraction(-1, 10**9), "0 %"),
        (Fraction(0), "0 %"),
        (Fraction(1234), "123,400 %"),
    ],
)
def test_shares_are_printed_in_percent(share: Fraction, printed: str) -> None:
    assert format_percent(share) == printed


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("123.45", "CNY", 12345),
        ("123.4", "CNY", 12340),
        ("123", "CNY", 12300),
        ("-0.07", "CNY", -7),
        (" 5.00 ", "USD", 500),
        ("-12", "JPY", -12),
    ],
)
def test_plain_decimals_are_read_exactly(text: str, currency: str, amount: int) -> None:
    assert Money.parse(text, currency) == Money(amount, currency)


@pytest.mark.parametrize(
    "text", ["", "1,234.50", "1.234", "1e3", "abc", "1.", ".5", "+1", "١٢", "１２", "NaN", "--1"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount) as refusal:
        Money.parse(text, "CNY")
    assert text in str(refusal.value)


def test_a_currency_without_decimals_takes_none() -> None:
    with pytest.raises(NotAnAmount):
        Money.parse("1.0", "JPY")


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(UnknownCurrency):
        Money.parse("1", "RMB")


@given(AMOUNTS, st.sampled_from(["CNY", "JPY"]))
def test_text_and_parse_are_inverse(amount: int, currency: str) -> None:
    money = Money(amount, currency)
    assert Money.parse(money.text(), currency) == money


def test_arithmetic_and_order_within_one_currency() -> None:
    one, two = Money(100, "CNY"), Money(250, "CNY")
    assert one + two == Money(350, "CNY")
    assert one - two == Money(-150, "CNY")
    assert -one == Money(-100, "CNY")
    assert one < two
    assert one <= two
    assert two > one
    assert two >= one
    assert one
    assert not Money(0, "CNY")
    assert str(two) == "CNY 2.50"


def test_two_currencies_never_mix() -> None:
    with pytest.raises(MixedCurrencies):
        Money(1, "CNY") + Money(1, "USD")
    with pytest.raises(MixedCurrencies):
        assert Money(1, "CNY") < Money(2, "USD")
