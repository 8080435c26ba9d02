"""Drafting a call with its excuses: each rests on a side letter that grants it for the deal, or on a reason given."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from fund.capital import calls
from fund.capital.positions import commitments, contributions
from fund.capital.restrictions import suspended
from fund.capital.rules import Item, ItemKind
from fund.capital.sheets import CallSheet
from fund.charter.rules import Dimension
from fund.holdings.queries import holdings
from fund.holdings.sheets import HoldingSheet
from fund.side_letters.excuses import Ground, check_excuses, granted_by, grounds, keep_grounds
from fund.side_letters.queries import ExcuseSheet, letters
from kernel.db import Tx
from kernel.identity.rules import Actor, Role


def draft_call(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    items: Sequence[Item],
    due_on: date,
    purpose: str,
    excuse_reason: str = "",
    now: datetime,
) -> CallSheet:
    """Draft a call as `fund.capital.calls.draft_call` does, and keep why each partner is excused.

    A partner that is suspended is excused from what is no follow-on of a deal in which it takes part. Refused: as
    there, and an excuse that no letter grants for the item's holding, unless a reason is given.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    named = {item.holding_id for item in items if item.excused and item.holding_id is not None}
    labels = _labels(tx, fund_id=fund_id, on=due_on, ids=named)
    excused = [(item.excused, labels.get(item.holding_id or 0, {})) for item in items]
    found = check_excuses(tx, fund_id=fund_id, excused=excused, reason=excuse_reason, as_of=due_on)
    kept = _kept_out(tx, fund_id=fund_id, items=items, on=due_on)
    items = [
        replace(item, excused=item.excused | kept.get(place, {}).keys())
        for place, item in enumerate(items, start=1)
    ]
    sheet = calls.draft_call(tx, actor, fund_id=fund_id, items=items, due_on=due_on, purpose=purpose, now=now)
    known = {(one.position, one.partner_id) for one in found}
    barred = [
        ExcuseSheet(place, key, None, reason)
        for place, reasons in kept.items()
        for key, reason in reasons.items()
        if (place, key) not in known
    ]
    keep_grounds(tx, call_id=sheet.id, found=[*found, *barred])
    return sheet


def _kept_out(tx: Tx, *, fund_id: int, items: Sequence[Item], on: date) -> dict[int, dict[int, str]]:
    """By the place of an item, the suspended partners that it is not called of, each with the reason."""
    out = suspended(tx, fund_id=fund_id, as_of=on)
    committed = commitments(tx, fund_id=fund_id, as_of=on) if out else {}
    found: dict[int, dict[int, str]] = {}
    for place, item in enumerate(items, start=1):
        if item.kind is not ItemKind.INVESTMENT or not out:
            continue
        held = item.holding_id
        shares = contributions(tx, fund_id=fund_id, as_of=on, holding_id=held) if held else {}
        found[place] = {
            key: reason for key, reason in out.items() if key in committed and not shares.get(key)
        }
    return found


def entitled(tx: Tx, *, fund_id: int, holding_id: int, on: date) -> dict[int, Ground]:
    """The partners that their letters let be excused from a call for a holding on a day: what a draft proposes."""
    labels = _labels(tx, fund_id=fund_id, on=on, ids={holding_id})
    return grounds(tx, fund_id=fund_id, labels=labels.get(holding_id, {}), as_of=on)


def entitled_to(tx: Tx, *, fund_id: int, on: date) -> dict[int, list[int]]:
    """By partner, the holdings from which its letter lets it be excused on a day; each is read once."""
    written = letters(tx, fund_id=fund_id)
    found: dict[int, list[int]] = {}
    for one in holdings(tx, fund_id=fund_id, as_of=on) if written else ():
        for partner_id in granted_by(written, labels=_of(one), as_of=on):
            found.setdefault(partner_id, []).append(one.id)
    return found


def _labels(tx: Tx, *, fund_id: int, on: date, ids: Collection[int]) -> dict[int, Mapping[Dimension, str]]:
    if not ids:
        return {}
    return {one.id: _of(one) for one in holdings(tx, fund_id=fund_id, as_of=on) if one.id in ids}


def _of(one: HoldingSheet) -> Mapping[Dimension, str]:
    return {
        Dimension.COMPANY: one.name,
        Dimension.SECTOR: one.sector,
        Dimension.CHAIN_POSITION: one.chain_position,
        Dimension.STAGE: one.stage,
        Dimension.ORIGIN: one.origin,
        Dimension.CITY: one.city,
        Dimension.VINTAGE: one.vintage,
    }
