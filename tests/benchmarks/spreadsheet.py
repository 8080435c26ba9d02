"""A flat OpenDocument sheet that asks for the rate of each series, one a row."""

from tests.valuation.hard_series import Hard

# A spreadsheet counts days from the end of 1899.
SERIAL_OF_1970 = 25_569
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"
 office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.spreadsheet">
<office:body><office:spreadsheet><table:table table:name="rates">
"""
TAIL = "</table:table></office:spreadsheet></office:body></office:document>\n"


def sheet(every: list[Hard]) -> str:
    """Column A: the rate as text with all its digits, or "none"; then the amounts, then the days."""
    return HEAD + "".join(_row(at + 1, hard) for at, hard in enumerate(every)) + TAIL


def _row(row: int, hard: Hard) -> str:
    count = len(hard.amounts)
    amounts = f"[.{_column(1)}{row}:.{_column(count)}{row}]"
    days = f"[.{_column(count + 1)}{row}:.{_column(2 * count)}{row}]"
    text = f"TEXT(XIRR({amounts};{days});&quot;0.0000000000000E+000&quot;)"
    formula = f'<table:table-cell table:formula="of:=IFERROR({text};&quot;none&quot;)"/>'
    numbers = [*hard.amounts, *(day + SERIAL_OF_1970 for day in hard.days)]
    cells = "".join(
        f'<table:table-cell office:value-type="float" office:value="{number!r}"/>' for number in numbers
    )
    return f"<table:table-row>{formula}{cells}</table:table-row>\n"


def _column(number: int) -> str:
    """The letters of a column, the first being 0."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
