"""Proving transfers of interests: what one has less the other has more, row by row, and the books say the same."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from sqlmodel import col, select

from fund.interests.corrections import capital_of, corrections
from fund.interests.models import TransferLine
from fund.interests.queries import TransferSheet, transfers_until
from fund.interests.rules import LineKind
from fund.ledger.chart import CAPITAL_ACCOUNTS, Account
from fund.ledger.queries import EntrySheet, flows
from kernel.audit.rules import Break
from kernel.db import Tx


def prove_transfers(tx: Tx, *, fund_id: int, codes: Mapping[int, str]) -> Iterator[Break]:
    """Every transfer that was booked, also one taken back, against its lines and its entries."""
    booked: dict[str, list[EntrySheet]] = {}
    fees: Counter[tuple[str, bool]] = Counter()
    for entry in flows(tx, fund_id=fund_id, as_of=date.max, accounts=CAPITAL_ACCOUNTS):
        if entry.reverses is not None:
            continue
        if entry.act.startswith("transfer:"):
            booked.setdefault(entry.act, []).append(entry)
        code, _, step = entry.reference.partition("/")
        if step.startswith("fee/"):
            fees[code, entry.debit == Account.MANAGEMENT_FEE] += entry.amount
    for sheet in transfers_until(tx, fund_id=fund_id, as_of=date.max):
        where = f"transfer {sheet.code}"
        yield from _sides_mirror(tx, sheet, where)
        own = booked.pop(f"transfer:{sheet.id}", [])
        if fees[sheet.code, True] != sheet.fee:
            yield Break(where, f"its fee is {sheet.fee}, in the books {fees[sheet.code, True]}")
        after = capital_of(corrections(tx, transfer_id=sheet.id))
        yield from _capital_is_booked(sheet, own, fees[sheet.code, False] + after, codes)
    for act, entries in booked.items():
        yield Break(
            f"ledger_entry {entries[0].number} {entries[0].reference}", f"there is no {act} that is booked"
        )


def _sides_mirror(tx: Tx, sheet: TransferSheet, where: str) -> Iterator[Break]:
    """The seller's lines are the buyer's with their signs turned, and the commitment is what was agreed."""
    sides: dict[int, dict[int, tuple[object, ...]]] = {sheet.seller_id: {}, sheet.buyer_id: {}}
    lines = select(TransferLine).where(TransferLine.transfer_id == sheet.id)
    for line in tx.exec(lines.order_by(col(TransferLine.position))):
        sign = -1 if line.partner_id == sheet.seller_id else 1
        facts = (line.kind, line.account, line.item_id, line.distribution_id, line.holding_id)
        amounts = (sign * line.amount, sign * line.gross, sign * line.return_of_capital)
        sides.setdefault(line.partner_id, {})[line.position] = (*facts, *amounts)
        if line.kind is LineKind.COMMITMENT and sign * line.amount != sheet.commitment:
            yield Break(where, f"its commitment is {sheet.commitment}, in its lines {sign * line.amount}")
    if sides[sheet.seller_id] != sides[sheet.buyer_id] or len(sides) != 2:
        yield Break(where, "what the seller has less is not what the buyer has more")


def _capital_is_booked(
    sheet: TransferSheet, entries: list[EntrySheet], freed: int, codes: Mapping[int, str]
) -> Iterator[Break]:
    """The capital that passed, and the fee that the seller is freed of, is what left the one and came to the other.

    What passed afterwards by corrections stands in the books beside both, and is counted with `freed`.
    """
    where = f"transfer {sheet.code}"
    moved: Counter[int] = Counter()
    for entry in entries:
        for account, partner_id, sign in (
            (entry.credit, entry.credit_partner_id, 1),
            (entry.debit, entry.debit_partner_id, -1),
        ):
            if account in CAPITAL_ACCOUNTS and partner_id is not None:
                moved[partner_id] += sign * entry.amount
    if moved[sheet.seller_id] != -moved[sheet.buyer_id]:
        yield Break(where, "what left the seller's capital is not what came to the buyer's")
    for partner_id in moved.keys() - {sheet.seller_id, sheet.buyer_id}:
        yield Break(where, f"it names {codes.get(partner_id, partner_id)}, which takes no part in it")
    if moved[sheet.buyer_id] - freed != sheet.capital:
        what = f"its capital is {sheet.capital}, in the books {moved[sheet.buyer_id] - freed}"
        yield Break(where, what)
