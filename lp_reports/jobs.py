"""Closing a quarter and printing its reports, as durable work: safe to kill at any moment, safe to run twice.

`quarter_close` is five database steps, each done exactly once. `quarter_report` freezes one snapshot per partner,
each in its own step, and asks in the same transaction for its printing; `report_print` prints without holding a
transaction and then files the editions. A partner has exactly one report per quarter, language and version,
because a snapshot is unique, its printing is enqueued under its own key, and filing leaves a filed edition alone.
"""

from datetime import datetime

from fund.capital.acts import lock_capital
from fund.capital.carry import accrue_carry
from fund.charter.queries import fund_by_code
from fund.fees.actions import charge
from fund.fees.workings import runs
from fund.ledger.actions import lock_period
from fund.ledger.queries import check_may_lock
from fund.ledger.stamps import lock_books
from fund.partners.queries import partners
from fund.results.ilpa import breaks
from fund.results.queries import prove
from fund.side_letters.queries import language_of
from kernel import work
from kernel.db import Tx
from kernel.errors import Problem
from kernel.identity.rules import SYSTEM
from kernel.instants import day_in_beijing
from kernel.periods import Quarter
from lp_reports import actions, memos, requests
from lp_reports.archive import produce
from lp_reports.edition import Language
from lp_reports.gathering.whole import Shared
from lp_reports.models import ReportSnapshot
from lp_reports.rules import BooksUnproved


@work.job("quarter_close")
def quarter_close(*, fund: str, quarter: str, at: str) -> str:
    """Charge the fees, check that every mark is approved, accrue the carry; then prove the books and lock the period.

    A stop between two steps leaves what is done; asked again, it goes on from there: fees that are charged stand, carry
    moves by the difference. The last step looks at everything once more under the lock of the books.
    A quarter that is locked already is left as it is; one before which another is open is refused before anything
    is booked. One that was opened again is closed like any other: its fees stand, its carry moves by the difference.
    Returns the quarter.
    """
    if work.in_transaction("is_closed", is_closed, fund, quarter, at):
        return quarter
    work.in_transaction("fees", charge_fees, fund, quarter, at)
    work.in_transaction("marks", check_marks, fund, quarter)
    work.in_transaction("carry", accrue, fund, quarter, at)
    work.in_transaction("lock", lock, fund, quarter, at)
    return quarter


@work.job("quarter_report")
def quarter_report(
    *, fund: str, quarter: str, at: str, by: int | None = None, reason: str | None = None
) -> list[str]:
    """Freeze every limited partner's figures and ask for their printing; returns the keys of that work.

    What all of them share is read in the first step and serves the others too.
    """
    shared = Shared()
    codes = work.in_transaction("partners", partners_of, fund, quarter)
    return [
        work.in_transaction(f"freeze:{code}", freeze_and_ask, shared, fund, code, quarter, at, by, reason)
        for code in codes
    ]


@work.job("report_print")
def report_print(*, snapshot: int, languages: list[str], at: str) -> list[str]:
    """Print a snapshot in each language and file the editions as drafts; returns their numbers."""
    content = work.in_transaction("read", read, snapshot)
    files = produce(content.encode(), [Language(language) for language in languages])

    def file(tx: Tx) -> list[str]:
        now = datetime.fromisoformat(at)
        filed = actions.file_editions(tx, SYSTEM, snapshot_id=snapshot, files=files, now=now)
        return [f"{row.number} {row.language}" for row in filed]

    return work.in_transaction("file", file)


@work.job("memo_print")
def memo_print(*, mark: int, at: str) -> list[str]:
    """Freeze what is known of a mark and its file, print the memo in both languages and keep it; returns its number."""
    content = work.in_transaction("freeze", freeze_memo, mark).encode()
    pdfs = memos.produce(content)

    def file(tx: Tx) -> list[str]:
        now = datetime.fromisoformat(at)
        kept = memos.file_memo(tx, SYSTEM, mark_id=mark, content=content, pdfs=pdfs, now=now)
        return [f"{one.number} {one.language}" for one in kept]

    return work.in_transaction("file", file)


def freeze_memo(tx: Tx, mark: int) -> str:
    return memos.freeze(tx, mark_id=mark)


def is_closed(tx: Tx, fund: str, quarter: str, at: str) -> bool:
    key, of = fund_by_code(tx, code=fund).id, Quarter.parse(quarter)
    if requests.is_closed(tx, fund_id=key, quarter=of):
        return True
    check_may_lock(tx, fund_id=key, quarter=of, today=day_in_beijing(datetime.fromisoformat(at)))
    return False


def charge_fees(tx: Tx, fund: str, quarter: str, at: str) -> None:
    """Charge the quarter's fee; in a quarter in which none runs there is nothing to charge."""
    key, of = fund_by_code(tx, code=fund).id, Quarter.parse(quarter)
    if runs(tx, fund_id=key, quarter=of):
        charge(tx, SYSTEM, fund_id=key, quarter=of, now=datetime.fromisoformat(at))


def check_marks(tx: Tx, fund: str, quarter: str) -> None:
    requests.check_marks(tx, fund_id=fund_by_code(tx, code=fund).id, quarter=Quarter.parse(quarter))


def accrue(tx: Tx, fund: str, quarter: str, at: str) -> None:
    key = fund_by_code(tx, code=fund).id
    accrue_carry(tx, SYSTEM, fund_id=key, on=Quarter.parse(quarter).ends_on, now=datetime.fromisoformat(at))


def prove_books(tx: Tx, fund: str, quarter: str) -> None:
    """Prove the books, and the ILPA assertions over what they say of the quarter."""
    key = fund_by_code(tx, code=fund).id
    problems = [Problem(found.row, found.what) for found in prove(tx, fund_id=key)]
    problems += breaks(tx, fund_id=key, quarter=Quarter.parse(quarter))
    if problems:
        raise BooksUnproved(fund=fund, quarter=quarter, problems=problems)


def lock(tx: Tx, fund: str, quarter: str, at: str) -> None:
    """Lock the period, with marks, carry and books looked at once more while nobody can book.

    Between the steps before and this one anybody may have booked; from here to the commit everybody else waits.
    """
    key = fund_by_code(tx, code=fund).id
    lock_capital(tx, fund_id=key)
    lock_books(tx, fund_id=key)
    check_marks(tx, fund, quarter)
    accrue(tx, fund, quarter, at)
    prove_books(tx, fund, quarter)
    lock_period(tx, SYSTEM, fund_id=key, quarter=Quarter.parse(quarter), now=datetime.fromisoformat(at))


def partners_of(tx: Tx, fund: str, quarter: str) -> list[str]:
    """Codes of the limited partners admitted by the quarter's end."""
    sheets = partners(tx, fund_id=fund_by_code(tx, code=fund).id, as_of=Quarter.parse(quarter).ends_on)
    return [sheet.code for sheet in sheets if not sheet.is_general]


def freeze_and_ask(
    tx: Tx, shared: Shared, fund: str, code: str, quarter: str, at: str, by: int | None, reason: str | None
) -> str:
    """Freeze one partner's figures and ask, in the same transaction, for them to be printed."""
    key = fund_by_code(tx, code=fund).id
    sheets = {sheet.code: sheet for sheet in partners(tx, fund_id=key)}
    language = language_of(tx, partner_id=sheets[code].id, as_of=Quarter.parse(quarter).ends_on)
    frozen = actions.freeze(
        tx,
        SYSTEM,
        fund_id=key,
        partner_id=sheets[code].id,
        quarter=Quarter.parse(quarter),
        reason=reason,
        prepared_by=by,
        shared=shared,
        now=datetime.fromisoformat(at),
    )
    return work.enqueue(
        tx,
        job="report_print",
        key=f"report_print:{fund}:{quarter}:{code}:v{frozen.version}",
        snapshot=frozen.key,
        languages=languages_of(language),
        at=at,
    )


def languages_of(language: str) -> list[str]:
    """The editions a partner reads: one language or both."""
    return [str(one) for one in Language] if language == "both" else [str(language)]


def read(tx: Tx, snapshot: int) -> str:
    return tx.get_one(ReportSnapshot, snapshot).content


def wait_for_reports(key: str) -> list[str]:
    """Block until a `quarter_report` and every printing it asked for have ended; returns the numbers of the drafts."""
    asked = work.wait(key)
    assert isinstance(asked, list)
    printed = [work.wait(str(one)) for one in asked]
    return [str(number) for numbers in printed if isinstance(numbers, list) for number in numbers]
