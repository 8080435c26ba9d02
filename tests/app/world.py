"""A small world for tests at the roof, played through the real acts: everybody, and one of everything.

AF1 with the partners LP01, LP02 and GP; two holdings of which H01 has an approved and a draft mark; an issued call
that LP01 has paid; a deal in screening, one in diligence with a workstream of the fund and one of LP01's enterprise,
one with a vote running in which S2 and S3 have cast sealed ballots, one approved with a condition; LP01's published
report and LP02's draft.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlmodel import select

from fund.capital.calls import approve_call, draft_call
from fund.capital.distributions import approve_distribution, draft_distribution, pay_distribution
from fund.capital.receipts import receive
from fund.capital.rules import Item, ItemKind
from fund.capital.transfers import draft_transfer
from fund.charter.rules import Dimension
from fund.fees.actions import pay, record_expense
from fund.fees.recoveries import recover
from fund.fees.recovery_rules import RecoveryWay
from fund.fees.relief_rules import OffsetKind
from fund.fees.reliefs import decide_relief, propose_offset
from fund.forecasts.actions import keep_scenario
from fund.forecasts.queries import usual
from fund.holdings.actions import receive_income, sell
from fund.interests.rules import Words
from fund.ledger.actions import post
from fund.ledger.queries import journal
from fund.ledger.rules import Account
from fund.mandates.actions import add_clause
from fund.mandates.rules import Bound, ClauseTerms, Measure
from fund.parties.actions import relate
from fund.parties.rules import RelationKind
from fund.partners.actions import add_contact
from fund.partners.banking import propose_bank
from fund.partners.queries import partner
from fund.side_letters.actions import write_letter
from fund.side_letters.rules import Excuse, LetterTerms
from kernel.db import Database, Tx
from kernel.identity.actions import issue_token
from kernel.identity.models import User
from kernel.identity.queries import actor_of
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.periods import Quarter
from lp_reports import actions as reports
from tests.app import world_bank, world_carry, world_defaults, world_nettings, world_returns, world_taxes
from tests.app import world_pipeline as pipeline
from tests.app.world_pipeline import BEFORE, Ids
from tests.app.world_valuations import a_filed_mark
from tests.builders.archive import files
from tests.builders.deals import Setting
from tests.builders.holdings import a_holding, bought
from tests.builders.indices import an_index
from tests.builders.ledger import a_posting, locked
from tests.builders.partners import a_partner
from tests.builders.people import a_user
from tests.builders.results import APPROVER, PREPARER, M, Played, a_played_fund, called
from tests.builders.seals import a_seal

QUARTER = Quarter(2024, 4)
DRAFT_MARK = "DRAFT-MARK-OF-THE-ANALYST"


@dataclass(frozen=True)
class World:
    """Who there is (headers and actors by name), the ids of things, and what must stay sealed."""

    headers: Mapping[str, dict[str, str]]
    actors: Mapping[str, Actor]
    ids: Mapping[str, int | str]
    sealed: tuple[str, ...]


def build(database: Database) -> World:
    """Play the world into an empty database."""
    with database.transaction(SYSTEM) as tx:
        return _play(tx)


def _play(tx: Tx) -> World:
    fund = a_played_fund(tx)
    ids: Ids = {code.lower(): key for code, key in fund.partners.items()}
    people = _people(tx, fund)
    ids |= _money(tx, fund, people)
    ids |= _particulars(tx, fund)
    an_index(tx, fund.fund_id)
    keep_scenario(tx, SYSTEM, fund_id=fund.fund_id, scenario=replace(usual("Base"), plays=100), now=BEFORE)
    setting = Setting(fund.fund_id, a_user(tx, login="lead", now=BEFORE).key)
    seated = pipeline.a_seated_committee(tx, setting, people)
    ids |= pipeline.screened(tx, setting, people)
    ids |= pipeline.examined(tx, setting, people)
    ids |= pipeline.approved(tx, seated)
    ids |= pipeline.channel(tx, people)
    ids |= _reports(tx, fund, people["manager"])
    open_motion, sealed = pipeline.voting(tx, seated)
    headers, tokens = _tokens(tx, people)
    return World(headers, people, ids | open_motion | tokens, sealed)


def _people(tx: Tx, fund: Played) -> dict[str, Actor]:
    """A person for each role. LP01's people and the expert are of LP01's enterprise; `rival` is LP02's."""
    party = {code: partner(tx, partner_id=key).party_id for code, key in fund.partners.items()}
    people = {role.value: (role, None, None) for role in Role} | {
        "lp_user": (Role.LP_USER, fund.partners["LP01"], party["LP01"]),
        "lp_expert": (Role.LP_EXPERT, None, party["LP01"]),
        "rival": (Role.LP_USER, fund.partners["LP02"], party["LP02"]),
        "second": (Role.MANAGER, None, None),
    }
    return {
        name: actor_of(
            tx,
            user=a_user(
                tx, role, login=f"{name}.person", now=BEFORE, partner_id=partner_id, party_id=party_id
            ),
        )
        for name, (role, partner_id, party_id) in people.items()
    }


def _particulars(tx: Tx, fund: Played) -> Ids:
    """LP02's contact, a change of its bank details that waits, and a relation of LP01's enterprise."""
    one, two = fund.partners["LP01"], fund.partners["LP02"]
    contact = add_contact(tx, SYSTEM, partner_id=two, name="何某某", email="he@example.com", now=BEFORE)
    propose_bank(
        tx,
        SYSTEM,
        partner_id=two,
        bank_name="新银行",
        account_name="合伙企业",
        account_no="0200000000000000001",
        since_on=date(2026, 9, 1),
        reason="called back",
        now=BEFORE,
    )
    sides = [partner(tx, partner_id=key).party_id for key in (one, two)]
    related = relate(
        tx,
        SYSTEM,
        from_party_id=sides[0],
        to_party_id=sides[1],
        kind=RelationKind.SUPPLIER,
        since_on=date(2025, 1, 1),
        now=BEFORE,
    )
    right = (Excuse(Dimension.SECTOR, "hydrogen"),)
    letter = write_letter(
        tx,
        SYSTEM,
        partner_id=two,
        terms=LetterTerms(basis_discount=Fraction(1, 10), excuses=right),
        effective_on=date(2026, 9, 1),
        note="n",
        now=BEFORE,
    )
    favoured = LetterTerms(has_mfn=True)
    write_letter(
        tx, SYSTEM, partner_id=one, terms=favoured, effective_on=date(2026, 9, 1), note="n", now=BEFORE
    )
    own_chain = ClauseTerms(Measure.CHAIN, Bound.AT_LEAST, Fraction(1, 4))
    add_clause(tx, SYSTEM, partner_id=two, terms=own_chain, effective_on=date(2025, 1, 1), now=BEFORE)
    return {"contact": contact.id, "relation": related.id, "letter": letter.id}


def _money(tx: Tx, fund: Played, people: Mapping[str, Actor]) -> Ids:
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
    gift = a_holding(tx, fund.fund_id, name_zh="赠股科技有限公司", code="H09", now=BEFORE)
    bought(tx, gift.id, on=date(2026, 9, 1), quantity=1000, cost=0, now=BEFORE)
    sell(tx, APPROVER, holding_id=gift.id, sold_on=on, quantity=500, proceeds=10_00, now=BEFORE)
    receive_income(tx, PREPARER, holding_id=gift.id, received_on=on, amount=5_00, now=BEFORE)
    sides = {"debit": Account.CASH, "credit": Account.ACCOUNTS_PAYABLE, "holding_id": None}
    adjustment = a_posting(reference="ADJ-1", act="adjustment:1", effective_on=on, **sides)
    post(tx, PREPARER, postings=[adjustment], **facts)
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
        "sold_holding": "H09",
        "sale": 1,
        "paying_holding": "H09",
        "shares": gift.id,
        "income": 1,
        "adjustment": "ADJ-1",
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


def _reports(tx: Tx, fund: Played, manager: Actor) -> Ids:
    """LP01's report, published, and LP02's, in draft; printing is not what is tested here."""
    ids: Ids = {}
    locked(tx, fund.fund_id, QUARTER, actor=manager, now=BEFORE)
    for code, name in (("LP01", "report"), ("LP02", "draft_report")):
        frozen = reports.freeze(
            tx,
            SYSTEM,
            fund_id=fund.fund_id,
            partner_id=fund.partners[code],
            quarter=QUARTER,
            now=BEFORE,
        )
        filed = reports.file_editions(
            tx, SYSTEM, snapshot_id=frozen.key, files=files(f"REPORT-OF-{code}"), now=BEFORE
        )
        ids |= {name: filed[0].key, f"{name}_too": filed[1].key}
    reports.approve(tx, manager, report_id=int(ids["report"]), now=BEFORE)
    reports.approve(tx, manager, report_id=int(ids["report_too"]), now=BEFORE)
    reports.publish(tx, manager, report_id=int(ids["report"]), seal=a_seal(), now=BEFORE)
    return ids | {"approved_report": ids["report_too"]}


def _tokens(tx: Tx, people: Mapping[str, Actor]) -> tuple[dict[str, dict[str, str]], Ids]:
    headers, ids = {}, Ids()
    for name, actor in people.items():
        user = tx.exec(select(User).where(User.id == actor.user_id)).one()
        token, secret = issue_token(
            tx, actor_of(tx, user=user), label="world", life=timedelta(days=30), now=BEFORE
        )
        headers[name] = {"Authorization": f"Bearer {secret}"}
        ids |= {f"token_{name}": token.key, f"user_{name}": user.key}
    return headers, ids
