"""What lies on the partner's desk: fonts, bookmarks, attachments, nothing cut, nobody else's name, the same bytes."""

import hashlib
import io
import re
import zipfile
from datetime import UTC, datetime

import pikepdf
import pymupdf
import pytest
from weasyprint.urls import FatalURLFetchingError

from lp_reports import pdf, snapshot
from lp_reports.archive import Files, file_name, produce
from lp_reports.compose import SECTIONS
from lp_reports.edition import Language
from lp_reports.press import bundled_only
from tests.builders.reports import PARTNERS, sample_figures

MM = 72 / 25.4
AT = datetime(2026, 10, 15, 2, 0, tzinfo=UTC)


def opened(content: bytes) -> pymupdf.Document:
    return pymupdf.open(stream=content, filetype="pdf")


def spans(page: pymupdf.Page) -> list[dict[str, object]]:
    return [span for span in page.get_texttrace() if span["chars"]]


@pytest.mark.parametrize("language", Language)
def test_every_font_is_embedded_noto_cjk(printed: Files, language: Language) -> None:
    with opened(printed.pdfs[language]) as document:
        fonts = {font[3].split("+")[1] for page in document for font in page.get_fonts()}
    assert fonts
    assert all(re.match(r"Noto-(Sans|Serif)-CJK-SC", font) for font in fonts), fonts


@pytest.mark.parametrize("language", Language)
def test_no_character_is_a_box(printed: Files, language: Language) -> None:
    with opened(printed.pdfs[language]) as document:
        characters = [
            (page.number, char) for page in document for span in spans(page) for char in span["chars"]
        ]
        missing = [(number, chr(char[0])) for number, char in characters if not char[1]]
    assert missing == []


def test_rare_characters_are_printed(printed: Files) -> None:
    with opened(printed.pdfs[Language.ZH]) as document:
        text = "".join(page.get_text() for page in document)
    for character in "㛃䶮𠅤𬀩":
        assert character in text


@pytest.mark.parametrize("language", Language)
def test_nothing_leaves_the_type_area(printed: Files, language: Language) -> None:
    with opened(printed.pdfs[language]) as document:
        for page in list(document)[1:]:
            for block in page.get_text("words"):
                assert block[0] >= 18 * MM - 1, (page.number, block)
                assert block[2] <= 192 * MM + 3, (page.number, block)
                assert block[3] <= 288 * MM, (page.number, block)


def inner(word: tuple[float, float, float, float, str]) -> pymupdf.Rect:
    """The box of a word without the white above and below its letters."""
    left, top, right, bottom = word[:4]
    return pymupdf.Rect(left + 0.3, top + 2.6, right - 0.3, bottom - 2.6)


@pytest.mark.parametrize("language", Language)
def test_no_two_words_lie_on_each_other(printed: Files, language: Language) -> None:
    with opened(printed.pdfs[language]) as document:
        for page in document:
            words = [(inner(word), word[4]) for word in page.get_text("words")]
            clashes = [
                (page.number, one, other)
                for index, (box, one) in enumerate(words)
                for further, other in words[index + 1 :]
                if not box.is_empty and box.intersects(further)
            ]
            assert clashes == []


@pytest.mark.parametrize("language", Language)
def test_no_page_is_a_third_empty_unless_it_ends_a_part(printed: Files, language: Language) -> None:
    with opened(printed.pdfs[language]) as document:
        begins = {page for _, _, page in document.get_toc()}
        for page in list(document)[1:]:
            lowest = max(word[3] for word in page.get_text("words") if word[3] < 270 * MM)
            ends_a_part = page.number + 2 in begins or page.number + 1 == len(document)
            assert lowest > 22 * MM + 255 * MM * (0.25 if ends_a_part else 0.67), page.number + 1


def test_every_page_says_whose_it_is_and_that_it_is_an_example(printed: Files) -> None:
    figures = sample_figures()
    for language, mark in ((Language.ZH, "示例"), (Language.EN, "Example")):
        with opened(printed.pdfs[language]) as document:
            count = len(document)
            for page in document:
                assert mark in page.get_text()
            for page in list(document)[1:]:
                text = " ".join(page.get_text().replace("\u00a0", " ").split())
                assert (figures.fund.name.zh if language is Language.ZH else figures.fund.name.en) in text
                assert (
                    figures.partner.name.zh if language is Language.ZH else figures.partner.name.en
                ) in text
                foot = (
                    f"第 {page.number + 1} 页，共 {count} 页"
                    if language is Language.ZH
                    else f"page {page.number + 1} of {count}"
                )
                assert foot in text
                assert ("第 1 版" if language is Language.ZH else "version 1") in text


@pytest.mark.parametrize("language", Language)
def test_bookmarks_lead_to_sections_and_companies(printed: Files, language: Language) -> None:
    with opened(printed.pdfs[language]) as document:
        marks = [(level, title) for level, title, _ in document.get_toc()]
    names = [section.zh if language is Language.ZH else section.en for section in SECTIONS]
    sections = [f"{number} {name}" for number, name in enumerate(names, start=1)]
    assert [title for level, title in marks if level == 1] == sections
    assert len([title for level, title in marks if level == 2]) == len(sample_figures().companies)


def test_it_is_pdf_a_3_dated_by_its_figures(printed: Files) -> None:
    with opened(printed.pdfs[Language.ZH]) as document:
        assert document.metadata["creationDate"] == "D:20261015020000Z"
        xmp = document.get_xml_metadata()
    assert 'part="3"' in xmp
    assert 'conformance="U"' in xmp


def test_the_figures_travel_inside(printed: Files) -> None:
    content = snapshot.dumps(sample_figures())
    with opened(printed.pdfs[Language.EN]) as document:
        assert document.embfile_names() == ["figures.json", "figures.xlsx"]
        attached = document.embfile_get("figures.json")
        assert document.embfile_get("figures.xlsx") == printed.workbook
        cover = document[0].get_text()
    assert attached == content
    assert hashlib.sha256(attached).hexdigest() in re.sub(r"\s", "", cover)


def test_the_same_snapshot_prints_to_the_same_bytes(printed: Files) -> None:
    again = produce(snapshot.dumps(sample_figures()), list(Language))
    assert [hashlib.sha256(content).hexdigest() for content in again.pdfs.values()] == [
        hashlib.sha256(content).hexdigest() for content in printed.pdfs.values()
    ]


def everything_in(content: bytes) -> str:
    """Text, metadata and attachments of a PDF, streams unpacked."""
    with opened(content) as document:
        parts = [page.get_text() for page in document]
        parts += [str(document.metadata), document.get_xml_metadata(), str(document.get_toc())]
        parts += [
            document.embfile_get(name).decode("utf-8", "replace") for name in document.embfile_names()[:1]
        ]
        book = document.embfile_get("figures.xlsx")
    parts.append(unzipped(book))
    with pikepdf.open(stream(content)) as plain:
        for one in plain.objects:
            is_stream = isinstance(one, pikepdf.Stream)
            parts.append(one.read_bytes().decode("utf-8", "replace") if is_stream else str(one))
    return "\n".join(parts)


@pytest.mark.parametrize("language", Language)
def test_neither_partners_file_names_the_other(
    printed: Files, other_printed: Files, language: Language
) -> None:
    (name, _), (other, _) = PARTNERS
    mine, yours = everything_in(printed.pdfs[language]), everything_in(other_printed.pdfs[language])
    for text, present, absent in ((mine, name, other), (yours, other, name)):
        assert bare(present.zh if language is Language.ZH else present.en) in bare(text)
        for foreign in (absent.zh, absent.en, absent.zh.split("股份")[0].split("集团")[0]):
            assert bare(foreign) not in bare(text)


def bare(text: str) -> str:
    """Text without spaces and breaks: a name that is cut at the end of a line is still a name."""
    return re.sub(r"\s", "", text)


def unzipped(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


def stream(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)


@pytest.mark.parametrize(
    "url", ["https://example.org/a.css", "file:///etc/passwd", "asset:///../rules.py", "asset:///none.css"]
)
def test_nothing_but_bundled_assets_is_fetched(url: str) -> None:
    with pytest.raises(FatalURLFetchingError):
        bundled_only(url)


def test_a_document_that_reaches_outside_is_refused() -> None:
    html = '<p>x<img src="https://example.org/x.png">'
    with pytest.raises(pdf.PressFailed, match="bundled assets"):
        pdf.print_all([pdf.Document(html, AT, "00" * 32)])


def test_the_press_is_bounded() -> None:
    long = pdf.Document("<p>x" * 200_000, AT, "00" * 32)
    with pytest.raises(pdf.PressFailed, match="more than 1 s of the processor"):
        pdf.print_all([long], pdf.Bounds(seconds=1))
    with pytest.raises(pdf.PressFailed, match="not done after 1 s"):
        pdf.print_all([long], pdf.Bounds(patience=1))
    with pytest.raises(pdf.PressFailed):
        pdf.print_all([long], pdf.Bounds(memory=64 * 1024**2))


def test_files_are_called_after_their_number() -> None:
    assert file_name("AF1-2026Q3-LP02-v1", Language.ZH) == "AF1-2026Q3-LP02-v1-zh.pdf"
