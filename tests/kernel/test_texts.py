import pytest

from kernel.texts import is_unseen, seen


@pytest.mark.parametrize(
    "text", ["", " \t\n", "\u200b", "\u202e\u2066\u2069", "\ufeff \u00a0", "\u3164\u2800"]
)
def test_a_text_that_nobody_sees_is_none(text: str) -> None:
    assert is_unseen(text)
    assert seen(text) == ""


@pytest.mark.parametrize("text", ["转让", "a\u200bb", "。", "👩\u200d🔬"])
def test_what_is_seen_stays_as_it_is(text: str) -> None:
    assert not is_unseen(text)
    assert seen(f" {text}\n") == text
