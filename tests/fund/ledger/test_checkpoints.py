"""A balance with checkpoints is the balance without them, whatever day and instant are asked about."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from fund.ledger.actions import lock_period, reopen_period
from fund.ledger.balances import By
from fund.ledger.checkpoints import checkpoint_faults, ground, stood
from fund.ledger.models import Checkpoint, CheckpointBalance, Entry
from fund.ledger.queries import balances, total
from fund.ledger.rules import Account
from fund.ledger.together import stood_by_quarter
from kernel.db import Database, Tx, introduce
from kernel.identity.rules import SYSTEM, Actor, Role
from kernel.periods import Quarter
from tests.builders.ledger import Books, a_posting, booked, books, contribution

FIRST_DAY = date(2024, 1, 1)
QUARTERS = [Quarter(year, number) for year in (2024, 2025) for number in (1, 2, 3, 4)]
# Quarters are locked, opened and booked in at these instants, one a day.
OPENED = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)

_DIMENSIONS: list[tuple[By, ...]] = [
    ("account", "partner", "holding"),
    ("account", "partner"),
    ("account",),
    ("partner",),
    ("account", "holding"),
]
_ACTS = st.one_of(
    st.tuples(st.just("book"), st.integers(0, 729), st.integers(1, 10**6)),
    st.just(("lock", 0, 0)),
    st.tuples(st.just("reopen"), st.integers(1, 8), st.just(0)),
)


@dataclass
class Story:
    """Books and how far they are locked, with an instant that goes a day further with every act."""

    tx: Tx
    books: Books
    locked: int = 0
    now: datetime = OPENED
    count: int = 0

    def play(self, act: str, where: int, amount: int) -> None:
        """Book on a day (or on the first that is open), lock the next quarter, or open the last few."""
        self.now += timedelta(days=1)
        facts: dict[str, Any] = {"fund_id": self.books.fund_id, "now": self.now}
        if act == "book":
            self._book(max(FIRST_DAY + timedelta(days=where), self._first_open()), amount)
        elif act == "lock" and self.locked < len(QUARTERS):
            lock_period(self.tx, SYSTEM, quarter=QUARTERS[self.locked], **facts)
            self.locked += 1
        elif act == "reopen" and self.locked:
            self.locked = max(0, self.locked - where)
            reopen_period(self.tx, SYSTEM, quarter=QUARTERS[self.locked], reason="late invoice", **facts)

    def _first_open(self) -> date:
        return QUARTERS[self.locked - 1].ends_on + timedelta(days=1) if self.locked else FIRST_DAY

    def _book(self, on: date, amount: int) -> None:
        self.count += 1
        partner = self.books.partners["LP01" if amount % 2 else "LP02"]
        postings = [
            *contribution(partner, amount, on, f"C{self.count}"),
            a_posting(reference=f"B{self.count}", effective_on=on, amount=amount, holding_id=amount % 3 + 1),
        ]
        booked(self.tx, self.books.fund_id, postings, now=self.now)


def plain(
    tx: Tx, fund_id: int, as_of: date, known_at: datetime | None, by: tuple[By, ...]
) -> dict[tuple[Any, ...], int]:
    """The balances added up here, entry by entry."""
    found: Counter[tuple[Any, ...]] = Counter()
    for entry in tx.exec(select(Entry).where(Entry.fund_id == fund_id, Entry.effective_on <= as_of)):
        if known_at is None or entry.recorded_at <= known_at:
            for account, partner_id, amount in (
                (entry.credit, entry.credit_partner_id, entry.amount),
                (entry.debit, entry.debit_partner_id, -entry.amount),
            ):
                facts = {"account": account, "partner": partner_id, "holding": entry.holding_id}
                found[tuple(facts[name] if name in by else None for name in facts)] += amount
    return {key: amount for key, amount in found.items() if amount}


@given(acts=st.lists(_ACTS, max_size=25), data=st.data())
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_balances_are_the_same_with_and_without_checkpoints(
    tx: Tx, acts: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    with tx.begin_nested() as savepoint:
        story = Story(tx, books(tx))
        for act in acts:
            story.play(*act)
        fund_id = story.books.fund_id
        for _ in range(4):
            as_of = FIRST_DAY + timedelta(days=data.draw(st.integers(0, 800)))
            known_at = data.draw(
                st.none() | st.integers(0, len(acts) + 1).map(lambda d: OPENED + timedelta(days=d))
            )
            by = data.draw(st.sampled_from(_DIMENSIONS))
            found = {
                (one.account, one.partner_id, one.holding_id): one.amount
                for one in balances(tx, fund_id=fund_id, as_of=as_of, known_at=known_at, by=by)
            }
            assert found == plain(tx, fund_id, as_of, known_at, by)
            codes = data.draw(st.lists(st.sampled_from(["LP01", "LP02", "GP"]), unique=True))
            _assert_quarters(tx, story.books, codes, Quarter.containing(as_of), known_at)
        assert list(checkpoint_faults(tx, fund_id=fund_id)) == []
        savepoint.rollback()


def _assert_quarters(
    tx: Tx, opened: Books, codes: list[str], through: Quarter, known_at: datetime | None
) -> None:
    """What stood at the end of every quarter for these partners is what their entries add up to."""
    accounts, own = [Account.CONTRIBUTIONS], [opened.partners[code] for code in codes]
    facts: dict[str, Any] = {"fund_id": opened.fund_id, "known_at": known_at}
    told = stood_by_quarter(tx, through=through, accounts=accounts, partner_ids=own, **facts)
    assert list(told) == [quarter for quarter in [*QUARTERS, Quarter(2026, 1)] if quarter in told]
    for quarter in (one for one in [*QUARTERS, Quarter(2026, 1)] if one <= through):
        stands = plain(tx, opened.fund_id, quarter.ends_on, known_at, ("account", "partner"))
        assert told.get(quarter, 0) == sum(stands.get((Account.CONTRIBUTIONS, key, None), 0) for key in own)


@pytest.fixture
def story(tx: Tx) -> Story:
    """Two quarters with an entry of 100 each, both locked."""
    found = Story(tx, books(tx))
    for day in (10, 100):
        found.play("book", day, 100)
    for _ in range(2):
        found.play("lock", 0, 0)
    return found


def capital(story: Story, as_of: date, **more: Any) -> int:
    facts = {"fund_id": story.books.fund_id, "accounts": [Account.CONTRIBUTIONS]}
    return total(story.tx, as_of=as_of, **facts, **more)


def read_from(
    story: Story, as_of: date, by: tuple[str, ...], accounts: tuple[str, ...] | None = None, **more: int
) -> sa.Subquery:
    """What an answer is summed from."""
    asked: dict[str, Any] = {"fund_id": story.books.fund_id, "as_of": as_of, "since": None, "known_at": None}
    asked |= {"partner_id": None, "holding_id": None} | more
    return stood(**asked, **vars(ground(story.tx, **asked, by=by)), accounts=accounts)


def test_a_locked_quarter_is_read_from_its_checkpoint_alone(story: Story) -> None:
    [first, second] = story.tx.exec(select(Checkpoint).order_by(col(Checkpoint.id)))
    assert (first.through, second.through) == (date(2024, 3, 31), date(2024, 6, 30))
    found = read_from(story, date(2024, 7, 5), ("account", "partner"), (Account.CONTRIBUTIONS,))
    kept, later = found.element.selects
    assert "ledger_checkpoint_balance" in str(kept)
    assert story.tx.execute(later).all() == []
    assert capital(story, date(2024, 6, 30)) == 200


@pytest.mark.parametrize(
    ("day", "stands"), [(date(2024, 1, 11), 100), (date(2024, 4, 9), 100), (date(2024, 4, 10), 200)]
)
def test_a_locked_day_is_read_from_what_was_kept_of_days(story: Story, day: date, stands: int) -> None:
    """Of accounts alone: in the first quarter, where no checkpoint stands before it, and in the second."""
    found = read_from(story, day, ("account",))
    assert "ledger_checkpoint_day" in str(found.element)
    assert "ledger_entry" not in str(found.element)
    assert capital(story, day) == stands


@pytest.mark.parametrize(
    ("by", "rows"), [((), 1), (("account",), 1), (("account", "partner"), 2), (("holding",), 3)]
)
def test_a_coarse_question_reads_a_coarse_grain(story: Story, by: tuple[str, ...], rows: int) -> None:
    """Of 1200, where three purchases of three holdings stand; of 3000, where two partners paid for them."""
    for amount in (101, 102):
        story.play("book", 200, amount)
    story.play("lock", 0, 0)
    account = Account.INVESTMENTS_AT_COST if "holding" in by else Account.CONTRIBUTIONS
    found = read_from(story, date(2024, 9, 30), by, (account,))
    assert len(story.tx.execute(found.element).all()) == rows


@pytest.mark.parametrize(
    ("by", "more"), [(("account", "partner", "holding"), {}), (("partner",), {"holding_id": 2})]
)
def test_partner_and_holding_at_once_are_answered_from_the_entries(
    story: Story, by: tuple[By, ...], more: dict[str, int]
) -> None:
    found = read_from(story, date(2024, 7, 5), by, **more)
    assert "ledger_checkpoint_balance" not in str(found.element)
    kept = select(col(CheckpointBalance.id)).where(
        col(CheckpointBalance.partner_id).is_not(None), col(CheckpointBalance.holding_id).is_not(None)
    )
    assert story.tx.exec(kept).all() == []


def test_a_reopened_quarter_is_summed_anew_and_what_was_known_before_stays(story: Story) -> None:
    before = story.now
    story.play("reopen", 1, 0)
    story.play("book", 100, 50)
    assert capital(story, date(2024, 6, 30)) == 250
    assert capital(story, date(2024, 6, 30), known_at=before) == 200
    assert capital(story, date(2024, 3, 31)) == 100
    story.play("lock", 0, 0)
    assert capital(story, date(2024, 6, 30)) == 250
    assert capital(story, date(2024, 6, 30), known_at=before) == 200


def test_a_partner_is_not_shown_a_checkpoint(story: Story) -> None:
    partner = story.books.partners["LP02"]
    lp = Actor(user_id=1, name="lp", roles=frozenset({Role.LP_USER}), partner_ids=frozenset({partner}))
    introduce(story.tx, lp)
    assert story.tx.exec(select(Checkpoint)).all() == []
    assert capital(story, date(2024, 6, 30), partner_id=partner) == 200
    introduce(story.tx, SYSTEM)


@pytest.mark.parametrize(
    ("table", "what"), [("ledger_checkpoint_balance", "balances"), ("ledger_checkpoint_day", "days")]
)
def test_a_changed_checkpoint_is_found(database: Database, owner_url: sa.URL, table: str, what: str) -> None:
    with database.transaction(SYSTEM) as tx:
        story = Story(tx, books(tx))
        story.play("book", 10, 100)
        story.play("lock", 0, 0)
        fund_id = story.books.fund_id
    engine = sa.create_engine(owner_url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(sa.text(f"UPDATE {table} SET amount = amount + 1 WHERE account = '3000'"))
        with Session(connection) as tx:
            introduce(tx, SYSTEM)
            [fault] = checkpoint_faults(tx, fund_id=fund_id)
    assert fault.row == f"ledger_checkpoint of fund {fund_id} through 2024-03-31"
    assert fault.what == f"its {what} are not those of its entries on 3000"
