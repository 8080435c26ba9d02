"""Notices: figures equal to the lines, frozen as known at the act, printed to the same bytes, nobody else's in them."""

from datetime import date
from fractions import Fraction
from typing import Any

import pymupdf
import pytest
import sqlalchemy as sa

from fund.bank.account import PAYERS, decide_account, propose_account
from fund.bank.match_rules import Clue, Movement, Owed, Payer, proposals
from fund.capital.calls import cancel_call
from fund.capital.commitments import later_close
from fund.capital.inflows import call_sheet
from fund.capital.outflows import distribution_sheet
from fund.charter.carry_rules import CarryForm
from fund.holdings.actions import sell
from fund.partners.queries import partner
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from lp_reports import notice as said
from lp_reports import notices, pdf
from lp_reports.edition import Language
from lp_reports.gathering.notices import gather
from lp_reports.models import PartnerNotice
from lp_reports.notice_page import compose_notice
from lp_reports.notice_proof import prove_notices
from lp_reports.rules import (
    Act,
    NoticeInNetting,
    NoticeKind,
    NoticeNotGiven,
    NoticeUnknown,
    lint,
)
from tests.builders.capital import (
    MANAGER,
    YUAN,
    CapitalFund,
    a_call,
    a_distribution,
    a_draft,
    a_paid_call,
    committed,
    expense,
    fee,
    investment,
    noon,
)
from tests.builders.holdings import a_holding, bought
from tests.builders.indemnities import a_giveback, distributed
from tests.builders.nettings import issued, with_cash
from tests.builders.notices import LONG, WORKED, a_notice
from tests.builders.people import an_actor
from tests.builders.seals import a_seal

M = 1_000_000 * YUAN
LATER = noon(date(2027, 1, 4))


def table(told: said.Notice, code: str) -> dict[str, tuple[int, int]]:
    """The lines of a table: the partner's part and the fund's."""
    [found] = [one for one in told.tables if one.code == code]
    return {line.code: (line.yours, line.fund) for line in found.lines}


def moved(told: said.Notice) -> dict[str, tuple[int, int]]:
    return {one.code: (one.before, one.after) for one in told.moved}


def an_account(tx: Tx, fund: CapitalFund, number: str, *, on: date) -> None:
    """An account of the fund that was put in force on a day."""
    facts: dict[str, Any] = {
        "bank_name": "某银行",
        "account_name": "基金",
        "account_no": number,
        "reason": "回电核实",
    }
    one, other = (an_actor(tx, role, login=f"{role}.{number[-2:]}", now=noon(on)) for role in PAYERS)
    waiting = propose_account(tx, one, fund_id=fund.fund_id, since_on=on, now=noon(on), **facts)
    decide_account(tx, other, fund_id=fund.fund_id, change_id=waiting.id, is_approved=True, now=noon(on))


def test_a_call_notice_says_what_the_lines_say(tx: Tx) -> None:
    fund = committed(tx)
    an_account(tx, fund, "0200000000000000001", on=date(2026, 1, 16))
    call = a_call(
        tx, fund, investment(10 * M), expense(M), fee({fund["LP01"]: 3 * YUAN, fund["LP02"]: 7 * YUAN})
    )
    told = gather(tx, act=Act.CALL, act_id=call.id)
    assert set(told) == {line.partner_id for line in call.lines}
    for line in call.lines:
        one = told[line.partner_id]
        assert (one.kind, one.pays, one.amount, one.on) == (
            NoticeKind.CALL,
            True,
            line.amount,
            call.call.due_on,
        )
        items = table(one, "items")
        assert items["investment"] == (line.investment, 10 * M)
        assert items["expense"] == (line.expense, M)
        assert items["fee"] == (line.fee, 10 * YUAN)
        assert items["called"] == (line.amount, call.call.amount) == (one.amount, one.fund_amount)
        assert moved(one) == {"unfunded": (line.unfunded_before, line.unfunded_after)}
        assert one.account is not None
        assert (one.account.number, one.account.since) == ("0200000000000000001", date(2026, 1, 16))
        assert one.notice_days == 10
    assert sum(one.amount for one in told.values()) == call.call.amount


def test_the_reference_is_the_one_that_the_bank_matching_reads(tx: Tx) -> None:
    fund = committed(tx)
    call = a_call(tx, fund, investment(10 * M))
    one = gather(tx, act=Act.CALL, act_id=call.id)[fund["LP01"]]
    owed = Owed(call.id, call.call.code, call.call.due_on, one.amount)
    line = Movement(one.amount, call.call.due_on, "", "", f"转账 {one.reference}", "")
    [found] = proposals(line, [Payer(fund["LP01"], "LP01", ("x",), (), (owed,))], [])
    assert {Clue.REFERENCE, Clue.CODE, Clue.ONE_CALL} <= set(found.clues)
    assert found.is_exact


def test_what_happens_later_changes_no_notice(tx: Tx) -> None:
    """Whether it is first asked for at once or after a year, it says what was known at the act's instant."""
    fund = committed(tx)
    an_account(tx, fund, "0200000000000000001", on=date(2026, 1, 16))
    first = a_call(tx, fund, investment(5 * M), due_on=date(2026, 3, 2))
    second = a_call(tx, fund, investment(10 * M), due_on=date(2026, 4, 1))
    before = {key: said.dumps(one) for key, one in gather(tx, act=Act.CALL, act_id=second.id).items()}
    notices.freeze(tx, act=Act.CALL, act_id=second.id, now=LATER)
    an_account(tx, fund, "0200000000000000002", on=date(2026, 4, 2))
    for call in (first, second):
        cancel_call(
            tx,
            MANAGER,
            call_id=call.id,
            reason="withdrawn",
            cancelled_on=date(2026, 4, 3),
            now=noon(date(2026, 4, 3)),
        )
    a_call(tx, fund, investment(M), due_on=date(2026, 6, 1))
    after = {key: said.dumps(one) for key, one in gather(tx, act=Act.CALL, act_id=second.id).items()}
    assert after == before
    assert not list(prove_notices(tx))
    notices.freeze(tx, act=Act.CALL, act_id=second.id, now=LATER)
    kept = tx.exec(sa.select(sa.func.count()).select_from(PartnerNotice)).scalar_one()
    assert kept == len(before)


def test_a_later_close_asks_newcomers_and_pays_back_the_others(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03"])
    a_paid_call(tx, fund, investment(10 * M), due_on=date(2026, 3, 2))
    close = later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={fund["LP03"]: 50 * M},
        closed_on=date(2026, 6, 1),
        due_on=date(2026, 6, 30),
        now=noon(date(2026, 6, 1)),
    )
    call = call_sheet(tx, call_id=close.call_id or 0)
    told = gather(tx, act=Act.CALL, act_id=call.id)
    back = {key: one for key, one in told.items() if not one.pays}
    assert {one.kind for one in back.values()} == {NoticeKind.REFUND}
    for line in call.lines:
        one = told[line.partner_id]
        assert one.amount == abs(line.amount)
        assert one.pays == (line.amount > 0)
        items = table(one, "items")
        assert items["interest"][0] == abs(line.interest)
        before, after = moved(one)["unfunded"]
        assert after == before - line.amount + line.interest == line.unfunded_after
    assert told[fund["LP03"]].amount == told[fund["LP03"]].fund_amount == call.call.amount
    assert sum(one.amount for one in back.values()) == told[fund["LP01"]].fund_amount
    assert told[fund["LP03"]].notice_days == 10
    assert back[fund["LP01"]].notice_days is None


def test_a_draft_has_no_notice_and_a_stranger_none(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03"])
    draft = a_draft(tx, fund, investment(M))
    with pytest.raises(NoticeNotGiven):
        notices.freeze(tx, act=Act.CALL, act_id=draft.id, now=LATER)
    call = a_call(tx, fund, investment(M))
    notices.freeze(tx, act=Act.CALL, act_id=call.id, now=LATER)
    with pytest.raises(NoticeUnknown):
        notices.one(tx, SYSTEM, act=Act.CALL, act_id=call.id, partner_id=fund["LP03"])


def test_a_distribution_notice_has_the_working_and_what_is_paid(tx: Tx) -> None:
    fund = committed(tx)
    a_paid_call(tx, fund, investment(20 * M), due_on=date(2026, 3, 2))
    paid = a_distribution(
        tx, fund, pay_on=date(2026, 9, 1), return_of_capital=15 * M, income=3 * M, recallable=True
    )
    told = gather(tx, act=Act.DISTRIBUTION, act_id=paid.id)
    assert set(told) == {fund["LP01"], fund["LP02"]}
    for line in distribution_sheet(tx, distribution_id=paid.id).lines[:2]:
        one = told[line.partner_id]
        assert (one.kind, one.pays, one.amount) == (NoticeKind.DISTRIBUTION, False, line.paid)
        kinds = table(one, "kinds")
        assert kinds["return_of_capital"] == (line.return_of_capital, 15 * M)
        assert kinds["income"] == (line.income, 3 * M)
        assert kinds["distributed"] == (line.net, 18 * M)
        assert table(one, "payment")["paid"] == (line.paid, 18 * M)
        before, after = moved(one)["unfunded"]
        assert after - before == line.return_of_capital
        assert moved(one)["recallable"] == (0, line.return_of_capital)
        assert one.waterfall is not None
        assert line.working is not None
        assert [(tier.lp, tier.gp, tier.due) for tier in one.waterfall.tiers] == [
            (tier["lp"], tier["gp"], tier["due"]) for tier in line.working["tiers"]
        ]
        whole = sum(tier.fund_lp + tier.fund_gp for tier in one.waterfall.tiers)
        assert whole + one.waterfall.without_carry == 18 * M
        assert one.waterfall.layers


def test_carry_by_deal_says_what_counts_deal_by_deal(tx: Tx) -> None:
    fund = committed(tx, carry_form=CarryForm.DEAL_BY_DEAL, hurdle=Fraction(0))
    paid_in, out = date(2026, 3, 2), date(2027, 3, 2)
    steel = a_holding(tx, fund.fund_id, name_zh="钢研科技有限公司", now=noon(paid_in)).id
    a_paid_call(tx, fund, investment(50 * M, holding_id=steel), expense(8 * M), due_on=paid_in)
    bought(tx, steel, on=paid_in, cost=50 * M, now=noon(paid_in))
    sell(tx, SYSTEM, holding_id=steel, sold_on=out, quantity=1_000_000, proceeds=95 * M, now=noon(out))
    paid = a_distribution(tx, fund, pay_on=out, holding_id=steel, return_of_capital=50 * M, gain=45 * M)
    told = gather(tx, act=Act.DISTRIBUTION, act_id=paid.id)
    one, line = told[fund["LP01"]], paid.line(fund["LP01"])
    assert one.waterfall is not None
    assert one.waterfall.form == "deal_by_deal"
    assert [(deal.name.zh, deal.contributed, deal.is_at_hand) for deal in one.waterfall.deals] == [
        ("钢研科技有限公司", 30 * M, True),
        ("", 4_800_000 * YUAN, False),
    ]
    assert table(one, "payment")["carry"] == (-line.carry, -sum(each.carry for each in paid.lines))
    assert line.carry > 0
    assert told[fund["GP"]].waterfall is None
    assert table(told[fund["GP"]], "payment")["carry_received"][0] == sum(each.carry for each in paid.lines)


def test_a_netting_has_one_notice_and_its_call_none(tx: Tx) -> None:
    fund = with_cash(tx, profit=10 * M)
    netting = issued(tx, fund)
    told = gather(tx, act=Act.NETTING, act_id=netting.id)
    assert set(told) == {fund["LP01"], fund["LP02"]}
    for part in netting.parts[:2]:
        one = told[part.partner_id]
        assert (one.kind, one.amount, one.pays) == (NoticeKind.NETTING, abs(part.net), part.net > 0)
        assert table(one, "items")["called"][0] == part.called
        assert table(one, "kinds")["distributed"][0] == part.distributed
        net = table(one, "net")
        assert net["net_called"][0] + net["net_due"][0] == net["to_pay"][0] == part.to_pay
        assert net["to_pay"][1] == netting.to_pay
    with pytest.raises(NoticeInNetting):
        gather(tx, act=Act.CALL, act_id=netting.call_id)
    with pytest.raises(NoticeInNetting):
        gather(tx, act=Act.DISTRIBUTION, act_id=netting.distribution_id)


def test_a_giveback_notice_says_what_limits_it(tx: Tx) -> None:
    fund = distributed(tx, giveback_restores=True)
    sheet = a_giveback(tx, fund)
    told = gather(tx, act=Act.INDEMNITY, act_id=sheet.id)
    for line in sheet.lines:
        one = told[line.partner_id]
        assert (one.kind, one.amount, one.fund_amount) == (NoticeKind.GIVEBACK, line.amount, sheet.amount)
        found = table(one, "giveback")
        assert [found[code][0] for code in ("received", "given", "within", "most", "given_back")] == [
            line.received,
            -line.given,
            line.within,
            line.most,
            line.amount,
        ]
        before, after = moved(one)["unfunded"]
        assert after - before == line.amount


def test_the_file_is_sealed_kept_and_proved(tx: Tx) -> None:
    fund = committed(tx)
    call = a_call(tx, fund, investment(10 * M), due_on=date(2026, 3, 2))
    notices.freeze(tx, act=Act.CALL, act_id=call.id, now=LATER)
    one = notices.one(tx, SYSTEM, act=Act.CALL, act_id=call.id, partner_id=fund["LP01"])
    of: dict[str, Any] = {"act": Act.CALL, "act_id": call.id}
    wishes = [(fund["LP01"], Language.ZH)]
    [missing] = notices.unprinted(tx, **of, wanted=wishes)
    drawn, again = pdf.print_all([notices.document(missing), notices.document(missing)])
    assert drawn == again
    notices.file(tx, **of, printed=[(missing, drawn)], seal=a_seal(), now=LATER)
    notices.file(tx, **of, printed=[(missing, b"another")], seal=a_seal(), now=LATER)
    assert not notices.unprinted(tx, **of, wanted=wishes)
    [(name, sealed)] = notices.opened(tx, **of, wanted=wishes)
    assert name == f"{one.number}-zh.pdf"
    assert sealed.startswith(drawn)
    assert not list(prove_notices(tx))
    other = partner(tx, partner_id=fund["LP02"])
    with pymupdf.open(stream=sealed, filetype="pdf") as document:
        text = "".join(page.get_text() for page in document) + str(document.metadata)
        inside = document.embfile_get("notice.json").decode()
    assert said.fingerprint(inside.encode()) == one.sha256
    for content in (text, inside):
        assert other.name_zh not in content
        assert other.code not in content


def test_a_changed_notice_is_found(tx: Tx) -> None:
    fund = committed(tx)
    call = a_call(tx, fund, investment(10 * M))
    told = gather(tx, act=Act.CALL, act_id=call.id)[fund["LP01"]]
    wrong = said.dumps(a_notice(**{**vars(told), "amount": told.amount + 1}))
    facts = {"fund_id": fund.fund_id, "partner_id": fund["LP01"], "act": Act.CALL, "act_id": call.id}
    for number, sha256 in (("A", said.fingerprint(wrong)), ("B", "0" * 64)):
        tx.add(
            PartnerNotice(
                **{**facts, "partner_id": fund["LP01" if number == "A" else "LP02"]},
                number=number,
                sha256=sha256,
                content=wrong.decode(),
                frozen_at=told.frozen_at,
                recorded_at=LATER,
            )
        )
    tx.flush()
    assert [(one.row, one.what) for one in prove_notices(tx)] == [
        ("partner_notice A", "its figures are not what the rows say"),
        ("partner_notice B", "what it says does not match its fingerprint"),
    ]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_is_written_in_both_languages(kind: NoticeKind, language: Language) -> None:
    told = a_notice(kind=kind, waterfall=WORKED if kind is NoticeKind.DISTRIBUTION else None)
    html = compose_notice(told, "0" * 64, language)
    assert "1,000,000,000.00" in html
    assert "人民币壹拾亿元整" in html
    assert (LONG.zh if language is Language.ZH else LONG.en) in html
    assert not lint(html)
    if kind is NoticeKind.DISTRIBUTION:
        assert ("本次退出项目" if language is Language.ZH else "the deal at hand") in html
