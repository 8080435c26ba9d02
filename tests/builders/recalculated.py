"""Workbooks computed again from their formulas alone, by LibreOffice where it is installed."""

import re
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

OFFICE = shutil.which("soffice")
_KEPT = re.compile(r"(<f>[^<]*</f>)<v>[^<]*</v>")


def bare(content: bytes) -> bytes:
    """The workbook without the results that were written beside its formulas, so that nobody can read them off."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(target, "w") as made:
        for name in source.namelist():
            part = source.read(name)
            if name.startswith("xl/worksheets/"):
                part = _KEPT.sub(r"\1", part.decode()).encode()
            made.writestr(name, part)
    return target.getvalue()


def recalculated(content: bytes, folder: Path) -> Workbook:
    """The workbook with the results that LibreOffice computes from the bare formulas."""
    assert OFFICE is not None
    given, answer = folder / "given.xlsx", folder / "answer"
    given.write_bytes(bare(content))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [OFFICE, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(answer), str(given)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return load_workbook(answer / "given.xlsx", data_only=True)


def formulas(content: bytes) -> dict[tuple[str, str], tuple[str, float]]:
    """Every formula by sheet and cell, with the result that we wrote beside it."""
    live, shown = load_workbook(BytesIO(content)), load_workbook(BytesIO(content), data_only=True)
    return {
        (page.title, cell.coordinate): (cell.value, shown[page.title][cell.coordinate].value)
        for page in live.worksheets
        for row in page.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def differing(content: bytes, folder: Path) -> list[str]:
    """The formulas of which LibreOffice makes something else than we do, by more than 1e-9 of the figure."""
    found, computed = formulas(content), recalculated(content, folder)
    assert found
    wrong = []
    for (sheet, place), (formula, ours) in found.items():
        theirs = computed[sheet][place].value
        if not isinstance(theirs, int | float) or abs(theirs - ours) > 1e-9 * max(1.0, abs(ours)):
            wrong.append(f"{sheet} {place} {formula}: {ours} is not {theirs}")
    return wrong


def added_up(content: bytes) -> int:
    """Check every formula that only adds cells up, without LibreOffice; returns how many there were."""
    shown, count = load_workbook(BytesIO(content), data_only=True), 0
    for (sheet, place), (formula, ours) in formulas(content).items():
        if not re.fullmatch(r"=[SUM()A-Z0-9:,+-]+", formula):
            continue
        page, sum_of = shown[sheet], 0.0
        for sign, part in re.findall(r"([-+=])((?:SUM\([^)]*\)|[A-Z]+[0-9]+|0))", formula):
            cells = part.removeprefix("SUM(").rstrip(")")
            sum_of += (-1 if sign == "-" else 1) * sum(_values(page, one) for one in cells.split(","))
        assert abs(sum_of - ours) <= 1e-9 * max(1.0, abs(ours)), (sheet, place, formula, sum_of, ours)
        count += 1
    return count


def _values(page: Any, area: str) -> float:
    if area == "0":
        return 0.0
    found = page[area]
    rows = found if isinstance(found, tuple) else ((found,),)
    return sum(float(cell.value or 0) for row in rows for cell in row)
