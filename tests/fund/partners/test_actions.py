from datetime import date, datetime

import pytest
import sqlalchemy as sa

from fund.charter.rules import FundUnknown, Language
from fund.partners.actions import add_contact, admit, end_contact, set_bank, write_in
from fund.partners.queries import (
    bank,
    contacts,
    general_partner,
    partner,
    partner_by_code,
    partner_of_party,
    partners,
)
from fund.partners.rules import (
    ContactEnded,
    ContactUnknown,
    PartnerKind,
    PartnerTaken,
    PartnerUnknown,
    SecondGeneralPartner,
)
from kernel.audit.queries import events
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from tests.builders.charter import a_fund
from tests.builders.parties import an_organisation
from tests.builders.partners import a_partner


def an_lp(*partner_ids: int) -> Actor:
    return Actor(5, "LP", frozenset({Role.LP_USER}), frozenset(partner_ids))


def test_admit_and_find(tx: Tx) -> None:
    fund_id = a_fund(tx).id
    gp = a_partner(tx, fund_id, "GP")
    two = a_partner(tx, fund_id, "lp02 ", admitted_on=date(2025, 1, 15), bears_fee=False)
    one = a_partner(tx, fund_id, "LP01")
    assert partners(tx, fund_id=fund_id) == [one, two, gp]
    assert partners(tx, fund_id=fund_id, as_of=date(2024, 12, 31)) == [one, gp]
    assert partner(tx, partner_id=two.id) == partner_by_code(tx, fund_id=fund_id, code="lp02") == two
    assert partner_of_party(tx, fund_id=fund_id, party_id=two.party_id) == two
    assert partner_of_party(tx, fund_id=fund_id, party_id=0) is None
    assert general_partner(tx, fund_id=fund_id) == gp
    assert (gp.bears_carry, one.bears_carry, two.bears_fee, one.name_zh) == (
        False,
        True,
        False,
        "合伙企业LP01",
    )
    with pytest.raises(PartnerUnknown):
        partner(tx, partner_id=0)
    with pytest.raises(PartnerUnknown):
        partner_by_code(tx, fund_id=fund_id, code="LP09")
    with pytest.raises(PartnerUnknown):
        general_partner(tx, fund_id=0)


def test_admit_refusals(tx: Tx, now: datetime) -> None:
    fund_id = a_fund(tx).id
    one, _ = a_partner(tx, fund_id, "LP01"), a_partner(tx, fund_id, "GP")
    other = an_organisation(tx, "另一家")
    facts = {"fund_id": fund_id, "admitted_on": date(2024, 1, 15), "now": now}
    with pytest.raises(PartnerTaken, match="LP01"):
        admit(tx, SYSTEM, code="LP01", party_id=other.id, **facts)
    with pytest.raises(PartnerTaken, match="合伙企业LP01"):
        admit(tx, SYSTEM, code="LP02", party_id=one.party_id, **facts)
    with pytest.raises(SecondGeneralPartner):
        admit(tx, SYSTEM, code="GP2", party_id=other.id, kind=PartnerKind.GENERAL, **facts)
    with pytest.raises(FundUnknown):
        admit(tx, SYSTEM, code="LP03", party_id=other.id, **facts | {"fund_id": 0})
    with pytest.raises(RoleMissing):
        admit(tx, an_lp(), code="LP03", party_id=other.id, **facts)


def test_language(tx: Tx, now: datetime) -> None:
    one = a_partner(tx, a_fund(tx).id)
    assert write_in(tx, SYSTEM, partner_id=one.id, language=Language.EN, now=now).language is Language.EN
    [event] = events(tx, subject=f"partner:{one.id}", action="partner.language").items
    assert event.detail == {"was": "both", "is": "en"}
    with pytest.raises(PartnerUnknown):
        write_in(tx, SYSTEM, partner_id=0, language=Language.EN, now=now)


def test_contacts(tx: Tx, now: datetime) -> None:
    one = a_partner(tx, a_fund(tx).id)
    added = add_contact(tx, SYSTEM, partner_id=one.id, name="王五", email="w@example.cn", now=now)
    assert contacts(tx, partner_id=one.id) == [added]
    end = {"partner_id": one.id, "contact_id": added.id, "now": now}
    ended = end_contact(tx, SYSTEM, ended_on=date(2026, 6, 1), **end)
    with pytest.raises(ContactEnded):
        end_contact(tx, SYSTEM, ended_on=date(2026, 7, 1), **end)
    assert contacts(tx, partner_id=one.id) == [ended]
    assert contacts(tx, partner_id=one.id, as_of=date(2026, 6, 1)) == []
    assert contacts(tx, partner_id=one.id, as_of=date(2026, 5, 31)) == [ended]
    with pytest.raises(ContactUnknown):
        end_contact(tx, SYSTEM, ended_on=date(2026, 6, 1), **(end | {"partner_id": 0}))


def test_bank_details_are_masked_and_dated(tx: Tx, now: datetime) -> None:
    one = a_partner(tx, a_fund(tx).id)
    accountant = Actor(2, "a", frozenset({Role.ACCOUNTANT}))
    assert bank(tx, accountant, partner_id=one.id) is None
    first = {"partner_id": one.id, "bank_name": "甲银行", "account_name": "乙", "now": now}
    set_bank(tx, accountant, account_no="6222021234567890", since_on=date(2024, 1, 15), **first)
    again = set_bank(tx, accountant, account_no="6222021234567890", since_on=date(2025, 1, 1), **first)
    assert again is not None
    assert (again.account_no, again.unchanged_since, again.is_masked) == (
        "6222021234567890",
        date(2024, 1, 15),
        False,
    )
    set_bank(tx, accountant, account_no="6222021234560000", since_on=date(2026, 5, 1), **first)
    for actor in (an_lp(one.id), Actor(3, "n", frozenset({Role.ANALYST}))):
        seen = bank(tx, actor, partner_id=one.id)
        assert seen is not None
        assert (seen.account_no, seen.unchanged_since) == ("•••• 0000", date(2026, 5, 1))
    trail = events(tx, subject=f"partner:{one.id}", action="partner.bank_changed").items
    assert len(trail) == 2
    assert not any("6222" in str(event.detail) for event in trail)


def test_another_partner_is_as_unknown_as_none(database: Database, now: datetime) -> None:
    with database.transaction(SYSTEM) as tx:
        fund_id = a_fund(tx).id
        one, two = a_partner(tx, fund_id, "LP01"), a_partner(tx, fund_id, "LP02")
        add_contact(tx, SYSTEM, partner_id=two.id, name="王五", phone="1", now=now)
        facts = {"bank_name": "甲", "account_name": "乙", "account_no": "12345678", "now": now}
        set_bank(tx, SYSTEM, partner_id=two.id, since_on=date(2024, 1, 1), **facts)
    actor = an_lp(one.id)
    with database.transaction(actor) as tx:
        assert partners(tx, fund_id=fund_id) == partners(tx, fund_id=fund_id, actor=actor) == [one]
        for known in (None, actor):
            with pytest.raises(PartnerUnknown):
                partner(tx, partner_id=two.id, actor=known)
        with pytest.raises(PartnerUnknown):
            contacts(tx, partner_id=two.id, actor=actor)
        with pytest.raises(PartnerUnknown):
            bank(tx, actor, partner_id=two.id)
        for table in ("partner", "contact", "partner_bank"):
            column = "id" if table == "partner" else "partner_id"
            count = sa.text(f"SELECT count(*) FROM {table} WHERE {column} = :id")
            assert tx.execute(count, {"id": two.id}).scalar_one() == 0
    with database.transaction(None) as tx:
        assert tx.execute(sa.text("SELECT count(*) FROM partner")).scalar_one() == 0
