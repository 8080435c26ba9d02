"""Notices as files: printed to the same bytes, sealed, kept and proved, written in both languages."""

from datetime import date
from typing import Any

import pymupdf
import pytest

from fund.partners.queries import partner
from kernel.identity.rules import SYSTEM
from lp_reports import notice as said
from lp_reports import notices, pdf
from lp_reports.canonical import fingerprint
from lp_reports.edition import Language
from lp_reports.gathering.notices import gather
from lp_reports.models import PartnerNotice
from lp_reports.notice_page import compose_notice
from lp_reports.notice_proof import prove_notices
from lp_reports.rules import (
    Act,
    NoticeKind,
    lint,
)
from tests.builders.capital import (
    YUAN,
    a_call,
    committed,
    investment,
    noon,
)
from tests.builders.notices import LONG, WORKED, a_notice
from tests.builders.seals import a_seal
from tests.scenes import Scene

M = 1_000_000 * YUAN
LATER = noon(date(2027, 1, 4))


def test_the_file_is_sealed_kept_and_proved(scene: Scene) -> None:
    tx, fund = scene(committed)
    call = a_call(tx, fund, investment(10 * M), due_on=date(2026, 3, 2))
    notices.freeze(tx, act=Act.CALL, act_id=call.id, now=LATER)
    one = notices.one(tx, SYSTEM, act=Act.CALL, act_id=call.id, partner_id=fund["LP01"])
    of: dict[str, Any] = {"act": Act.CALL, "act_id": call.id}
    wishes = [(fund["LP01"], Language.ZH)]
    [missing] = notices.unprinted(tx, **of, wanted=wishes)
    drawn, again = pdf.print_all([notices.document(missing), notices.document(missing)])
    assert drawn == again
    notices.file(tx, **of, printed=[(missing, drawn)], seal=a_seal(), now=LATER)
    notices.file(tx, **of, printed=[(missing, b"another")], seal=a_seal(), now=LATER)
    assert not notices.unprinted(tx, **of, wanted=wishes)
    [(name, sealed)] = notices.opened(tx, **of, wanted=wishes)
    assert name == f"{one.number}-zh.pdf"
    assert sealed.startswith(drawn)
    assert not list(prove_notices(tx))
    other = partner(tx, partner_id=fund["LP02"])
    with pymupdf.open(stream=sealed, filetype="pdf") as document:
        text = "".join(page.get_text() for page in document) + str(document.metadata)
        inside = document.embfile_get("notice.json").decode()
    assert fingerprint(inside.encode()) == one.sha256
    for content in (text, inside):
        assert other.name_zh not in content
        assert other.code not in content


def test_a_changed_notice_is_found(scene: Scene) -> None:
    tx, fund = scene(committed)
    call = a_call(tx, fund, investment(10 * M))
    told = gather(tx, act=Act.CALL, act_id=call.id)[fund["LP01"]]
    wrong = said.dumps(a_notice(**{**vars(told), "amount": told.amount + 1}))
    facts = {"fund_id": fund.fund_id, "partner_id": fund["LP01"], "act": Act.CALL, "act_id": call.id}
    for number, sha256 in (("A", fingerprint(wrong)), ("B", "0" * 64)):
        tx.add(
            PartnerNotice(
                **{**facts, "partner_id": fund["LP01" if number == "A" else "LP02"]},
                number=number,
                sha256=sha256,
                content=wrong.decode(),
                frozen_at=told.frozen_at,
                recorded_at=LATER,
            )
        )
    tx.flush()
    assert [(one.row, one.what) for one in prove_notices(tx)] == [
        ("partner_notice A", "its figures are not what the rows say"),
        ("partner_notice B", "what it says does not match its fingerprint"),
    ]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_is_written_in_both_languages(kind: NoticeKind, language: Language) -> None:
    told = a_notice(kind=kind, waterfall=WORKED if kind is NoticeKind.DISTRIBUTION else None)
    html = compose_notice(told, "0" * 64, language)
    assert "1,000,000,000.00" in html
    assert "人民币壹拾亿元整" in html
    assert (LONG.zh if language is Language.ZH else LONG.en) in html
    assert not lint(html)
    if kind is NoticeKind.DISTRIBUTION:
        assert ("本次退出项目" if language is Language.ZH else "the deal at hand") in html
