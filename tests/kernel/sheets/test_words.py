"""Words, lists, ticks and choices."""

from enum import StrEnum

import pytest

from kernel.sheets.cells import Cell, Unreadable
from kernel.sheets.words import Choice, Code, Records, Text, Texts, YesNo, escaped


class Kind(StrEnum):
    LIMITED = "limited"
    GENERAL_PARTNER = "general_partner"


KIND = Choice(Kind, {"有限合伙人": Kind.LIMITED, "LP": Kind.LIMITED, "普通合伙人": Kind.GENERAL_PARTNER})


@pytest.mark.parametrize("written", ["是", " 有 ", "Y", "yes", "TRUE", "1", "√", True])
def test_yes(written: str | bool) -> None:
    assert YesNo().read(Cell(written)) is True


@pytest.mark.parametrize("written", ["否", "无", "n", "No", "false", "0", "×", False])
def test_no(written: str | bool) -> None:
    assert YesNo().read(Cell(written)) is False


def test_perhaps_is_refused() -> None:
    with pytest.raises(Unreadable, match="neither yes nor no"):
        YesNo().read(Cell("也许"))


@pytest.mark.parametrize(
    "written", ["有限合伙人", "limited", "LIMITED", "ＬＰ", "有限合伙人 / Limited", "有限合伙人\nLP"]
)
def test_a_choice_by_either_language(written: str) -> None:
    assert KIND.read(Cell(written)) is Kind.LIMITED


def test_a_choice_by_its_name_with_spaces() -> None:
    assert KIND.read(Cell("General Partner")) is Kind.GENERAL_PARTNER


def test_an_unknown_choice_lists_the_known_ones() -> None:
    with pytest.raises(Unreadable, match="有限合伙人 limited, 普通合伙人 general_partner"):
        KIND.read(Cell("银行"))


def test_text_is_trimmed_and_otherwise_kept_as_written() -> None:
    assert Text().read(Cell("\u3000顾𬀩（示例）\u200b ")) == "顾𬀩（示例）"
    assert Text().read(Cell(91110108.0)) == "91110108"


def test_text_longer_than_the_limit_is_refused() -> None:
    with pytest.raises(Unreadable, match="5 characters; expected at most 4"):
        Text(limit=4).read(Cell("12345"))
    with pytest.raises(Unreadable, match="65 characters"):
        Code().read(Cell("x" * 65))


def test_codes_are_narrow_and_upper_case() -> None:
    assert Code().read(Cell("ｌｐ ０１")) == "LP01"


def test_lists_are_parted_by_semicolons_of_either_width() -> None:
    assert Texts().read(Cell("甲；乙; 丙、丁\n")) == ("甲", "乙", "丙", "丁")


def test_records_are_parted_by_semicolons_and_strokes() -> None:
    specs = Records(("name", "value", "unit"), needed=2)
    assert specs.read(Cell("压力|≤ 5|MPa；安定性｜合格\n")) == (
        {"name": "压力", "value": "≤ 5", "unit": "MPa"},
        {"name": "安定性", "value": "合格", "unit": ""},
    )


@pytest.mark.parametrize("text", ["纪要；已达", "a|b;c", "first\nsecond", "C:\\new", "ends in \\", "｜"])
def test_what_parts_records_is_told_behind_a_backslash(text: str) -> None:
    reader = Records(("name", "value"), needed=2)
    written = Cell(f"{escaped(text)}|1；other|{escaped(text)}")
    assert reader.read(written) == ({"name": text, "value": "1"}, {"name": "other", "value": text})


@pytest.mark.parametrize("written", ["压力", "压力||MPa", "a|b|c|d"])
def test_what_is_no_record_is_refused(written: str) -> None:
    with pytest.raises(Unreadable, match=r"name\|value\|unit"):
        Records(("name", "value", "unit"), needed=2).read(Cell(written))
