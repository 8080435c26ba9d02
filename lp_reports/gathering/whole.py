"""What the reports of all partners on a quarter share: read once, however many partners there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fund.capital.clawbacks import Clawbacks, clawbacks
from fund.capital.queries import commitments, participation, unfunded
from fund.capital.sheets import CallSheet, DistributionSheet
from fund.estimates.queries import EstimateSheet, published
from fund.partners.queries import PartnerSheet, general_partner
from fund.partners.queries import partners as partners_of
from fund.results.accounts import CapitalAccount, capital_account
from fund.results.carry import CarryAccount, carry_account
from fund.results.commitment import CommitmentAccount, commitment_account
from fund.results.gross import gross
from fund.results.gross_rules import Gross
from fund.results.ilpa_template import Books, Note, notes, read
from fund.results.performance import Performance, performance
from kernel.db import Tx
from kernel.periods import Quarter
from lp_reports.facts import Change, Fund, Text
from lp_reports.gathering import charter, companies, conflicts, money
from lp_reports.gathering.ages import ages, back_tests
from lp_reports.gathering.changes import changes
from lp_reports.gathering.companies import Schedule
from lp_reports.gathering.names import Names, known_names
from lp_reports.gathering.spread import exposures
from lp_reports.portfolio import Age, BackTested, Company, Exposure, Investment, Limit
from pipeline.committee.sheets import MotionSheet
from pipeline.stewardship.queries import Left, left_by


@dataclass(frozen=True)
class Whole:
    """A fund at a quarter's end as known at `now`, with every partner admitted by then and the part of each."""

    fund_id: int
    quarter: Quarter
    now: datetime
    fund: Fund
    partners: Sequence[PartnerSheet]
    promised: Mapping[int, int]
    unfunded: Mapping[int, int]
    calls: Sequence[CallSheet]
    distributions: Sequence[DistributionSheet]
    account: CapitalAccount
    commitment: CommitmentAccount
    gross: Gross
    net: Performance
    carry: CarryAccount
    clawbacks: Clawbacks
    template: Books
    notes: Sequence[Note]
    schedule: Schedule
    spread: tuple[Exposure, ...]
    limits: tuple[Limit, ...]
    shares: Mapping[int, Mapping[int, int]]
    """The partners' weights in each holding."""
    motions: tuple[MotionSheet, ...]
    left: Mapping[int, Left]
    groups: Mapping[int, frozenset[int]]
    """The parties of each partner's group."""
    names: Names
    investments: tuple[Investment, ...]
    pages: tuple[Company, ...]
    """Of each company, before other partners' names in it are concealed."""
    changes: tuple[Change, ...]
    ages: tuple[Age, ...]
    """Before other partners' names in them are concealed, too."""
    back_tests: tuple[BackTested, ...]
    estimate: EstimateSheet | None
    """Of calls, as it was published."""


class Shared:
    """The whole that is kept from the report of one partner to that of the next."""

    def __init__(self) -> None:
        self._kept: Whole | None = None

    def of(self, tx: Tx, *, fund_id: int, quarter: Quarter, now: datetime) -> Whole:
        """The whole as known at `now`; read again where another instant, quarter or fund is asked for."""
        kept = self._kept
        if kept is None or (kept.fund_id, kept.quarter, kept.now) != (fund_id, quarter, now):
            kept = self._kept = whole(tx, fund_id=fund_id, quarter=quarter, now=now)
        return kept


def whole(tx: Tx, *, fund_id: int, quarter: Quarter, now: datetime) -> Whole:
    """Read all that does not depend on who reads the report."""
    on = quarter.ends_on
    fund = charter.fund_facts(tx, fund_id=fund_id, quarter=quarter)
    first = Quarter.containing(fund.first_close_on)
    schedule = companies.schedule(tx, fund_id=fund_id, first=first, quarter=quarter, known_at=now)
    spread, limits = exposures(
        tx, fund_id=fund_id, quarter=quarter, known_at=now, names=company_names(schedule)
    )
    general_id = general_partner(tx, fund_id=fund_id).id
    calls = money.issued_calls(tx, fund_id=fund_id, quarter=quarter, known_at=now)
    template = read(tx, fund_id=fund_id, quarter=quarter, known_at=now)
    partners = partners_of(tx, fund_id=fund_id, as_of=on)
    return Whole(
        fund_id=fund_id,
        quarter=quarter,
        now=now,
        fund=fund,
        partners=partners,
        promised=commitments(tx, fund_id=fund_id, as_of=on, known_at=now),
        unfunded=unfunded(tx, fund_id=fund_id, as_of=on, known_at=now),
        calls=calls,
        distributions=money.paid_distributions(tx, fund_id=fund_id, quarter=quarter, known_at=now),
        account=capital_account(tx, fund_id=fund_id, quarter=quarter, known_at=now),
        commitment=commitment_account(tx, fund_id=fund_id, quarter=quarter, known_at=now),
        gross=gross(tx, fund_id=fund_id, as_of=on, known_at=now),
        net=performance(tx, fund_id=fund_id, as_of=on, known_at=now),
        carry=carry_account(tx, fund_id=fund_id, partner_id=general_id, quarter=quarter, known_at=now),
        clawbacks=clawbacks(tx, fund_id=fund_id, as_of=on, known_at=now),
        template=template,
        notes=notes(tx, books=template),
        schedule=schedule,
        spread=spread,
        limits=limits,
        shares={
            sheet.id: participation(tx, fund_id=fund_id, as_of=on, holding_id=sheet.id, known_at=now)
            for sheet in schedule.now
        },
        motions=conflicts.decided_motions(tx, fund_id=fund_id, quarter=quarter, now=now),
        left=left_by(tx, fund_id=fund_id, as_of=on, known_at=now),
        groups=conflicts.groups_of(tx, partners=partners, quarter=quarter),
        names=known_names(tx, fund_id=fund_id),
        investments=companies.investments(tx, schedule=schedule),
        pages=companies.pages(tx, schedule=schedule),
        changes=changes(tx, fund_id=fund_id, schedule=schedule, calls=calls, quarter=quarter),
        ages=ages(tx, fund_id=fund_id, schedule=schedule),
        back_tests=back_tests(tx, fund_id=fund_id, schedule=schedule),
        estimate=published(tx, fund_id=fund_id, quarter=quarter, known_at=now),
    )


def company_names(schedule: Schedule) -> dict[str, Text]:
    """The names of the companies in both languages, by the name under which exposure counts them."""
    return {sheet.name: Text(sheet.name, sheet.name_en) for sheet in schedule.now}
