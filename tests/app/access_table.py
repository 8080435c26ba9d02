"""Who may do what through the API: every route, the roles that it answers, and a valid request for each.

`python -m tests.app.access_table` writes the table to docs/access.md. A route that is missing here fails the tests.
"""

from pathlib import Path

from tests.app import (
    access_books,
    access_capital,
    access_forecasts,
    access_fund,
    access_pipeline,
    access_valuations,
)
from tests.app.access_rows import LETTERS, Row

DOCUMENT = Path(__file__).parents[2] / "docs" / "access.md"
ROWS: tuple[Row, ...] = (
    *access_fund.ROWS,
    *access_capital.ROWS,
    *access_books.ROWS,
    *access_forecasts.ROWS,
    *access_pipeline.ROWS,
    *access_valuations.ROWS,
)
OPENING = """# Who may do what

Every route of the API and the roles that it answers; made by `python -m tests.app.access_table` from the table that
the tests hold the application to (`tests/app/test_access.py`).

`x` is an answer, `o` an answer in which there is nothing (an empty list), a blank a refusal: 403, or 404 where not
even the existence is told. What is asked for is another partner's or enterprise's wherever there is such a thing, so
a blank of an LP user often means "not somebody else's". Whoever is not signed in is answered by none of them but
`POST /api/v1/tokens` with name and password.

"""


def table() -> str:
    """The table in Markdown."""
    names = [role.value.replace("_", " ") for role in LETTERS.values()]
    lines = ["| Route | " + " | ".join(names) + " |", "|---" + "|:-:" * len(names) + "|"]
    for row in sorted(ROWS, key=lambda one: one.route.split()[::-1]):
        marks = ["x" if one in row.roles else "o" if one.lower() in row.roles else "" for one in LETTERS]
        lines.append(f"| `{row.route}` | " + " | ".join(marks) + " |")
    return OPENING + "\n".join(lines) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(table(), encoding="utf-8")
