"""Column makers: the few kinds of column that the tables are built from.

SQLModel does not validate rows of a table, so every constraint that matters is stated here for the database:
whole minor units are BIGINT, instants carry a zone, exact fractions are stored as text ("2/3") and choices are
checked against their enumeration.
"""

from enum import StrEnum
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING


class Row(SQLModel):
    """A table row with a whole-number key that the database hands out."""

    id: int | None = Field(
        default=None,
        sa_type=sa.BigInteger,
        primary_key=True,
        sa_column_kwargs={"server_default": sa.Identity(always=False)},
    )

    @property
    def key(self) -> int:
        """The row's id, once the database has given one."""
        if self.id is None:
            raise LookupError(f"{type(self).__name__} has not been flushed yet")
        return self.id


class FractionText(sa.TypeDecorator[Fraction]):
    """An exact fraction kept as text: 2/3 stays 2/3."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Fraction | None, dialect: Dialect) -> str | None:
        return None if value is None else f"{value.numerator}/{value.denominator}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> Fraction | None:
        return None if value is None else Fraction(value)


class ChoiceText(sa.TypeDecorator[StrEnum]):
    """A member of a string enumeration kept as its value."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, choices: type[StrEnum]) -> None:
        self.choices = choices
        super().__init__()

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(self.choices(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.choices(value)


def _field(kind: Any, *args: Any, **options: Any) -> Any:
    default = options.pop("default", None if options.get("nullable") else ...)
    nullable = options.pop("nullable", False)
    index = options.pop("index", False)
    unique = options.pop("unique", False)
    column = sa.Column(kind, *args, nullable=nullable, index=index or None, unique=unique or None, **options)
    return Field(default=default, sa_column=column)


def minor(**options: Any) -> Any:
    """Money in whole minor units (fen)."""
    return _field(sa.BigInteger(), **options)


def number(**options: Any) -> Any:
    """A whole number that is not money."""
    return _field(sa.BigInteger(), **options)


def instant(**options: Any) -> Any:
    """A moment in time, stored with its zone."""
    return _field(sa.DateTime(timezone=True), **options)


def day(**options: Any) -> Any:
    """A calendar day."""
    return _field(sa.Date(), **options)


def text(*, collation: str | None = None, **options: Any) -> Any:
    """Text of any length; with collation "C" compared byte by byte, whatever the language of the server."""
    return _field(sa.Text(collation=collation), **options)


def code(*, collation: str | None = None, **options: Any) -> Any:
    """A short identifier that people read and type."""
    return _field(sa.String(64, collation=collation), **options)


def flag(**options: Any) -> Any:
    """True or false."""
    return _field(sa.Boolean(), **options)


def jsonb(**options: Any) -> Any:
    """A JSON document."""
    return _field(JSONB(), **options)


def content(**options: Any) -> Any:
    """Bytes."""
    return _field(sa.LargeBinary(), **options)


def fraction(**options: Any) -> Any:
    """An exact fraction."""
    return _field(FractionText(), **options)


def ref(target: str, **options: Any) -> Any:
    """A reference to another row, for example ref("fund.id")."""
    return _field(sa.BigInteger(), sa.ForeignKey(target), **options)


def choice(choices: type[StrEnum], **options: Any) -> Any:
    """One of an enumeration's values; the database checks it too (see `choices_check`)."""
    return _field(ChoiceText(choices), **options)


def decided_by_another(table: str, owner: str) -> tuple[sa.CheckConstraint, sa.CheckConstraint, sa.Index]:
    """For `__table_args__`: what one person (`prepared_by`) has prepared for an owner, of which one may wait at a time,
    another (`decided_by`, `decided_at`) approves or turns down (`is_approved`).
    """
    return (
        sa.CheckConstraint("is_approved IS NULL OR decided_at IS NOT NULL", name="decision_has_instant"),
        sa.CheckConstraint(
            "is_approved IS NOT TRUE OR prepared_by IS DISTINCT FROM decided_by", name="approved_by_another"
        ),
        sa.Index(f"uq_{table}_open", owner, unique=True, postgresql_where=sa.text("is_approved IS NULL")),
    )


def choices_check(column: str, choices: type[StrEnum]) -> sa.CheckConstraint:
    """The CHECK constraint that goes with a `choice` column, for `__table_args__`."""
    values = ", ".join(f"'{member.value}'" for member in choices)
    return sa.CheckConstraint(f"{column} IN ({values})", name=f"{column}_known")
