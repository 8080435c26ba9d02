"""What a row of the access table is, and how a request is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kernel.identity.rules import Role

# One letter for each role, in the order of the columns.
LETTERS: Mapping[str, Role] = {
    "M": Role.MANAGER,
    "A": Role.ANALYST,
    "B": Role.ACCOUNTANT,
    "C": Role.COMMITTEE,
    "L": Role.LP_USER,
    "E": Role.LP_EXPERT,
    "T": Role.TECHNOLOGY_MANAGER,
    "R": Role.AUDITOR,
    "S": Role.ADMINISTRATOR,
}
EVERYBODY = "MABCLETRS"
STAFF = "MABR"
CNY_1000 = {"amount": "1000.00", "currency": "CNY"}
HASH = "0" * 64
Ids = Mapping[str, int | str]


@dataclass(frozen=True)
class Row:
    """A route, the roles it answers by their letters, and a valid request; "$name" is an id of the world.

    A small letter stands for a role that is answered with an empty list.
    """

    route: str
    roles: str
    path: str = ""
    json: Mapping[str, Any] | None = None
    query: str = ""
    file: bytes | None = None
    filename: str = "a.pdf"

    @property
    def method(self) -> str:
        """The method of the route."""
        return self.route.split()[0]

    def url(self, ids: Ids) -> str:
        """The address with the path's places filled, in order, by the words of `path`."""
        url = self.route.split()[1]
        for word in self.path.split():
            before, _, rest = url.partition("{")
            url = before + str(filled(word, ids)) + rest.partition("}")[2]
        return f"{url}?{self.query}" if self.query else url

    def body(self, ids: Ids) -> object:
        """The body with its ids filled in."""
        return filled(self.json, ids) if self.json is not None else None


def filled(value: Any, ids: Ids) -> Any:
    """`value` with every "$name" replaced by the id of that name."""
    if isinstance(value, Mapping):
        return {filled(key, ids): filled(one, ids) for key, one in value.items()}
    if isinstance(value, list):
        return [filled(one, ids) for one in value]
    if isinstance(value, str) and value.startswith("$"):
        return ids[value[1:]]
    return value
