"""Codes of demands: each enterprise's own are under its mark."""

import pytest

from pipeline.channel.codes import CodeOfAnother, demand_code


@pytest.mark.parametrize(
    ("given", "by_itself", "kept"),
    [
        (" n-1 ", True, "P5-N-1"),
        ("P5-N-1", True, "P5-N-1"),
        ("P7-N-1", True, "P5-P7-N-1"),
        (" n-1 ", False, "N-1"),
        ("p5-n-1", False, "P5-N-1"),
    ],
)
def test_under_whose_mark_a_code_is_kept(given: str, by_itself: bool, kept: str) -> None:
    assert demand_code(given, party_id=5, by_itself=by_itself) == kept


def test_nobody_is_given_a_code_of_another_enterprise() -> None:
    with pytest.raises(CodeOfAnother, match="P5-"):
        demand_code("P7-N-1", party_id=5, by_itself=False)
