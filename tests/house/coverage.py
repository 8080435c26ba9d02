"""Holds measured coverage against what was decided: 90 % of everything, every branch of arithmetic and rules.

`python -m tests.house.coverage FILE` with coverage's JSON report: by `make coverage` of all that was measured, by
`make check` of the arithmetic alone.
"""

import json
import sys
from pathlib import Path
from typing import Any

OVERALL = 90.0


def must_be_whole(path: str) -> bool:
    """Whether every branch of the file must have been taken."""
    name = path.rsplit("/", 1)[-1]
    return (
        path.startswith("valuation/")
        or name == "rules.py"
        or path in {"kernel/allocation.py", "fund/capital/waterfall.py"}
    )


def complaints(report: dict[str, Any]) -> list[str]:
    """What falls short."""
    found = []
    for path, facts in sorted(report["files"].items()):
        summary = facts["summary"]
        if must_be_whole(path) and (summary["missing_lines"] or summary["missing_branches"]):
            found.append(
                f"{path}: lines {facts['missing_lines']}, branches {facts['missing_branches']} not taken"
            )
    overall = report["totals"]["percent_covered"]
    if overall < OVERALL:
        found.append(f"overall {overall:.1f} % is below {OVERALL} %")
    return found


def main(file: str) -> int:
    """Print the overall figure and every complaint; 1 when there is one."""
    report = json.loads(Path(file).read_text(encoding="utf-8"))
    found = complaints(report)
    print(f"coverage: {report['totals']['percent_covered']:.1f} % overall, branches included")
    for complaint in found:
        print(f"coverage: {complaint}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
