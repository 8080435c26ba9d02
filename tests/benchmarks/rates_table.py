"""Writes `docs/rates.md`: 200 hard series, ours beside others, and who was right.

`python -m tests.benchmarks.rates_table`. LibreOffice is asked when `soffice` is installed; it is needed for
this document only.
"""

import csv
import math
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

import numpy_financial as npf
import pyxirr

from tests.benchmarks.spreadsheet import sheet
from tests.valuation.brute_force import log_roots
from tests.valuation.hard_series import MAKERS, Hard, series
from valuation.irr import Rate, xirr

FILE = Path(__file__).resolve().parents[2] / "docs" / "rates.md"
INTRODUCTION = Path(__file__).with_name("rates_introduction.md")
EPOCH = date(1970, 1, 1)
# Nearer than this to a root, another's answer counts as that root.
NEAR = 1e-5
Answer = float | None


def ours(hard: Hard) -> Rate:
    return xirr([EPOCH + timedelta(day) for day in hard.days], hard.amounts)


def by_pyxirr(hard: Hard) -> Answer:
    return _number(pyxirr.xirr([EPOCH + timedelta(day) for day in hard.days], hard.amounts, silent=True))


def by_numpy_financial(hard: Hard) -> Answer:
    """Per period, made annual; only asked about series on equal periods."""
    rate = _number(npf.irr(hard.amounts))
    return None if rate is None else _number((1 + rate) ** (365 / (hard.period or 365)) - 1)


def by_libreoffice(every: list[Hard]) -> list[Answer]:
    """All series in one sheet, one conversion; unasked (all None) without LibreOffice."""
    program = shutil.which("soffice")
    if program is None:
        sys.exit("soffice is not installed; the table needs it")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "hard.fods"
        source.write_text(sheet(every), encoding="utf-8")
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = [program, profile, "--headless", "--convert-to", "csv", "--outdir", folder, str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        with source.with_suffix(".csv").open(encoding="utf-8") as lines:
            return [_number(row[0] if row[0] != "none" else None) for row in csv.reader(lines)]


def _number(value: object) -> Answer:
    if value is None or isinstance(value, complex):
        return None
    number = float(str(value))
    return number if math.isfinite(number) else None


def verdict(rate: Rate, answer: Answer) -> str:
    """Whether another's answer is right, given every root."""
    if not rate.roots:
        return "right" if answer is None else "wrong"
    if answer is None:
        return "no answer"
    if not any(abs(answer - root) <= NEAR * max(1.0, abs(root)) for root in rate.roots):
        return "wrong"
    return "right" if len(rate.roots) == 1 else f"one of {len(rate.roots)}"


def said(rate: Rate, answer: Answer) -> str:
    """Another's answer as the table prints it."""
    judged = verdict(rate, answer)
    if answer is None:
        return "none" if judged == "right" else "none ✗"
    return percent(answer) + {"right": "", "wrong": " ✗"}.get(judged, f" ({judged})")


def percent(rate: float) -> str:
    """A rate in few digits: 12.3457 %, or 2.5e+09, or how little is missing to the loss of all."""
    if rate < -0.9999:
        return f"-1 + {1 + rate:.3g}"
    return f"{round(100 * rate, 6) + 0.0:.6g} %" if abs(rate) < 100 else f"{rate:.4g}"


def _checked(every: list[Hard]) -> list[Rate]:
    rates = [ours(hard) for hard in every]
    for hard, rate in zip(every, rates, strict=True):
        if len(log_roots(hard.days, hard.amounts)) != len(rate.roots):
            sys.exit(f"brute force disagrees about {hard}")
    return rates


def _summary(every: list[Hard], rates: list[Rate], others: dict[str, list[Answer] | None]) -> list[str]:
    lines = ["| class | our statuses | " + " | ".join(others) + " |", "|---" * (2 + len(others)) + "|"]
    for kind in MAKERS:
        places = [at for at, hard in enumerate(every) if hard.kind == kind]
        cells = [_tally(rates[at].status.value for at in places)]
        for name, answers in others.items():
            asked = [at for at in places if name != "numpy-financial" or every[at].period]
            judged = (verdict(rates[at], answers[at]) for at in asked)
            cells.append(
                _tally("one of several" if one[:3] == "one" else one for one in judged) or "not asked"
            )
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    return lines


def _tally(words: object) -> str:
    return ", ".join(f"{count} {word}" for word, count in Counter(words).most_common())


def _versions() -> str:
    asked = subprocess.run(
        ["soffice", "--version"], check=True, capture_output=True, text=True
    ).stdout.split()
    peers = " and ".join(f"{name} {version(name)}" for name in ("pyxirr", "numpy-financial"))
    return f"Asked were {peers} and LibreOffice {asked[1]}."


def document() -> str:
    """The whole page."""
    every = series()
    rates = _checked(every)
    singly: dict[str, Callable[[Hard], Answer]] = {
        "pyxirr": by_pyxirr,
        "numpy-financial": by_numpy_financial,
    }
    others = {name: [ask(hard) for hard in every] for name, ask in singly.items()}
    others["LibreOffice"] = by_libreoffice(every)
    lines = [INTRODUCTION.read_text(encoding="utf-8"), _versions(), "", *_summary(every, rates, others), ""]
    lines += ["## Every series", "", "✗ marks an answer that is no root, or none where there is one.", ""]
    lines += ["| class | no. | status | every root | " + " | ".join(others) + " |", "|---" * 7 + "|"]
    for at, (hard, rate) in enumerate(zip(every, rates, strict=True)):
        cells = [hard.kind, str(at + 1), rate.status.value, "; ".join(map(percent, rate.roots)) or "-"]
        for name, answers in others.items():
            asked = name != "numpy-financial" or hard.period
            cells.append(said(rate, answers[at]) if asked else "")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(document(), encoding="utf-8")
