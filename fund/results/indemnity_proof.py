"""Proving distributions that partners gave back: what each giveback asks and received against the books."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from fund.indemnities.queries import IndemnitySheet, indemnities
from fund.indemnities.rules import IndemnityState
from fund.ledger.chart import Account
from fund.ledger.queries import EntrySheet, balances, flows
from fund.ledger.undo_rules import kind_of
from kernel.audit.rules import Break
from kernel.db import Tx
from kernel.paging import MAXIMUM_LIMIT

_LIVE = {IndemnityState.APPROVED, IndemnityState.RECEIVED}


def is_giveback(entry: EntrySheet) -> bool:
    """Whether the entry is a giveback's, or of money that came in on one."""
    return kind_of(entry.act) in ("indemnity", "indemnityin")


def prove_indemnities(tx: Tx, *, fund_id: int, codes: Mapping[int, str]) -> Iterator[Break]:
    """Every part of a giveback that stands is on account 3010, what of it is outstanding on 1100, and every receipt in
    cash; one taken back is nowhere.
    """
    asked: Counter[int] = Counter()
    outstanding: Counter[int] = Counter()
    came: Counter[str] = Counter()
    for sheet in _all(tx, fund_id):
        if sheet.amount != sum(line.amount for line in sheet.lines):
            yield Break(f"giveback {sheet.code}", "its parts do not sum to its amount")
        if sheet.state is IndemnityState.APPROVED and sheet.came == sheet.amount:
            yield Break(f"giveback {sheet.code}", "all of it has come in, and it is open")
        if sheet.state is IndemnityState.RECEIVED and sheet.came != sheet.amount:
            yield Break(f"giveback {sheet.code}", f"of {sheet.amount} only {sheet.came} has come in")
        if sheet.state in _LIVE:
            asked.update({line.partner_id: line.amount for line in sheet.lines})
            outstanding.update({line.partner_id: line.outstanding for line in sheet.lines})
        came.update(
            {
                f"indemnityin:{sheet.id}/{one.id}": one.amount
                for one in sheet.receipts
                if one.reversed_on is None
            }
        )
    found = balances(tx, fund_id=fund_id, as_of=date.max, accounts=[Account.GIVEN_BACK], by=("partner",))
    given = {one.partner_id: one.amount for one in found}
    owed, cash = _booked(tx, fund_id)
    for partner_id, code in codes.items():
        for word, said, booked in (
            ("given back", asked[partner_id], given.get(partner_id, 0)),
            ("to be given back", outstanding[partner_id], owed[partner_id]),
        ):
            if said != booked:
                yield Break(f"{word} {code}", f"said {said}, in the books {booked}")
    for act in sorted(cash.keys() | came.keys()):
        if cash[act] != came[act]:
            yield Break(act, f"its cash should be {came[act]}, in the books {cash[act]}")


def _booked(tx: Tx, fund_id: int) -> tuple[Counter[int], Counter[str]]:
    """What stands on account 1100 by partner of givebacks, and the cash by receipt."""
    owed: Counter[int] = Counter()
    cash: Counter[str] = Counter()
    accounts = [Account.CONTRIBUTIONS_RECEIVABLE]
    for entry in filter(is_giveback, flows(tx, fund_id=fund_id, as_of=date.max, accounts=accounts)):
        if entry.debit in accounts and entry.debit_partner_id is not None:
            owed[entry.debit_partner_id] += entry.amount
        if entry.credit in accounts and entry.credit_partner_id is not None:
            owed[entry.credit_partner_id] -= entry.amount
        if Account.CASH in (entry.debit, entry.credit):
            cash[entry.act] += entry.amount if entry.debit == Account.CASH else -entry.amount
    return owed, cash


def _all(tx: Tx, fund_id: int) -> list[IndemnitySheet]:
    found: list[IndemnitySheet] = []
    after: str | None = None
    while True:
        page = indemnities(tx, fund_id=fund_id, after=after, limit=MAXIMUM_LIMIT)
        found += page.items
        if page.next is None:
            return found
        after = page.next
