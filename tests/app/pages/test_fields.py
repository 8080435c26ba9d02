"""Reading what was typed: understood as meant, or every fault named."""

import io
from datetime import date, datetime
from fractions import Fraction

import pytest
from starlette.datastructures import FormData, UploadFile

from app.pages.fields import Fields, FieldsWrong
from kernel.instants import BEIJING
from pipeline.deals.rules import Stage


def faults(fields: Fields) -> list[str]:
    with pytest.raises(FieldsWrong) as caught:
        fields.check()
    return [problem.where for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("1,234.50", 123450),
        ("１２", None),
        ("1，234", 123400),
        ("1500万", 1_500_000_000),
        ("1.5 万元", 1_500_000),
        ("20元", 2000),
        ("0.001", None),
        ("-5", -500),
        ("ten", None),
        ("", None),
    ],
)
def test_amounts(typed: str, minor: int | None) -> None:
    fields = Fields({"amount": typed})
    value = fields.money("amount")
    if minor is None:
        assert faults(fields) == ["amount"]
    else:
        fields.check()
        assert value == minor


def test_every_fault_is_named_at_once() -> None:
    fields = Fields(
        {"due_on": "soon", "count": "x", "stage": "nowhere", "rate": "a lot", "at": "now", "n": "?"}
    )
    fields.day("due_on")
    fields.whole("count")
    fields.choice("stage", Stage)
    fields.percent("rate")
    fields.instant("at")
    fields.number("n")
    fields.text("purpose")
    fields.day("other")
    fields.choice("missing", Stage)
    assert faults(fields) == ["due_on", "count", "stage", "rate", "at", "n", "purpose", "other", "missing"]


def test_what_is_well_typed_is_understood() -> None:
    fields = Fields(
        {
            "due_on": "2026/09/30",
            "count": "12",
            "stage": "closing",
            "rate": "12.5 %",
            "at": "2026-09-30T16:00",
            "n": "1,000.5",
            "purpose": " why ",
            "lines": "one\n\n two ",
            "tick": "yes",
        }
    )
    assert fields.day("due_on") == date(2026, 9, 30)
    assert fields.whole("count") == 12
    assert fields.choice("stage", Stage) is Stage.CLOSING
    assert fields.percent("rate") == Fraction(1, 8)
    assert fields.instant("at") == datetime(2026, 9, 30, 16, tzinfo=BEIJING)
    assert fields.number("n") == Fraction(2001, 2)
    assert fields.text("purpose") == "why"
    assert fields.lines("lines") == ("one", "two")
    assert fields.ticked("tick")
    assert not fields.ticked("untouched")
    fields.check()


def test_a_number_without_decimals_is_typed_as_it_is_shown() -> None:
    fields = Fields({"a": "2,000,000/3", "b": "-4/3", "c": "1/0", "d": "1" + "0" * 12 + "/1"})
    assert (fields.number("a"), fields.number("b")) == (Fraction(2_000_000, 3), Fraction(-4, 3))
    fields.number("c")
    fields.number("d")
    assert faults(fields) == ["c", "d"]


def test_what_may_be_left_out() -> None:
    fields = Fields({})
    assert fields.maybe_whole("a") is fields.maybe_money("b") is fields.maybe_day("c") is None
    assert fields.maybe_choice("d", Stage) is fields.maybe_instant("e") is None
    assert fields.many("f") == ()
    assert fields.file("g") is None
    fields.check()


def test_several_values_and_files() -> None:
    file = UploadFile(filename="a.pdf", file=io.BytesIO(b"x"))
    form = FormData([("excused", "1"), ("excused", "2"), ("paper", file), ("text", "kept")])
    fields = Fields(form)
    assert fields.many("excused") == ("1", "2")
    assert fields.file("paper") is file
    assert fields.raw("paper") == ""
    assert fields.typed() == {"excused": "2", "text": "kept"}
    assert Fields({"one": "x"}).many("one") == ("x",)
