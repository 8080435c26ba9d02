"""`gather`: everything one partner's report prints, read once from the books and the pipeline and put in order.

With what all reports of a quarter share this is the only read of a report. What it returns is saved with its
fingerprint and never read again from the books, so a report cannot quietly change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fund.partners.queries import PartnerSheet
from fund.results import performance as performances
from fund.results.performance import performance
from fund.results.stretches import period_returns
from kernel.db import Tx
from kernel.periods import Quarter
from lp_reports import snapshot
from lp_reports.facts import (
    CallLine,
    CurvePoint,
    DistributionLine,
    Document,
    ExpectedCall,
    KeyFigures,
    Line,
    Partner,
    Performance,
    Previous,
    Restated,
    Step,
)
from lp_reports.gathering import charter, companies, conflicts, money
from lp_reports.gathering.ages import concealed
from lp_reports.gathering.carry import carry_facts
from lp_reports.gathering.chain import chain
from lp_reports.gathering.exits import exits
from lp_reports.gathering.expected import call_estimate, expected_calls
from lp_reports.gathering.fees import fees
from lp_reports.gathering.ilpa import ilpa
from lp_reports.gathering.mandate import mandate
from lp_reports.gathering.rates import gross_column, net_column, periods
from lp_reports.gathering.whole import Whole, company_names
from lp_reports.models import ReportSnapshot
from lp_reports.portfolio import Company, Investment, Recusal, RelatedParty
from lp_reports.queries import published_snapshot
from lp_reports.snapshot import FORMAT, Figures


@dataclass(frozen=True)
class Reader:
    """Whose report it is, the names it must not hold, and what it shares with the reports of all others."""

    sheet: PartnerSheet
    hidden: tuple[str, ...]
    whole: Whole

    @property
    def id(self) -> int:
        """The partner's id."""
        return self.sheet.id

    @property
    def asked(self) -> dict[str, Any]:
        """What is asked of the books for this partner."""
        facts = {"fund_id": self.whole.fund_id, "partner_id": self.id, "known_at": self.whole.now}
        return {**facts, "quarter": self.whole.quarter}


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
    whole: Whole,
    partner_id: int,
    version: int = 1,
    restates: ReportSnapshot | None = None,
) -> Figures:
    """The figures of one partner for a quarter. `restates` is the frozen version that this one replaces."""
    sheet = next(one for one in whole.partners if one.id == partner_id)
    reader = Reader(sheet, whole.names.others(partner_id), whole)
    fund_id, quarter = whole.fund_id, whole.quarter
    yours = performance(tx, fund_id=fund_id, partner_id=partner_id, as_of=quarter.ends_on, known_at=whole.now)
    own = _money(tx, reader, yours)
    portfolio = _portfolio(tx, reader)
    return Figures(
        format=FORMAT,
        fund=whole.fund,
        partner=_partner(reader),
        document=_document(reader, version, restates),
        previous=previous(tx, fund_id=fund_id, partner_id=partner_id, quarter=quarter),
        changes=whole.changes,
        key=own.key,
        performance=_performance(tx, reader, yours),
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
        exposures=whole.spread,
        limits=whole.limits,
        restated=restated(restates, own.account),
        fees=fees(tx, **reader.asked),
        carry=carry_facts(tx, whole=whole, partner_id=partner_id),
        ages=tuple(concealed(one, reader.hidden) for one in whole.ages),
        back_tests=whole.back_tests,
        ilpa=ilpa(whole, partner_id=partner_id, hidden=reader.hidden),
        mandate=mandate(tx, **reader.asked, names=company_names(whole.schedule)),
        chain=chain(tx, **reader.asked),
        estimate=call_estimate(whole.estimate, partner_id=partner_id, quarter=quarter),
    )


def _partner(reader: Reader) -> Partner:
    promised = reader.whole.promised
    return charter.partner_facts(
        reader.sheet, commitment=promised.get(reader.id, 0), committed=sum(promised.values())
    )


def _document(reader: Reader, version: int, restates: ReportSnapshot | None) -> Document:
    return charter.document_facts(
        fund=reader.whole.fund.code,
        partner=reader.sheet.code,
        quarter=reader.whole.quarter,
        version=version,
        now=reader.whole.now,
        supersedes=restates.sha256 if restates else None,
    )


def _money(tx: Tx, reader: Reader, found: performances.Performance) -> Money:
    whole = reader.whole
    own = money.call_lines(whole.calls, partner_id=reader.id)
    left = whole.unfunded.get(reader.id, 0)
    return Money(
        key=money.key_figures(found=found, unfunded=left),
        bridge=money.bridge(tx, **reader.asked),
        curve=money.curve(tx, **reader.asked),
        account=money.account_lines(tx, partner_id=reader.id, whole=whole.account, known_at=whole.now),
        commitment=money.commitment_lines(
            tx, partner_id=reader.id, whole=whole.commitment, known_at=whole.now
        ),
        calls=own,
        distributions=money.distribution_lines(whole.distributions, partner_id=reader.id),
        expected=expected_calls(whole.estimate, partner_id=reader.id, quarter=whole.quarter),
    )


def _performance(tx: Tx, reader: Reader, own: performances.Performance) -> Performance:
    yours = net_column(own)
    return Performance(
        gross=gross_column(reader.whole.gross),
        fund_net=net_column(reader.whole.net),
        yours=yours,
        periods=periods(period_returns(tx, **reader.asked), yours),
    )


def _portfolio(tx: Tx, reader: Reader) -> Portfolio:
    whole = reader.whole
    quarter, schedule, motions = whole.quarter, whole.schedule, whole.motions
    groups = conflicts.Partners(reader.sheet, whole.groups, whole.names.general)
    return Portfolio(
        companies.own_lines(
            whole.investments,
            schedule=schedule,
            shares=whole.shares,
            exits=exits(whole.left, groups),
            partner_id=reader.id,
        ),
        tuple(companies.concealed(page, reader.hidden) for page in whole.pages),
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
