"""The fund's lists as workbooks: partners and their accounts, calls, receipts, holdings, entries, the trial balance."""

from datetime import date
from functools import partial

from app.lists.live import Rows
from app.lists.round_tables import call_sheet, partner_sheet
from app.lists.tables import Named, Reader, every
from app.pages.wording import ROW_WORDS
from fund.capital import inflows, positions
from fund.capital.rules import CallState
from fund.holdings.queries import holdings
from fund.ledger.queries import trial_balance
from fund.partners.queries import partners
from fund.results.accounts import capital_account, navs
from kernel.periods import Quarter
from kernel.sheets.writing import Look, Sheet, Value

MONEY, DAY, INSTANT, WHOLE, SHARE = Look.MONEY, Look.DAY, Look.INSTANT, Look.WHOLE, Look.SHARE


def _n(says: str) -> str:
    return says


def partner_names(reader: Reader) -> dict[int, str]:
    """Every partner that the reader may know of."""
    found = partners(reader.tx, fund_id=reader.fund_id, actor=reader.actor)
    return {one.id: f"{one.code} {reader.name(one.name_zh, one.name_en)}" for one in found}


def partner_book(reader: Reader, *, on: date) -> bytes:
    """Where every partner stands on a day, their capital accounts of that day's quarter, and the list as it is brought
    in.
    """
    return reader.book(_standings(reader, on), _accounts(reader, on), partner_sheet(reader))


def _standings(reader: Reader, on: date) -> Sheet:
    tx, fund_id = reader.tx, reader.fund_id
    committed = positions.commitments(tx, fund_id=fund_id, as_of=on)
    paid_in = positions.contributions(tx, fund_id=fund_id, as_of=on)
    left, worth = positions.unfunded(tx, fund_id=fund_id, as_of=on), navs(tx, fund_id=fund_id, as_of=on)
    heads: list[Named] = [
        *(_n("Code"), _n("Partner"), _n("Kind"), (_n("Admitted on"), DAY), (_n("Committed"), MONEY)),
        *((_n("Paid in"), MONEY), (_n("Unfunded"), MONEY), (_n("Net asset value"), MONEY)),
    ]
    rows: list[tuple[Value, ...]] = [
        (
            *(one.code, reader.name(one.name_zh, one.name_en), reader.label(one.kind), one.admitted_on),
            *(committed.get(one.id, 0), paid_in.get(one.id, 0), left.get(one.id, 0), worth.get(one.id, 0)),
        )
        for one in partners(tx, fund_id=fund_id, as_of=on, actor=reader.actor)
    ]
    return reader.sheet(_n("Partners"), heads, rows, on.isoformat())


def _accounts(reader: Reader, on: date) -> Sheet:
    """Every capital account; its closing is a formula over the rows above it."""
    fund_id, quarter = reader.fund_id, Quarter.containing(on)
    heads: list[Named] = [
        *(_n("Partner"), _n("Line"), (_n("Quarter to date"), MONEY)),
        *((_n("Year to date"), MONEY), (_n("Since inception"), MONEY)),
    ]
    rows = Rows(labels=2)
    for key, name in partner_names(reader).items():
        account = capital_account(reader.tx, fund_id=fund_id, partner_id=key, quarter=quarter, until=on)
        *parts, closing = account.rows
        placed = [
            rows.put(
                (name, reader.say(ROW_WORDS[row.code])), (row.amounts.qtd, row.amounts.ytd, row.amounts.itd)
            )
            for row in parts
        ]
        rows.add_up((name, reader.say(ROW_WORDS[closing.code])), placed)
    return reader.sheet(
        _n("Capital accounts"), heads, rows.written, f"{quarter}, {on.isoformat()}", is_list=False
    )


def call_book(reader: Reader, *, state: CallState | None) -> bytes:
    """Calls, newest first; for whoever sees all of the fund also every part, as it is brought in."""
    fund_id = reader.fund_id
    heads: list[Named] = [
        *(_n("Call"), _n("Kind"), _n("State"), _n("Purpose"), (_n("Amount"), MONEY), (_n("Notice"), DAY)),
        *((_n("Due"), DAY), _n("Prepared by"), _n("Approved by"), (_n("Settled on"), DAY), _n("Reason")),
    ]
    found = every(partial(inflows.calls, reader.tx, fund_id=fund_id, actor=reader.actor, state=state))
    rows = (
        (
            *(one.code, reader.label(one.kind), reader.label(one.state), one.purpose, one.amount),
            *(one.notice_on, one.due_on, one.prepared_name, one.approved_name, one.settled_on),
            one.cancel_reason,
        )
        for one in found
    )
    sheets = [reader.sheet(_n("Calls"), heads, rows)]
    sheets += [call_sheet(reader, state=state)] if reader.actor.reach == "all" else []
    return reader.book(*sheets)


def holding_book(reader: Reader, *, on: date) -> bytes:
    """The portfolio on a day."""
    heads: list[Named] = [
        *(_n("Holding"), _n("Company"), _n("Deal"), _n("Sector"), _n("Stage"), _n("City"), _n("State")),
        *((_n("Acquired on"), DAY), (_n("Invested"), MONEY), (_n("Cost"), MONEY), (_n("Fair value"), MONEY)),
        *((_n("Proceeds"), MONEY), (_n("Income"), MONEY), (_n("Ownership"), SHARE), (_n("Marked on"), DAY)),
    ]
    rows = (
        (
            *(one.code, reader.name(one.name, one.name_en), one.deal_code, one.sector, one.stage, one.city),
            *(reader.label(one.status, "Status"), one.acquired_on, one.invested, one.cost, one.value),
            *(one.proceeds, one.income, one.ownership, one.marked_on),
        )
        for one in holdings(reader.tx, fund_id=reader.fund_id, as_of=on, actor=reader.actor)
    )
    return reader.book(reader.sheet(_n("Portfolio"), heads, rows, on.isoformat()))


def trial_book(reader: Reader, *, on: date) -> bytes:
    """The trial balance of a day, its totals last."""
    sheet = trial_balance(reader.tx, fund_id=reader.fund_id, as_of=on)
    heads: list[Named] = [_n("Account"), _n("Name"), (_n("Debit"), MONEY), (_n("Credit"), MONEY)]
    rows: list[tuple[Value, ...]] = [
        (one.code, reader.name(one.name_zh, one.name_en), one.debit, one.credit) for one in sheet.rows
    ]
    rows.append((reader.say(_n("Total")), None, sheet.debit, sheet.credit))
    return reader.book(reader.sheet(_n("Trial balance"), heads, rows, on.isoformat()))
