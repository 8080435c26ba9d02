from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa

from fund.charter.life import DayOutsideFund
from fund.holdings.mark_rules import Causes, MarkBeforeAcquisition, MarkInFuture, MarkState, Technique
from fund.holdings.queries import mark, marks
from fund.ledger.rules import PeriodLocked
from fund.parties.queries import party
from fund.parties.rules import RelationKind
from fund.partners.queries import partner
from fund.revenues.actions import state_revenue
from fund.valuations.actions import FileTooLate, approve, hand_in, prepare, prepare_quick
from fund.valuations.approval import FileNeeded, FilePreparerApproves, MinuteMissing, NotAnApprover
from fund.valuations.calibration import CalibrationInvalid, CalibrationKind, Facts
from fund.valuations.file import Planned, Quoted, Synergy, Weighed
from fund.valuations.interests import interests
from fund.valuations.policy import PolicyInvalid, PolicyUnknown
from fund.valuations.queries import (
    calibrations,
    file_of,
    last_file,
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
    FileUnknown,
    MarkDiffers,
    ParameterUnexplained,
    SynergyUnanswered,
    ValueDiffers,
)
from fund.valuations.working_rules import RightsUnused, WorkingDiffers, WorkingMissing
from kernel.db import Tx
from kernel.identity.rules import Role, RoleMissing
from kernel.periods import Quarter
from tests.builders.holdings import BOUGHT_ON, a_draft, held, the_analyst, the_manager
from tests.builders.ledger import Books, locked
from tests.builders.parties import a_relation, an_organisation
from tests.builders.people import an_actor
from tests.builders.valuations import MILLION, OPTION, POLICY, a_file

Q1, Q2 = date(2025, 3, 31), date(2025, 6, 30)


def a_policy(tx: Tx, fund: Books, now: datetime, **facts: object) -> None:
    policy = replace(POLICY, **facts)
    set_policy(
        tx,
        the_manager(tx),
        fund_id=fund.fund_id,
        policy=policy,
        effective_on=date(2025, 1, 1),
        note="committee 2025-01",
        now=now,
    )


def test_a_file_is_handed_in_with_its_mark(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    a_policy(tx, fund, now)
    file = a_file(
        techniques=(
            Weighed(Technique.OPTION_PRICING, Fraction(3, 4), None, "three classes with unlike rights"),
            Weighed(Technique.MILESTONES, Fraction(1, 4), 17 * MILLION, "the pilot line decides"),
        ),
        rights=replace(OPTION, held_shares=Fraction(2_000_000)),
        assisted_by="a language model drafted the wording of the inputs",
    )
    value = 17_752_381_00
    made = prepare(
        tx,
        the_analyst(tx),
        holding_id=sheet.id,
        marked_on=Q1,
        value=value,
        file=file,
        causes=Causes(company=value - 20 * MILLION - 1, market=1),
        now=now,
    )
    assert made == file_of(tx, mark_id=made.mark_id) == last_file(tx, holding_id=sheet.id)
    assert (made.file, made.number, made.effective_on) == (file, 1, Q1)
    assert made.found is not None
    assert made.found.held // 100 == 18_003_175
    assert abs(made.weighted - (3 * made.found.held + 17 * MILLION) / 4) <= 1
    known = mark(tx, mark_id=made.mark_id)
    assert (known.technique, known.is_assisted) == (Technique.OPTION_PRICING, True)
    assert known.inputs[0]["on"] == "2024-03-20"
    assert known.milestones[0]["met_on"] == "2025-02-20"
    assert made.policy_id == the_policy(tx, fund_id=fund.fund_id, on=Q1).id
    approved = approve(tx, the_manager(tx), mark_id=made.mark_id, minute=" VC-2025-04 ", now=now)
    assert (approved.state, approved.minute) == (MarkState.APPROVED, "VC-2025-04")
    with pytest.raises(FileTooLate, match="approved"):
        hand_in(tx, the_analyst(tx), mark_id=made.mark_id, file=file, now=now)


def test_a_refused_file_leaves_no_mark_behind(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    asked = {"holding_id": sheet.id, "value": 24 * MILLION, "file": a_file(25 * MILLION), "now": now}
    with pytest.raises(ValueDiffers):
        prepare(tx, the_analyst(tx), marked_on=Q1, **asked)
    assert marks(tx, holding_id=sheet.id) == []
    with pytest.raises(MarkBeforeAcquisition):
        prepare(tx, the_analyst(tx), marked_on=BOUGHT_ON - timedelta(days=1), **asked)
    with pytest.raises(MarkInFuture):
        prepare(tx, the_analyst(tx), marked_on=date(2026, 10, 1), **asked)
    with pytest.raises(RoleMissing):
        prepare(tx, an_actor(tx, Role.AUDITOR, login="auditor.x", now=now), marked_on=Q1, **asked)


def test_a_value_does_not_go_past_its_own_working(tx: Tx, fund: Books, now: datetime) -> None:
    """20m beside class rights that give 18,003,175: neither typed as option pricing nor as another technique."""
    sheet = held(tx, fund.fund_id)
    rights = replace(OPTION, held_shares=Fraction(2_000_000))
    told = {"holding_id": sheet.id, "marked_on": Q1, "value": 20 * MILLION, "reason": "typed", "now": now}
    for technique, refused in (
        (Technique.OPTION_PRICING, WorkingDiffers),
        (Technique.MULTIPLES, RightsUnused),
    ):
        typed = (Weighed(technique, Fraction(1), 20 * MILLION, "typed"),)
        with pytest.raises(refused, match=r"18,003,175\."):
            prepare(tx, the_analyst(tx), file=a_file(techniques=typed, rights=rights), **told)
    bare = (Weighed(Technique.OPTION_PRICING, Fraction(1), 20 * MILLION, "typed"),)
    with pytest.raises(WorkingMissing):
        prepare(tx, the_analyst(tx), file=a_file(techniques=bare), **told)
    with pytest.raises(WorkingMissing):
        prepare_quick(tx, the_analyst(tx), technique=Technique.OPTION_PRICING, **told)
    assert marks(tx, holding_id=sheet.id) == []
    # What was prepared before this was asked for is not put in force either.
    told |= {"technique": Technique.OPTION_PRICING, "on": told.pop("marked_on")}
    old = a_draft(tx, the_analyst(tx), told.pop("holding_id"), **told)
    with pytest.raises(WorkingMissing):
        approve(tx, the_manager(tx), mark_id=old.id, now=now)


def test_a_file_is_added_to_a_quick_mark_and_replaced(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    draft = a_draft(tx, the_analyst(tx), sheet.id, on=Q1, value=24 * MILLION)
    with pytest.raises(FileUnknown):
        file_of(tx, mark_id=draft.id)
    first = hand_in(tx, the_analyst(tx), mark_id=draft.id, file=a_file(), now=now)
    second = hand_in(
        tx, the_manager(tx), mark_id=draft.id, file=a_file(readiness=5, readiness_source="review"), now=now
    )
    assert (first.number, second.number) == (1, 2)
    assert first.sha256 != second.sha256
    assert file_of(tx, mark_id=draft.id) == second
    with pytest.raises(FilePreparerApproves, match="cannot approve"):
        approve(tx, the_manager(tx), mark_id=draft.id, now=now)
    with pytest.raises(sa.exc.DBAPIError), tx.begin_nested():
        tx.execute(sa.text("UPDATE valuation_file SET weighted = 1"))


def test_a_file_says_what_its_mark_says(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    planned = {"what": "other", "due_on": "2025-02-28", "met_on": ""}
    draft = a_draft(
        tx, the_analyst(tx), sheet.id, on=Q1, value=24 * MILLION, milestones=[planned], is_assisted=True
    )
    with pytest.raises(MarkDiffers, match="milestones"):
        hand_in(tx, the_analyst(tx), mark_id=draft.id, file=a_file(), now=now)
    same = a_file(milestones=(Planned("other", date(2025, 2, 28), evidence="a third off for it"),))
    with pytest.raises(MarkDiffers, match="assistance"):
        hand_in(tx, the_analyst(tx), mark_id=draft.id, file=same, now=now)
    with pytest.raises(MarkDiffers, match="technique"):
        other = (Weighed(Technique.SCENARIOS, Fraction(1), 24 * MILLION, "why"),)
        hand_in(tx, the_analyst(tx), mark_id=draft.id, file=replace(same, techniques=other), now=now)
    hand_in(tx, the_analyst(tx), mark_id=draft.id, file=replace(same, assisted_by="a model"), now=now)


def test_a_partner_that_bought_of_the_company_is_asked_about(tx: Tx, fund: Books, now: datetime) -> None:
    """By the revenue of the last year that was over, without a relation that says so."""
    sheet = held(tx, fund.fund_id)
    buyer = partner(tx, partner_id=fund.partners["LP01"])
    said = {"company_id": sheet.party_id, "customer_id": buyer.party_id, "source": "accounts", "now": now}
    assert interests(tx, holding=sheet, as_of=Q1) == []
    state_revenue(tx, the_manager(tx), year=Q1.year - 1, total=9 * MILLION, amount=MILLION, **said)
    found = [(one.partner, one.party, one.kind) for one in interests(tx, holding=sheet, as_of=Q1)]
    assert found == [("LP01", buyer.name_zh, RelationKind.CUSTOMER)]


def test_an_interested_partner_makes_the_software_ask(tx: Tx, fund: Books, now: datetime) -> None:
    """The customer is a daughter of the partner's group; a group is asked about as a whole."""
    sheet = held(tx, fund.fund_id)
    a_policy(tx, fund, now)
    draft = a_draft(tx, the_analyst(tx), sheet.id, on=Q1, value=24 * MILLION)
    daughter = an_organisation(tx, "北方钢铁贸易有限公司")
    steel = party(tx, party_id=partner(tx, partner_id=fund.partners["LP01"]).party_id)
    a_relation(tx, steel, RelationKind.GROUP_PARENT, daughter)
    company = party(tx, party_id=sheet.party_id)
    a_relation(tx, daughter, RelationKind.POTENTIAL_ACQUIRER, company, since_on=date(2025, 3, 1))
    with pytest.raises(FileNeeded, match="interested partner"):
        approve(tx, the_manager(tx), mark_id=draft.id, minute="VC-1", now=now)
    with pytest.raises(SynergyUnanswered, match="北方钢铁贸易有限公司"):
        hand_in(tx, the_analyst(tx), mark_id=draft.id, file=a_file(), now=now)
    answer = Synergy(True, "a premium of 4m that only a steel maker would pay")
    made = hand_in(tx, the_analyst(tx), mark_id=draft.id, file=a_file(synergy=answer), now=now)
    assert made.interested == ("北方钢铁贸易有限公司",)
    approve(tx, the_manager(tx), mark_id=draft.id, minute="VC-1", now=now)


def test_a_relation_that_comes_up_after_the_file_is_asked_about_before_approval(
    tx: Tx, fund: Books, now: datetime
) -> None:
    sheet = held(tx, fund.fund_id)
    draft = a_draft(tx, the_analyst(tx), sheet.id, on=Q1, value=24 * MILLION)
    hand_in(tx, the_analyst(tx), mark_id=draft.id, file=a_file(), now=now)
    steel = party(tx, party_id=partner(tx, partner_id=fund.partners["LP02"]).party_id)
    a_relation(tx, party(tx, party_id=sheet.party_id), RelationKind.SUPPLIER, steel)
    with pytest.raises(SynergyUnanswered):
        approve(tx, the_manager(tx), mark_id=draft.id, now=now)


def test_the_policy_says_who_approves_and_when_a_file_is_needed(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    other = an_actor(tx, Role.MANAGER, login="chair", now=now)
    a_policy(tx, fund, now, approvers=("chair",), file_from=24 * MILLION)
    draft = a_draft(tx, the_analyst(tx), sheet.id, on=Q1, value=24 * MILLION)
    with pytest.raises(FileNeeded, match="amount"):
        approve(tx, other, mark_id=draft.id, minute="VC-1", now=now)
    hand_in(tx, the_analyst(tx), mark_id=draft.id, file=a_file(), now=now)
    with pytest.raises(NotAnApprover, match="lets chair approve"):
        approve(tx, the_manager(tx), mark_id=draft.id, minute="VC-1", now=now)
    with pytest.raises(MinuteMissing):
        approve(tx, other, mark_id=draft.id, now=now)
    assert approve(tx, other, mark_id=draft.id, minute="VC-1", now=now).state is MarkState.APPROVED


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
