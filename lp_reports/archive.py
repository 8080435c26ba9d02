"""From saved figures to files: one PDF per language with the data inside, and the data beside it.

Nothing is read from the books here: a reprint is drawn from the saved bytes alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lp_reports import pdf, snapshot
from lp_reports.canonical import fingerprint
from lp_reports.compose import compose
from lp_reports.edition import Language
from lp_reports.workbook import workbook


@dataclass(frozen=True)
class Files:
    """What one snapshot prints to: a PDF per language and the workbook."""

    pdfs: dict[Language, bytes]
    workbook: bytes


def produce(content: bytes, languages: Sequence[Language]) -> Files:
    """Print saved figures (canonical JSON) in each language; the same content gives the same bytes."""
    figures = snapshot.loads(content)
    sha256 = fingerprint(content)
    book = workbook(figures, sha256)
    attachments = (
        pdf.Attachment("figures.json", f"全部数字 Every figure, sha256 {sha256}", content),
        pdf.Attachment("figures.xlsx", "现金流与资本账户 Cash flows and capital account", book),
    )
    documents = [
        pdf.Document(compose(figures, sha256, language), figures.document.frozen_at, sha256, attachments)
        for language in languages
    ]
    return Files(dict(zip(languages, pdf.print_all(documents), strict=True)), book)


def file_name(number: str, language: Language, suffix: str = "pdf") -> str:
    """How a downloaded file is called: AF1-2026Q3-LP02-v1-zh.pdf."""
    return f"{number}-{language}.{suffix}"
