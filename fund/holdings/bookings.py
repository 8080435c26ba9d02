"""What every act on a holding needs: the locked holding, one of its instruments, numbers, partners' parts."""

from datetime import date
from typing import Any

from sqlmodel import select

from fund.capital.participation import shares_of_day
from fund.holdings.models import Holding
from fund.holdings.postings import Act
from fund.holdings.records import Record, records
from fund.holdings.rules import HoldingUnknown, InstrumentUnknown, check_income_day
from fund.ledger.queries import balances, locked_through
from fund.ledger.rules import Account, check_day_open
from fund.partners.queries import partners
from kernel.db import Tx, lock
from kernel.numbering import next_number


def locked_holding(tx: Tx, *, holding_id: int) -> Holding:
    """The holding, with all acts on it waiting for each other until the transaction ends."""
    lock(tx, f"holding:{holding_id}")
    row = tx.exec(select(Holding).where(Holding.id == holding_id)).one_or_none()
    if row is None:
        raise HoldingUnknown()
    return row


def check_holding_open(tx: Tx, *, holding: Holding, on: date) -> None:
    """Refuse a change of a holding in a locked quarter: what books nothing changes what it held or said as well."""
    check_day_open(on, locked_through(tx, fund_id=holding.fund_id), what=holding.code)


def the_record(tx: Tx, *, holding: Holding, instrument: str | None) -> Record:
    """The record of the named instrument, or of the only one; refused when the name is wrong or missing."""
    found = {record.instrument.code: record for record in records(tx, holding_ids=[holding.key])[holding.key]}
    wanted = next(iter(found)) if instrument is None and len(found) == 1 else instrument
    if wanted not in found:
        raise InstrumentUnknown(
            holding=holding.code, instrument=wanted or "(-)", known=", ".join(found) or "-"
        )
    return found[wanted]


def check_bought_by(tx: Tx, *, holding: Holding, on: date) -> None:
    """Refuse income of a holding on a day by which nothing of it had been bought."""
    positions = [record.position for record in records(tx, holding_ids=[holding.key])[holding.key]]
    check_income_day(positions, holding=holding.code, on=on)


def next_of_holding(tx: Tx, *, model: Any, holding_id: int) -> int:
    """The next number of a kind of row, counted per holding."""
    return next_number(tx, of=model.number, within=model.holding_id == holding_id)


def act_of(tx: Tx, *, holding: Holding, step: str, act: str, on: date, memo: str) -> Act:
    """What the postings of one act have in common; the reference is made of the holding's code and the step."""
    names = {partner.id: partner.code for partner in partners(tx, fund_id=holding.fund_id)}
    return Act(f"{holding.code}/{step}", act, on, holding.key, memo or holding.name, names)


def parts_in(tx: Tx, *, holding: Holding, on: date) -> dict[int, int]:
    """Each partner's part in what is of the holding on a day, in the order of the partners: splits are repeatable."""
    return shares_of_day(tx, fund_id=holding.fund_id, on=on, holding_id=holding.key)


def carried_by(tx: Tx, *, holding: Holding, on: date) -> dict[int, int]:
    """The unrealised gain of the holding that each partner carries in the books at the end of a day."""
    found = balances(
        tx,
        fund_id=holding.fund_id,
        as_of=on,
        accounts=[Account.UNREALISED_APPRECIATION],
        holding_id=holding.key,
        by=("partner",),
    )
    return {balance.partner_id: -balance.amount for balance in found if balance.partner_id is not None}
