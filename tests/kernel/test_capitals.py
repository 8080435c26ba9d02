"""Amounts in Chinese capitals: the rules' own examples, and every amount read back by other means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.capitals import DIGITS, NoCapitals, capitals

UNITS = {"拾": 10, "佰": 100, "仟": 1000}
MOST = 10**18


@pytest.mark.parametrize(
    ("minor", "says"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (5_0, "伍角整"),
        (1_05, "壹元零伍分"),
        (10_00, "壹拾元整"),
        (1_409_50, "壹仟肆佰零玖元伍角整"),
        (6_007_14, "陆仟零柒元壹角肆分"),
        (1_680_32, "壹仟陆佰捌拾元叁角贰分"),
        (107_000_53, "壹拾万柒仟元伍角叁分"),
        (16_409_02, "壹万陆仟肆佰零玖元零贰分"),
        (325_04, "叁佰贰拾伍元零肆分"),
        (100_007_00, "壹拾万零柒元整"),
        (2_000_300_00, "贰佰万零叁佰元整"),
        (6_900_000_00, "陆佰玖拾万元整"),
        (1_000_000_000_00, "壹拾亿元整"),
        (1_000_050_000_00, "壹拾亿零伍万元整"),
        (100_000_000_01, "壹亿元零壹分"),
        (1_234_500_000_000_00, "壹万贰仟叁佰肆拾伍亿元整"),
        (10_000_000_000_000_00, "壹拾万亿元整"),
    ],
)
def test_it_is_written_as_the_rules_say(minor: int, says: str) -> None:
    assert capitals(minor) == f"人民币{says}"


def read(said: str) -> int:
    """The fen of an amount in capitals, by the place names alone."""
    whole = part = digit = 0
    for sign in said:
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        elif sign in UNITS:
            part, digit = part + digit * UNITS[sign], 0
        elif sign == "万":
            whole, part, digit = whole + (part + digit) * 10_000, 0, 0
        elif sign == "亿":
            whole, part, digit = (whole + part + digit) * 10**8, 0, 0
        elif sign == "元":
            whole, part, digit = (whole + part + digit) * 100, 0, 0
        elif sign == "角":
            whole, digit = whole + digit * 10, 0
        elif sign == "分":
            whole, digit = whole + digit, 0
    return whole


@given(
    st.one_of(
        st.integers(0, MOST - 1), st.integers(0, 10**7), st.sampled_from(range(17)).map(lambda n: 10**n)
    )
)
def test_every_amount_reads_back_to_the_fen(minor: int) -> None:
    said = capitals(minor).removeprefix("人民币")
    assert read(said) == minor
    assert "零零" not in said
    assert said.endswith("分") == (minor % 10 != 0)
    assert said.endswith("整") == (minor % 10 == 0)


@pytest.mark.parametrize("minor", [-1, MOST])
def test_what_has_no_capitals_is_refused(minor: int) -> None:
    with pytest.raises(NoCapitals):
        capitals(minor)
