"""Bytes kept by what they hold, under a type that can go out in a header again."""

from datetime import datetime

import pytest

from kernel.blobs.actions import UNTYPED, put
from kernel.blobs.queries import BlobMissing, get
from kernel.db import Tx


@pytest.mark.parametrize(
    "given", ["application/pdf\x0bx", "text/html; charset=utf-8", "pdf", "", "a/b\r\nx: y"]
)
def test_what_is_no_plain_media_type_is_kept_as_untyped(tx: Tx, now: datetime, given: str) -> None:
    key = put(tx, content=f"under {given}".encode(), media_type=given, now=now)
    assert get(tx, sha256=key).media_type == UNTYPED


def test_the_same_bytes_are_kept_once_and_unknown_ones_are_refused(tx: Tx, now: datetime) -> None:
    first, again = (put(tx, content=b"x", media_type="application/pdf", now=now) for _ in range(2))
    assert first == again
    with pytest.raises(BlobMissing):
        get(tx, sha256="0" * 64)
