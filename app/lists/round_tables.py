"""Lists in the very columns in which they are brought in, so that what was taken out can come in again.

Beside those columns stands what only tells more: names, instants, who reversed what.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from app.lists.tables import Reader, every
from fund.capital import inflows
from fund.capital.call_imports import CALLS
from fund.capital.imports import COMMITMENTS, RECEIPTS
from fund.capital.queries import closes, commitment_sheets
from fund.capital.rules import CallKind, CallState
from fund.holdings.queries import holding_labels
from fund.ledger.entry_imports import ENTRIES
from fund.ledger.queries import journal
from fund.partners.imports import PARTNERS
from fund.partners.queries import PartnerSheet, bank, codes_in_order, contacts, partners
from kernel.sheets.writing import Head, Look, Sheet, Value

_LOOKS: Mapping[str, Look] = {
    "amount": Look.MONEY,
    "admitted_on": Look.DAY,
    "committed_on": Look.DAY,
    "due_on": Look.DAY,
    "notice_on": Look.DAY,
    "received_on": Look.DAY,
    "reversed_on": Look.DAY,
    "undone_on": Look.DAY,
    "withdrawn_on": Look.DAY,
    "effective_on": Look.DAY,
    "close": Look.WHOLE,
    "position": Look.WHOLE,
    "number": Look.WHOLE,
}


def _n(says: str) -> str:
    return says


def partner_sheet(reader: Reader) -> Sheet:
    """Every partner with whom to write to and where it is paid; account numbers whole only for those who pay."""
    found = partners(reader.tx, fund_id=reader.fund_id, actor=reader.actor)
    rows = [_partner(reader, one) for one in found]
    return Sheet(
        reader.say(_n("List of partners")), reader.columns_of(PARTNERS, _LOOKS), rows, reader.caption()
    )


def _partner(reader: Reader, one: PartnerSheet) -> tuple[Value, ...]:
    told = next(iter(contacts(reader.tx, partner_id=one.id, as_of=reader.today, actor=reader.actor)), None)
    paid = bank(reader.tx, reader.actor, partner_id=one.id)
    return (
        *(one.code, one.name_zh or one.name_en, one.kind.value, one.admitted_on),
        *(_yes(one.bears_fee), _yes(one.bears_carry), one.language.value),
        *((told.name, told.title, told.email, told.phone) if told else (None,) * 4),
        *((paid.bank_name, paid.account_no) if paid and not paid.is_masked else (None, None)),
        one.name_en,
    )


def _yes(value: bool) -> str:
    return "是" if value else "否"


def commitment_book(reader: Reader) -> bytes:
    """Every commitment with the close at which it was made."""
    found = partners(reader.tx, fund_id=reader.fund_id, actor=reader.actor)
    there = {one.id: one for one in found}
    due = {one.number: one.due_on for one in closes(reader.tx, fund_id=reader.fund_id)}
    heads = (
        *reader.columns_of(COMMITMENTS, _LOOKS),
        Head(reader.say(_n("Name"))),
        Head(reader.say(_n("Recorded at")), Look.INSTANT),
    )
    rows = [
        (
            *(there[one.partner_id].code, one.amount, one.effective_on),
            *(due.get(one.close_number), one.close_number, one.undone_on),
            *(reader.name(there[one.partner_id].name_zh, there[one.partner_id].name_en), one.recorded_at),
        )
        for one in commitment_sheets(reader.tx, fund_id=reader.fund_id, actor=reader.actor)
        if one.partner_id in there
    ]
    return reader.book(Sheet(reader.say(_n("Commitments")), heads, rows, reader.caption()))


def call_sheet(reader: Reader, *, state: CallState | None) -> Sheet:
    """Every partner's part of every item of the calls that ask for money, the oldest first; of later closes and money
    given back, which come of other acts, nothing.
    """
    heads = (*reader.columns_of(CALLS, _LOOKS), Head(reader.say(_n("State"))))
    return Sheet(reader.say(_n("Call lines")), heads, list(_call_rows(reader, state)), reader.caption())


def _call_rows(reader: Reader, state: CallState | None) -> Iterator[tuple[Value, ...]]:
    tx, codes = reader.tx, codes_in_order(reader.tx, fund_id=reader.fund_id)
    pages = partial(inflows.calls, tx, fund_id=reader.fund_id, actor=reader.actor, state=state)
    found = [one for one in every(pages) if one.kind is CallKind.DRAWDOWN]
    for call in sorted(found, key=lambda one: one.number):
        parts = inflows.item_parts(tx, call_id=call.id)
        for item in inflows.call_sheet(tx, call_id=call.id).items:
            for partner_id, amount in parts[item.position].items():
                yield (
                    *(call.code, call.notice_on, call.due_on, item.kind.value, amount),
                    *(item.memo or call.purpose, call.purpose, item.position, codes[partner_id]),
                    "；".join(codes[key] for key in item.excused),
                    *(call.cancelled_on, reader.label(call.state)),
                )


def receipt_book(reader: Reader) -> bytes:
    """Every receipt on every call, in the order in which it was written down."""
    found = partners(reader.tx, fund_id=reader.fund_id, actor=reader.actor)
    there = {one.id: one for one in found}
    heads = (
        *reader.columns_of(RECEIPTS, _LOOKS),
        Head(reader.say(_n("Name"))),
        Head(reader.say(_n("Interest")), Look.MONEY),
    )
    rows = [
        (
            *(one.received_on, there[one.partner_id].code, one.amount, one.call, one.bank_reference),
            *(one.reference, one.reversed_on, one.reverse_reason),
            *(reader.name(there[one.partner_id].name_zh, there[one.partner_id].name_en), one.interest),
        )
        for one in inflows.fund_receipts(reader.tx, fund_id=reader.fund_id, actor=reader.actor)
        if one.partner_id in there
    ]
    return reader.book(Sheet(reader.say(_n("Receipts")), heads, rows, reader.caption()))


def entry_book(reader: Reader, *, account: str | None, act: str | None, partner_id: int | None) -> bytes:
    """The journal, newest first."""
    fund_id = reader.fund_id
    codes = {one.id: one.code for one in partners(reader.tx, fund_id=fund_id, actor=reader.actor)}
    labels = holding_labels(reader.tx, fund_id=fund_id, actor=reader.actor)
    heads = (
        *reader.columns_of(ENTRIES, _LOOKS),
        Head(reader.say(_n("Recorded at")), Look.INSTANT),
    )
    pages = partial(
        journal,
        reader.tx,
        fund_id=fund_id,
        actor=reader.actor,
        account=account,
        act=act,
        partner_id=partner_id,
    )
    rows = (
        (
            *(one.number, one.reference, one.effective_on, one.debit, one.credit, one.amount),
            *(codes.get(one.debit_partner_id or 0, ""), codes.get(one.credit_partner_id or 0, "")),
            *(" ".join(labels.get(one.holding_id or 0, ())), one.act, one.memo),
            *(one.reverses, one.reversed_by, one.recorded_at),
        )
        for one in every(pages)
    )
    return reader.book(Sheet(reader.say(_n("Entries")), heads, rows, reader.caption()))
