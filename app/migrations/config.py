"""How Alembic is told about this database: which tables it minds and how a column's type is written down."""

from pathlib import Path
from typing import Any

from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from sqlalchemy import Connection
from sqlmodel import SQLModel

from app import tables
from kernel.columns import ChoiceText, FractionText

HERE = Path(__file__).parent

tables.load_all()


def written(kind: str, thing: Any, _: AutogenContext) -> str | bool:
    """Our own column types are text to the database, and a migration must not lean on code that may change."""
    return "sa.Text()" if kind == "type" and isinstance(thing, ChoiceText | FractionText) else False


OPTIONS: dict[str, Any] = {
    "target_metadata": SQLModel.metadata,
    "render_item": written,
    "compare_type": True,
    "compare_server_default": False,
}


def config(connection: Connection) -> Config:
    """Alembic's configuration for one connection."""
    found = Config()
    found.set_main_option("script_location", str(HERE))
    found.attributes["connection"] = connection
    return found
