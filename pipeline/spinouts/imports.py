"""Reading lists of companies from sheets; one row, one error message, all rows or none.

A workbook may hold three sheets: the companies, their founders, and the rights on their way into equity.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from fund.parties.imports import party_named
from kernel.db import Tx
from kernel.errors import Invalid
from kernel.identity.rules import Actor
from kernel.sheets.importing import Imported, belonging, book, together
from kernel.sheets.reading import read_file, read_if_there
from pipeline.channel.queries import achievement_by_code
from pipeline.spinouts.actions import FounderLine, register_spinout
from pipeline.spinouts.layouts import COMPANIES, EQUITY, FOUNDERS, CompanyRow, EquityRow, FounderRow
from pipeline.spinouts.queries import SpinoutSheet, spinout_by_code
from pipeline.spinouts.rights import (
    ShareLine,
    book_rights,
    give_notice,
    propose_rights,
    record_appraisal,
    record_secrecy_screen,
)
from pipeline.spinouts.rules import Appraisal


class FounderWithoutCompany(Invalid):
    code = "founder_without_company"
    says = "There is no company {company} in this file for the founder to belong to."


def import_spinouts(
    tx: Tx, actor: Actor, *, filename: str, content: bytes, dry_run: bool = False, now: datetime
) -> tuple[Imported, ...]:
    """Write down every company of a workbook with its founders, then the rights on their way into equity.

    Companies, founders and those who share in a right must be on record as parties under their names.
    """
    companies = read_file(filename, content, COMPANIES)
    founders = belonging(
        read_if_there(filename, content, FOUNDERS),
        {line.value.code for line in companies.required()},
        owner=lambda row: row.company,
        name="company",
        says=FounderWithoutCompany.says,
    )
    equity = read_if_there(filename, content, EQUITY)

    def register(row: CompanyRow) -> None:
        add_company(tx, actor, row=row, founders=founders.get(row.code, ()), now=now)

    def transfer(row: EquityRow) -> None:
        add_equity(tx, actor, row=row, now=now)

    equity.required()
    first = partial(book, tx, companies, register, what="companies")
    return together(
        tx, first, partial(book, tx, equity, transfer, what="rights booked as equity"), dry_run=dry_run
    )


def add_company(
    tx: Tx, actor: Actor, *, row: CompanyRow, founders: Sequence[FounderRow] = (), now: datetime
) -> SpinoutSheet:
    """Write down one company with its founders."""
    return register_spinout(
        tx,
        actor,
        code=row.code,
        party_id=party_named(tx, name=row.name).id,
        form=row.form,
        founders=[
            FounderLine(party_named(tx, name=one.founder).id, one.share, one.role, one.is_inventor)
            for one in founders
        ],
        achievement_ids=[achievement_by_code(tx, code=row.achievement).id] if row.achievement else [],
        founded_on=row.founded_on,
        city=row.city,
        sector=row.sector,
        business=row.business,
        registered_capital=row.registered_capital,
        now=now,
    )


def add_equity(tx: Tx, actor: Actor, *, row: EquityRow, now: datetime) -> None:
    """Write down the transfer of one right as far as it has come, and book it where its row gives a day."""
    rights_id = begin_equity(tx, actor, row=row, now=now)
    if row.booked_on is not None:
        book_rights(tx, actor, rights_id=rights_id, booked_on=row.booked_on, now=now)


def begin_equity(tx: Tx, actor: Actor, *, row: EquityRow, now: datetime) -> int:
    """Everything before the booking that a row tells: the terms, the screen, the notice, the appraisal."""
    rights_id = propose_rights(
        tx,
        actor,
        spinout_id=spinout_by_code(tx, code=row.company).id,
        achievement_id=achievement_by_code(tx, code=row.achievement).id,
        route=row.route,
        price=row.price,
        shares=[
            ShareLine(party_named(tx, name=row.inventor).id, row.inventors_share, is_inventor=True),
            ShareLine(party_named(tx, name=row.other).id, row.others_share, is_inventor=False),
        ],
        now=now,
    )
    if row.screened_on is not None:
        record_secrecy_screen(
            tx,
            actor,
            rights_id=rights_id,
            is_clear=True,
            screened_by=row.screened_by,
            screened_on=row.screened_on,
            now=now,
        )
    if row.notice_from is not None and row.notice_until is not None:
        give_notice(
            tx,
            actor,
            rights_id=rights_id,
            achievement=row.achievement,
            price=row.price,
            starts_on=row.notice_from,
            ends_on=row.notice_until,
            now=now,
        )
    if row.appraisal:
        record_appraisal(
            tx, actor, rights_id=rights_id, appraisal=Appraisal.DONE, says=row.appraisal, now=now
        )
    return rights_id
