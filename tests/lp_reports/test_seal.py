"""The seal: behind the approved bytes, checked by others' software, broken by any change, proved from the rows."""

from datetime import UTC, datetime

import pymupdf
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from kernel.blobs.queries import get
from kernel.db import Tx
from lp_reports import delivery, queries, sealing
from lp_reports.rules import Opening
from lp_reports.seal import Seal, SealFailed, SealUnreadable, apply, examine, make_seal, open_seal
from tests.builders.archive import AFTER, Archive, drafts, published
from tests.builders.seals import PASSPHRASE, a_pdf, a_seal, key_file

AT = datetime(2026, 10, 28, 2, 0, tzinfo=UTC)
DRAWN = a_pdf("report")


def sealed(seal: Seal | None = None) -> bytes:
    return apply(seal or a_seal(), DRAWN, number="AF1-2026Q3-LP01-v1", at=AT)


def verdict(content: bytes, drawn: bytes = DRAWN) -> str | None:
    return examine(content, drawn, fingerprint=a_seal().fingerprint)


def test_a_sealed_file_begins_with_the_approved_one_and_holds() -> None:
    content = sealed()
    assert content.startswith(DRAWN)
    assert verdict(content) is None
    with pymupdf.open(stream=content) as document:
        assert document.metadata["title"] == "report"
        (field,) = document[0].widgets()
        assert (field.field_name, field.is_signed) == ("Seal", True)
    assert b"20261028020000" in content.replace(b"D:", b"").replace(b"+00'00'", b"")


def test_the_seal_says_whose_it_is() -> None:
    assert a_seal().holder == "示例基金 Example Fund"
    assert len(a_seal().fingerprint) == 64


WHOLE = sealed()


# The signature itself cannot be among what it signs; it stands between these two places.
GAP = WHOLE.index(b"/Contents <") + len(b"/Contents "), WHOLE.index(b">", WHOLE.index(b"/Contents <")) + 1
SIGNED = st.integers(0, GAP[0] - 1) | st.integers(GAP[1], len(WHOLE) - 1)


@given(SIGNED, st.integers(1, 255))
def test_whatever_signed_byte_is_changed_the_seal_does_not_hold(place: int, by: int) -> None:
    changed = bytearray(WHOLE)
    changed[place] ^= by
    assert verdict(bytes(changed)) is not None


def test_nothing_may_be_added_removed_or_sealed_by_another() -> None:
    content = sealed()
    assert verdict(content + b"\n") == "its seal does not cover the whole file"
    assert verdict(content[:-1]) is not None
    assert verdict(DRAWN) == "it carries 0 signatures instead of one"
    assert verdict(content, a_pdf("another")) == "it does not begin with the approved file"
    other = open_seal(make_seal("somebody else", "x"), "x")
    assert verdict(sealed(other)) == "it was sealed with another key"


def test_a_key_that_cannot_be_used_is_refused_plainly() -> None:
    with pytest.raises(SealUnreadable, match="no PKCS#12 file"):
        open_seal(b"not a key", PASSPHRASE)
    with pytest.raises(SealUnreadable, match="the passphrase is another"):
        open_seal(key_file(), "wrong")
    with pytest.raises(SealFailed, match="could not be sealed"):
        apply(a_seal(), b"no PDF", number="x", at=AT)


def test_a_partner_is_handed_the_sealed_file_and_the_house_the_draft(tx: Tx, archive: Archive) -> None:
    draft = drafts(tx, archive, code="LP02")[0]
    row = published(tx, archive)[0]
    sheet = queries.report(tx, actor=archive.manager, report_id=row.key)
    drawn = get(tx, sha256=row.pdf).content
    handed = delivery.open_pdf(tx, archive.manager, report_id=row.key, kind=Opening.VIEWED, now=AFTER)
    assert handed.content == get(tx, sha256=str(sheet.sealed)).content
    assert handed.content.startswith(drawn)
    assert (sheet.sealed_by, sheet.certificate) == (a_seal().holder, a_seal().fingerprint)
    assert queries.report(tx, actor=archive.manager, report_id=draft.key).sealed is None
    read = delivery.open_pdf(tx, archive.manager, report_id=draft.key, kind=Opening.VIEWED, now=AFTER)
    assert read.content == get(tx, sha256=draft.pdf).content


def test_the_proof_tells_a_missing_and_a_broken_seal(tx: Tx, archive: Archive) -> None:
    first, second = published(tx, archive)
    assert list(sealing.prove_seals(tx)) == []
    tx.execute(sa.text("SET LOCAL ROLE NONE"))
    missing = drafts(tx, archive, code="LP02")[0]
    tx.execute(sa.text("UPDATE report SET state = 'published' WHERE id = :id"), {"id": missing.key})
    assert [found.what for found in sealing.prove_seals(tx)] == ["was published without a seal"]
    assert {first.number, second.number}.isdisjoint({missing.number})
