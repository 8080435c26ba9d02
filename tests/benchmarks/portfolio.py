"""A fund of any size over sixty quarters: companies bought in the first years, every one marked every quarter."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlmodel import select

from fund.holdings import postings
from fund.holdings.mark_rules import Technique
from fund.holdings.models import HoldingMark, Instrument, MarkApproval
from fund.holdings.postings import Act
from fund.holdings.rules import split
from fund.ledger.actions import lock_period, post
from fund.ledger.rules import Posting
from kernel.db import Database, Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import YUAN, CapitalFund, committed
from tests.builders.holdings import a_holding, bought, the_manager
from tests.builders.ledger import contribution

FIRST, QUARTERS, BUYING = Quarter(2024, 1), 60, 20
CALLED = 1_000_000 * YUAN
SECTORS = ("hydrogen", "materials", "robotics", "energy")


@dataclass
class Held:
    """A company of the fund, and what it was worth last."""

    code: str
    id: int
    instrument_id: int
    marks: int = 0
    value: int = CALLED

    def marked(self, quarter: Quarter, now: datetime) -> HoldingMark:
        """Worth a little more, every third time a little less."""
        self.marks += 1
        moved = CALLED // (-50 if self.marks % 3 == 0 else 25)
        opening, bought_now = (0, CALLED) if self.marks == 1 else (self.value, 0)
        self.value += moved
        return HoldingMark(
            holding_id=self.id,
            instrument_id=self.instrument_id,
            number=self.marks,
            marked_on=quarter.ends_on,
            value=self.value,
            technique=Technique.MILESTONES,
            inputs=[],
            milestones=[],
            calibration="",
            reason="marked",
            opening=opening,
            bought=bought_now,
            sold=0,
            company=moved,
            market=0,
            rights=0,
            currency=0,
            is_permanent_loss=False,
            is_assisted=False,
            prepared_by="test",
            recorded_at=now,
        )


@dataclass(frozen=True)
class Portfolio:
    """The fund, the quarters it went through, and how many entries its books hold."""

    fund: CapitalFund
    quarters: list[Quarter]
    entries: int


def quarters() -> list[Quarter]:
    """All of them, in order."""
    found = [FIRST]
    while len(found) < QUARTERS:
        found.append(found[-1].next)
    return found


def evening(quarter: Quarter) -> datetime:
    """The evening after a quarter."""
    return datetime.combine(quarter.next.starts_on, time(12), UTC)


def a_portfolio(database: Database, *, holdings: int, partners: int) -> Portfolio:
    """The fund, played quarter by quarter: calls of every partner, purchases, marks split by partner, then the lock."""
    passed = quarters()
    with database.transaction(SYSTEM) as tx:
        each = -(-holdings // BUYING)
        # So many companies are bought in a quarter; what they cost is called in it, in whole yuan of each partner.
        called = max(CALLED, -(-each * CALLED // (partners * YUAN)) * YUAN)
        fund = _opened(tx, partners, 2 * BUYING * called)
        names = [f"C{number:04d}" for number in range(holdings)]
        entries, held = 0, list[Held]()
    for at, quarter in enumerate(passed):
        with database.transaction(SYSTEM) as tx:
            booked = list(_calls(fund, quarter, called)) if at < BUYING else []
            entries += len(post(tx, SYSTEM, fund_id=fund.fund_id, postings=booked, now=evening(quarter)))
            held += [_bought(tx, fund, name, quarter) for name in names[at * each : (at + 1) * each]]
            entries += _marked(tx, fund, held, quarter)
            if quarter != passed[-1]:
                lock_period(tx, SYSTEM, fund_id=fund.fund_id, quarter=quarter, now=evening(quarter))
    return Portfolio(fund, passed, entries + holdings)


def _opened(tx: Tx, partners: int, each: int) -> CapitalFund:
    day = FIRST.starts_on
    years = {
        "first_close_on": day,
        "final_close_on": day.replace(year=day.year + 1),
        "commitment_period_ends_on": day.replace(year=day.year + 10),
        "term_ends_on": day.replace(year=day.year + 20),
    }
    promised = {f"LP{number:04d}": each for number in range(1, partners + 1)}
    return committed(tx, promised, closed_on=day, size=sum(promised.values()), **years)


def _calls(fund: CapitalFund, quarter: Quarter, amount: int) -> Iterator[Posting]:
    for code, partner_id in fund.partners.items():
        if code != "GP":
            yield from contribution(partner_id, amount, quarter.starts_on, f"{quarter}/{code}")


def _bought(tx: Tx, fund: CapitalFund, name: str, quarter: Quarter) -> Held:
    sector = SECTORS[int(name[1:]) % len(SECTORS)]
    now = evening(quarter)
    sheet = a_holding(tx, fund.fund_id, code=name, sector=sector, name_zh=name, now=now)
    bought(tx, sheet.id, on=quarter.starts_on, cost=CALLED, now=now)
    instrument = tx.exec(select(Instrument.id).where(Instrument.holding_id == sheet.id)).one()
    return Held(name, sheet.id, int(instrument or 0))


def _marked(tx: Tx, fund: CapitalFund, held: list[Held], quarter: Quarter) -> int:
    """A mark of every company on the last day, approved and in the books; written at once, for acts take hours."""
    parts = {key: 1 for code, key in fund.partners.items() if code != "GP"}
    names = {key: code for code, key in fund.partners.items()}
    now, booked = evening(quarter), list[Posting]()
    approver = the_manager(tx)
    marks = [one.marked(quarter, now) for one in held]
    tx.add_all(marks)
    tx.flush()
    tx.add_all(
        MarkApproval(
            holding_id=mark.holding_id,
            mark_id=mark.key,
            approved_by_id=approver.user_id,
            approved_by=approver.name,
            minute="",
            recorded_at=now,
        )
        for mark in marks
    )
    for one, mark in zip(held, marks, strict=True):
        act = Act(
            f"{one.code}/MARK-{mark.number}", f"mark:{mark.key}", mark.marked_on, one.id, "marked", names
        )
        booked += postings.revaluation(act, "", split(mark.company, parts, on=mark.marked_on))
    return len(post(tx, SYSTEM, fund_id=fund.fund_id, postings=booked, now=now))
