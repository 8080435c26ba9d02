"""Valuation memos: drawn from saved bytes alone, the same to the byte, printed as durable work."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from fund.holdings.queries import holding_by_code, marks
from fund.valuations.actions import approve, hand_in
from fund.valuations.records import note_event
from fund.valuations.rules import FileUnknown
from kernel import work
from kernel.db import Database
from kernel.identity.rules import SYSTEM
from lp_reports import jobs
from lp_reports import memo as memos
from lp_reports.edition import Language
from lp_reports.gathering.memo import gather
from lp_reports.memo_page import compose_memo
from lp_reports.memos import MemoUnknown, ask_for_memo, memos_of, open_memo, produce
from tests.builders.archive import AFTER, Archive, an_archive
from tests.builders.holdings import a_draft
from tests.builders.memos import a_memo
from tests.builders.valuations import MILLION, a_file


@pytest.fixture
def archive(database: Database) -> Archive:
    """The small fund."""
    with database.transaction(SYSTEM) as tx:
        return an_archive(tx, closed=False)


@pytest.fixture
def worker(database: Database) -> Iterator[Database]:
    """A database with a worker in this process."""
    work.start_worker(database)
    yield database
    work.stop_worker()


def test_a_memo_survives_being_written_down_and_prints_to_the_same_bytes() -> None:
    content = memos.dumps(a_memo())
    assert memos.loads(content) == a_memo()
    first, second = produce(content), produce(content)
    assert first == second
    assert all(printed.startswith(b"%PDF") for printed in first.values())
    assert set(first) == {Language.ZH, Language.EN}


def test_it_says_what_an_auditor_asks_in_either_language() -> None:
    memo = a_memo()
    chinese = compose_memo(memo, "0" * 64, Language.ZH)
    english = compose_memo(memo, "0" * 64, Language.EN)
    for words in (
        "氢材科技有限公司",
        "三类权益权利不同",
        "17,752,381.00",
        "3.33×",
        "3.10×",
        "未达成",
        "分配断点",
    ):
        assert words in chinese, words
    for words in (
        "Hydrogen Materials",
        "Classes with unlike rights",
        "not met",
        "Letter",
        "1.17×",
        "No. 1 since",
    ):
        assert words in english, words
    assert "三类权益" not in english
    assert chinese.count('class="no"') == 8


def test_parts_that_a_file_does_not_have_are_left_out() -> None:
    memo = a_memo()
    bare = replace(
        memo.file, rights=None, scenarios=(), milestones=(), synergy=None, quoted=(), readiness=None
    )
    bare = replace(bare, techniques=(replace(bare.techniques[1], weight=Fraction(1)),))
    plain = replace(
        memo,
        file=bare,
        found=None,
        parameters=(),
        events=(),
        sold=(),
        approved=None,
        policy=None,
        interested=(),
    )
    written = compose_memo(replace(plain, state="draft", cost=0), "0" * 64, Language.EN)
    assert written.count('class="no"') == 6
    assert "waits for approval" in written
    assert "nobody to be asked about" in written


def test_a_memo_is_printed_once_until_there_is_something_new(worker: Database, archive: Archive) -> None:
    with worker.transaction(SYSTEM) as tx:
        held = holding_by_code(tx, fund_id=archive.fund_id, code="H01", as_of=date(2026, 6, 30)).id
        draft = a_draft(tx, archive.analyst, held, on=date(2026, 6, 30), value=24 * MILLION, now=AFTER)
        with pytest.raises(FileUnknown):
            ask_for_memo(tx, archive.analyst, mark_id=draft.id, now=AFTER)
        hand_in(tx, archive.analyst, mark_id=draft.id, file=a_file(24 * MILLION, milestones=()), now=AFTER)
        with pytest.raises(MemoUnknown):
            open_memo(tx, mark_id=draft.id, language=Language.ZH)
        key = ask_for_memo(tx, archive.analyst, mark_id=draft.id, now=AFTER)
        assert key == ask_for_memo(tx, archive.manager, mark_id=draft.id, now=AFTER + timedelta(hours=1))
    assert jobs.memo_print.__name__ == "memo_print"
    assert work.wait(key) == [f"{gathered(worker, draft.id).number} {one}" for one in ("en", "zh")]
    with worker.transaction(SYSTEM) as tx:
        sheet, content = open_memo(tx, mark_id=draft.id, language=Language.ZH)
        assert content == produce(memos.dumps(gather(tx, mark_id=draft.id)))[Language.ZH]
        assert (sheet.mark_state, len(memos_of(tx, mark_id=draft.id))) == ("draft", 2)
        approve(tx, archive.manager, mark_id=draft.id, minute="VC-1", now=AFTER)
        note_event(
            tx,
            archive.analyst,
            holding_id=held,
            happened_on=date(2026, 7, 2),
            says="停产 / Stopped",
            source="来函",
            now=AFTER + timedelta(days=1),
        )
        again = gather(tx, mark_id=draft.id)
        assert again.frozen_at == AFTER + timedelta(days=1)
        assert [one.says.en for one in again.events] == ["Stopped"]
        assert again.approved is not None
        assert ask_for_memo(tx, archive.analyst, mark_id=draft.id, now=AFTER) != key
        assert marks(tx, holding_id=held)[0].id == draft.id


def gathered(database: Database, mark_id: int) -> memos.Memo:
    with database.transaction(SYSTEM) as tx:
        return gather(tx, mark_id=mark_id)
