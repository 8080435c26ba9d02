"""Gathering: what the report prints is what the books say, and each partner's file is about that partner alone."""

from datetime import date

from fund.holdings.actions import open_holding
from fund.holdings.queries import HoldingSheet, holdings
from fund.parties.queries import party
from fund.parties.rules import RelationKind
from fund.partners.queries import partner
from fund.results.queries import capital_account, nav
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from lp_reports import snapshot
from lp_reports.checks import inconsistencies
from lp_reports.figures import previous
from lp_reports.gathering.names import known_names
from lp_reports.snapshot import Figures
from tests.builders.archive import AFTER, QUARTER, Archive, an_archive, drafts, figures_of, frozen, published
from tests.builders.holdings import a_mark, bought
from tests.builders.parties import a_relation, an_organisation


def gathered(tx: Tx, fund_id: int, partner_id: int) -> Figures:
    return figures_of(tx, fund_id=fund_id, partner_id=partner_id, quarter=QUARTER, now=AFTER)


def test_figures_are_those_of_the_books(tx: Tx, archive: Archive) -> None:
    partner_id = archive.partners["LP01"]
    figures = gathered(tx, archive.fund_id, partner_id)
    assert inconsistencies(figures) == []
    account = capital_account(tx, fund_id=archive.fund_id, partner_id=partner_id, quarter=QUARTER)
    assert figures.key.nav == account.closing
    assert figures.key.nav == nav(tx, fund_id=archive.fund_id, partner_id=partner_id, as_of=QUARTER.ends_on)
    assert figures.account[-1].fund.itd == nav(tx, fund_id=archive.fund_id, as_of=QUARTER.ends_on)
    assert (figures.partner.code, figures.document.number) == ("LP01", "AF1-2024Q2-LP01-v1")


def test_partners_parts_of_a_value_sum_to_it(tx: Tx, archive: Archive) -> None:
    lines = [gathered(tx, archive.fund_id, key).investments[0] for key in archive.partners.values()]
    assert sum(line.yours for line in lines) == lines[0].value == 26_000_000_00


def test_a_company_page_tells_the_quarters_way(tx: Tx, archive: Archive) -> None:
    page = gathered(tx, archive.fund_id, archive.partners["LP01"]).companies[0]
    steps = {step.code: step.amount for step in page.bridge if step.amount}
    assert steps == {"opening": 20_000_000_00, "company": 6_000_000_00, "closing": 26_000_000_00}
    assert page.reason.zh == "首台样机通过测试"
    assert page.marked_on == QUARTER.ends_on
    assert [point.value for point in page.history] == [20_000_000_00, 26_000_000_00]


def test_what_changed_since_the_last_report(tx: Tx) -> None:
    archive = an_archive(tx, closed=False)
    holding = open_holding(
        tx,
        SYSTEM,
        fund_id=archive.fund_id,
        party_id=an_organisation(tx, "新芯科技", name_en="Newchip").id,
        sector="gpu",
        chain_position="upstream",
        stage="seed",
        origin="laboratory",
        city="北京",
        now=AFTER,
    )
    bought(tx, holding.id, on=date(2024, 5, 20), cost=5_000_000_00)
    a_mark(tx, holding.id, on=QUARTER.ends_on, value=5_000_000_00, reason="刚交割")
    found = gathered(tx, archive.fund_id, archive.partners["LP01"]).changes
    assert [(one.kind, one.before, one.after) for one in found] == [
        ("mark_up", 20_000_000_00, 26_000_000_00),
        ("new_holding", None, 5_000_000_00),
    ]


def test_the_next_quarter_opens_with_the_last_closing(tx: Tx, archive: Archive) -> None:
    [first, _] = published(tx, archive)
    figures = figures_of(
        tx,
        fund_id=archive.fund_id,
        partner_id=archive.partners["LP01"],
        quarter=QUARTER.next,
        now=AFTER,
    )
    assert figures.previous
    assert figures.previous.number == first.number
    assert figures.previous.figures.nav == figures.account[0].yours.qtd
    assert inconsistencies(figures) == []


def test_a_draft_is_not_what_is_compared_with(tx: Tx, archive: Archive) -> None:
    facts = {"fund_id": archive.fund_id, "partner_id": archive.partners["LP01"], "quarter": QUARTER.next}
    frozen(tx, archive)
    assert previous(tx, **facts) is None
    published(tx, archive, reason="a line was missing")
    frozen(tx, archive, reason="another line was missing")
    drafts(tx, archive, code="LP02")
    found = previous(tx, **facts)
    assert found
    assert found.number.endswith("LP01-v2")
    published(tx, archive, reason="published at last")
    again = previous(tx, **facts)
    assert again
    assert again.number.endswith("LP01-v4")


def test_related_parties_are_told_without_names(tx: Tx, archive: Archive) -> None:
    mine, other = archive.partners["LP01"], archive.partners["LP02"]
    before = gathered(tx, archive.fund_id, mine)
    assert before.related == ()
    company = before.investments[0]
    _make_customer(tx, archive.fund_id, other)
    told = gathered(tx, archive.fund_id, mine).related
    assert [one.relation.zh for one in told] == ["一位有限合伙人为其客户"]
    assert told[0].subject == company.name
    own = gathered(tx, archive.fund_id, other).related
    assert [one.relation.en for one in own] == ["You are its customer"]


def _make_customer(tx: Tx, fund_id: int, partner_id: int) -> None:
    buyer = party(tx, party_id=partner(tx, partner_id=partner_id).party_id)
    company = party(tx, party_id=_the_holding(tx, fund_id).party_id)
    a_relation(tx, buyer, RelationKind.CUSTOMER, company)


def _the_holding(tx: Tx, fund_id: int) -> HoldingSheet:
    return holdings(tx, fund_id=fund_id, as_of=QUARTER.ends_on)[0]


def test_free_words_that_name_another_partner_are_concealed(tx: Tx, archive: Archive) -> None:
    names = known_names(tx, fund_id=archive.fund_id).others(archive.partners["LP01"])
    assert names
    held = _the_holding(tx, archive.fund_id).id
    next_end = QUARTER.next.ends_on
    a_mark(tx, held, on=next_end, value=27_000_000_00, reason=f"在{names[0]}完成试验")
    figures = figures_of(
        tx,
        fund_id=archive.fund_id,
        partner_id=archive.partners["LP01"],
        quarter=QUARTER.next,
        now=AFTER,
    )
    assert figures.companies[0].reason.zh == "在一位合伙人完成试验"
    text = snapshot.dumps(figures).decode()
    assert not any(name in text for name in names)
