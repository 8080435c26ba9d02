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

from sqlmodel import select

from fund.bank.account import propose_account
from fund.charter.rules import Dimension
from fund.estimates.rules import CallMethod
from fund.forecasts.actions import keep_scenario
from fund.forecasts.calls import publish_estimate
from fund.forecasts.queries import usual
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
from tests.app import world_pipeline as pipeline
from tests.app.world_mandates import mandates
from tests.app.world_money import money
from tests.app.world_pipeline import BEFORE, Ids
from tests.builders.archive import files
from tests.builders.deals import Setting
from tests.builders.indices import an_index
from tests.builders.ledger import locked
from tests.builders.people import a_user
from tests.builders.results import Played, a_played_fund
from tests.builders.seals import a_seal

QUARTER = Quarter(2024, 4)


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
    ids |= money(tx, fund, people)
    ids |= _particulars(tx, fund)
    an_index(tx, fund.fund_id)
    keep_scenario(tx, SYSTEM, fund_id=fund.fund_id, scenario=replace(usual("Base"), plays=100), now=BEFORE)
    publish_estimate(tx, SYSTEM, fund_id=fund.fund_id, quarter=QUARTER, method=CallMethod.TREND, now=BEFORE)
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
    account = propose_account(
        tx,
        SYSTEM,
        fund_id=fund.fund_id,
        bank_name="Bank",
        account_name="Fund",
        account_no="0200000000000000001",
        since_on=date(2026, 8, 1),
        reason="told by the bank",
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
    ids = mandates(tx, fund) | {"contact": contact.id, "relation": related.id, "letter": letter.id}
    return ids | {"account_change": account.id}


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
