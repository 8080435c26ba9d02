"""Valuation files of companies that came through a deal: readiness is taken as it was assessed, not typed again.

The fund's own room keeps files and marks and knows no deals; the roof prepares them through here.
"""

from datetime import date, datetime
from typing import Any

from fund.holdings.queries import HoldingSheet, holding, mark
from fund.valuations import actions, imports
from fund.valuations.file import File
from fund.valuations.queries import FileSheet
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.sheets.importing import Imported
from pipeline.deals.levels import assessed_level, settled


def prepare(
    tx: Tx,
    actor: Actor,
    *,
    holding_id: int,
    marked_on: date,
    value: int,
    file: File,
    now: datetime,
    **more: Any,
) -> FileSheet:
    """`fund.valuations.actions.prepare`, with the readiness assessed by the mark's day. Refused: ReadinessDiffers."""
    sheet = holding(tx, holding_id=holding_id, as_of=marked_on)
    told = with_readiness(tx, sheet=sheet, on=marked_on, file=file)
    facts = {"holding_id": holding_id, "marked_on": marked_on, "value": value, **more}
    return actions.prepare(tx, actor, file=told, now=now, **facts)


def hand_in(tx: Tx, actor: Actor, *, mark_id: int, file: File, now: datetime) -> FileSheet:
    """`fund.valuations.actions.hand_in`, with the readiness assessed by the mark's day. Refused: ReadinessDiffers."""
    known = mark(tx, mark_id=mark_id)
    sheet = holding(tx, holding_id=known.holding_id, as_of=known.marked_on)
    told = with_readiness(tx, sheet=sheet, on=known.marked_on, file=file)
    return actions.hand_in(tx, actor, mark_id=mark_id, file=told, now=now)


def import_marks(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    now: datetime,
) -> tuple[Imported, ...]:
    """`fund.valuations.imports.import_marks`, every file with the readiness assessed by its day."""
    return imports.import_marks(
        tx,
        actor,
        fund_id=fund_id,
        filename=filename,
        content=content,
        dry_run=dry_run,
        settle=with_readiness,
        now=now,
    )


def with_readiness(tx: Tx, *, sheet: HoldingSheet, on: date, file: File) -> File:
    """The file with the level that was assessed by the day, its source named."""
    return settled(file, assessed_level(tx, sheet=sheet, as_of=on))
