"""Valuation files handed in with their marks, asked about and approved."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa

from fund.holdings.mark_rules import Causes, MarkBeforeAcquisition, MarkInFuture, MarkState, Technique
from fund.holdings.queries import mark, marks
from fund.parties.queries import party
from fund.parties.rules import RelationKind
from fund.partners.queries import partner
from fund.revenues.actions import state_revenue
from fund.valuations.actions import FileTooLate, approve, hand_in, prepare, prepare_quick
from fund.valuations.approval import FileNeeded, FilePreparerApproves, MinuteMissing, NotAnApprover
from fund.valuations.file import Planned, Synergy, Weighed
from fund.valuations.interests import interests
from fund.valuations.queries import (
    file_of,
    last_file,
    the_policy,
)
from fund.valuations.rules import (
    FileUnknown,
    MarkDiffers,
    SynergyUnanswered,
    ValueDiffers,
)
from fund.valuations.working_rules import RightsUnused, WorkingDiffers, WorkingMissing
from kernel.db import Tx
from kernel.identity.rules import Role, RoleMissing
from tests.builders.holdings import BOUGHT_ON, a_draft, held, the_analyst, the_manager
from tests.builders.ledger import Books
from tests.builders.parties import a_relation, an_organisation
from tests.builders.people import an_actor
from tests.builders.valuations import MILLION, OPTION, a_file, a_policy

Q1, Q2 = date(2025, 3, 31), date(2025, 6, 30)


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
