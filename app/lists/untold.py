"""What of a file nobody read: sheets that no list took, columns that none knew."""

from collections.abc import Sequence

from app.lists.kinds import Kind
from kernel.errors import Problem
from kernel.sheets.files import Grid
from kernel.sheets.importing import Imported


def unread(grids: Sequence[Grid], kinds: Sequence[Kind], done: Sequence[Imported]) -> tuple[str, ...]:
    """The sheets of the workbook that were not read, so that nobody thinks they were."""
    beside = [one.layout for kind in kinds for one in kind.beside]
    seen = {one.sheet for one in done}
    return tuple(
        grid.sheet
        for grid in grids
        if grid.sheet not in seen and not any(layout.fit(grid) for layout in beside)
    )


def notices(done: Sequence[Imported]) -> list[Problem]:
    """Columns that nobody read; two lists in one sheet know different columns of it."""
    kept = {}
    for one in done:
        beside = [other for other in done if other.sheet == one.sheet]
        for notice in one.notices:
            if all(notice.where in {passed.where for passed in other.notices} for other in beside):
                kept[notice.where] = notice
    return list(kept.values())
