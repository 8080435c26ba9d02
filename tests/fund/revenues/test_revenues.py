"""Revenue of companies by customer: stated, corrected, brought in and out, and read by nobody else."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import func, select

from app.languages import Language
from app.lists.revenue_tables import revenue_book
from app.lists.tables import Reader
from fund.charter.queries import fund
from fund.holdings.queries import holdings
from fund.parties.queries import PartySheet, party
from fund.parties.rules import RelationKind
from fund.partners.queries import partner
from fund.revenues.actions import state_revenue
from fund.revenues.imports import import_revenues
from fund.revenues.models import Revenue
from fund.revenues.queries import latest_revenues, revenues
from fund.revenues.rules import RevenueExceeded, RevenueInvalid, YearSheet
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from kernel.sheets.reading import SheetRefused
from tests.builders.parties import a_relation, an_organisation
from tests.builders.results import M, a_played_fund, at

NOW = datetime(2026, 3, 1, 2, tzinfo=UTC)
HEADS = "售出企业,营业年度,营业收入合计（万元）,购买客户,来自该客户的收入（万元）,收入数据来源\n"


def state(tx: Tx, company: PartySheet, **facts: Any) -> YearSheet:
    stated: dict[str, Any] = {"year": 2025, "total": 40 * M, "source": "2025 年审计报告", "now": NOW}
    return state_revenue(tx, SYSTEM, company_id=company.id, **(stated | facts))


def rows(tx: Tx) -> int:
    return tx.exec(select(func.count()).select_from(Revenue)).one()


def test_a_later_statement_takes_the_place_of_the_one_before(tx: Tx) -> None:
    company, buyer, other = (an_organisation(tx, name) for name in ("售出", "购买", "他家"))
    state(tx, company, customer_id=buyer.id, amount=10 * M)
    state(tx, company, customer_id=other.id, amount=5 * M)
    assert rows(tx) == 3
    assert state(tx, company, customer_id=other.id, amount=5 * M).customers == {
        buyer.id: 10 * M,
        other.id: 5 * M,
    }
    assert rows(tx) == 3
    found = state(tx, company, total=50 * M, customer_id=other.id, amount=0)
    assert (found.total, dict(found.customers), found.named) == (50 * M, {buyer.id: 10 * M}, 10 * M)
    state(tx, company, year=2024, total=8 * M)
    assert [one.year for one in revenues(tx, company_ids=[company.id])] == [2025, 2024]
    assert latest_revenues(tx, as_of=date(2025, 12, 31))[company.id].year == 2024
    assert latest_revenues(tx, as_of=date(2026, 1, 1))[company.id].total == 50 * M
    before = datetime(2026, 2, 1, tzinfo=UTC)
    assert latest_revenues(tx, as_of=date(2026, 1, 1), known_at=before) == {}


def test_what_cannot_be_is_refused_with_every_fault(tx: Tx) -> None:
    company, buyer = an_organisation(tx, "售出"), an_organisation(tx, "购买")
    with pytest.raises(RevenueInvalid) as refused:
        state(tx, company, year=2026, total=0, customer_id=company.id, amount=-1, source=" ")
    assert [one.where for one in refused.value.problems] == ["year", "total", "customer", "amount", "source"]
    with pytest.raises(RevenueInvalid) as refused:
        state(tx, company, amount=1)
    assert [one.where for one in refused.value.problems] == ["customer"]
    state(tx, company, customer_id=buyer.id, amount=30 * M)
    with pytest.raises(RevenueExceeded, match=r"30,000,000\.00"):
        state(tx, company, total=29 * M)
    auditor = Actor(5, "A", frozenset({Role.AUDITOR}))
    with pytest.raises(RoleMissing):
        state_revenue(tx, auditor, company_id=company.id, year=2025, total=1, source="x", now=NOW)


@pytest.mark.parametrize("language", Language)
def test_what_goes_out_comes_in_again_and_changes_nothing(tx: Tx, language: Language) -> None:
    for name in ("售出", "购买", "他家", "单独"):
        an_organisation(tx, name)
    given = (
        HEADS
        + "售出,2025,4000,购买,1000,审计报告\n售出,2025,4000,他家,0.0001,审计报告\n单独,2024年,7,,,年报\n"
    )
    played = a_played_fund(tx)

    def bring(content: bytes, name: str) -> int:
        [done] = import_revenues(tx, SYSTEM, filename=name, content=content, now=NOW)
        return done.rows

    assert bring(given.encode(), "r.csv") == 3
    kept = rows(tx)
    reader = Reader(tx, SYSTEM, fund(tx, fund_id=played.fund_id), language, NOW)
    assert bring(revenue_book(reader), "r.xlsx") == 3
    assert rows(tx) == kept == 4


def test_a_file_that_says_two_things_of_one_year_is_kept_out(tx: Tx) -> None:
    for name in ("售出", "购买"):
        an_organisation(tx, name)
    given = HEADS + "售出,2025,4000,购买,1000,审计报告\n售出,2025,4100,,,审计报告\n没有,2025,1,,,x\n"
    with pytest.raises(SheetRefused) as refused:
        import_revenues(tx, SYSTEM, filename="r.csv", content=given.encode(), now=NOW)
    assert [str(one) for one in refused.value.problems] == [
        "r.csv, row 3: The revenue of 2025 is 41,000,000.00 here and 40,000,000.00 in another row of the same company.",
        "r.csv, row 4: Nobody on record is called “没有”.",
    ]
    assert rows(tx) == 0


def test_a_partner_reads_what_its_group_bought_and_nobody_elses_part(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        played = a_played_fund(tx)
        day = date(2025, 12, 31)
        company = party(tx, party_id=holdings(tx, fund_id=played.fund_id, as_of=day)[0].party_id)
        first, second = (
            party(tx, party_id=partner(tx, partner_id=played.partners[code]).party_id)
            for code in ("LP01", "LP02")
        )
        daughter = an_organisation(tx, "子公司")
        a_relation(tx, first, RelationKind.GROUP_PARENT, daughter)
        for buyer in (first, second, daughter):
            facts = {"customer_id": buyer.id, "amount": M, "year": 2024, "total": 9 * M, "now": at(day)}
            state(tx, company, **facts)
    reader = Actor(77, "LP", frozenset({Role.LP_USER}), frozenset({played.partners["LP01"]}))
    with database.transaction(reader) as tx:
        [found] = revenues(tx)
        assert (found.total, dict(found.customers)) == (9 * M, {first.id: M, daughter.id: M})
    with database.transaction(Actor(78, "Member", frozenset({Role.COMMITTEE}))) as tx:
        assert [dict(one.customers) for one in revenues(tx)] == [{}]
