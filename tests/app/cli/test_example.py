from pathlib import Path

import pytest

from app.cli.example import print_result
from app.settings import Settings
from fixtures.demo import DemoResult, PartnerLine


def a_line(code: str, *, is_general: bool) -> PartnerLine:
    return PartnerLine(code, "京西", 100_00, 100_00, 120_00, 0, 1.7978, "unique", 1.2, 0.0, is_general)


def test_the_general_partners_rate_is_marked_as_holding_its_carry(capsys: pytest.CaptureFixture[str]) -> None:
    lines = (a_line("LP01", is_general=False), a_line("GP01", is_general=True))
    print_result(DemoResult("AF1", "2026Q3", lines, (), (), "words", 1), Settings(), Path("out"))
    said = capsys.readouterr().out
    assert "GP01 │ 京西 *" in said
    assert "LP01 │ 京西 " in said
    assert "LP01 │ 京西 *" not in said
    assert "* 普通合伙人的收益含超额收益 The general partner's returns hold its carried interest" in said
