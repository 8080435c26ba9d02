from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa

from fund.charter.actions import amend_terms, open_fund
from fund.charter.opening_rules import CurrencyNotInHundredths
from fund.charter.queries import fund, fund_by_code, funds, only_fund, versions
from fund.charter.queries import terms as terms_of
from fund.charter.rules import (
    CurrencyFixed,
    FundNotOnlyOne,
    FundTaken,
    FundUnknown,
    TermsInvalid,
    TermsUnknown,
)
from kernel.audit.queries import events
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from kernel.money import UnknownCurrency
from tests.builders.charter import OPENED_AT, a_fund, terms


def test_open_fund_keeps_the_terms_exactly(tx: Tx) -> None:
    opened = a_fund(tx, fee_rate=Fraction(1, 3))
    kept = terms_of(tx, fund_id=opened.id, as_of=date(2024, 1, 1))
    assert kept == terms(fee_rate=Fraction(1, 3), version=1, effective_on=date(2024, 1, 1))
    assert opened.is_example
    assert [e.detail for e in events(tx, subject=f"fund:{opened.id}").items] == [{"code": "AF1"}]


def test_find_a_fund(tx: Tx) -> None:
    with pytest.raises(FundNotOnlyOne, match="no fund yet"):
        only_fund(tx)
    opened = a_fund(tx)
    assert only_fund(tx) == fund_by_code(tx, code=" af1 ") == fund(tx, fund_id=opened.id) == opened
    other = a_fund(tx, code="AF2")
    assert funds(tx) == [opened, other]
    with pytest.raises(FundNotOnlyOne, match="2 funds"):
        only_fund(tx)
    with pytest.raises(FundUnknown):
        fund_by_code(tx, code="AF3")
    with pytest.raises(FundUnknown):
        fund(tx, fund_id=0)


def test_open_fund_refusals(tx: Tx, now: datetime) -> None:
    a_fund(tx)
    with pytest.raises(FundTaken):
        a_fund(tx, code="af1 ")
    with pytest.raises(TermsInvalid):
        a_fund(tx, code="AF2", catch_up=Fraction(1, 5))
    with pytest.raises(CurrencyFixed):
        a_fund(tx, code="AF2", currency="USD")
    facts = {"code": "AF2", "name_zh": "x", "name_en": "x", "is_example": True, "terms": terms()}
    day = date(2024, 1, 1)
    with pytest.raises(UnknownCurrency):
        open_fund(tx, SYSTEM, currency="XXX", effective_on=day, now=now, **facts)
    in_yen = facts | {"terms": terms(currency="JPY")}
    with pytest.raises(CurrencyNotInHundredths, match=r"JPY has none.* CNY, EUR, GBP, HKD, USD"):
        open_fund(tx, SYSTEM, currency="JPY", effective_on=day, now=now, **in_yen)
    with pytest.raises(RoleMissing):
        open_fund(
            tx,
            Actor(1, "a", frozenset({Role.ACCOUNTANT})),
            currency="CNY",
            effective_on=day,
            now=now,
            **facts,
        )


def test_terms_by_effective_date_and_by_what_was_known(tx: Tx, now: datetime) -> None:
    opened = a_fund(tx)
    change = {"fund_id": opened.id, "note": "lower fee", "locked_through": None, "now": now}
    lower = terms(fee_rate=Fraction(1, 100))
    assert amend_terms(tx, SYSTEM, terms=lower, effective_on=date(2025, 7, 1), **change) == 2

    def fee(as_of: date, known_at: datetime | None = None) -> Fraction:
        return terms_of(tx, fund_id=opened.id, as_of=as_of, known_at=known_at).fee_rate

    assert fee(date(2025, 6, 30)) == Fraction(2, 100)
    assert fee(date(2025, 7, 1)) == Fraction(1, 100)
    assert fee(date(2025, 7, 1), OPENED_AT) == Fraction(2, 100)
    with pytest.raises(TermsUnknown):
        fee(date(2023, 12, 31))
    with pytest.raises(TermsUnknown):
        fee(date(2025, 7, 1), OPENED_AT - timedelta(days=1))
    assert [(v.version, v.effective_on, v.note) for v in versions(tx, fund_id=opened.id)] == [
        (1, date(2024, 1, 1), ""),
        (2, date(2025, 7, 1), "lower fee"),
    ]


def test_the_later_version_of_the_same_day_holds(tx: Tx, now: datetime) -> None:
    opened = a_fund(tx)
    day = date(2024, 1, 1)
    amend_terms(
        tx,
        SYSTEM,
        fund_id=opened.id,
        terms=terms(limits=()),
        effective_on=day,
        note="mistyped",
        locked_through=None,
        now=now,
    )
    kept = terms_of(tx, fund_id=opened.id, as_of=day)
    assert (kept.version, kept.limits) == (2, ())


def test_amend_refusals(tx: Tx, now: datetime) -> None:
    opened = a_fund(tx)
    with pytest.raises(CurrencyFixed):
        amend_terms(
            tx,
            SYSTEM,
            fund_id=opened.id,
            terms=terms(currency="USD"),
            effective_on=date(2025, 1, 1),
            note="",
            locked_through=None,
            now=now,
        )


@pytest.mark.parametrize("table", ["terms_version", "terms_limit"])
def test_versions_are_append_only(tx: Tx, table: str) -> None:
    a_fund(tx)
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
        tx.execute(sa.text(f"DELETE FROM {table}"))
