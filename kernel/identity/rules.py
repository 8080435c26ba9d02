"""Who somebody is to the software: roles, reach, and what a role may do.

Deny by default: an actor without a role reaches nothing. `reach` is what the database's row-level security is
told: 'all' for those who run or audit the fund, 'own' for everybody else who is signed in.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from kernel.errors import Forbidden, Invalid, Problem, Words

Reach = Literal["all", "own"]


class Role(StrEnum):
    """What a person is to the fund; one person may hold several."""

    MANAGER = "manager"
    ANALYST = "analyst"
    ACCOUNTANT = "accountant"
    COMMITTEE = "committee"
    LP_USER = "lp_user"
    LP_EXPERT = "lp_expert"
    TECHNOLOGY_MANAGER = "technology_manager"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


REACHES_ALL = frozenset({Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR})

# An auditor's word is worth something only while the auditor can change nothing, and the person who
# runs the machines must not also run the money.
EXCLUSIVE = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})


class RoleMissing(Forbidden):
    code = "role_missing"
    says = "This needs the role {roles}."


class RolesExclude(Invalid):
    code = "roles_exclude"
    says = "The role {role} cannot be held together with another role."


class PasswordWeak(Invalid):
    code = "password_weak"
    says = "The password needs at least {minimum} characters and may not contain the account's name."


class LoginInvalid(Invalid):
    code = "login_invalid"
    says = "A sign-in name has 2 to {longest} characters and no blanks."


@dataclass(frozen=True)
class Actor:
    """Somebody acting, as the rules and the database see them.

    `partner_ids` are the partners whose things the actor may read as an LP; `party_id` is the organisation the
    actor belongs to. `user_id` is None only for the system itself.
    """

    user_id: int | None
    name: str
    roles: frozenset[Role] = frozenset()
    partner_ids: frozenset[int] = frozenset()
    party_id: int | None = None
    is_system: bool = False

    @property
    def reach(self) -> Reach:
        """What the database's row-level security is told."""
        return "all" if self.is_system or self.roles & REACHES_ALL else "own"

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds one of `roles`; the system holds them all."""
        return self.is_system or bool(self.roles.intersection(roles))

    def require(self, *roles: Role) -> None:
        """Refuse with RoleMissing unless the actor holds one of `roles`."""
        if not self.has(*roles):
            raise RoleMissing(roles=Words(roles))


SYSTEM = Actor(user_id=None, name="system", is_system=True)

MINIMUM_PASSWORD = 12


def check_roles(roles: frozenset[Role]) -> None:
    """Refuse a set of roles in which one excludes the others."""
    for role in sorted(EXCLUSIVE & roles):
        if len(roles) > 1:
            raise RolesExclude(role=role)


LONGEST_LOGIN = 64


def check_login(login: str) -> None:
    """Refuse a sign-in name that cannot be typed or kept."""
    if not 2 <= len(login) <= LONGEST_LOGIN or any(letter.isspace() for letter in login):
        says = "Choose an e-mail address or a short name."
        raise LoginInvalid(longest=LONGEST_LOGIN, problems=[Problem("login", says)])


def check_password(login: str, password: str) -> None:
    """Refuse a password that is short or repeats the account's name."""
    if len(password) < MINIMUM_PASSWORD or login.casefold() in password.casefold():
        raise PasswordWeak(
            minimum=MINIMUM_PASSWORD,
            problems=[Problem("password", "Choose a longer sentence that does not contain your name.")],
        )


# From one place a name may be tried five times; a name many more times from everywhere together, so that a
# stranger who guesses keeps nobody else out; and one place may try a handful of names.
MAXIMUM_FAILURES = 5
MAXIMUM_FAILURES_OF_A_NAME = 50
MAXIMUM_FAILURES_FROM_A_PLACE = 30
THROTTLE_MINUTES = 15


@dataclass(frozen=True)
class Failures:
    """Wrong passwords within the window: for this name from this place, for the name, from the place."""

    here: int
    of_name: int
    from_place: int


def is_throttled(failures: Failures) -> bool:
    """Whether sign-in is refused after so many wrong passwords within the window."""
    return (
        failures.here >= MAXIMUM_FAILURES
        or failures.of_name >= MAXIMUM_FAILURES_OF_A_NAME
        or failures.from_place >= MAXIMUM_FAILURES_FROM_A_PLACE
    )
