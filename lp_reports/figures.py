"""`gather`: everything one partner's report prints, read once from the books and the pipeline and put in order.

This is the only read of a report. What it returns is saved with its fingerprint and never read again from the
books, so a report cannot quietly change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fund.capital.queries import commitments, participation, unfunded
from fund.capital.sheets import CallSheet
from fund.parties import queries as parties
from fund.parties.rules import RelationKind
from fund.partners import queries as partner_queries
from fund.partners.queries import PartnerSheet
from fund.results.gross import gross
from fund.results.performance import performance, period_returns
from kernel.db import Tx
from kernel.periods import Quarter
from lp_reports import snapshot
from lp_reports.facts import (
    CallLine,
    CurvePoint,
    DistributionLine,
    Document,
    ExpectedCall,
    Fund,
    KeyFigures,
    Line,
    Partner,
    Performance,
    Previous,
    Restated,
    Step,
    Text,
)
from lp_reports.gathering import charter, companies, conflicts, money
from lp_reports.gathering.ages import ages, back_tests
from lp_reports.gathering.carry import carry_facts
from lp_reports.gathering.changes import changes
from lp_reports.gathering.companies import Schedule
from lp_reports.gathering.exits import exits
from lp_reports.gathering.fees import fees
from lp_reports.gathering.ilpa import ilpa
from lp_reports.gathering.rates import gross_column, net_column, periods
from lp_reports.gathering.spread import exposures
from lp_reports.models import ReportSnapshot
from lp_reports.portfolio import Company, Investment, Recusal, RelatedParty
from lp_reports.queries import published_snapshot
from lp_reports.rules import names_of
from lp_reports.snapshot import FORMAT, Figures

FOR_EVER = date(9998, 12, 31)
"""A group is concealed as it is known at last: what joins it later must not have been named before."""


@dataclass(frozen=True)
class Reader:
    """Whose report it is, of which fund and quarter, as known when, and every partner admitted by its end."""

    fund_id: int
    quarter: Quarter
    now: datetime
    fund: Fund
    sheet: PartnerSheet
    partners: Sequence[PartnerSheet]
    hidden: tuple[str, ...]

    @property
    def id(self) -> int:
        return self.sheet.id


@dataclass(frozen=True)
class Money:
    """The part of a report about the partner's money."""

    key: KeyFigures
    bridge: tuple[Step, ...]
    curve: tuple[CurvePoint, ...]
    account: tuple[Line, ...]
    commitment: tuple[Line, ...]
    calls: tuple[CallLine, ...]
    distributions: tuple[DistributionLine, ...]
    expected: tuple[ExpectedCall, ...]


@dataclass(frozen=True)
class Portfolio:
    """The part of a report about companies and conflicts."""

    investments: tuple[Investment, ...]
    companies: tuple[Company, ...]
    related: tuple[RelatedParty, ...]
    recusals: tuple[Recusal, ...]


def gather(
    tx: Tx,
    *,
    fund_id: int,
    partner_id: int,
    quarter: Quarter,
    version: int = 1,
    restates: ReportSnapshot | None = None,
    now: datetime,
) -> Figures:
    """The figures of one partner for a quarter. `restates` is the frozen version that this one replaces."""
    reader = _reader(tx, fund_id, partner_id, quarter, now)
    calls = money.issued_calls(tx, fund_id=fund_id, quarter=quarter, known_at=now)
    schedule = _schedule(tx, reader)
    spread, limits = exposures(tx, fund_id=fund_id, quarter=quarter, known_at=now, names=names_in(schedule))
    own = _money(tx, reader, calls)
    portfolio = _portfolio(tx, reader, schedule)
    return Figures(
        format=FORMAT,
        fund=reader.fund,
        partner=_partner(tx, reader),
        document=_document(reader, version, restates),
        previous=previous(tx, fund_id=fund_id, partner_id=partner_id, quarter=quarter),
        changes=changes(tx, fund_id=fund_id, schedule=schedule, calls=calls, quarter=quarter),
        key=own.key,
        performance=_performance(tx, reader),
        bridge=own.bridge,
        curve=own.curve,
        account=own.account,
        commitment=own.commitment,
        calls=own.calls,
        distributions=own.distributions,
        expected=own.expected,
        investments=portfolio.investments,
        companies=portfolio.companies,
        related=portfolio.related,
        recusals=portfolio.recusals,
        exposures=spread,
        limits=limits,
        restated=restated(restates, own.account),
        fees=fees(tx, fund_id=fund_id, partner_id=partner_id, quarter=quarter, known_at=now),
        carry=carry_facts(tx, fund_id=fund_id, partner=reader.sheet, quarter=quarter, known_at=now),
        ages=ages(tx, fund_id=fund_id, schedule=schedule, hidden=reader.hidden),
        back_tests=back_tests(tx, fund_id=fund_id, schedule=schedule),
        ilpa=ilpa(tx, own=reader.sheet, quarter=quarter, known_at=now, hidden=reader.hidden),
    )


def _reader(tx: Tx, fund_id: int, partner_id: int, quarter: Quarter, now: datetime) -> Reader:
    partners = partner_queries.partners(tx, fund_id=fund_id, as_of=quarter.ends_on)
    return Reader(
        fund_id,
        quarter,
        now,
        charter.fund_facts(tx, fund_id=fund_id, quarter=quarter),
        next(one for one in partners if one.id == partner_id),
        partners,
        tuple(other_names(tx, fund_id=fund_id, partner_id=partner_id)),
    )


def _partner(tx: Tx, reader: Reader) -> Partner:
    promised = commitments(tx, fund_id=reader.fund_id, as_of=reader.quarter.ends_on, known_at=reader.now)
    return charter.partner_facts(
        reader.sheet, commitment=promised.get(reader.id, 0), committed=sum(promised.values())
    )


def _document(reader: Reader, version: int, restates: ReportSnapshot | None) -> Document:
    return charter.document_facts(
        fund=reader.fund.code,
        partner=reader.sheet.code,
        quarter=reader.quarter,
        version=version,
        now=reader.now,
        supersedes=restates.sha256 if restates else None,
    )


def names_in(schedule: Schedule) -> dict[str, Text]:
    """The names of the companies in both languages, by the name under which exposure counts them."""
    return {sheet.name: Text(sheet.name, sheet.name_en) for sheet in schedule.now}


def _schedule(tx: Tx, reader: Reader) -> Schedule:
    first = Quarter.containing(reader.fund.first_close_on)
    return companies.schedule(
        tx, fund_id=reader.fund_id, first=first, quarter=reader.quarter, known_at=reader.now
    )


def _money(tx: Tx, reader: Reader, calls: Sequence[CallSheet]) -> Money:
    fund_id, partner_id, quarter, now = reader.fund_id, reader.id, reader.quarter, reader.now
    own = money.call_lines(calls, partner_id=partner_id)
    left = unfunded(tx, fund_id=fund_id, as_of=quarter.ends_on, known_at=now).get(partner_id, 0)
    found = performance(tx, fund_id=fund_id, partner_id=partner_id, as_of=quarter.ends_on, known_at=now)
    until = Quarter.containing(reader.fund.commitment_period_ends_on)
    return Money(
        key=money.key_figures(found=found, unfunded=left),
        bridge=money.bridge(tx, fund_id=fund_id, partner_id=partner_id, quarter=quarter, known_at=now),
        curve=money.curve(tx, fund_id=fund_id, partner_id=partner_id, quarter=quarter, known_at=now),
        account=money.account_lines(
            tx, fund_id=fund_id, partner_id=partner_id, quarter=quarter, known_at=now
        ),
        commitment=money.commitment_lines(
            tx, fund_id=fund_id, partner_id=partner_id, quarter=quarter, known_at=now
        ),
        calls=own,
        distributions=money.distribution_lines(
            tx, fund_id=fund_id, partner_id=partner_id, quarter=quarter, known_at=now
        ),
        expected=money.expected_calls(calls=own, unfunded=left, quarter=quarter, until=until),
    )


def _performance(tx: Tx, reader: Reader) -> Performance:
    fund_id, on, now = reader.fund_id, reader.quarter.ends_on, reader.now
    own = performance(tx, fund_id=fund_id, partner_id=reader.id, as_of=on, known_at=now)
    returns = period_returns(tx, fund_id=fund_id, partner_id=reader.id, quarter=reader.quarter, known_at=now)
    yours = net_column(own)
    return Performance(
        gross=gross_column(gross(tx, fund_id=fund_id, as_of=on, known_at=now)),
        fund_net=net_column(performance(tx, fund_id=fund_id, as_of=on, known_at=now)),
        yours=yours,
        periods=periods(returns, yours),
    )


def _portfolio(tx: Tx, reader: Reader, schedule: Schedule) -> Portfolio:
    fund_id, quarter = reader.fund_id, reader.quarter
    shares = {
        sheet.id: participation(
            tx, fund_id=fund_id, as_of=quarter.ends_on, holding_id=sheet.id, known_at=reader.now
        )
        for sheet in schedule.now
    }
    motions = conflicts.decided_motions(tx, fund_id=fund_id, quarter=quarter, now=reader.now)
    groups = conflicts.Partners.of(tx, reader.sheet, reader.partners, quarter)
    left = exits(tx, fund_id=fund_id, quarter=quarter, known_at=reader.now, partners=groups)
    return Portfolio(
        companies.investments(tx, schedule=schedule, shares=shares, exits=left, partner_id=reader.id),
        companies.pages(tx, schedule=schedule, hidden=reader.hidden),
        conflicts.related(tx, holdings=schedule.now, partners=groups, motions=motions, quarter=quarter),
        conflicts.recusals(tx, motions=motions, partners=groups, quarter=quarter),
    )


def previous(tx: Tx, *, fund_id: int, partner_id: int, quarter: Quarter) -> Previous | None:
    """The last version of the report on the quarter before that was published; None where its partner was given none.

    A draft is no report: nobody has read it, and it may still change.
    """
    row = published_snapshot(tx, fund_id=fund_id, partner_id=partner_id, quarter=str(quarter.previous))
    if row is None:
        return None
    figures = snapshot.loads(row.content.encode())
    return Previous(figures.document.number, row.quarter, row.sha256, figures.key)


def restated(replaced: ReportSnapshot | None, account: Sequence[Line]) -> tuple[Restated, ...]:
    """Each line of the partner's capital account that the replaced version told differently, since inception."""
    if replaced is None:
        return ()
    before = {line.code: line.yours.itd for line in snapshot.loads(replaced.content.encode()).account}
    now = {line.code: line.yours.itd for line in account}
    both = now.get("contributions", 0) + now.get("given_back", 0)
    if "given_back" not in before and before.get("contributions", 0) == both:
        # A version from before that line told the same among the contributions.
        before |= {name: now[name] for name in ("contributions", "given_back") if name in now}
    codes = dict.fromkeys([*(line.code for line in account), *before])
    return tuple(
        Restated(code, before.get(code, 0), now.get(code, 0))
        for code in codes
        if before.get(code, 0) != now.get(code, 0)
    )


def other_names(tx: Tx, *, fund_id: int, partner_id: int) -> list[str]:
    """Every name by which another limited partner of the fund, or a company of its group, is known.

    A university is left out, though it may own a partner: every paper of such a fund names it.
    """
    partners = partner_queries.partners(tx, fund_id=fund_id)
    reader = next(one for one in partners if one.id == partner_id)
    own = set(_known_as(tx, reader))
    others = [one for one in partners if not one.is_general and one.id != partner_id]
    return list(dict.fromkeys(name for one in others for name in _known_as(tx, one) if name not in own))


def _known_as(tx: Tx, partner: PartnerSheet) -> list[str]:
    members = parties.parties(tx, party_ids=parties.group(tx, party_id=partner.party_id, as_of=FOR_EVER))
    named = [
        one for key, one in sorted(members.items()) if key == partner.party_id or not _is_university(tx, key)
    ]
    return [name for one in named for name in names_of(one.name_zh, one.name_en)]


def _is_university(tx: Tx, party_id: int) -> bool:
    relations = parties.relations_of(tx, party_id=party_id)
    return any(one.kind is RelationKind.UNIVERSITY and one.from_party.id == party_id for one in relations)
