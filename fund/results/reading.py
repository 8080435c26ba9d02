"""Reading the books' movements for one partner or for the whole fund, and who may."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from fund.ledger.chart import CAPITAL_ACCOUNTS
from fund.ledger.queries import EntrySheet, by_quarter, flows, together_by_quarter
from fund.partners.queries import PartnerSheet, partner, partners
from fund.results.rules import FundFiguresClosed, Moved
from kernel.db import Tx
from kernel.periods import Quarter

_REACH = sa.text("SELECT afund_reach()")


@dataclass(frozen=True)
class Scope:
    """Whose figures are read: one partner's, or those of several taken together."""

    fund_id: int
    partner_ids: frozenset[int]

    @classmethod
    def of(cls, fund_id: int, sheets: Collection[PartnerSheet]) -> "Scope":
        """These partners taken together."""
        return cls(fund_id, frozenset(sheet.id for sheet in sheets))

    @property
    def only(self) -> int | None:
        """The one partner that it is; None where several are taken together."""
        return next(iter(self.partner_ids)) if len(self.partner_ids) == 1 else None

    def signed(self, entry: EntrySheet, accounts: Collection[str]) -> int:
        """What an entry adds to `accounts` for these partners, credit-positive."""
        credited = entry.credit in accounts and entry.credit_partner_id in self.partner_ids
        debited = entry.debit in accounts and entry.debit_partner_id in self.partner_ids
        return entry.amount * (credited - debited)


def see(tx: Tx, *, fund_id: int, partner_id: int | None) -> tuple[PartnerSheet, ...]:
    """The partners whose figures are asked for: one, or with None all of the fund.

    Refused: a partner that the transaction's actor may not know of, and the whole fund to somebody who would
    be shown only a part of it by the database's walls and take it for the whole.
    """
    if partner_id is not None:
        return (partner(tx, partner_id=partner_id),)
    if not reaches_all(tx):
        raise FundFiguresClosed()
    return tuple(partners(tx, fund_id=fund_id))


def reaches_all(tx: Tx) -> bool:
    """Whether the transaction's actor reads all rows of the books."""
    return bool(tx.execute(_REACH).scalar_one() == "all")


def fee_paying(found: Collection[PartnerSheet]) -> tuple[PartnerSheet, ...]:
    """The partners over whom a fund's net performance is told: those who pay fees [ILPA]; else all limited."""
    paying = tuple(sheet for sheet in found if sheet.bears_fee and not sheet.is_general)
    return paying or tuple(sheet for sheet in found if not sheet.is_general)


def moved(
    tx: Tx,
    *,
    fund_id: int,
    through: Quarter,
    partner_id: int | None = None,
    known_at: datetime | None = None,
) -> dict[int, dict[Quarter, dict[str, int]]]:
    """The movement of every account of capital by partner and quarter."""
    found: dict[int, dict[Quarter, dict[str, int]]] = {}
    movements = by_quarter(
        tx,
        fund_id=fund_id,
        through=through.ends_on,
        accounts=CAPITAL_ACCOUNTS,
        known_at=known_at,
        partner_id=partner_id,
    )
    for one in movements:
        if one.partner_id is not None:
            quarters = found.setdefault(one.partner_id, {})
            quarters.setdefault(one.quarter, {})[one.account] = one.amount
    return found


def moved_together(
    tx: Tx,
    *,
    scope: Scope,
    through: Quarter,
    until: date | None = None,
    known_at: datetime | None = None,
) -> Moved:
    """The same of several partners taken together; `until` ends it on a day before the quarter's last."""
    found: dict[Quarter, dict[str, int]] = {}
    for one in together_by_quarter(
        tx,
        fund_id=scope.fund_id,
        through=min(through.ends_on, until or through.ends_on),
        accounts=CAPITAL_ACCOUNTS,
        partner_ids=scope.partner_ids,
        known_at=known_at,
    ):
        found.setdefault(one.quarter, {})[one.account] = one.amount
    return found


def together(by_partner: Mapping[int, Moved]) -> Moved:
    """The movements of several partners added up."""
    total: dict[Quarter, dict[str, int]] = {}
    for quarters in by_partner.values():
        for quarter, accounts in quarters.items():
            sums = total.setdefault(quarter, {})
            for account, amount in accounts.items():
                sums[account] = sums.get(account, 0) + amount
    return total


def entries(
    tx: Tx,
    *,
    scope: Scope,
    accounts: Collection[str],
    as_of: date,
    since: date | None = None,
    known_at: datetime | None = None,
) -> list[tuple[EntrySheet, int]]:
    """The entries on `accounts` of these partners, each with what it adds; moves among them are left out."""
    found = flows(
        tx,
        fund_id=scope.fund_id,
        accounts=accounts,
        as_of=as_of,
        since=since,
        partner_id=scope.only,
        known_at=known_at,
    )
    codes = [str(account) for account in accounts]
    signed = [(entry, scope.signed(entry, codes)) for entry in found]
    return [(entry, amount) for entry, amount in signed if amount]
