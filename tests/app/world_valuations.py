"""What the small world has of valuations: a draft mark with its file, and the memo printed of it."""

from datetime import date

from fund.holdings.queries import MarkSheet
from fund.valuations.actions import hand_in
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor
from lp_reports import memos
from lp_reports.edition import Language
from tests.app.world_pipeline import BEFORE
from tests.builders.holdings import a_draft
from tests.builders.results import M
from tests.builders.seals import a_pdf
from tests.builders.valuations import a_file


def a_filed_mark(tx: Tx, analyst: Actor, holding_id: int, *, reason: str) -> MarkSheet:
    """A draft of the analyst that waits for approval, file and memo beside it."""
    mark = a_draft(tx, analyst, holding_id, on=date(2026, 6, 30), value=33 * M, reason=reason, now=BEFORE)
    hand_in(tx, analyst, mark_id=mark.id, file=a_file(33 * M, milestones=()), now=BEFORE)
    printed = {language: a_pdf(f"memo {language}") for language in Language}
    content = memos.freeze(tx, mark_id=mark.id).encode()
    memos.file_memo(tx, SYSTEM, mark_id=mark.id, content=content, pdfs=printed, now=BEFORE)
    return mark
