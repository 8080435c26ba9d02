"""Every room's tables and walls, imported so that migrations and the database see them all."""

import importlib
from pathlib import Path

FLOORS = ("kernel", "fund", "pipeline", "lp_reports")
TOP = Path(__file__).resolve().parent.parent


def load_all() -> None:
    """Import every `models.py` beneath the roof, in a fixed order."""
    for floor in FLOORS:
        for file in sorted((TOP / floor).rglob("models.py")):
            importlib.import_module(".".join(file.relative_to(TOP).with_suffix("").parts))
