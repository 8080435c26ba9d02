"""Which list a file is, who may bring it in, and bringing it in: all of its rows, or none."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from fund.bank.imports import import_lines
from fund.bank.layouts import STATEMENT
from fund.capital.call_imports import CALLS, import_calls
from fund.capital.imports import COMMITMENTS, RECEIPTS, import_receipts
from fund.capital.transfer_imports import TRANSFERS, import_transfers
from fund.charter.layouts import LIMITS, TERMS, TIERS
from fund.fees.expense_imports import import_expenses
from fund.fees.expense_layouts import EXPENSES
from fund.fees.imports import import_closing
from fund.fees.settlement_imports import SETTLEMENTS
from fund.forecasts.reserve_imports import RESERVES, import_reserves
from fund.income.imports import CAME_IN, EARNED, import_earned
from fund.indices.imports import LEVELS, import_levels
from fund.ledger.entry_imports import ENTRIES, import_entries
from fund.ledger.imports import import_fund
from fund.parties.imports import PARTIES, RELATIONS, import_parties, import_relations
from fund.partners.imports import PARTNERS, import_partners
from fund.partners.people import USERS, import_users
from fund.revenues.imports import REVENUES, import_revenues
from fund.side_letters.imports import LETTERS, import_letters
from fund.valuations.layouts import MARKS
from fund.valuations.right_imports import CLASS_RIGHTS, import_rights
from fund.workdays.imports import HOLIDAYS, import_holidays
from kernel.audit.actions import record
from kernel.blobs.actions import put
from kernel.db import Tx
from kernel.errors import Invalid, Problem, Words
from kernel.identity.rules import Actor, Role
from kernel.sheets.files import Grid
from kernel.sheets.headings import find_headings
from kernel.sheets.importing import Imported
from kernel.sheets.reading import Layout
from pipeline.channel.imports import import_achievements, import_demands, import_readiness
from pipeline.channel.layouts import ACHIEVEMENTS, DEMANDS, READINESS, RIGHTS
from pipeline.deals.imports import DEALS, import_deals
from pipeline.deals.valued import import_marks
from pipeline.spinouts.imports import import_spinouts
from pipeline.spinouts.layouts import COMPANIES, EQUITY, FOUNDERS

Importer = Callable[..., tuple[Imported, ...]]

_BOOKS = frozenset({Role.MANAGER, Role.ACCOUNTANT})
_FUND = frozenset({Role.MANAGER, Role.ANALYST})
_CHANNEL = _FUND | {Role.TECHNOLOGY_MANAGER}


class ListKind(StrEnum):
    """The lists that a file may hold."""

    TERMS = "terms"
    LIMITS = "limits"
    TIERS = "tiers"
    USERS = "users"
    PARTIES = "parties"
    RELATIONS = "relations"
    PARTNERS = "partners"
    COMMITMENTS = "commitments"
    CALLS = "calls"
    RECEIPTS = "receipts"
    EXPENSES = "expenses"
    ENTRIES = "entries"
    SETTLEMENTS = "settlements"
    EARNED_INCOME = "earned_income"
    EARNED_RECEIPTS = "earned_receipts"
    BANK_LINES = "bank_lines"
    TRANSFERS = "transfers"
    SIDE_LETTERS = "side_letters"
    MARKS = "marks"
    INDEX_LEVELS = "index_levels"
    RESERVES = "reserves"
    CLASS_RIGHTS = "class_rights"
    HOLIDAYS = "holidays"
    REVENUES = "revenues"
    DEMANDS = "demands"
    ACHIEVEMENTS = "achievements"
    RIGHTS = "rights"
    READINESS = "readiness"
    SPINOUTS = "spinouts"
    FOUNDERS = "founders"
    EQUITY = "equity"
    DEALS = "deals"


@dataclass(frozen=True)
class Beside:
    """A further sheet of the workbook that an importer reads without being asked."""

    name: ListKind
    layout: Layout[Any]


@dataclass(frozen=True)
class Kind:
    """A list that can be imported: how its sheet is known, what books its rows, who may do that.

    `of_fund` says that the importer must be told the fund; `beside` are further sheets that it reads; `goes_on`
    names a kind to import from the same sheet afterwards, where it fits; a file with secrets is not kept.
    """

    name: ListKind
    layout: Layout[Any]
    importer: Importer
    roles: frozenset[Role]
    of_fund: bool = False
    beside: tuple[Beside, ...] = ()
    goes_on: ListKind | None = None
    keeps_file: bool = True


_SETTLED = (Beside(ListKind.SETTLEMENTS, SETTLEMENTS),)
_CAME_IN = (Beside(ListKind.EARNED_RECEIPTS, CAME_IN),)
KINDS = (
    Kind(
        ListKind.TERMS,
        TERMS,
        import_fund,
        frozenset({Role.MANAGER}),
        beside=(Beside(ListKind.LIMITS, LIMITS), Beside(ListKind.TIERS, TIERS)),
    ),
    Kind(ListKind.USERS, USERS, import_users, frozenset({Role.ADMINISTRATOR})),
    Kind(ListKind.PARTIES, PARTIES, import_parties, _BOOKS | _CHANNEL),
    Kind(ListKind.RELATIONS, RELATIONS, import_relations, _BOOKS | _CHANNEL),
    Kind(
        ListKind.PARTNERS,
        PARTNERS,
        import_partners,
        frozenset({Role.MANAGER}),
        of_fund=True,
        goes_on=ListKind.COMMITMENTS,
    ),
    Kind(ListKind.COMMITMENTS, COMMITMENTS, import_closing, _BOOKS, of_fund=True),
    Kind(ListKind.CALLS, CALLS, import_calls, _BOOKS, of_fund=True),
    Kind(ListKind.RECEIPTS, RECEIPTS, import_receipts, _BOOKS, of_fund=True),
    Kind(ListKind.EXPENSES, EXPENSES, import_expenses, _BOOKS, of_fund=True, beside=_SETTLED),
    Kind(ListKind.EARNED_INCOME, EARNED, import_earned, _BOOKS, of_fund=True, beside=_CAME_IN),
    Kind(ListKind.ENTRIES, ENTRIES, import_entries, _BOOKS, of_fund=True),
    Kind(ListKind.BANK_LINES, STATEMENT, import_lines, _BOOKS, of_fund=True, keeps_file=False),
    Kind(ListKind.TRANSFERS, TRANSFERS, import_transfers, _BOOKS, of_fund=True),
    Kind(
        ListKind.SIDE_LETTERS,
        LETTERS,
        import_letters,
        frozenset({Role.MANAGER}),
        of_fund=True,
        keeps_file=False,
    ),
    Kind(ListKind.MARKS, MARKS, import_marks, _BOOKS | _FUND, of_fund=True),
    Kind(ListKind.INDEX_LEVELS, LEVELS, import_levels, _BOOKS | _FUND, of_fund=True),
    Kind(ListKind.RESERVES, RESERVES, import_reserves, _FUND, of_fund=True),
    Kind(ListKind.CLASS_RIGHTS, CLASS_RIGHTS, import_rights, _BOOKS | _FUND, of_fund=True),
    Kind(ListKind.HOLIDAYS, HOLIDAYS, import_holidays, frozenset({Role.MANAGER, Role.ADMINISTRATOR})),
    Kind(ListKind.REVENUES, REVENUES, import_revenues, _BOOKS | _CHANNEL),
    Kind(ListKind.DEMANDS, DEMANDS, import_demands, _CHANNEL | {Role.LP_USER}),
    Kind(
        ListKind.ACHIEVEMENTS,
        ACHIEVEMENTS,
        import_achievements,
        _CHANNEL,
        beside=(Beside(ListKind.RIGHTS, RIGHTS), Beside(ListKind.READINESS, READINESS)),
    ),
    Kind(ListKind.READINESS, READINESS, import_readiness, _CHANNEL),
    Kind(
        ListKind.SPINOUTS,
        COMPANIES,
        import_spinouts,
        _CHANNEL,
        beside=(Beside(ListKind.FOUNDERS, FOUNDERS), Beside(ListKind.EQUITY, EQUITY)),
    ),
    Kind(ListKind.DEALS, DEALS, import_deals, _FUND, of_fund=True),
)
AS_LIST = "as a list of {list}: {lack}"
NAMES = ", ".join(kind.name for kind in KINDS)


class KindUnclear(Invalid):
    code = "import_kind_unclear"
    says = "{file} has the headings of no list that can be imported; expected one of: {kinds}."


@dataclass(frozen=True)
class Given:
    """A file as it was handed over."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Its fingerprint."""
        return hashlib.sha256(self.content).hexdigest()


def kinds_of(grids: Sequence[Grid], named: str | None = None) -> tuple[Kind, ...]:
    """The kind of list in a file: the one named, or the one most of whose headings are there. Partners with what they
    have committed are two lists, read one after the other. Refused: headings of no list, told by what is lacking.
    """
    if named:
        return tuple(kind for kind in KINDS if kind.name == named)
    kind = max(KINDS, key=lambda kind: fit(grids, kind))
    if not fit(grids, kind):
        raise KindUnclear(
            file=grids[0].file, kinds=Words(kind.name for kind in KINDS), problems=_lacking(grids)
        )
    further = [other for other in KINDS if other.name == kind.goes_on and fit(grids, other)]
    return (kind, *further)


def fit(grids: Sequence[Grid], kind: Kind) -> int:
    """How many of the kind's columns the sheet that fits best has; 0 when none fits."""
    return max(kind.layout.fit(grid) for grid in grids)


def _lacking(grids: Sequence[Grid]) -> list[Problem]:
    """Why the nearest list does not fit: the columns it would need, said of the sheet that comes nearest."""
    found = [
        (len(row.headings), kind.name, row)
        for grid in grids
        for kind in KINDS
        if (row := find_headings(grid, kind.layout.aliases)) is not None
    ]
    if not found:
        return []
    _, name, row = max(found, key=lambda one: one[0])
    return [
        Problem(one.where, AS_LIST, {"list": name, "lack": Problem("", one.says, one.facts)})
        for one in row.problems
    ]


def kinds_for(actor: Actor) -> tuple[Kind, ...]:
    """The lists that somebody may bring in."""
    return tuple(kind for kind in KINDS if actor.has(*kind.roles))


def bring_in(
    tx: Tx,
    actor: Actor,
    *,
    kinds: Sequence[Kind],
    given: Given,
    fund_id: int | None,
    now: datetime,
    dry_run: bool = False,
) -> tuple[Imported, ...]:
    """Import a file's lists one after the other, all rows or none, and keep the file beside its mention in the trail.

    A dry run goes all the way and is then undone. Refused: whoever may not do what a row would do, and every
    fault of the file, each with its place.
    """
    for kind in kinds:
        actor.require(*kind.roles)
    with tx.begin_nested() as whole:
        done: tuple[Imported, ...] = ()
        for kind in kinds:
            importer = partial(kind.importer, tx, actor, filename=given.name, content=given.content, now=now)
            done += importer(fund_id=fund_id) if kind.of_fund else importer()
        if dry_run:
            whole.rollback()
        else:
            keeps_file = all(kind.keeps_file for kind in kinds)
            _keep(tx, actor, given=given, keeps_file=keeps_file, done=done, now=now)
    return tuple(one.tried(dry_run) for one in done)


def _keep(
    tx: Tx, actor: Actor, *, given: Given, keeps_file: bool, done: Sequence[Imported], now: datetime
) -> None:
    sha256 = given.sha256
    if keeps_file:
        put(tx, content=given.content, media_type="application/octet-stream", now=now)
    detail = {"file": given.name, "sha256": sha256, "rows": {one.what: one.rows for one in done}}
    record(tx, actor, action="list.imported", subject=f"file:{sha256[:16]}", detail=detail, now=now)
