"""Proving the fund from its rows alone: the books by themselves, and everything that must agree with them.

Each check reads the same truth by two roads. What does not agree is a Break that names the row, or the partner,
account and day.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlmodel import col

from fund.capital.models import Distribution, DistributionLine, Receipt
from fund.capital.positions import expired
from fund.capital.queries import commitments, contributions, recallable, unfunded
from fund.capital.sharing import DistributionState
from fund.charter.queries import terms
from fund.fees.workings import gaps
from fund.holdings.queries import holding_labels, holdings
from fund.indemnities.queries import restored
from fund.ledger.chart import CAPITAL_ACCOUNTS, CHART, NET_ASSET_ACCOUNTS, Account
from fund.ledger.queries import balances, by_quarter, flows, verify
from fund.partners.queries import codes_in_order
from fund.results.accrual_proof import prove_accruals, prove_earned
from fund.results.bank_proof import prove_bank
from fund.results.default_proof import prove_defaults
from fund.results.delivery_proof import prove_deliveries
from fund.results.indemnity_proof import is_giveback, prove_indemnities
from fund.results.money_proof import prove_money
from fund.results.netting_proof import prove_nettings
from fund.results.reading import moved
from fund.results.recovery_proof import prove_recoverables
from fund.results.relief_proof import prove_reliefs
from fund.results.return_proof import distributed_back, prove_returns
from fund.results.rules import CLOSING, OPENING, account_rows
from fund.results.statement_rules import ties
from fund.results.statements import statements
from fund.results.tax_proof import prove_taxes
from fund.results.transfer_proof import prove_transfers
from kernel.audit.rules import Break
from kernel.db import Tx
from kernel.periods import Quarter


@dataclass(frozen=True)
class Span:
    """What is proved: a fund, its partners' codes, and its quarters from the first movement to the last."""

    fund_id: int
    codes: Mapping[int, str]
    quarters: tuple[Quarter, ...]


def prove(tx: Tx, *, fund_id: int) -> list[Break]:
    """Recompute the fund from its rows; an empty list is the proof."""
    span = _span(tx, fund_id)
    return [
        *verify(tx, fund_id=fund_id),
        *_accounts_sum(tx, span),
        *_opening_is_last_closing(tx, span),
        *_cash_matches_receipts(tx, span),
        *prove_money(tx, fund_id=fund_id, codes=span.codes),
        *prove_defaults(tx, fund_id=fund_id),
        *prove_bank(tx, fund_id=fund_id),
        *_distributions_match(tx, span),
        *prove_deliveries(tx, fund_id=fund_id),
        *prove_nettings(tx, fund_id=fund_id, codes=span.codes),
        *prove_taxes(tx, fund_id=fund_id, codes=span.codes),
        *prove_returns(tx, fund_id=fund_id, codes=span.codes),
        *prove_indemnities(tx, fund_id=fund_id, codes=span.codes),
        *_commitments_roll(tx, span),
        *prove_transfers(tx, fund_id=fund_id, codes=span.codes),
        *_holdings_match(tx, span),
        *_fees_are_due(tx, span),
        *prove_reliefs(tx, fund_id=fund_id, codes=span.codes),
        *prove_recoverables(tx, fund_id=fund_id),
        *prove_accruals(tx, fund_id=fund_id),
        *prove_earned(tx, fund_id=fund_id),
        *_statements_tie(tx, span),
    ]


def _span(tx: Tx, fund_id: int) -> Span:
    codes = codes_in_order(tx, fund_id=fund_id)
    touched = {one.quarter for one in by_quarter(tx, fund_id=fund_id, through=date.max)}
    quarters = []
    if touched:
        quarters.append(min(touched))
        while quarters[-1] < max(touched):
            quarters.append(quarters[-1].next)
    return Span(fund_id, codes, tuple(quarters))


def _accounts_sum(tx: Tx, span: Span) -> Iterator[Break]:
    """At every quarter's end: debits are credits, partners sum to each account, net assets are capital."""
    for quarter in span.quarters:
        found = balances(tx, fund_id=span.fund_id, as_of=quarter.ends_on, by=("account", "partner"))
        if sum(one.amount for one in found):
            yield Break(f"trial balance {quarter}", "debits are not credits")
        sums: Counter[str] = Counter()
        for one in found:
            sums[str(one.account)] += one.amount
            named = one.partner_id in span.codes
            if named != CHART[Account(str(one.account))].partner:
                yield Break(f"account {one.account} {quarter}", "partners do not sum to the account")
        if sums[Account.BETWEEN_PARTNERS]:
            yield Break(
                f"account {Account.BETWEEN_PARTNERS} {quarter}", "what passes between partners is not nil"
            )
        if sum(sums[a] for a in NET_ASSET_ACCOUNTS) + sum(sums[a] for a in CAPITAL_ACCOUNTS):
            yield Break(f"net assets {quarter}", "they are not the partners' capital")


def _opening_is_last_closing(tx: Tx, span: Span) -> Iterator[Break]:
    """Every partner's capital account opens with what it closed with, and that is what the accounts hold."""
    if not span.quarters:
        return
    by_partner = moved(tx, fund_id=span.fund_id, through=span.quarters[-1])
    closing: dict[int, int] = {}
    for quarter in span.quarters:
        found = balances(
            tx, fund_id=span.fund_id, as_of=quarter.ends_on, accounts=CAPITAL_ACCOUNTS, by=("partner",)
        )
        held = {one.partner_id: one.amount for one in found}
        for partner_id, code in span.codes.items():
            rows = {row.code: row.amounts for row in account_rows(by_partner.get(partner_id, {}), quarter)}
            where = f"capital account {code} {quarter}"
            if rows[OPENING].qtd != closing.get(partner_id, 0):
                yield Break(where, "its opening is not its last closing")
            if rows[CLOSING].qtd != held.get(partner_id, 0):
                yield Break(where, "its closing is not what the accounts hold")
            closing[partner_id] = rows[CLOSING].qtd


def _cash_matches_receipts(tx: Tx, span: Span) -> Iterator[Break]:
    """Every receipt stands in the books with its amount, a reversed one with nothing, and nothing else came in."""
    booked: Counter[tuple[str, Account]] = Counter()
    # What was set off is paid out of a distribution, and not in cash.
    sources = (Account.CASH, Account.DISTRIBUTIONS_PAYABLE)
    for entry in flows(tx, fund_id=span.fund_id, as_of=date.max, accounts=sources):
        if entry.act.startswith("receipt:"):
            source = next(one for one in sources if one in (entry.debit, entry.credit))
            booked[entry.act, source] += entry.amount if entry.debit == source else -entry.amount
        elif Account.CONTRIBUTIONS_RECEIVABLE in (entry.debit, entry.credit) and not is_giveback(entry):
            yield Break(
                f"ledger_entry {entry.number} {entry.reference}", "called money came in without a receipt"
            )
    for receipt in tx.scalars(sa.select(Receipt).where(col(Receipt.fund_id) == span.fund_id)):
        said = 0 if receipt.reversed_on else receipt.amount
        found = booked.pop((f"receipt:{receipt.id}", sources[receipt.distribution_id is not None]), 0)
        if found != said:
            yield Break(f"receipt {receipt.id} {receipt.reference}", f"it says {said}, in the books {found}")
    for act, _ in booked:
        yield Break(act, "the books name a receipt that is not there")


def _distributions_match(tx: Tx, span: Span) -> Iterator[Break]:
    """What was distributed to each partner is what the books say."""
    line = DistributionLine
    net = sa.func.sum(col(line.gross) - col(line.carry) + col(line.carry_received) - col(line.escrowed))
    statement = (
        sa.select(col(line.partner_id), sa.cast(net, sa.BigInteger))
        .join(Distribution, col(Distribution.id) == col(line.distribution_id))
        .where(col(Distribution.fund_id) == span.fund_id, col(Distribution.state) == DistributionState.PAID)
        .group_by(col(line.partner_id))
    )
    said = Counter({row[0]: row[1] for row in tx.execute(statement)})
    said.update(distributed_back(tx, fund_id=span.fund_id))
    yield from _compare(tx, span, "distributions", Account.DISTRIBUTIONS, said, sign=-1, on=date.max)


def _commitments_roll(tx: Tx, span: Span) -> Iterator[Break]:
    """What was called is what the books hold as contributed, and unfunded rolls forward by what moved it."""
    after = _standing(tx, span, _eve(span.quarters[0])) if span.quarters else {}
    for quarter in span.quarters:
        # Who paid is asked here, not who holds the interest now: what passes lies on an account of its own.
        called = contributions(tx, fund_id=span.fund_id, as_of=quarter.ends_on, held_on=date.min)
        name = f"contributions {quarter}"
        yield from _compare(tx, span, name, Account.CONTRIBUTIONS, called, sign=1, on=quarter.ends_on)
        before, after = after, _standing(tx, span, quarter.ends_on)
        lasting = quarter.ends_on <= _commitment_period_ends_on(tx, span, quarter)
        for partner_id, code in span.codes.items():
            left, explained = after[partner_id], before[partner_id]
            if lasting and left[0] - explained[0] != left[1] - explained[1]:
                yield Break(
                    f"unfunded {code} {quarter}", f"it moved by {left[0] - explained[0]} without a cause"
                )


def _standing(tx: Tx, span: Span, on: date) -> dict[int, tuple[int, int]]:
    """By partner: what is said to be unfunded on a day, and what commitment, calls and recalls make of it."""
    fund_id = span.fund_id
    left = unfunded(tx, fund_id=fund_id, as_of=on)
    promised = commitments(tx, fund_id=fund_id, as_of=on)
    called = contributions(tx, fund_id=fund_id, as_of=on)
    again = recallable(tx, fund_id=fund_id, as_of=on)
    gone = expired(tx, fund_id=fund_id, as_of=on)
    back = restored(tx, fund_id=fund_id, as_of=on)
    return {
        key: (
            left.get(key, 0),
            sum(by.get(key, 0) for by in (promised, again, back)) - called.get(key, 0) - gone.get(key, 0),
        )
        for key in span.codes
    }


def _commitment_period_ends_on(tx: Tx, span: Span, quarter: Quarter) -> date:
    return terms(tx, fund_id=span.fund_id, as_of=quarter.ends_on).commitment_period_ends_on


def _eve(quarter: Quarter) -> date:
    return quarter.starts_on - timedelta(days=1)


def _holdings_match(tx: Tx, span: Span) -> Iterator[Break]:
    """Cost and value of every holding at every quarter's end are what the books hold for it."""
    labels = holding_labels(tx, fund_id=span.fund_id)
    for quarter in span.quarters:
        found = holdings(tx, fund_id=span.fund_id, as_of=quarter.ends_on)
        said = {sheet.id: (sheet.cost, sheet.value) for sheet in found}
        cost, value = (_by_holding(tx, span, quarter.ends_on, accounts) for accounts in _HELD)
        for key in sorted(said.keys() | value.keys() | cost.keys()):
            where = f"holding {labels.get(key, (key, ''))[0]} {quarter}"
            if key not in labels:
                yield Break(where, "the books name a holding that is not there")
            for word, booked, told in zip(
                ("cost", "value"), (cost, value), said.get(key, (0, 0)), strict=True
            ):
                if booked.get(key, 0) != told:
                    yield Break(where, f"its {word} is {told}, in the books {booked.get(key, 0)}")


def _fees_are_due(tx: Tx, span: Span) -> Iterator[Break]:
    """Every fee charged is what its terms and bases make of it, as long as nothing has changed them since."""
    for found in gaps(tx, fund_id=span.fund_id):
        for partner_id, was in found.charged.items():
            what = f"charged {was}, by its terms and bases {found.due[partner_id]}; adjust the fee of the quarter"
            yield Break(f"fee {found.quarter} {span.codes[partner_id]}", what)


def _statements_tie(tx: Tx, span: Span) -> Iterator[Break]:
    """The financial statements of every quarter are one account of the fund: each ties to the others."""
    for quarter in span.quarters:
        found = statements(tx, fund_id=span.fund_id, since=quarter.starts_on, as_of=quarter.ends_on)
        for tie in ties(found):
            if not tie.holds:
                of = f" {span.codes[tie.partner_id]}" if tie.partner_id is not None else ""
                where = f"statements {quarter}: {tie.code.replace('_', ' ')}{of}"
                yield Break(where, f"{tie.one} is not {tie.other}")


_HELD = (
    (Account.INVESTMENTS_AT_COST,),
    (Account.INVESTMENTS_AT_COST, Account.UNREALISED_APPRECIATION),
)


def _by_holding(tx: Tx, span: Span, on: date, accounts: tuple[Account, ...]) -> dict[int, int]:
    found = balances(tx, fund_id=span.fund_id, as_of=on, accounts=accounts, by=("holding",))
    return {one.holding_id: -one.amount for one in found if one.holding_id is not None}


def _compare(
    tx: Tx, span: Span, name: str, account: Account, said: Mapping[int, int], *, sign: int, on: date
) -> Iterator[Break]:
    """Hold what each partner is said to have against what stands on an account."""
    found = balances(tx, fund_id=span.fund_id, as_of=on, accounts=[account], by=("partner",))
    booked = {one.partner_id: sign * one.amount for one in found}
    for partner_id, code in span.codes.items():
        if booked.get(partner_id, 0) != said.get(partner_id, 0):
            what = f"said {said.get(partner_id, 0)}, in the books {booked.get(partner_id, 0)}"
            yield Break(f"{name} {code}", what)
