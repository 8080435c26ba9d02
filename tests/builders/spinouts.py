"""Companies born of achievements, for tests."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from pipeline.spinouts.actions import register_spinout
from pipeline.spinouts.queries import SpinoutSheet
from pipeline.spinouts.rights import (
    ShareLine,
    give_notice,
    propose_rights,
    record_appraisal,
    record_secrecy_screen,
)
from pipeline.spinouts.rules import Appraisal, Form, Route
from tests.builders.parties import a_person, an_organisation


def a_spinout(
    tx: Tx, *, now: datetime, code: str | None = None, name_zh: str = "北科氢能材料有限公司", **changes: Any
) -> SpinoutSheet:
    """A limited company of that name; its code is made of its party unless given."""
    party = an_organisation(tx, name_zh, now=now)
    given: dict[str, Any] = {"form": Form.LIMITED_COMPANY, "city": "北京", "sector": "hydrogen"}
    return register_spinout(
        tx, SYSTEM, code=code or f"S{party.id:03d}", party_id=party.id, now=now, **(given | changes)
    )


def bookable_rights(
    tx: Tx, *, spinout_id: int, achievement_id: int, achievement: str, as_of: date, now: datetime
) -> int:
    """A transfer by agreement for which nothing is missing on `as_of`: 70 % to an inventor, 30 % to the school."""
    price = 3_000_000_00
    inventor, school = a_person(tx, "李发明", now=now), an_organisation(tx, "北方科技大学", now=now)
    shares = [ShareLine(inventor.id, Fraction(7, 10), True), ShareLine(school.id, Fraction(3, 10), False)]
    key = propose_rights(
        tx,
        SYSTEM,
        spinout_id=spinout_id,
        achievement_id=achievement_id,
        route=Route.AGREEMENT,
        price=price,
        shares=shares,
        now=now,
    )
    give_notice(
        tx,
        SYSTEM,
        rights_id=key,
        achievement=achievement,
        price=price,
        starts_on=as_of - timedelta(days=16),
        ends_on=as_of - timedelta(days=1),
        now=now,
    )
    record_appraisal(tx, SYSTEM, rights_id=key, appraisal=Appraisal.DONE, says="AP-2026-17", now=now)
    record_secrecy_screen(
        tx,
        SYSTEM,
        rights_id=key,
        is_clear=True,
        screened_by="保密办公室",
        screened_on=as_of - timedelta(days=20),
        now=now,
    )
    return key
