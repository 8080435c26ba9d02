"""What was printed lately is not printed again."""

from datetime import UTC, datetime
from hashlib import sha256

from app import printing
from lp_reports import pdf


def a_document(word: str) -> pdf.Document:
    html = f"<html lang='en'><title>{word}</title><p>{word}</p></html>"
    return pdf.Document(html, datetime(2026, 1, 1, tzinfo=UTC), sha256(word.encode()).hexdigest())


def test_only_what_is_missing_goes_to_the_press() -> None:
    """The very bytes come back that were printed first, alone and among others."""
    first = printing.printed(a_document("first"))
    second, again = printing.printed_all([a_document("second"), a_document("first")])
    assert again is first
    assert printing.printed(a_document("second")) is second
    assert second != first


def test_no_more_are_kept_than_agreed() -> None:
    oldest = printing.printed(a_document("oldest"))
    printing.printed_all([a_document(str(number)) for number in range(printing.KEPT)])
    assert len(printing._kept) == printing.KEPT
    assert printing.printed(a_document("oldest")) is not oldest
