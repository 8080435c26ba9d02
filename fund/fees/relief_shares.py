"""Who has a part in what is taken off the fee, and what of it stands in the way of a later close.

A waiver and a rebate are given to partners by name, from the day from which each owes the fee: a newcomer has none of
those of others, whatever is written down first. An offset is shared by the commitments of its day. One of a day from
which newcomers count already is not shared out without them; one that gives them a part keeps their close from going.
"""

from collections.abc import Collection, Iterator
from datetime import date

from fund.capital.participation import shares_of_day
from fund.capital.rules import SharesMoved
from fund.fees.relief_rules import OffsetOfNewcomers, OffsetWithoutNewcomers, ReliefInvalid, ReliefKind
from fund.fees.unapplied import ReliefSheet, reliefs
from fund.ledger.chart import Account
from fund.ledger.resting import Resting
from fund.ledger.undone import standing
from fund.partners.queries import codes_in_order, named, partners
from kernel.allocation import allocate
from kernel.db import Tx
from kernel.errors import Problem


def parts_of(tx: Tx, *, fund_id: int, amount: int, on: date) -> dict[int, int]:
    """An offset by the commitments of its day, among the partners that bear the fee."""
    promised = shares_of_day(tx, fund_id=fund_id, on=on, holding_id=None)
    bearing = [one.id for one in partners(tx, fund_id=fund_id) if one.bears_fee and promised.get(one.id)]
    if not bearing:
        raise ReliefInvalid(problems=[Problem("partners", "nobody bears a fee on that day")])
    parts = allocate(amount, [promised[key] for key in bearing])
    return {key: part for key, part in zip(bearing, parts, strict=True) if part}


def check_shares(tx: Tx, *, fund_id: int, sheet: ReliefSheet) -> None:
    """Refuse to approve an offset whose partners have become others: by a later close, or a transfer."""
    if parts_of(tx, fund_id=fund_id, amount=sheet.amount, on=sheet.effective_on) != sheet.parts:
        raise SharesMoved(what=sheet.reference)


def first_days(tx: Tx, *, fund_id: int, act: str) -> dict[int, date]:
    """The day from which each partner owes a fee: a newcomer from the due date of its close on."""
    charged = [one for one in standing(tx, fund_id=fund_id, act=act) if one.debit == Account.MANAGEMENT_FEE]
    days = sorted((one.effective_on, one.debit_partner_id) for one in charged if one.debit_partner_id)
    return {key: on for on, key in reversed(days)}


def check_offsets_before(tx: Tx, *, fund_id: int, newcomers: Collection[int], closed_on: date) -> None:
    """Refuse a close from the day of which an offset was shared out without its newcomers; each is named."""
    if not any(one.bears_fee for one in named(tx, fund_id=fund_id, partner_ids=newcomers).values()):
        return
    found = [one for one in _offsets(tx, fund_id) if one.effective_on >= closed_on]
    if found:
        facts = {"reference": found[0].reference, "on": found[0].effective_on, "closed_on": closed_on}
        raise OffsetWithoutNewcomers(problems=_told(found), **facts)


def check_offsets_of(tx: Tx, *, fund_id: int, newcomers: Collection[int]) -> None:
    """Refuse to take a close back while an offset gives one of its newcomers a part; each is named."""
    found = [one for one in _offsets(tx, fund_id) if any(key in one.parts for key in newcomers)]
    if found:
        codes = codes_in_order(tx, fund_id=fund_id)
        partner = next(codes[key] for key in found[0].parts if key in newcomers)
        facts = {"reference": found[0].reference, "on": found[0].effective_on, "partner": partner}
        raise OffsetOfNewcomers(problems=_told(found), **facts)


def _offsets(tx: Tx, fund_id: int) -> Iterator[ReliefSheet]:
    for one in reliefs(tx, fund_id=fund_id, is_approved=True):
        if one.kind is ReliefKind.OFFSET and one.undone_on is None:
            yield one


def _told(found: Collection[ReliefSheet]) -> list[Problem]:
    rests = (Resting.of("relief:", reference=one.reference, on=one.effective_on) for one in found)
    return [one.problem for one in rests]
