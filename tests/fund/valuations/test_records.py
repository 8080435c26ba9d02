"""Policies of valuation, calibrations and later events: written down once, and read as of their days."""

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from fund.charter.life import DayOutsideFund
from fund.holdings.mark_rules import MarkBeforeAcquisition
from fund.ledger.rules import PeriodLocked
from fund.valuations.actions import hand_in
from fund.valuations.calibration import CalibrationInvalid, CalibrationKind, Facts
from fund.valuations.file import Quoted
from fund.valuations.policy import PolicyInvalid, PolicyUnknown
from fund.valuations.queries import (
    calibrations,
    later_events,
    policy_on,
    the_policy,
    versions,
)
from fund.valuations.records import (
    ApproverCannotApprove,
    ApproverUnknown,
    EventUntold,
    calibrate,
    note_event,
    set_policy,
)
from fund.valuations.rules import (
    CalibrationUnused,
    ParameterUnexplained,
)
from kernel.db import Tx
from kernel.identity.rules import Role, RoleMissing
from kernel.periods import Quarter
from tests.builders.holdings import BOUGHT_ON, a_draft, held, the_analyst, the_manager
from tests.builders.ledger import Books, locked
from tests.builders.people import an_actor
from tests.builders.valuations import MILLION, POLICY, a_file, a_policy

Q1 = date(2025, 3, 31)


def test_policies_are_versions(tx: Tx, fund: Books, now: datetime) -> None:
    assert policy_on(tx, fund_id=fund.fund_id, on=Q1) is None
    with pytest.raises(PolicyUnknown):
        the_policy(tx, fund_id=fund.fund_id, on=Q1)
    a_policy(tx, fund, now)
    a_policy(tx, fund, now + timedelta(days=1), stale_days=50)
    assert the_policy(tx, fund_id=fund.fund_id, on=Q1).policy.stale_days == 50
    known = policy_on(tx, fund_id=fund.fund_id, on=Q1, known_at=now)
    assert known is not None
    assert known.policy == POLICY
    assert policy_on(tx, fund_id=fund.fund_id, on=date(2024, 12, 31)) is None
    assert [one.number for one in versions(tx, fund_id=fund.fund_id)] == [1, 2]
    with pytest.raises(ApproverUnknown, match="Nobody signs in as nobody"):
        a_policy(tx, fund, now, approvers=("nobody.here",))
    asked = {"fund_id": fund.fund_id, "policy": POLICY, "effective_on": Q1, "now": now}
    with pytest.raises(PolicyInvalid, match="by which decision"):
        set_policy(tx, the_manager(tx), note=" ", **asked)
    with pytest.raises(RoleMissing):
        set_policy(tx, the_analyst(tx), note="x", **asked)


def test_a_policy_holds_from_an_open_day_of_the_fund_and_is_approved_by_managers(
    tx: Tx, fund: Books, now: datetime
) -> None:
    given = {"fund_id": fund.fund_id, "policy": POLICY, "note": "x", "now": now}
    with pytest.raises(DayOutsideFund, match="9999-12-31"):
        set_policy(tx, the_manager(tx), effective_on=date.max, **given)
    locked(tx, fund.fund_id, Quarter(2024, 1), now=now)
    with pytest.raises(PeriodLocked, match="valuation policy"):
        set_policy(tx, the_manager(tx), effective_on=date(2024, 3, 31), **given)
    set_policy(tx, the_manager(tx), effective_on=date(2024, 4, 1), **given)
    an_actor(tx, Role.ANALYST, login="li.min", now=now)
    with pytest.raises(ApproverCannotApprove, match=r"li\.min is not a manager"):
        a_policy(tx, fund, now, approvers=("li.min",))


def test_a_calibration_is_used_at_later_dates(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    asked = {
        "holding_id": sheet.id,
        "kind": CalibrationKind.MULTIPLE,
        "parameter": "EV / sales",
        "facts": Facts(price=200 * MILLION, metric=60 * MILLION),
        "now": now,
    }
    made = calibrate(tx, the_analyst(tx), calibrated_on=BOUGHT_ON, source="agreement", **asked)
    assert (made.number, made.implied) == (1, Fraction("3.33333333"))
    assert calibrations(tx, holding_id=sheet.id) == [made]
    assert calibrations(tx, holding_id=sheet.id, instrument="S", until=date(2024, 3, 19)) == []
    with pytest.raises(CalibrationInvalid, match="a source"):
        calibrate(tx, the_analyst(tx), calibrated_on=BOUGHT_ON, source=" ", **asked)
    with pytest.raises(MarkBeforeAcquisition):
        calibrate(tx, the_analyst(tx), calibrated_on=date(2024, 1, 1), source="agreement", **asked)
    draft = a_draft(tx, the_analyst(tx), sheet.id, on=Q1, value=24 * MILLION)

    def handed(*quoted: Quoted) -> None:
        hand_in(tx, the_analyst(tx), mark_id=draft.id, file=a_file(quoted=quoted), now=now)

    with pytest.raises(CalibrationUnused, match="2024-03-20 calibrated EV / sales"):
        handed()
    with pytest.raises(ParameterUnexplained, match=r"from 3\.33333 at calibration to 4"):
        handed(Quoted(1, Fraction(4)))
    handed(Quoted(1, Fraction(4), "listed peers rose by a fifth"))


def test_what_happens_later_is_put_beside_the_mark(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    draft = a_draft(tx, the_analyst(tx), sheet.id, on=Q1, value=24 * MILLION)
    told = {"holding_id": sheet.id, "source": "letter", "now": now}
    note_event(tx, the_analyst(tx), happened_on=Q1, says="on the day itself", **told)
    later = note_event(tx, the_analyst(tx), happened_on=date(2025, 4, 2), says="lost its customer", **told)
    assert later_events(tx, mark_id=draft.id) == [later]
    assert later_events(tx, mark_id=draft.id, until=date(2025, 4, 1)) == []
    with pytest.raises(EventUntold):
        note_event(tx, the_analyst(tx), happened_on=Q1, says=" ", **told)
