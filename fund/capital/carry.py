"""Accruing carry: what each partner would bear were everything sold for its value on a day."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col

from fund.capital.acts import lock_capital
from fund.capital.forms import Waterfalls, waterfalls
from fund.capital.models import CarryAccrual
from fund.capital.outflows import accrual_sheet
from fund.capital.sheets import AccrualSheet
from fund.capital.workings import working_json
from fund.givebacks.queries import owed_back
from fund.ledger.actions import post
from fund.ledger.chart import CAPITAL_ACCOUNTS
from fund.ledger.queries import balances, total
from fund.ledger.rules import Account, Posting
from fund.ledger.stamps import stamp
from fund.partners.queries import PartnerSheet, general_partner, partners
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.errors import Invalid
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.numbering import next_number

BEFORE_CARRY = tuple(account for account in CAPITAL_ACCOUNTS if account is not Account.CARRY_ACCRUED)


class CarryToCome(Invalid):
    code = "carry_to_come"
    says = "{on} is still to come; carry is worked out on what is known, {today} at the latest."


def accrue_carry(tx: Tx, actor: Actor, *, fund_id: int, on: date, now: datetime) -> list[AccrualSheet]:
    """Bring the carry accrued to what a sale of everything on `on` would yield, partner by partner.

    Each partner's capital before accrued carry, without carry that is still owed back to it, passes through its
    waterfall after its flows so far. A mark-down takes accrued carry back. Run twice, the second moves nothing. What
    was accrued on a later day stays as it was worked out: an accrual made before it is taken back on that day. Returns
    the accruals that moved something. Refused: a day to come.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    today = day_in_beijing(now)
    if on > today:
        raise CarryToCome(on=on, today=today)
    lock_capital(tx, fund_id=fund_id)
    bearers = [sheet for sheet in partners(tx, fund_id=fund_id, as_of=on) if sheet.bears_carry]
    form = waterfalls(tx, fund_id=fund_id, on=on)
    capital = _capital(tx, fund_id, on)
    moved = []
    for sheet in bearers:
        row = _accrual(tx, sheet, form, capital.get(sheet.id, 0), now)
        if row.moved:
            moved.append((sheet, row))
    if moved:
        _book(tx, actor, fund_id, moved, now)
    return [accrual_sheet(row) for _, row in moved]


def accrued_on(tx: Tx, *, fund_id: int, on: date) -> dict[int, int]:
    """What carry each partner that bears any would bear were everything sold on a day; nothing is booked."""
    form, capital = waterfalls(tx, fund_id=fund_id, on=on), _capital(tx, fund_id, on)
    return {
        sheet.id: form.sold(sheet.id, max(0, capital.get(sheet.id, 0))).split.gp
        for sheet in partners(tx, fund_id=fund_id, as_of=on)
        if sheet.bears_carry
    }


def _capital(tx: Tx, fund_id: int, on: date) -> dict[int, int]:
    """Each partner's capital before accrued carry, without carry that is still owed back to it."""
    found = balances(tx, fund_id=fund_id, as_of=on, accounts=BEFORE_CARRY, by=("partner",))
    capital = {balance.partner_id: balance.amount for balance in found if balance.partner_id is not None}
    pending = owed_back(tx, fund_id=fund_id, as_of=on)
    return {key: capital.get(key, 0) - pending.get(key, 0) for key in capital.keys() | pending.keys()}


def _accrual(tx: Tx, sheet: PartnerSheet, form: Waterfalls, capital: int, now: datetime) -> CarryAccrual:
    on, working = form.on, form.sold(sheet.id, max(0, capital))
    accrued = -total(
        tx, fund_id=sheet.fund_id, as_of=on, accounts=[Account.CARRY_ACCRUED], partner_id=sheet.id
    )
    that_day = (
        (col(CarryAccrual.fund_id) == sheet.fund_id)
        & (col(CarryAccrual.partner_id) == sheet.id)
        & (col(CarryAccrual.accrued_on) == on)
    )
    return CarryAccrual(
        fund_id=sheet.fund_id,
        partner_id=sheet.id,
        accrued_on=on,
        sequence=next_number(tx, of=CarryAccrual.sequence, within=that_day),
        capital=capital,
        target=working.split.gp,
        moved=working.split.gp - accrued,
        working=working_json(working),
        recorded_at=stamp(tx, fund_id=sheet.fund_id, now=now),
    )


def _book(
    tx: Tx, actor: Actor, fund_id: int, moved: list[tuple[PartnerSheet, CarryAccrual]], now: datetime
) -> None:
    general = general_partner(tx, fund_id=fund_id)
    tx.add_all(row for _, row in moved)
    tx.flush()
    postings = []
    for sheet, row in moved:
        postings.append(_posting(row, sheet, general, row.accrued_on, row.moved))
        until = _next_accrual_on(tx, row)
        if until is not None:
            postings.append(_posting(row, sheet, general, until, -row.moved, "/until"))
    post(tx, actor, fund_id=fund_id, postings=postings, now=now)
    detail = {"on": moved[0][1].accrued_on.isoformat(), "moved": {s.code: row.moved for s, row in moved}}
    record(tx, actor, action="carry.accrued", subject=f"fund:{fund_id}", detail=detail, now=now)


def _posting(
    row: CarryAccrual, sheet: PartnerSheet, general: PartnerSheet, on: date, moved: int, step: str = ""
) -> Posting:
    return Posting(
        reference=f"CARRY/{row.accrued_on.isoformat()}/{sheet.code}/{row.sequence}{step}",
        effective_on=on,
        debit=Account.CARRY_ACCRUED,
        credit=Account.CARRY_ACCRUED,
        amount=abs(moved),
        memo="",
        act=f"carry:{row.key}",
        debit_partner_id=sheet.id if moved > 0 else general.id,
        credit_partner_id=general.id if moved > 0 else sheet.id,
    )


def _next_accrual_on(tx: Tx, row: CarryAccrual) -> date | None:
    """The first later day for which the partner's carry was worked out already."""
    later = sa.select(sa.func.min(col(CarryAccrual.accrued_on))).where(
        col(CarryAccrual.fund_id) == row.fund_id,
        col(CarryAccrual.partner_id) == row.partner_id,
        col(CarryAccrual.accrued_on) > row.accrued_on,
    )
    return tx.execute(later).scalar()
