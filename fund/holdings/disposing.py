"""Writing down and booking what leaves a holding: sold, written off, or handed over in kind."""

from dataclasses import replace
from datetime import datetime

from fund.holdings import postings
from fund.holdings.aftermath import Aftermath
from fund.holdings.bookings import act_of, check_holding_open, next_of_holding, parts_in
from fund.holdings.models import Holding, HoldingDisposal, HoldingRelief, Instrument
from fund.holdings.position import Disposal, DisposalKind
from fund.holdings.rules import split
from fund.ledger.actions import post
from fund.ledger.rules import Account
from fund.ledger.stamps import stamp
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor


def record_disposal(
    tx: Tx,
    actor: Actor,
    *,
    row: Holding,
    instrument: Instrument,
    lost: Disposal,
    buyer_party_id: int | None = None,
    reason: str,
    into: Account = Account.CASH,
    now: datetime,
) -> int:
    """Write a disposal down, with what it takes of the lots, and book it against `into`; its number.

    Refused: anything of later days that would have been shared otherwise.
    """
    check_holding_open(tx, holding=row, on=lost.sold_on)
    aftermath = Aftermath(tx, holding=row, since=lost.sold_on)
    disposal = HoldingDisposal(
        holding_id=row.key,
        instrument_id=instrument.key,
        number=next_of_holding(tx, model=HoldingDisposal, holding_id=row.key),
        kind=lost.kind,
        sold_on=lost.sold_on,
        quantity=lost.quantity,
        proceeds=lost.proceeds,
        buyer_party_id=buyer_party_id,
        reason=reason,
        recorded_by=actor.name,
        recorded_at=stamp(tx, fund_id=row.fund_id, now=now),
    )
    tx.add(disposal)
    tx.flush()
    for relief in lost.reliefs:
        tx.add(
            HoldingRelief(
                holding_id=row.key,
                disposal_id=disposal.key,
                lot_id=relief.lot_id,
                quantity=relief.quantity,
                cost=relief.cost,
            )
        )
    tx.flush()
    _book_disposal(tx, actor, row, aftermath, lost, disposal, now, into)
    _tell_disposal(tx, actor, row, instrument, lost, disposal, now)
    return disposal.number


def _tell_disposal(
    tx: Tx,
    actor: Actor,
    row: Holding,
    instrument: Instrument,
    lost: Disposal,
    disposal: HoldingDisposal,
    now: datetime,
) -> None:
    detail = {
        "kind": lost.kind.value,
        "instrument": instrument.code,
        "quantity": str(lost.quantity),
        "proceeds": lost.proceeds,
        "cost": lost.cost,
        "on": lost.sold_on.isoformat(),
        "reason": disposal.reason,
    }
    action = "holding.sold" if lost.kind is DisposalKind.SALE else "holding.written_off"
    record(tx, actor, action=action, subject=f"holding:{row.key}", detail=detail, now=now)


def _book_disposal(
    tx: Tx,
    actor: Actor,
    row: Holding,
    aftermath: Aftermath,
    lost: Disposal,
    disposal: HoldingDisposal,
    now: datetime,
    into: Account,
) -> None:
    on = lost.sold_on
    step, memo = f"SALE-{disposal.number}", disposal.reason
    act = act_of(tx, holding=row, step=step, act=f"disposal:{disposal.key}", on=on, memo=memo)
    parts = parts_in(tx, holding=row, on=on)
    gain = split(lost.proceeds - lost.cost, parts, on=on)
    booked = postings.disposal(act, cost=lost.cost, proceeds=lost.proceeds, gain=gain, into=into)
    post(tx, actor, fund_id=row.fund_id, postings=booked, now=now)
    aftermath.follow(actor, replace(act, reference=f"{act.reference}/unrealised"), now=now)
