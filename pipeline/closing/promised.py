"""What the committee has approved and the fund has not paid: commitments to invest, which limits and mandates count."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import col, select

from fund.holdings.queries import HoldingSheet, holdings
from fund.results.exposure_rules import Part, Promised, promised_part
from kernel.db import Tx
from kernel.instants import day_in_beijing
from pipeline.closing.models import ClosingTranche, DealClosing
from pipeline.closing.rules import left_to_pay
from pipeline.committee.models import Decision, Motion
from pipeline.committee.motion_rules import INVESTMENTS
from pipeline.committee.proposed import first_of, more_of
from pipeline.committee.rules import APPROVALS
from pipeline.deals.models import Deal
from pipeline.deals.rules import Stage, Status
from pipeline.deals.sheets import DealSheet


@dataclass(frozen=True)
class Unpaid:
    """What is left to pay of a deal's newest approval, whether some of it has been paid, and whether tranches are
    planned. Approvals are numbered on in the order in which they were given.
    """

    deal_id: int
    decision_id: int
    is_begun: bool
    is_planned: bool
    promised: Promised


@dataclass(frozen=True)
class Beside:
    """What is left to pay of a deal's `own` approval, in minor units, and what `others` bind the fund to before it."""

    own: int
    is_planned: bool
    others: tuple[Promised, ...]

    def after(self, amount: int) -> int:
        """What is still to be paid of the deal after a payment: of planned tranches, since an approval without them is
        a maximum that the payment may stay below.
        """
        return max(self.own - amount, 0) if self.is_planned else 0


def unpaid(tx: Tx, *, fund_id: int, on: date) -> list[Unpaid]:
    """Every deal of which the fund is still bound to pay something on a day, as the reader may know of it. Deals that
    were given up or have been left bind to nothing.
    """
    newest = _approvals(tx, fund_id, on)
    planned = _planned(tx, set(newest))
    closed = _closed(tx, set(newest), on)
    left = {
        key: left_to_pay(
            decided.amount or 0,
            expires_on=decided.expires_on or on,
            planned=planned.get(key, {}),
            closed=closed.get(key, {}),
            on=on,
        )
        for key, (decided, _, _) in newest.items()
    }
    if not any(left.values()):
        return []
    held = {sheet.party_id: sheet for sheet in holdings(tx, fund_id=fund_id, as_of=on)}
    return [
        Unpaid(
            key,
            decided.key,
            bool(closed.get(key)),
            key in planned,
            Promised(company, promised_part(_part(tx, about, company, held, on), left[key])),
        )
        for key, (decided, company, about) in newest.items()
        if left[key]
    ]


def promised(tx: Tx, *, fund_id: int, on: date) -> tuple[Promised, ...]:
    """All that the fund is still bound to pay on a day."""
    return tuple(one.promised for one in unpaid(tx, fund_id=fund_id, on=on))


def beside(tx: Tx, *, about: DealSheet, on: date) -> Beside:
    """What a deal's payment is held against beside what is held. Other deals come before it: all while it has no
    approval, then those approved before it and those of which something has been paid. So two approvals that do not
    both find room do not stop each other: the later one waits.
    """
    found = unpaid(tx, fund_id=about.fund_id, on=on)
    own = next((one for one in found if one.deal_id == about.id), None)
    others = tuple(
        one.promised
        for one in found
        if one.deal_id != about.id and (own is None or one.is_begun or one.decision_id < own.decision_id)
    )
    return Beside(own.promised.amount if own else 0, own is not None and own.is_planned, others)


def beside_motion(tx: Tx, *, motion_id: int, on: date) -> tuple[Promised, ...]:
    """What the fund is bound to pay for other deals than a motion's, beside which its mandates are answered."""
    deal_id = tx.exec(select(Motion.deal_id).where(Motion.id == motion_id)).one_or_none()
    about = tx.get(Deal, deal_id) if deal_id is not None else None
    if about is None:
        return ()
    found = unpaid(tx, fund_id=about.fund_id, on=on)
    return tuple(one.promised for one in found if one.deal_id != about.key)


def _approvals(tx: Tx, fund_id: int, on: date) -> dict[int, tuple[Decision, int, Deal]]:
    """The newest approval to invest by a day of every deal that stands, with the company and the deal."""
    statement: Any = (
        select(Decision, Motion.company_id, Deal)
        .join(Motion, col(Motion.id) == col(Decision.motion_id))
        .join(Deal, col(Deal.id) == col(Decision.deal_id))
        .where(
            Deal.fund_id == fund_id,
            Deal.status != Status.PASSED,
            Deal.stage != Stage.EXITED,
            col(Decision.verdict).in_(APPROVALS),
            col(Motion.matter).in_(INVESTMENTS),
            col(Motion.company_id).is_not(None),
        )
        .order_by(col(Decision.id))
    )
    return {
        decided.deal_id: (decided, company, about)
        for decided, company, about in tx.exec(statement)
        if day_in_beijing(decided.decided_at) <= on
    }


def _planned(tx: Tx, deal_ids: set[int]) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = {}
    for row in tx.exec(select(ClosingTranche).where(col(ClosingTranche.deal_id).in_(deal_ids))):
        found.setdefault(row.deal_id, {})[row.number] = row.amount
    return found


def _closed(tx: Tx, deal_ids: set[int], on: date) -> dict[int, dict[int, int]]:
    statement = select(DealClosing).where(
        col(DealClosing.deal_id).in_(deal_ids),
        DealClosing.closed_on <= on,
        col(DealClosing.undone_on).is_(None) | (col(DealClosing.undone_on) > on),
    )
    found: dict[int, dict[int, int]] = {}
    for row in tx.exec(statement):
        found.setdefault(row.deal_id, {})[row.tranche] = row.amount
    return found


def _part(tx: Tx, about: Deal, company: int, held: dict[int, HoldingSheet], on: date) -> Part:
    """The company under the labels of what is held of it, otherwise those of the deal."""
    if company in held:
        return replace(more_of(held[company], 0), vintage=held[company].vintage).tidy.part
    return replace(first_of(tx, about=about, company=company, amount=0), vintage=str(on.year)).tidy.part
