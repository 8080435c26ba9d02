"""What stands around every page: the six nouns a person may use, and what machines are there to run."""

from collections.abc import Mapping
from dataclasses import dataclass
from gettext import NullTranslations

from kernel.identity.rules import Actor, Role

STAFF = frozenset({Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR})
CHANNEL = STAFF | {Role.TECHNOLOGY_MANAGER, Role.LP_USER, Role.LP_EXPERT}
DEALS = CHANNEL | {Role.COMMITTEE}


@dataclass(frozen=True)
class Noun:
    """One entry of the navigation."""

    name: str
    sign: str
    href: str
    here: bool
    waiting: int = 0


@dataclass(frozen=True)
class Place:
    """A noun before it is shown: its English word, address, and who sees it (nobody named: everybody)."""

    says: str
    sign: str
    href: str
    roles: frozenset[Role] = frozenset()


def _n(says: str) -> str:
    return says


TODAY = Place(_n("Today"), "today", "/today")
PLACES = (
    TODAY,
    Place(_n("Deals"), "deals", "/deals", DEALS),
    Place(_n("Committee"), "committee", "/committee", STAFF | {Role.COMMITTEE}),
    Place(_n("Fund"), "fund", "/fund", STAFF),
    Place(_n("My account"), "fund", "/portal", frozenset({Role.LP_USER})),
    Place(_n("Reports"), "reports", "/reports", STAFF | {Role.LP_USER}),
    Place(_n("Channel"), "channel", "/channel", CHANNEL),
)
MACHINERY = (
    Place(
        _n("Organisations and people"),
        "people",
        "/parties",
        frozenset({*STAFF, Role.TECHNOLOGY_MANAGER}),
    ),
    Place(
        _n("Holidays"), "today", "/holidays", frozenset({Role.MANAGER, Role.ACCOUNTANT, Role.ADMINISTRATOR})
    ),
    Place(_n("Users"), "people", "/users", frozenset({Role.ADMINISTRATOR})),
    Place(_n("Audit trail"), "trail", "/audit", frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.MANAGER})),
)


def nouns(
    places: tuple[Place, ...],
    actor: Actor,
    spoken: NullTranslations,
    path: str,
    waiting: Mapping[str, int],
) -> tuple[Noun, ...]:
    """The places that `actor` may see, in the language of `spoken`, the present one marked."""
    return tuple(
        Noun(
            spoken.gettext(place.says),
            place.sign,
            place.href,
            _is_here(place, path),
            waiting.get(place.href, 0),
        )
        for place in places
        if not place.roles or actor.has(*place.roles)
    )


def _is_here(place: Place, path: str) -> bool:
    return path == place.href or path.startswith(place.href + "/")


def capacity(actor: Actor) -> Role | None:
    """The one role that says best as whom somebody acts."""
    return next((role for role in Role if role in actor.roles), None)
