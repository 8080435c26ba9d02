"""The structure's contracts hold, and each of them catches a breach made on purpose.

A breach is one import line added to a copy of the tree; the judge must name the contract that it breaks.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import FLOORS, TOP

BREACHES = [
    ("Floors: look down only", "fund/ledger/queries.py", "import pipeline.deals.rules"),
    ("Floors: look down only", "kernel/paging.py", "import valuation.multiples"),
    ("Rooms of the fund: look down only", "fund/ledger/queries.py", "import fund.results.queries"),
    ("Rooms of the pipeline: look down only", "pipeline/deals/queries.py", "import pipeline.closing.rules"),
    (
        "Anatomy of a room: actions, queries, models, rules",
        "fund/ledger/queries.py",
        "import fund.ledger.actions",
    ),
    ("Rules are pure: no tables, no session, no clock, no web", "fund/fees/rules.py", "import kernel.db"),
    ("Rules are pure: no tables, no session, no clock, no web", "pipeline/deals/rules.py", "import random"),
    ("Valuation is bare arithmetic", "valuation/multiples.py", "import sqlalchemy"),
    ("The web stays at the roof", "fund/results/queries.py", "import fastapi"),
    ("The clock is read at the roof only", "fund/fees/queries.py", "import kernel.clock"),
    ("Only the ledger touches ledger rows", "fund/capital/queries.py", "import fund.ledger.models"),
]


def _judge(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def _copy(folder: Path) -> Path:
    for floor in FLOORS:
        shutil.copytree(
            TOP / floor,
            folder / floor,
            ignore=shutil.ignore_patterns("__pycache__", "static", "demo", "*.pyc"),
        )
    shutil.copy(TOP / "pyproject.toml", folder)
    return folder


def test_the_contracts_hold() -> None:
    verdict = _judge(TOP)
    assert verdict.returncode == 0, verdict.stdout


@pytest.mark.parametrize(("contract", "path", "line"), BREACHES)
def test_a_breach_is_caught(tmp_path: Path, contract: str, path: str, line: str) -> None:
    tree = _copy(tmp_path)
    file = tree / path
    file.write_text(f"{line}\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    verdict = _judge(tree)
    assert verdict.returncode == 1, verdict.stdout
    assert f"{contract} BROKEN" in verdict.stdout
