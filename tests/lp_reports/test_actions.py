"""The life of a report in the database: frozen once, filed once, approved by another, published, restated."""

from datetime import timedelta

import pytest
from sqlmodel import select

from fund.ledger.queries import locked_at
from fund.ledger.rules import Account, Posting
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Role, RoleMissing
from lp_reports import actions, delivery, queries, snapshot
from lp_reports.canonical import fingerprint
from lp_reports.edition import Language
from lp_reports.jobs import prove_books
from lp_reports.models import Report, ReportSnapshot
from lp_reports.rules import (
    AssertionsBroken,
    BooksUnproved,
    NothingToRestate,
    Opening,
    OwnWork,
    ReasonMissing,
    ReportUnknown,
    State,
    WrongState,
)
from tests.builders.archive import AFTER, QUARTER, Archive, an_archive, drafts, files, frozen, published
from tests.builders.ledger import a_posting, booked, locked
from tests.builders.people import an_actor
from tests.builders.seals import a_seal


def test_figures_are_frozen_once(tx: Tx, archive: Archive) -> None:
    first, again = frozen(tx, archive), frozen(tx, archive)
    assert first.key == again.key
    assert fingerprint(first.content.encode()) == first.sha256
    assert snapshot.loads(first.content.encode()).document.version == 1


def test_editions_are_filed_once(tx: Tx, archive: Archive) -> None:
    row = frozen(tx, archive)
    first = actions.file_editions(tx, SYSTEM, snapshot_id=row.key, files=files(), now=AFTER)
    again = actions.file_editions(tx, SYSTEM, snapshot_id=row.key, files=files("other"), now=AFTER)
    assert [one.key for one in first] == [one.key for one in again]
    assert len(tx.exec(select(Report)).all()) == len(Language)
    assert {one.state for one in first} == {State.DRAFT}


def test_the_preparer_does_not_approve(tx: Tx, archive: Archive) -> None:
    manager = archive.manager
    row = actions.freeze(
        tx, manager, fund_id=archive.fund_id, partner_id=archive.partners["LP01"], quarter=QUARTER, now=AFTER
    )
    (report, _) = actions.file_editions(tx, SYSTEM, snapshot_id=row.key, files=files(), now=AFTER)
    with pytest.raises(OwnWork):
        actions.approve(tx, manager, report_id=report.key, now=AFTER)
    with pytest.raises(OwnWork):
        actions.approve(tx, SYSTEM, report_id=report.key, now=AFTER)
    other = an_actor(tx, Role.MANAGER, login="second.manager", now=AFTER)
    assert actions.approve(tx, other, report_id=report.key, now=AFTER).state is State.APPROVED


def test_nothing_is_published_before_it_is_approved(tx: Tx, archive: Archive) -> None:
    report = drafts(tx, archive)[0]
    with pytest.raises(WrongState, match="is draft; publish"):
        actions.publish(tx, archive.manager, report_id=report.key, seal=a_seal(), now=AFTER)


def test_changes_asked_for_send_it_back(tx: Tx, archive: Archive) -> None:
    report = drafts(tx, archive)[0]
    actions.review(tx, archive.analyst, report_id=report.key, now=AFTER)
    with pytest.raises(ReasonMissing):
        actions.request_changes(tx, archive.manager, report_id=report.key, reason=" ", now=AFTER)
    back = actions.request_changes(tx, archive.manager, report_id=report.key, reason="附注不全", now=AFTER)
    assert back.state is State.DRAFT
    told = queries.steps(tx, actor=archive.manager, report_id=report.key)
    assert [(step.verb.value, step.note) for step in told] == [
        ("review", ""),
        ("request_changes", "附注不全"),
    ]


def test_a_published_report_is_delivered_to_each_reader(tx: Tx, archive: Archive) -> None:
    reader = an_actor(tx, Role.LP_USER, login="reader", partner_id=archive.partners["LP01"], now=AFTER)
    report = published(tx, archive)[0]
    assert report.state is State.PUBLISHED
    opened = delivery.open_pdf(tx, reader, report_id=report.key, kind=Opening.VIEWED, now=AFTER)
    assert opened.name == "AF1-2024Q2-LP01-v1-zh.pdf"
    (told,) = queries.deliveries(tx, actor=archive.manager, report_id=report.key)
    assert (told.recipient, told.viewed_at, told.downloaded_at) == (reader.name, AFTER, None)
    delivery.open_workbook(tx, reader, report_id=report.key, now=AFTER)
    figures = delivery.open_figures(tx, reader, report_id=report.key, now=AFTER)
    assert fingerprint(figures.content) == queries.report(tx, actor=reader, report_id=report.key).sha256
    (told,) = queries.deliveries(tx, actor=archive.manager, report_id=report.key)
    assert told.downloaded_at == AFTER


def test_a_partner_without_accounts_is_still_delivered_to(tx: Tx, archive: Archive) -> None:
    report = published(tx, archive)[0]
    (told,) = queries.deliveries(tx, actor=archive.manager, report_id=report.key)
    assert told.recipient == "LP01"


def test_nothing_is_published_while_an_ilpa_assertion_is_broken(tx: Tx) -> None:
    archive = an_archive(tx, closed=False)
    offset = an_unrecognised_offset(archive.partners["LP02"])
    booked(tx, archive.fund_id, [offset], now=AFTER)
    locked(tx, archive.fund_id, QUARTER, now=AFTER)
    with pytest.raises(AssertionsBroken) as refused:
        published(tx, archive)
    told = [str(problem) for problem in refused.value.problems]
    assert "ILPA 81 LP02 qtd: -10000 is not 0 (minor units)" in told
    assert "ILPA 81 itd: -10000 is not 0 (minor units)" in told


def test_a_close_names_the_ilpa_rows_that_do_not_agree(tx: Tx) -> None:
    archive = an_archive(tx, closed=False)
    prove_books(tx, "AF1", str(QUARTER))
    booked(tx, archive.fund_id, [an_unrecognised_offset(archive.partners["LP01"])], now=AFTER)
    with pytest.raises(BooksUnproved) as refused:
        prove_books(tx, "AF1", str(QUARTER))
    assert {problem.where for problem in refused.value.problems} >= {"ILPA 81 LP01 ytd"}


def an_unrecognised_offset(partner_id: int) -> Posting:
    """A fee made smaller by an offset that nobody has recognised before."""
    return a_posting(
        reference="OFFSET",
        debit=Account.MANAGEMENT_FEE_PAYABLE,
        credit=Account.FEE_OFFSETS,
        credit_partner_id=partner_id,
        holding_id=None,
        effective_on=QUARTER.ends_on,
    )


def test_a_restatement_names_and_supersedes_what_it_replaces(tx: Tx, archive: Archive) -> None:
    first = published(tx, archive)
    second = published(tx, archive, reason="估值输入有误")
    tx.expire_all()
    assert [row.state for row in first] == [State.SUPERSEDED] * 2
    assert [row.version for row in second] == [2, 2]
    figures = snapshot.loads(tx.get_one(ReportSnapshot, second[0].snapshot_id).content.encode())
    assert figures.document.restates == first[0].number
    assert figures.document.supersedes == tx.get_one(ReportSnapshot, first[0].snapshot_id).sha256


def test_there_must_be_something_to_restate(tx: Tx, archive: Archive) -> None:
    with pytest.raises(NothingToRestate):
        frozen(tx, archive, reason="why not")


def test_who_sees_what(tx: Tx, archive: Archive) -> None:
    mine, other = archive.partners["LP01"], archive.partners["LP02"]
    reader = an_actor(tx, Role.LP_USER, login="reader", partner_id=mine, now=AFTER)
    stranger = an_actor(tx, Role.LP_USER, login="stranger", partner_id=other, now=AFTER)
    administrator = an_actor(tx, Role.ADMINISTRATOR, login="administrator", now=AFTER)
    auditor = an_actor(tx, Role.AUDITOR, login="auditor", now=AFTER)
    draft = drafts(tx, archive, code="LP02")[0]
    report = published(tx, archive)[0]

    def seen(actor: object) -> set[int]:
        return {one.id for one in queries.reports(tx, actor=actor).items}

    assert seen(reader) == {one.key for one in tx.exec(select(Report)) if one.partner_id == mine}
    assert seen(stranger) == set()
    assert seen(administrator) == set()
    assert seen(auditor) == {one.key for one in tx.exec(select(Report))}
    for actor, report_id in ((stranger, report.key), (administrator, report.key), (reader, draft.key)):
        with pytest.raises(ReportUnknown):
            delivery.open_pdf(tx, actor, report_id=report_id, kind=Opening.VIEWED, now=AFTER)


def test_lists_can_be_narrowed(tx: Tx, archive: Archive) -> None:
    published(tx, archive)
    drafts(tx, archive, code="LP02")
    page = queries.reports(tx, actor=archive.manager, state=State.DRAFT, quarter=str(QUARTER), limit=1)
    assert [one.partner_code for one in page.items] == ["LP02"]
    assert page.next
    rest = queries.reports(tx, actor=archive.manager, state=State.DRAFT, after=page.next)
    assert len(rest.items) == 1


def test_an_analyst_does_not_publish(tx: Tx, archive: Archive) -> None:
    report = drafts(tx, archive)[0]
    with pytest.raises(RoleMissing):
        actions.approve(tx, archive.analyst, report_id=report.key, now=AFTER)
    with pytest.raises(RoleMissing):
        actions.publish(tx, archive.analyst, report_id=report.key, seal=a_seal(), now=AFTER)


def test_an_archive_in_order_proves(tx: Tx, archive: Archive) -> None:
    published(tx, archive)
    published(tx, archive, reason="again")
    assert queries.prove_reports(tx) == []


def test_a_report_knows_the_lock_of_its_quarter_even_if_asked_for_before(tx: Tx, archive: Archive) -> None:
    """A close that began early may wait for others, and its lock is then written down after their entries."""
    locked = locked_at(tx, fund_id=archive.fund_id, quarter=QUARTER)
    assert locked is not None
    row = frozen(tx, archive, now=locked - timedelta(hours=1))
    assert row.frozen_at == locked
