"""Due diligence for tests."""

from datetime import datetime
from typing import Any

from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor
from pipeline.diligence.actions import check_item, conclude_workstream, open_workstream, sign_finding
from pipeline.diligence.queries import FindingSheet, WorkstreamSheet
from pipeline.diligence.rules import FindingState, FindingText, Severity, Subject


def a_workstream(
    tx: Tx, *, deal_id: int, now: datetime, subject: Subject = Subject.TECHNOLOGY, **changes: Any
) -> WorkstreamSheet:
    """An open workstream of the fund, or of `party_id`."""
    return open_workstream(tx, SYSTEM, deal_id=deal_id, subject=subject, now=now, **changes)


def a_concluded_workstream(
    tx: Tx, *, deal_id: int, now: datetime, subject: Subject = Subject.TECHNOLOGY, **changes: Any
) -> WorkstreamSheet:
    """A workstream with every item ticked off, concluded and locked."""
    sheet = a_workstream(tx, deal_id=deal_id, subject=subject, now=now, **changes)
    for item in sheet.items:
        check_item(tx, SYSTEM, workstream_id=sheet.id, number=item.number, now=now)
    return conclude_workstream(tx, SYSTEM, workstream_id=sheet.id, conclusion="Sound.", now=now)


def finding_text(**changes: Any) -> FindingText:
    """What a major open finding says, changed as said."""
    given: dict[str, Any] = {
        "title": "Alloy creeps above 900 °C",
        "statement": "Two of five samples crept more than 0.2 % in 100 h.",
        "severity": Severity.MAJOR,
        "state": FindingState.OPEN,
        "owner": "Wang Jun",
        "closes_by": "A repeated creep test of ten samples below 0.1 %.",
    }
    return FindingText(**(given | changes))


def a_finding(
    tx: Tx, *, workstream_id: int, now: datetime, actor: Actor = SYSTEM, **changes: Any
) -> FindingSheet:
    """A signed finding."""
    return sign_finding(tx, actor, workstream_id=workstream_id, text=finding_text(**changes), now=now)
