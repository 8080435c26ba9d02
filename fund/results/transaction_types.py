"""The transaction types of the ILPA Performance Template, read from their data file."""

import json
from functools import cache
from pathlib import Path

from fund.results.template_rules import FlowSide, ReturnStage, TransactionType, Types

DATA = Path(__file__).with_name("transaction_types.json")


@cache
def transaction_types() -> Types:
    """Every transaction type by its code, in the order of the file."""
    rows = json.loads(DATA.read_text(encoding="utf-8"))
    return {row["code"]: _type(row) for row in rows}


def _type(row: dict[str, str | list[str]]) -> TransactionType:
    words = {name: str(row[name]) for name in ("code", "name_zh", "name_en", "kind")}
    return TransactionType(
        side=FlowSide(str(row["side"])),
        parts=tuple(row["parts"]),
        accounts=tuple(row["accounts"]),
        granular=tuple(ReturnStage(one) for one in row["granular"]),
        gross_up=tuple(ReturnStage(one) for one in row["gross_up"]),
        **words,
    )
