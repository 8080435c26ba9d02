"""Faults of a request's fields are told in the reader's words."""

from datetime import date

import pytest
from pydantic import Field, ValidationError

from app.api.remedies import ResolutionIn
from app.api.schemas import Body, FractionIn, MoneyIn
from app.faults import validation_problems
from app.languages import Language, fault
from app.pages.fields import Fields
from fund.fees.relief_rules import ReliefKind


class Asked(Body):
    """One field of each common kind."""

    kind: ReliefKind
    on: date
    share: FractionIn
    price: MoneyIn
    count: int = Field(ge=1)
    note: str = Field(min_length=1)


WRONG = {
    "kind": "gift",
    "on": "soon",
    "share": "much",
    "price": {"amount": "1.234"},
    "count": 0,
    "note": "",
    "more": 1,
}


def test_each_kind_of_fault_has_a_plain_sentence_in_both_languages() -> None:
    with pytest.raises(ValidationError) as refused:
        Asked.model_validate(WRONG)
    problems = {one.where: one for one in validation_problems(refused.value.errors())}
    assert set(problems) == {*WRONG, "price.amount"} - {"price"}
    for problem in problems.values():
        said = fault(Language.ZH, problem)
        assert "Input" not in str(problem) + said
        assert "ReliefKind" not in str(problem) + said
        assert "应" in said or "不符合" in said or "没有" in said, said
    assert "waiver" in fault(Language.ZH, problems["kind"])
    assert str(problems["on"]) == "on: expected a day, as in 2026-09-30"


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e \u2066"])
def test_a_text_that_nobody_sees_is_missing(unseen: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Asked.model_validate(WRONG | {"note": unseen})
    assert "note" in [one.where for one in validation_problems(refused.value.errors())]
    fields = Fields({"reason": unseen})
    assert fields.text("reason") == ""
    assert [one.where for one in fields.problems] == ["reason"]


def test_a_file_that_is_not_in_base64_is_said_to_be_none() -> None:
    wrong = {"resolved_on": "2026-10-20", "votes": [], "minutes": "abc", "minutes_name": "x.pdf"}
    with pytest.raises(ValidationError) as refused:
        ResolutionIn.model_validate(wrong)
    [found] = validation_problems(refused.value.errors())
    assert fault(Language.ZH, found) == "不是有效的 Base64 内容"


def test_a_kind_that_is_not_listed_keeps_its_own_sentence() -> None:
    (found,) = validation_problems([{"loc": ("body",), "type": "other", "msg": "Odd."}])
    assert str(found) == "body: Odd."
