"""The pipeline's part of the small world: deals at their stages, motions, the channel."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fund.holdings.trades import write_off
from fund.parties.conflict_rules import Conflicted, ConflictKind
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor, Role
from pipeline.channel.matches import propose_matches
from pipeline.channel.queries import matches
from pipeline.closing.actions import close
from pipeline.closing.preparation import ask_exception, satisfy_condition
from pipeline.closing.queries import closings
from pipeline.committee.actions import close_motion, declare
from pipeline.committee.drafting import draft_motion
from pipeline.committee.motion_rules import Capacity, Matter, MotionState
from pipeline.committee.queries import conditions, motion_sheet
from pipeline.committee.recusals import ask_withdrawal, recusals
from pipeline.committee.seating import seat
from pipeline.deals.actions import hold, move
from pipeline.deals.interests import note_interest
from pipeline.deals.rules import Stage
from pipeline.deals.sheets import DealSheet
from pipeline.diligence.documents import open_folder, put_document
from pipeline.diligence.rules import Subject
from pipeline.screening.actions import open_round, publish_scorecard
from pipeline.screening.rules import Audience
from pipeline.screening.scoring import seat_scorer
from pipeline.spinouts.rights import note_objection
from pipeline.stewardship.actions import record_exit
from pipeline.stewardship.rules import ExitKind
from tests.builders.channel import a_demand, an_achievement
from tests.builders.committee import (
    FROM,
    SEATED,
    Committee,
    a_deal_before,
    a_member,
    a_motion,
    a_policy,
    an_open_motion,
    speaking,
    vote,
)
from tests.builders.deals import Setting, a_deal, a_deal_at
from tests.builders.diligence import a_finding, a_workstream
from tests.builders.screening import card
from tests.builders.spinouts import a_spinout, bookable_rights

NOW = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)
BEFORE = NOW - timedelta(days=1)
SECRET = "SEALED-UNTIL-THE-CLOSE"
Ids = dict[str, int | str]


def a_seated_committee(tx: Tx, setting: Setting, people: Mapping[str, Actor]) -> Committee:
    """Five seats; S1, the chair, is the person with the role of a committee member."""
    members = {"S1": people["committee"]}
    for number in range(2, 6):
        members[f"S{number}"] = a_member(tx, Role.COMMITTEE, login=f"member-{number}", now=BEFORE)
    keys = {
        code: seat(
            tx,
            SYSTEM,
            fund_id=setting.fund_id,
            code=code,
            user_id=member.user_id or 0,
            capacity=Capacity.FUND,
            is_chair=code == "S1",
            from_on=FROM,
            now=SEATED,
        )
        for code, member in members.items()
    }
    a_policy(tx, fund_id=setting.fund_id, now=BEFORE)
    return Committee(setting, members, keys, people["manager"])


def screened(tx: Tx, setting: Setting, people: Mapping[str, Actor]) -> Ids:
    """A deal in screening whose round waits for the analyst and for LP01's expert."""
    facts = {"amount": 20_000_000_00, "chain_position": "in_house"}
    deal = a_deal(tx, fund_id=setting.fund_id, now=BEFORE, name="筛选中的项目", **facts)
    enterprise = people["lp_expert"].party_id or 0
    note_interest(tx, SYSTEM, deal_id=deal.id, party_id=enterprise, now=BEFORE)
    move(tx, SYSTEM, deal_id=deal.id, to=Stage.SCREENING, now=BEFORE)
    publish_scorecard(tx, SYSTEM, name="standard", card=card(), effective_on=date(2026, 1, 1), now=BEFORE)
    key = open_round(tx, SYSTEM, deal_id=deal.id, card_name="standard", now=BEFORE)
    for name, audience in (("analyst", Audience.FUND), ("lp_expert", Audience.ENTERPRISE)):
        scorer = people[name].user_id or 0
        seat_scorer(tx, SYSTEM, round_id=key, user_id=scorer, audience=audience, now=BEFORE)
    fresh = a_deal(tx, fund_id=setting.fund_id, now=BEFORE, name="新登记的项目")
    held = a_deal(tx, fund_id=setting.fund_id, now=BEFORE, name="搁置的项目")
    hold(tx, SYSTEM, deal_id=held.id, reason="waits for a trial", now=BEFORE)
    return {"screened": deal.code, "round": key, "fresh": fresh.code, "held_deal": held.code}


def examined(tx: Tx, setting: Setting, people: Mapping[str, Actor]) -> Ids:
    """A deal in diligence: one workstream of the fund, one of LP01's enterprise, a finding, a folder with a paper."""
    deal = a_deal_at(tx, Stage.DUE_DILIGENCE, setting=setting, now=BEFORE, name="尽调中的项目")
    enterprise = people["lp_expert"].party_id or 0
    note_interest(tx, SYSTEM, deal_id=deal.id, party_id=enterprise, is_co_diligence=True, now=BEFORE)
    own = a_workstream(tx, deal_id=deal.id, now=BEFORE, subject=Subject.TECHNOLOGY)
    theirs = a_workstream(tx, deal_id=deal.id, now=BEFORE, subject=Subject.MARKET, party_id=enterprise)
    finding = a_finding(tx, workstream_id=own.id, now=BEFORE, title="FINDING-OF-THE-FUND")
    folder = open_folder(tx, SYSTEM, deal_id=deal.id, name="papers", now=BEFORE)
    paper = put_document(
        tx,
        people["manager"],
        folder_id=folder.id,
        title="memo",
        content=b"MEMO-OF-THE-FUND",
        media_type="application/pdf",
        now=BEFORE,
    )
    return {
        "examined": deal.code,
        "workstream": own.id,
        "enterprise_workstream": theirs.id,
        "finding": finding.id,
        "folder": folder.id,
        "document": paper.id,
        "paper": paper.sha256,
    }


def approved(tx: Tx, seated: Committee) -> Ids:
    """A deal approved with one condition, a motion still in draft, and one that waits for declarations."""
    then = BEFORE - timedelta(days=10)
    # Paid before the other is approved: what is approved counts against the limits of what comes after it.
    closed = _closed(tx, seated, then, "已交割的项目").code
    left = _exited(tx, seated, then)
    deal = a_deal_before(tx, seated, now=then, name="已批准的项目")
    line = an_open_motion(tx, seated, deal=deal, now=then)
    sheet = motion_sheet(tx, actor=SYSTEM, motion_id=line.id, now=then)
    for code, member in seated.members.items():
        wanted = {"conditions": ["核心专利完成转让", "团队签署竞业限制"]} if code == "S1" else {}
        choice = "conditions" if wanted else "yes"
        ballot = vote(tx, member, line.id, choice, papers_hash=sheet.papers_hash or "", now=then, **wanted)
    close_motion(tx, SYSTEM, motion_id=line.id, now=then + timedelta(days=3))
    condition, satisfied = conditions(tx, motion_id=line.id)
    satisfy_condition(tx, SYSTEM, condition_id=satisfied.id, says="signed", now=BEFORE)
    asked = ask_exception(
        tx,
        SYSTEM,
        deal_id=deal.id,
        amount=60_000_000_00,
        on=BEFORE.date(),
        reason="one large stake",
        now=BEFORE,
    )
    later = a_deal_before(tx, seated, now=BEFORE, name="起草中的项目")
    draft = draft_motion(
        tx, SYSTEM, deal_id=later.id, matter=Matter.NEW_DEAL, title="Invest later", now=BEFORE
    )
    waiting = a_motion(
        tx, seated, now=BEFORE, deal=a_deal_before(tx, seated, now=BEFORE, name="待申报的项目")
    )
    return {
        "approved": deal.code,
        "decided_motion": line.id,
        "ballot_receipt": ballot.commitment,
        "condition": condition.id,
        "satisfied": satisfied.id,
        "exception": asked.id,
        "closed": closed,
        "draft_motion": draft.id,
        "waiting_motion": waiting.id,
        **left,
        **_recused(tx, seated),
    }


def _recused(tx: Tx, seated: Committee) -> Ids:
    """A motion in which S4 and S5 have declared a conflict; S4 has asked to be let back in."""
    about = a_deal_before(tx, seated, now=BEFORE, name="有回避的项目")
    line = a_motion(tx, seated, now=BEFORE, deal=about)
    customer = Conflicted(ConflictKind.CUSTOMER, "buys from the company")
    for code in ("S4", "S5"):
        with speaking(tx, seated.members[code]) as member:
            declare(tx, member, motion_id=line.id, is_nil=False, conflicts=[customer], now=BEFORE)
    asked, other = recusals(tx, actor=SYSTEM, motion_id=line.id)
    with speaking(tx, seated.members["S4"]) as member:
        ask_withdrawal(tx, member, recusal_id=asked.id, reason="another company was meant", now=BEFORE)
    return {"recused_motion": line.id, "asked_recusal": asked.id, "recusal": other.id}


def _exited(tx: Tx, seated: Committee, then: datetime) -> Ids:
    """A deal that was paid, written off by a decision, and left."""
    deal = _closed(tx, seated, then, "已退出的项目")
    a_policy(tx, fund_id=seated.setting.fund_id, matter=Matter.WRITE_OFF, now=then)
    motion = _decided(tx, seated, deal, then, matter=Matter.WRITE_OFF)
    (paid,) = closings(tx, deal_id=deal.id)
    write_off(
        tx,
        SYSTEM,
        holding_id=paid.holding_id,
        written_off_on=BEFORE.date(),
        reason="nothing left",
        now=BEFORE,
    )
    record_exit(
        tx,
        SYSTEM,
        deal_id=deal.id,
        motion_id=motion,
        kind=ExitKind.LIQUIDATION,
        exited_on=BEFORE.date(),
        now=BEFORE,
    )
    return {"exited": deal.code, "exit_motion": motion}


def _closed(tx: Tx, seated: Committee, then: datetime, name: str) -> DealSheet:
    """A deal that was approved without conditions and paid."""
    deal = a_deal_before(tx, seated, now=then, name=name)
    _decided(tx, seated, deal, then, amount=1_000_000_00)
    close(tx, SYSTEM, deal_id=deal.id, amount=1_000_000_00, on=BEFORE.date(), quantity=100_000, now=BEFORE)
    return deal


def _decided(tx: Tx, seated: Committee, deal: DealSheet, then: datetime, **changes: Any) -> int:
    """A motion that everybody votes for, counted; its id."""
    line = an_open_motion(tx, seated, deal=deal, now=then, **changes)
    sheet = motion_sheet(tx, actor=SYSTEM, motion_id=line.id, now=then)
    for member in seated.members.values():
        vote(tx, member, line.id, "yes", papers_hash=sheet.papers_hash or "", now=then)
    close_motion(tx, SYSTEM, motion_id=line.id, now=then + timedelta(days=3))
    return line.id


def voting(tx: Tx, seated: Committee) -> tuple[Ids, tuple[str, ...]]:
    """A vote that runs; S2 and S3 have cast. Returns what must stay sealed as well."""
    deal = a_deal_before(tx, seated, now=BEFORE, name="表决中的项目")
    line = an_open_motion(tx, seated, deal=deal, now=BEFORE)
    sheet = motion_sheet(tx, actor=SYSTEM, motion_id=line.id, now=BEFORE)
    assert line.state is MotionState.OPEN
    hashed = sheet.papers_hash or ""
    ballots = [
        vote(tx, seated.members[code], line.id, choice, papers_hash=hashed, reason=SECRET, now=BEFORE)
        for code, choice in (("S2", "no"), ("S3", "abstain"))
    ]
    ids: Ids = {
        "motion": line.id,
        "deal": deal.code,
        "papers_hash": hashed,
        "motion_paper": sheet.papers[0].sha256,
        "seat": seated.seats["S5"],
    }
    return ids, (SECRET, *(ballot.commitment for ballot in ballots))


def channel(tx: Tx, people: Mapping[str, Actor]) -> Ids:
    """A confidential demand of LP01's enterprise, an achievement, their match, and a company with rights."""
    enterprise = people["lp_user"].party_id or 0
    demand = a_demand(tx, party_id=enterprise, now=BEFORE, is_confidential=True)
    achievement = an_achievement(tx, now=BEFORE)
    propose_matches(tx, SYSTEM, demand_id=demand.id, lowest=0, now=BEFORE)
    match = matches(tx, actor=SYSTEM, demand_id=demand.id)[0]
    company = a_spinout(tx, now=BEFORE, code="S-WORLD", name_zh="北科成果转化有限公司")
    rights = bookable_rights(
        tx,
        spinout_id=company.id,
        achievement_id=achievement.id,
        achievement=achievement.title_zh,
        as_of=BEFORE.date(),
        now=BEFORE,
    )
    objection = note_objection(
        tx,
        SYSTEM,
        rights_id=rights,
        received_on=BEFORE.date() - timedelta(days=5),
        objector="材料学院",
        says="另有一项专利未列入",
        now=BEFORE,
    )
    return {
        "rights": rights,
        "objection": objection,
        "demand": demand.code,
        "achievement": achievement.code,
        "match": match.id,
        "spinout": company.code,
        "party": enterprise,
        "company_party": company.party_id,
    }
