"""Income earned out as a workbook and in again: nothing twice, the same books elsewhere, and what is wrong where."""

from datetime import date
from typing import Any

import pytest

from app.languages import Language
from app.lists.income_tables import income_book
from app.lists.kinds import ListKind, kinds_of
from app.lists.tables import Reader
from fund.charter.queries import fund
from fund.income.actions import earn, receive_earned, release_earned, undo_earned
from fund.income.imports import import_earned
from fund.income.queries import EarnedSheet, earned
from fund.income.rules import EarnedKind
from fund.ledger.queries import head
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.sheets.files import open_file
from kernel.sheets.importing import Imported
from kernel.sheets.reading import SheetRefused
from tests.builders.results import Played, a_played_fund, at
from tests.scenes import Scene

TODAY, EARNED_ON = date(2026, 2, 5), date(2025, 12, 31)
HEADS = "收入编号,收入种类,收入确认日,确认金额,付息或分红方,付款持仓编号\n"


def bring(tx: Tx, played: Played, content: bytes | str, name: str = "收入.csv") -> tuple[Imported, ...]:
    given = content.encode() if isinstance(content, str) else content
    assert [kind.name for kind in kinds_of(open_file(name, given))] == [ListKind.EARNED_INCOME]
    return import_earned(tx, SYSTEM, fund_id=played.fund_id, filename=name, content=given, now=at(TODAY))


def taken_out(tx: Tx, played: Played, language: Language = Language.ZH) -> bytes:
    return income_book(Reader(tx, SYSTEM, fund(tx, fund_id=played.fund_id), language, at(TODAY)))


def with_income(tx: Tx) -> Played:
    """Interest, of which a part came in and a part never comes; a dividend; income that was taken back."""
    played = a_played_fund(tx)
    facts: dict[str, Any] = {"fund_id": played.fund_id, "earned_on": EARNED_ON, "now": at(TODAY)}
    earn(tx, SYSTEM, reference="int-1", kind=EarnedKind.INTEREST, amount=900_00, payer="中国银行", **facts)
    holding = played.holdings["H01"]
    earn(tx, SYSTEM, reference="DIV-1", kind=EarnedKind.DIVIDEND, amount=700_01, holding_id=holding, **facts)
    earn(
        tx, SYSTEM, reference="X-1", kind=EarnedKind.OTHER, amount=5_00, payer="税务局", memo="返还", **facts
    )
    back: dict[str, Any] = {"fund_id": played.fund_id, "reference": "int-1", "now": at(TODAY)}
    receive_earned(tx, SYSTEM, amount=600_00, received_on=date(2026, 1, 4), **back)
    release_earned(tx, SYSTEM, amount=1_00, released_on=date(2026, 1, 5), reason="结息低于预计", **back)
    undo_earned(tx, SYSTEM, reason="twice", undone_on=TODAY, **back | {"reference": "X-1"})
    return played


def told(tx: Tx, played: Played) -> list[tuple[object, ...]]:
    def said(one: EarnedSheet) -> tuple[object, ...]:
        parts = [(part.way, part.settled_on, part.amount, part.reason) for part in one.settled]
        return one.reference, one.kind, one.earned_on, one.amount, one.payer, one.open, parts

    return [said(one) for one in earned(tx, fund_id=played.fund_id) if one.undone_on is None]


@pytest.mark.parametrize("language", Language)
def test_what_was_taken_out_comes_in_again_and_makes_the_same_books_elsewhere(
    scene: Scene, language: Language
) -> None:
    tx, played = scene(with_income)
    content = taken_out(tx, played, language)
    before = head(tx, fund_id=played.fund_id)
    done = bring(tx, played, content, "r.xlsx")
    assert [(one.what, one.rows, len(one.known)) for one in done] == [
        ("earned_income", 3, 3),
        ("earned_receipts", 2, 2),
    ]
    assert head(tx, fund_id=played.fund_id) == before
    other = a_played_fund(tx, code="AF7")
    again = bring(tx, other, content, "r.xlsx")
    assert [len(one.known) for one in again] == [1, 0]
    assert told(tx, other) == told(tx, played)


def test_a_row_that_says_otherwise_or_cannot_be_is_told_and_books_nothing(scene: Scene) -> None:
    tx, played = scene(with_income)
    before = head(tx, fund_id=played.fund_id)
    with pytest.raises(SheetRefused) as refused:
        bring(
            tx,
            played,
            HEADS
            + "int-1,利息,2025-12-31,901,中国银行,\n"
            + "X-1,其他,2025-12-31,5,税务局,\n"
            + "NEW-1,股利,2025-12-31,5,,\n"
            + "NEW-2,利息,2026-02-06,5,某银行,\n"
            + "NEW-3,利息,2026-01-06,5,某银行,\n",
        )
    places = [problem.where.removeprefix("收入.csv, ") for problem in refused.value.problems]
    assert places == ["row 2, 确认金额", "row 3", "row 4, payer", "row 4, holding", "row 5, earned_on"]
    assert head(tx, fund_id=played.fund_id) == before


def test_what_stands_here_is_not_taken_back_by_a_sheet(scene: Scene) -> None:
    tx, played = scene(with_income)
    row = "DIV-1,股利,2025-12-31,700.01,,H01,2026-01-02\n"
    with pytest.raises(SheetRefused, match="1"):
        bring(tx, played, HEADS.replace("\n", ",收入撤销日\n") + row)
    assert len(told(tx, played)) == 2
