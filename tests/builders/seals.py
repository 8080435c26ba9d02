"""A seal for reports that tests publish, made once per process: a key takes a while to make."""

from functools import cache
from io import BytesIO

import pikepdf

from lp_reports.seal import Seal, make_seal, open_seal

PASSPHRASE = "only-for-tests"


@cache
def key_file() -> bytes:
    """A PKCS#12 file under PASSPHRASE."""
    return make_seal("示例基金 Example Fund", PASSPHRASE)


@cache
def a_seal() -> Seal:
    """The seal of every test."""
    return open_seal(key_file(), PASSPHRASE)


def a_pdf(title: str) -> bytes:
    """The smallest real PDF that says something: one empty page and a title."""
    drawn = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(200, 200))
        document.docinfo["/Title"] = title
        document.save(drawn, deterministic_id=True)
    return drawn.getvalue()
