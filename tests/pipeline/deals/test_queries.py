"""The board, the table, search and who may see what."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from kernel.paging import PageInvalid
from pipeline.deals.actions import edit, hold, pass_on
from pipeline.deals.filters import NotForTeasers, Sort, Wanted
from pipeline.deals.funnel import funnel, owners, sectors
from pipeline.deals.interests import InterestUnknown, end_interest, mark_conflict, note_interest
from pipeline.deals.queries import DealUnknown, board, deal, deal_by_code, history, interested, search, table
from pipeline.deals.rules import ORDER, Age, Origin, PassReason, Stage, Status
from tests.builders.counting import counted
from tests.builders.deals import Setting, a_deal, a_deal_at, a_setting
from tests.builders.parties import an_organisation

MANAGER = Actor(user_id=901, name="manager", roles=frozenset({Role.MANAGER}))
MEMBER = Actor(user_id=902, name="member", roles=frozenset({Role.COMMITTEE}))
TECHNOLOGY = Actor(user_id=903, name="technology", roles=frozenset({Role.TECHNOLOGY_MANAGER}))
NOBODY = Actor(user_id=904, name="administrator", roles=frozenset({Role.ADMINISTRATOR}))


def expert(party_id: int) -> Actor:
    return Actor(user_id=905, name="expert", roles=frozenset({Role.LP_EXPERT}), party_id=party_id)


@pytest.fixture
def setting(tx: Tx, now: datetime) -> Setting:
    return a_setting(tx, now)


def test_the_board_counts_totals_and_shows_the_longest_first(tx: Tx, setting: Setting, now: datetime) -> None:
    young = a_deal(tx, fund_id=setting.fund_id, now=now - timedelta(days=2), name="甲", amount=300)
    old = a_deal(tx, fund_id=setting.fund_id, now=now - timedelta(days=20), name="乙", amount=700)
    held = a_deal_at(tx, Stage.HELD, setting=setting, now=now, name="丙")
    gone = a_deal(tx, fund_id=setting.fund_id, now=now, name="丁", amount=999)
    pass_on(tx, SYSTEM, deal_id=gone.id, kind=PassReason.TEAM_INCOMPLETE, now=now)
    with counted(tx) as sent:
        seen = board(tx, actor=MANAGER, fund_id=setting.fund_id, now=now)
    assert len(sent) == 1
    assert [column.stage for column in seen.columns] == list(ORDER)
    first, *_, kept, exited = seen.columns
    assert (first.count, first.total, first.limit_days) == (2, 1000, 14)
    assert [card.code for card in first.cards] == [old.code, young.code]
    assert [(card.days_in_stage, card.age) for card in first.cards] == [(20, Age.LATE), (2, Age.FRESH)]
    assert (kept.count, kept.total) == (1, held.amount)
    assert (exited.count, exited.total, exited.cards) == (0, 0, ())
    assert (seen.count, seen.total) == (3, 1000 + (held.amount or 0))


def test_a_card_tells_what_a_manager_screens_by(tx: Tx, setting: Setting, now: datetime) -> None:
    steel = an_organisation(tx, "北方钢铁集团有限公司", name_en="Northern Steel Group")
    sheet = a_deal_at(tx, Stage.DUE_DILIGENCE, setting=setting, now=now - timedelta(days=80))
    note_interest(tx, SYSTEM, deal_id=sheet.id, party_id=steel.id, is_co_diligence=True, now=now)
    mark_conflict(tx, SYSTEM, deal_id=sheet.id, note="Dr Li is an inventor.", now=now)
    card = board(tx, actor=MANAGER, fund_id=setting.fund_id, now=now).columns[3].cards[0]
    assert (card.score, card.amount, card.days_in_stage, card.age) == (
        Decimal("81.67"),
        20_000_000_00,
        80,
        Age.SOON,
    )
    assert (card.interested, card.interested_en) == (("北方钢铁集团有限公司",), ("Northern Steel Group",))
    assert card.conflict_note == "Dr Li is an inventor."
    assert card.owner == "Lead-Af1"
    assert card.moves == (*ORDER[:3], Stage.COMMITTEE)
    assert (card.next_step_on, card.next_step_late) == (date(2026, 10, 15), False)


def test_a_full_column_shows_the_first_cards_and_counts_all(tx: Tx, setting: Setting, now: datetime) -> None:
    for number in range(5):
        a_deal(tx, fund_id=setting.fund_id, now=now - timedelta(days=number), name=f"公司{number}", amount=10)
    column = board(tx, actor=MANAGER, fund_id=setting.fund_id, now=now, cards=2).columns[0]
    assert (column.count, column.total, len(column.cards)) == (5, 50, 2)


def test_the_table_pages_without_loss_under_every_sort(tx: Tx, setting: Setting, now: datetime) -> None:
    for number in range(7):
        a_deal(
            tx,
            fund_id=setting.fund_id,
            now=now - timedelta(days=number % 3),
            name=f"公司{number % 4}{number}",
            amount=None if number == 3 else number % 2 * 100,
            next_step_on=None if number == 4 else date(2026, 10, 1 + number % 2),
        )
    a_deal_at(tx, Stage.COMMITTEE, setting=setting, now=now)
    for sort in Sort:
        for descending in (False, True):
            codes: list[str] = []
            after: str | None = None
            for _ in range(4):
                page = table(
                    tx,
                    actor=MANAGER,
                    fund_id=setting.fund_id,
                    now=now,
                    sort=sort,
                    descending=descending,
                    after=after,
                    limit=3,
                )
                codes += [card.code for card in page.items]
                after = page.next
                if after is None:
                    break
            assert len(codes) == len(set(codes)) == 8, sort


def test_the_table_is_one_statement_however_many_rows(tx: Tx, setting: Setting, now: datetime) -> None:
    for number in range(12):
        a_deal(tx, fund_id=setting.fund_id, now=now, name=f"公司{number}")
    with counted(tx) as sent:
        page = table(tx, actor=MANAGER, fund_id=setting.fund_id, now=now, sort=Sort.NAME)
    assert len(sent) == 1
    assert len(page.items) == 12


def test_names_sort_by_pinyin(tx: Tx, setting: Setting, now: datetime) -> None:
    for name in ("中关村新材", "安钢智造", "包钢氢能"):
        a_deal(tx, fund_id=setting.fund_id, now=now, name=name)
    page = table(tx, actor=MANAGER, fund_id=setting.fund_id, now=now, sort=Sort.NAME)
    assert [card.name for card in page.items] == ["安钢智造", "包钢氢能", "中关村新材"]


HALF_A_CHARACTER = "WyJjb2RlIiwgZmFsc2UsICJcdWQ4MDAiLCAxXQ=="
TOO_LARGE_AN_ID = "WyJjb2RlIiwgZmFsc2UsICJBIiwgMTE4MDU5MTYyMDcxNzQxMTMwMzQyNF0="


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "W10=",
        "WyJjb2RlIixmYWxzZSwxLDFd",
        "WyJuYW1lIixmYWxzZSwiYSIsMV0=",
        HALF_A_CHARACTER,
        TOO_LARGE_AN_ID,
    ],
)
def test_a_token_that_is_not_ours_is_refused(tx: Tx, setting: Setting, now: datetime, after: str) -> None:
    with pytest.raises(PageInvalid):
        table(tx, actor=MANAGER, fund_id=setting.fund_id, now=now, after=after)
    with pytest.raises(PageInvalid):
        table(tx, actor=MANAGER, fund_id=setting.fund_id, now=now, limit=0)


def test_filters(tx: Tx, setting: Setting, now: datetime) -> None:
    steel = an_organisation(tx, "北方钢铁集团有限公司")
    late = a_deal(tx, fund_id=setting.fund_id, now=now - timedelta(days=15), name="晚", sector="carbon")
    edge = a_deal(
        tx, fund_id=setting.fund_id, now=now - timedelta(days=14), name="早", owner_id=setting.owner_id
    )
    rest = a_deal(tx, fund_id=setting.fund_id, now=now, name="停", origin=Origin.LP_REFERRAL)
    hold(tx, SYSTEM, deal_id=rest.id, reason="Waits.", now=now)
    gone = a_deal(tx, fund_id=setting.fund_id, now=now, name="过")
    pass_on(tx, SYSTEM, deal_id=gone.id, kind=PassReason.DUPLICATE, now=now)
    note_interest(tx, SYSTEM, deal_id=edge.id, party_id=steel.id, now=now)
    mark_conflict(tx, SYSTEM, deal_id=edge.id, note="x", now=now)

    def found(**wanted: object) -> list[str]:
        page = table(tx, actor=MANAGER, fund_id=setting.fund_id, now=now, wanted=replace(Wanted(), **wanted))
        return [card.code for card in page.items]

    assert found() == [late.code, edge.code, rest.code]
    assert found(is_late=True) == [late.code]
    assert found(sectors=("carbon",)) == [late.code]
    assert found(statuses=(Status.PASSED,)) == [gone.code]
    assert found(statuses=()) == [late.code, edge.code, rest.code, gone.code]
    assert found(origins=(Origin.LP_REFERRAL,)) == [rest.code]
    assert found(owner_id=setting.owner_id) == [edge.code]
    assert found(interested_party_id=steel.id) == [edge.code]
    assert found(has_conflict=True) == [edge.code]
    assert found(stages=(Stage.HELD,)) == []
    assert found(text=" WAN ") == [late.code]
    assert found(text="100%") == []


@pytest.mark.parametrize("text", ["北科", "beike", "bkqn", "BEI KE", "d26-001", "双极板", "bipolar Plate"])
def test_search_by_name_pinyin_initials_code_and_technology(
    tx: Tx, setting: Setting, now: datetime, text: str
) -> None:
    a_deal(tx, fund_id=setting.fund_id, now=now, name="北科氢能", technology="双极板 Bipolar plates")
    a_deal(tx, fund_id=setting.fund_id, now=now, name="燕山膜", technology="membranes")
    assert [found.name for found in search(tx, actor=MANAGER, text=text)] == ["北科氢能"]


def test_search_puts_beginnings_first_and_takes_signs_literally(
    tx: Tx, setting: Setting, now: datetime
) -> None:
    a_deal(tx, fund_id=setting.fund_id, now=now, name="安钢智造", technology="包钢的高炉")
    a_deal(tx, fund_id=setting.fund_id, now=now, name="包钢氢能")
    assert [found.name for found in search(tx, actor=MANAGER, text="包钢")] == ["包钢氢能", "安钢智造"]
    assert search(tx, actor=MANAGER, text="%") == search(tx, actor=MANAGER, text="  ") == []


def test_the_funnel_by_origin_sums_to_all_deals(tx: Tx, setting: Setting, now: datetime) -> None:
    for number, origin in enumerate((Origin.LABORATORY, Origin.LABORATORY, Origin.LP_CARVE_OUT)):
        a_deal(tx, fund_id=setting.fund_id, now=now, name=f"公司{number}", origin=origin, amount=100)
    rows = funnel(tx, actor=MANAGER, fund_id=setting.fund_id)
    assert [(row.origin, row.count, row.amount) for row in rows] == [
        (Origin.LABORATORY, 2, 200),
        (Origin.LP_CARVE_OUT, 1, 100),
    ]
    with pytest.raises(RoleMissing):
        funnel(tx, actor=TECHNOLOGY, fund_id=setting.fund_id)


def test_choices_for_filters(tx: Tx, setting: Setting, now: datetime) -> None:
    a_deal(tx, fund_id=setting.fund_id, now=now, sector="carbon", owner_id=setting.owner_id)
    assert owners(tx, fund_id=setting.fund_id) == [(setting.owner_id, "Lead-Af1")]
    assert sectors(tx, actor=MANAGER, fund_id=setting.fund_id) == ["carbon"]


def test_an_interested_enterprise_sees_the_teaser_and_nothing_more(
    tx: Tx, setting: Setting, now: datetime
) -> None:
    steel, rival = an_organisation(tx, "北方钢铁集团有限公司"), an_organisation(tx, "南方钢铁集团有限公司")
    sheet = a_deal_at(tx, Stage.DUE_DILIGENCE, setting=setting, now=now)
    for party in (steel, rival):
        note_interest(tx, SYSTEM, deal_id=sheet.id, party_id=party.id, now=now)
    mark_conflict(tx, SYSTEM, deal_id=sheet.id, note="x", now=now)
    teaser = deal(tx, deal_id=sheet.id, actor=expert(steel.id))
    assert (teaser.name, teaser.technology, teaser.sector) == (sheet.name, sheet.technology, sheet.sector)
    assert (teaser.amount, teaser.pre_money, teaser.score, teaser.owner_id) == (None, None, None, None)
    assert (teaser.next_step, teaser.conflict_note) == ("", "")
    card = table(tx, actor=expert(steel.id), fund_id=setting.fund_id, now=now).items[0]
    assert (card.amount, card.score, card.interested, card.conflict_note, card.moves) == (
        None,
        None,
        (),
        "",
        (),
    )
    seen = board(tx, actor=expert(steel.id), fund_id=setting.fund_id, now=now)
    assert (seen.count, seen.total, seen.columns[3].total) == (1, None, None)
    assert history(tx, deal_id=sheet.id, actor=expert(steel.id)) == []
    assert len(history(tx, deal_id=sheet.id, actor=MANAGER)) > 4


def test_a_teaser_cannot_be_sorted_or_filtered_by_what_it_leaves_out(
    tx: Tx, setting: Setting, now: datetime
) -> None:
    who = expert(1)
    for sort in (Sort.AMOUNT, Sort.SCORE, Sort.NEXT_STEP):
        with pytest.raises(NotForTeasers):
            table(tx, actor=who, fund_id=setting.fund_id, now=now, sort=sort)
    for wanted in (Wanted(owner_id=1), Wanted(interested_party_id=1), Wanted(has_conflict=True)):
        with pytest.raises(NotForTeasers):
            board(tx, actor=who, fund_id=setting.fund_id, now=now, wanted=wanted)


def test_who_knows_of_which_deals(tx: Tx, setting: Setting, now: datetime) -> None:
    steel = an_organisation(tx, "北方钢铁集团有限公司")
    early = a_deal(tx, fund_id=setting.fund_id, now=now, name="早")
    voted = a_deal_at(tx, Stage.COMMITTEE, setting=setting, now=now, name="投")
    note_interest(tx, SYSTEM, deal_id=early.id, party_id=steel.id, now=now)

    def known(actor: Actor) -> set[str]:
        return {card.code for card in table(tx, actor=actor, fund_id=setting.fund_id, now=now).items}

    assert known(MANAGER) == known(TECHNOLOGY) == {early.code, voted.code}
    assert known(MEMBER) == {voted.code}
    assert known(expert(steel.id)) == {early.code}
    assert known(expert(steel.id + 1_000)) == known(NOBODY) == set()
    assert deal(tx, deal_id=voted.id, actor=MEMBER).amount == voted.amount
    assert deal(tx, deal_id=voted.id, actor=TECHNOLOGY).amount is None
    with pytest.raises(DealUnknown):
        deal_by_code(tx, code=early.code, actor=MEMBER)


def test_an_interest_that_ended_shows_nothing(tx: Tx, setting: Setting, now: datetime) -> None:
    steel = an_organisation(tx, "北方钢铁集团有限公司")
    sheet = a_deal(tx, fund_id=setting.fund_id, now=now)
    note_interest(tx, SYSTEM, deal_id=sheet.id, party_id=steel.id, now=now)
    note_interest(tx, SYSTEM, deal_id=sheet.id, party_id=steel.id, is_co_diligence=True, now=now)
    assert [one.is_co_diligence for one in interested(tx, deal_id=sheet.id)] == [True]
    end_interest(tx, SYSTEM, deal_id=sheet.id, party_id=steel.id, reason="Withdrew.", now=now)
    assert interested(tx, deal_id=sheet.id) == []
    assert table(tx, actor=expert(steel.id), fund_id=setting.fund_id, now=now).items == ()
    with pytest.raises(InterestUnknown):
        end_interest(tx, SYSTEM, deal_id=sheet.id, party_id=steel.id, reason="Again.", now=now)


def test_a_conflict_mark_can_be_taken_away(tx: Tx, setting: Setting, now: datetime) -> None:
    sheet = a_deal(tx, fund_id=setting.fund_id, now=now)
    mark_conflict(tx, SYSTEM, deal_id=sheet.id, note=" Supplier. ", now=now)
    assert deal(tx, deal_id=sheet.id).conflict_note == "Supplier."
    mark_conflict(tx, SYSTEM, deal_id=sheet.id, note="", now=now)
    assert deal(tx, deal_id=sheet.id).conflict_note == ""
    with pytest.raises(RoleMissing):
        mark_conflict(tx, expert(1), deal_id=sheet.id, note="x", now=now)


def test_the_database_itself_hides_deals(database: Database, now: datetime) -> None:
    with database.transaction(SYSTEM) as tx:
        setting = a_setting(tx, now)
        steel = an_organisation(tx, "北方钢铁集团有限公司").id
        early = a_deal(tx, fund_id=setting.fund_id, now=now, name="早")
        a_deal_at(tx, Stage.COMMITTEE, setting=setting, now=now, name="投")
        note_interest(tx, SYSTEM, deal_id=early.id, party_id=steel, now=now)
        edit(tx, SYSTEM, deal_id=early.id, version=2, changes={"amount": 5}, now=now)
    said = {
        (None, "deal"): 0,
        (NOBODY, "deal"): 0,
        (MANAGER, "deal"): 2,
        (TECHNOLOGY, "deal"): 2,
        (MEMBER, "deal"): 1,
        (expert(steel), "deal"): 1,
        (expert(steel + 1_000), "deal"): 0,
        (expert(steel), "deal_event"): 0,
        (TECHNOLOGY, "deal_event"): 0,
        (expert(steel + 1_000), "deal_interest"): 0,
    }
    for (actor, name), count in said.items():
        with database.transaction(actor) as tx:
            assert tx.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one() == count, (actor, name)
