"""What was printed lately is not printed again."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from app import printing
from lp_reports import pdf


def a_document(word: str) -> pdf.Document:
    html = f"<html lang='en'><title>{word}</title><p>{word}</p></html>"
    return pdf.Document(html, datetime(2026, 1, 1, tzinfo=UTC), sha256(word.encode()).hexdigest())


def test_only_what_is_missing_goes_to_the_press(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    press = pdf.print_all

    def counted(documents: Sequence[pdf.Document]) -> list[bytes]:
        asked.extend(one.sha256 for one in documents)
        return press(documents)

    monkeypatch.setattr(pdf, "print_all", counted)
    one, other = a_document("first"), a_document("second")
    first = printing.printed(one)
    assert printing.printed_all([other, one])[1] == first
    assert printing.printed_all([one, other])[0] == first
    assert asked == [one.sha256, other.sha256]


def test_no_more_are_kept_than_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "KEPT", 1)
    printing.printed_all([a_document("third"), a_document("fourth")])
    assert len(printing._kept) == 1
