"""Notices after whatever may follow: asked for late they say what was known, and the proof raises no false alarm."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from fund.capital.distributions import undo_distribution
from fund.capital.nettings import settle_netting, undo_netting
from fund.capital.positions import recallable, unfunded
from fund.defaults.actions import set_terms
from fund.parties.actions import edit_party
from fund.parties.queries import party
from fund.partners.actions import set_bank
from fund.partners.queries import partner
from kernel.db import Tx
from lp_reports import notice as said
from lp_reports import notices
from lp_reports.gathering.notices import gather
from lp_reports.notice_proof import prove_notices
from lp_reports.rules import Act
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_call,
    a_distribution,
    a_paid_call,
    committed,
    investment,
    noon,
)
from tests.builders.defaults import TERMS, noticed, promised
from tests.builders.indemnities import a_giveback, distributed, given_back
from tests.builders.indemnities import undo as undo_giveback
from tests.builders.nettings import DAY, issued, with_cash
from tests.builders.transfers import a_transfer
from tests.scenes import Scene

M = 1_000_000 * YUAN
MUCH_LATER = noon(date(2027, 1, 4))


def kept(tx: Tx, act: Act, act_id: int) -> dict[int, bytes]:
    """The notices of an act, frozen now, as they were told."""
    notices.freeze(tx, act=act, act_id=act_id, now=MUCH_LATER)
    return {key: said.dumps(one) for key, one in gather(tx, act=act, act_id=act_id).items()}


def check_same(tx: Tx, act: Act, act_id: int, before: dict[int, bytes]) -> None:
    """Asked again they are the same, and the proof finds nothing."""
    assert kept(tx, act, act_id) == before
    assert not list(prove_notices(tx))


def change_what_may(tx: Tx, fund: CapitalFund, on: date) -> None:
    """From a day on partners have other accounts, and the charter says something else of those that do not pay."""
    terms = replace(TERMS, rate=Fraction(5, 100))
    facts = {"fund_id": fund.fund_id, "terms": terms, "note": "", "now": noon(on)}
    set_terms(tx, MANAGER, effective_on=on, **facts)
    for code in ("LP01", "LP02"):
        details = {"bank_name": "Other", "account_name": code, "account_no": f"62220000{code[2:]}99"}
        set_bank(tx, ACCOUNTANT, partner_id=fund[code], since_on=on, now=noon(on), **details)


def test_a_call_though_terms_accounts_and_defaults_follow(scene: Scene) -> None:
    """The new terms of default hold on the due date already, but nobody knew of them when the call was issued."""
    tx, fund = scene(committed)
    promised(tx, fund.fund_id)
    call = a_call(tx, fund, investment(10 * M))
    before = kept(tx, Act.CALL, call.id)
    change_what_may(tx, fund, date(2026, 2, 27))
    noticed(tx, fund, call.id)
    check_same(tx, Act.CALL, call.id, before)
    for told in gather(tx, act=Act.CALL, act_id=call.id).values():
        assert told.default
        assert told.default.rate == TERMS.rate


def test_a_call_and_a_distribution_though_the_interest_passes_and_the_payment_is_undone(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03"])
    call = a_paid_call(tx, fund, investment(10 * M))
    paid = a_distribution(tx, fund, pay_on=date(2026, 5, 4), return_of_capital=6 * M, recallable=True)
    called, given = kept(tx, Act.CALL, call.id), kept(tx, Act.DISTRIBUTION, paid.id)
    undone_on = date(2026, 6, 8)
    facts = {"distribution_id": paid.id, "reason": "came back", "undone_on": undone_on}
    undo_distribution(tx, MANAGER, now=noon(undone_on), **facts)
    check_same(tx, Act.DISTRIBUTION, paid.id, given)
    a_transfer(tx, fund, commitment=30 * M, on=date(2026, 7, 1), approved_on=date(2026, 8, 3))
    change_what_may(tx, fund, date(2026, 9, 1))
    check_same(tx, Act.CALL, call.id, called)
    check_same(tx, Act.DISTRIBUTION, paid.id, given)


def test_a_netting_though_it_is_settled_and_undone(scene: Scene) -> None:
    """What it says will be left is what is left once it is settled."""
    tx, fund = scene(with_cash, profit=10 * M)
    netting = issued(tx, fund, return_of_capital=12 * M, income=8 * M, recallable=True)
    before = kept(tx, Act.NETTING, netting.id)
    settle_netting(tx, ACCOUNTANT, netting_id=netting.id, now=noon(DAY))
    check_same(tx, Act.NETTING, netting.id, before)
    left, again = (ask(tx, fund_id=fund.fund_id, as_of=DAY) for ask in (unfunded, recallable))
    for key, told in gather(tx, act=Act.NETTING, act_id=netting.id).items():
        after = {one.code: one.after for one in told.moved}
        assert after == {"unfunded": left[key], "recallable": again[key]}
    on = date(2026, 9, 8)
    undo_netting(tx, MANAGER, netting_id=netting.id, reason="withdrawn", undone_on=on, now=noon(on))
    check_same(tx, Act.NETTING, netting.id, before)


def test_a_giveback_though_the_interest_passes_and_it_is_undone(scene: Scene) -> None:
    tx, fund = scene(distributed, giveback_restores=True)
    first, second = a_giveback(tx, fund), a_giveback(tx, fund, amount=M)
    before = {one.id: kept(tx, Act.INDEMNITY, one.id) for one in (first, second)}
    given_back(tx, first)
    undo_giveback(tx, second, date(2026, 11, 5))
    a_transfer(tx, fund, commitment=30 * M, on=date(2026, 11, 10))
    for key, told in before.items():
        check_same(tx, Act.INDEMNITY, key, told)


def test_a_partner_that_is_renamed_breaks_no_proof(scene: Scene) -> None:
    tx, fund = scene(committed)
    call = a_call(tx, fund, investment(10 * M))
    kept(tx, Act.CALL, call.id)
    whose = party(tx, party_id=partner(tx, partner_id=fund["LP01"]).party_id)
    name = {"name_zh": "新名称", "name_en": "New name", "registration_no": None}
    edit_party(tx, MANAGER, party_id=whose.id, version=whose.version, now=MUCH_LATER, **name)
    assert not list(prove_notices(tx))


def test_a_purpose_hides_others_and_their_codes_and_leaves_the_reader_s_own(scene: Scene) -> None:
    """The name of one partner is part of the other's."""
    tx, fund = scene(committed)
    names = {"LP01": "北辰钢铁集团有限公司", "LP02": "北辰钢铁投资有限公司"}
    for code, name in names.items():
        whose = party(tx, party_id=partner(tx, partner_id=fund[code]).party_id)
        facts = {"name_zh": name, "name_en": "", "registration_no": None}
        edit_party(tx, MANAGER, party_id=whose.id, version=whose.version, now=MUCH_LATER, **facts)
    memo = f"{names['LP02']}（LP02）补缴"
    call = a_call(tx, fund, investment(10 * M, memo=memo))
    told = gather(tx, act=Act.CALL, act_id=call.id)
    notes = {code: told[fund[code]].tables[0].lines[0].note.zh for code in names}
    assert notes == {"LP01": "一位合伙人（一位合伙人）补缴", "LP02": memo}
