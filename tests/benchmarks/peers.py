"""Other programs with the same book, as far as this machine has them; each runs in a process of its own."""

import importlib.util
import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from fund.ledger.rules import Posting
from tests.benchmarks.book import write_beancount, write_journal, write_table


@dataclass(frozen=True)
class Peer:
    """Another program with the same book: seconds to load it and balance every account; milliseconds of a question
    asked again, where it can be asked without loading anew; what stood on each account and for one partner.
    """

    load: float
    asked: dict[str, float]
    accounts: dict[str, int]
    partner: int


def peers_with(book: list[Posting], folder: Path, *, partner: int, day: date, rounds: int) -> dict[str, Peer]:
    """The programs that this machine has, each with the same book."""
    journal, beans, table = folder / "book.journal", folder / "book.beancount", folder / "book.csv"
    write_journal(journal, book)
    write_beancount(beans, book)
    write_table(table, book)
    found = {}
    for program in ("ledger", "hledger"):
        if shutil.which(program):
            found[program] = _plain_text(program, journal, partner, day)
    for program, file in (("beancount", beans), ("duckdb", table)):
        if importlib.util.find_spec(program):
            found[program] = _in_python(program, file, partner, day, rounds)
    return found


def _plain_text(program: str, journal: Path, partner: int, day: date) -> Peer:
    """ledger and hledger: each question is a new process that reads the whole journal."""
    end = str(date.fromordinal(day.toordinal() + 1))
    shown = ["--format", "%(account) %(quantity(display_total))\n"] if program == "ledger" else ["-O", "csv"]
    command = [program, "balance", "-f", str(journal), "--end", end, "--flat", "--no-total", *shown]
    start = time.perf_counter()
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Peer(time.perf_counter() - start, {}, *_tree(program, found, partner))


def _tree(program: str, text: str, partner: int) -> tuple[dict[str, int], int]:
    """Balances by account, and the capital of one partner, from lines of account and quantity; credit-positive."""
    accounts: Counter[str] = Counter()
    capital = 0
    lines = text.splitlines()
    for line in lines if program == "ledger" else lines[1:]:
        name, quantity = line.replace('"', "").replace(",", " ").split()[:2]
        _, code, *names = name.split(":")
        amount = -round(Decimal(quantity) * 100)
        accounts[code[1:]] += amount
        if code[1:] >= "3000" and names and names[0] == f"P{partner}":
            capital += amount
    return {code: amount for code, amount in sorted(accounts.items()) if amount}, capital


def _in_python(program: str, book: Path, partner: int, day: date, rounds: int) -> Peer:
    """beancount and duckdb: a process of its own that loads the book and is then asked several times."""
    script = Path(__file__).parent / f"peer_{program}.py"
    command = [sys.executable, str(script), str(book), str(day), str(partner), str(rounds)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return Peer(found["load"], found["asked"], dict(sorted(found["accounts"].items())), found["partner"])
