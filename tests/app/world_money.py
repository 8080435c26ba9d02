"""The money of the small world: calls, a distribution, fees and what is taken off them, acts that can be undone."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from fund.capital.calls import approve_call, draft_call
from fund.capital.distributions import approve_distribution, draft_distribution, pay_distribution
from fund.capital.receipts import receive
from fund.capital.rules import Item, ItemKind
from fund.capital.transfers import draft_transfer
from fund.fees.accruals import pay_expense
from fund.fees.actions import pay, record_expense
from fund.fees.recoveries import recover
from fund.fees.recovery_rules import RecoveryWay
from fund.fees.relief_rules import OffsetKind
from fund.fees.reliefs import decide_relief, propose_offset
from fund.holdings.actions import receive_income, sell
from fund.income.actions import earn, receive_earned
from fund.income.rules import EarnedKind
from fund.interests.rules import Words
from fund.ledger.actions import post
from fund.ledger.queries import journal
from fund.ledger.rules import Account
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor
from tests.app import world_bank, world_carry, world_defaults, world_nettings, world_returns, world_taxes
from tests.app.world_pipeline import BEFORE, Ids
from tests.app.world_valuations import a_filed_mark
from tests.builders.holdings import a_holding, bought
from tests.builders.ledger import a_posting
from tests.builders.partners import a_partner
from tests.builders.results import APPROVER, PREPARER, M, Played, called

DRAFT_MARK = "DRAFT-MARK-OF-THE-ANALYST"


def money(tx: Tx, fund: Played, people: Mapping[str, Actor]) -> Ids:
    """Play it; the ids of what was made."""
    call = called(
        tx,
        fund.fund_id,
        notice_on=date(2026, 8, 3),
        due_on=date(2026, 9, 30),
        investment=10 * M,
        expense=5 * M,
    )
    paid = receive(
        tx,
        PREPARER,
        call_id=call.id,
        partner_id=fund.partners["LP01"],
        amount=call.line(fund.partners["LP01"]).outstanding,
        received_on=date(2026, 9, 15),
        bank_reference="BANK-OF-LP01",
        now=BEFORE,
    )
    drafts = [
        draft_call(
            tx,
            PREPARER,
            fund_id=fund.fund_id,
            items=[Item(ItemKind.EXPENSE, M)],
            due_on=date(2026, 11, 16),
            purpose="expenses",
            now=BEFORE,
        )
        for _ in range(2)
    ]
    approve_call(tx, APPROVER, call_id=drafts[1].id, now=BEFORE)
    taxed = world_taxes.play(tx, fund_id=fund.fund_id, partner_id=fund.partners["LP02"])
    undoable = taxed | _undoable(tx, fund) | world_bank.play(tx, fund_id=fund.fund_id, paid=paid)
    undoable |= world_returns.play(tx, fund_id=fund.fund_id)
    undoable |= world_defaults.play(tx, fund_id=fund.fund_id, partner_id=fund.partners["LP02"])
    undoable |= world_carry.play(tx, fund_id=fund.fund_id, partner_id=fund.partners["LP02"])
    payouts = [
        draft_distribution(
            tx,
            PREPARER,
            fund_id=fund.fund_id,
            income=1_000_00,
            pay_on=date(2026, 9, 30),
            source="interest",
            now=BEFORE,
        )
        for _ in range(2)
    ]
    approve_distribution(tx, APPROVER, distribution_id=payouts[1].id, now=BEFORE)
    undoable |= world_nettings.play(tx, fund_id=fund.fund_id)
    passing = draft_transfer(
        tx,
        PREPARER,
        fund_id=fund.fund_id,
        seller_id=fund.partners["LP01"],
        buyer_id=undoable["newcomer"],
        commitment=M,
        price=M,
        effective_on=date(2026, 9, 29),
        words=Words("重组", "同意函", date(2026, 9, 1), ""),
        now=BEFORE,
    )
    mark = a_filed_mark(tx, people["analyst"], fund.holdings["H01"], reason=DRAFT_MARK)
    return {
        "call": call.call.code,
        "receipt": paid.id,
        "draft_call": drafts[0].call.code,
        "approved_call": drafts[1].call.code,
        "distribution": payouts[0].distribution.code,
        "approved_distribution": payouts[1].distribution.code,
        "transfer": passing.code,
        "entry_of_lp02": _entry(tx, fund, "1100"),
        "fee_of_lp02": _entry(tx, fund, "5021"),
        "mark": mark.id,
    } | undoable


def _undoable(tx: Tx, fund: Played) -> Ids:
    """One of every act that is taken back as a whole, and an entry of none that is reversed by itself."""
    on, facts = date(2026, 9, 28), {"fund_id": fund.fund_id, "now": BEFORE}
    paid = draft_distribution(tx, PREPARER, income=1_000_00, pay_on=on, source="interest", **facts)
    approve_distribution(tx, APPROVER, distribution_id=paid.id, now=BEFORE)
    pay_distribution(tx, APPROVER, distribution_id=paid.id, now=BEFORE)
    pay(tx, PREPARER, reference="FP-0", amount=1_000_00, paid_on=on, **facts)
    spent = {"reference": "E-0", "ilpa_row": 41, "amount": 1_000_00, "incurred_on": on, "payee": "审计"}
    record_expense(tx, PREPARER, **spent, **facts)
    _shared_cost(tx, spent | facts)
    _owed(tx, spent | facts)
    gift = a_holding(tx, fund.fund_id, name_zh="赠股科技有限公司", code="H09", now=BEFORE)
    bought(tx, gift.id, on=date(2026, 9, 1), quantity=1000, cost=0, now=BEFORE)
    sell(tx, APPROVER, holding_id=gift.id, sold_on=on, quantity=500, proceeds=10_00, now=BEFORE)
    receive_income(tx, PREPARER, holding_id=gift.id, received_on=on, amount=5_00, now=BEFORE)
    sides = {"debit": Account.CASH, "credit": Account.ACCOUNTS_PAYABLE, "holding_id": None}
    adjustment = a_posting(reference="ADJ-1", act="adjustment:1", effective_on=on, **sides)
    by_hand = a_posting(reference="AJE-1", act="journal:J-001.1", effective_on=on, **sides)
    post(tx, PREPARER, postings=[adjustment, by_hand], **facts)
    _reliefs(tx, fund)
    newcomer = a_partner(tx, fund.fund_id, "LP08", admitted_on=date(2024, 6, 3))
    return {
        "paid_distribution": paid.distribution.code,
        "fee_payment": "FP-0",
        "relief": "O-2",
        "approved_relief": "O-1",
        "charged_quarter": "2024Q4",
        "expense": "E-0",
        "shared_expense": "DD-0",
        "owed_expense": "OW-0",
        "earned": "IN-0",
        "earned_whole": "IN-1",
        "sold_holding": "H09",
        "sale": 1,
        "paying_holding": "H09",
        "shares": gift.id,
        "income": 1,
        "adjustment": "ADJ-1",
        "journal": "J-001",
        "newcomer": newcomer.id,
    }


def _shared_cost(tx: Tx, facts: dict[str, Any]) -> None:
    """A broken deal of which a co-investor owes two fifths and has paid a part."""
    dead = {"reference": "DD-0", "ilpa_row": 53, "share": Fraction(2, 5), "others": "河湾钢铁集团"}
    record_expense(tx, PREPARER, **facts | dead, concerning="D-017 氢冶金")
    recover(
        tx,
        PREPARER,
        fund_id=facts["fund_id"],
        reference="DD-0",
        way=RecoveryWay.CASH,
        amount=100_00,
        settled_on=facts["incurred_on"],
        now=BEFORE,
    )


def _owed(tx: Tx, facts: dict[str, Any]) -> None:
    """An expense that is owed and paid in part, income that is received in part, and income of which nothing is."""
    record_expense(tx, PREPARER, **facts | {"reference": "OW-0", "is_accrued": True})
    part = {"fund_id": facts["fund_id"], "reference": "OW-0", "amount": 100_00}
    pay_expense(tx, PREPARER, paid_on=facts["incurred_on"], now=BEFORE, **part)
    interest = {"kind": EarnedKind.INTEREST, "amount": 9_00, "payer": "银行", "now": BEFORE}
    for reference in ("IN-0", "IN-1"):
        said = {"fund_id": facts["fund_id"], "reference": reference, "earned_on": facts["incurred_on"]}
        earn(tx, PREPARER, **said, **interest)
    said = {"fund_id": facts["fund_id"], "reference": "IN-0", "amount": 4_00}
    receive_earned(tx, PREPARER, received_on=facts["incurred_on"], now=BEFORE, **said)


def _reliefs(tx: Tx, fund: Played) -> None:
    """An offset that counts, and one that waits for somebody else."""
    for reference in ("O-1", "O-2"):
        propose_offset(
            tx,
            PREPARER,
            fund_id=fund.fund_id,
            reference=reference,
            kind=OffsetKind.DIRECTORS,
            received=M,
            received_on=date(2026, 9, 1),
            reason="董事费",
            now=BEFORE,
        )
    decide_relief(tx, APPROVER, fund_id=fund.fund_id, reference="O-1", is_approved=True, now=BEFORE)


def _entry(tx: Tx, fund: Played, account: str) -> str:
    """The first entry that debits LP02 on an account, by its reference."""
    page = journal(tx, fund_id=fund.fund_id, actor=SYSTEM, account=account, partner_id=fund.partners["LP02"])
    return page.items[-1].reference
