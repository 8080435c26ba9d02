"""Reading a list of the people who sign in: their roles, the organisation they act for, the partner they belong to.

Nobody's password stands in a sheet: everyone gets a one-time password, told once to whoever imports.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from fund.charter.queries import fund_by_code, only_fund
from fund.parties.imports import party_named
from fund.partners.queries import partner_by_code
from kernel.db import Tx
from kernel.errors import Invalid, Problem
from kernel.identity.actions import create_user, grant
from kernel.identity.models import User
from kernel.identity.passwords import ONE_TIME_LIFE
from kernel.identity.rules import Actor, Role
from kernel.identity.secrets import new_words
from kernel.sheets.importing import Imported, book
from kernel.sheets.reading import Column, Layout, read_file
from kernel.sheets.words import Code, Text, Texts

ROLES = {
    "管理人": Role.MANAGER,
    "投资经理": Role.ANALYST,
    "投资分析师": Role.ANALYST,
    "基金会计": Role.ACCOUNTANT,
    "投决委员": Role.COMMITTEE,
    "有限合伙人": Role.LP_USER,
    "产业专家": Role.LP_EXPERT,
    "技术经理": Role.TECHNOLOGY_MANAGER,
    "审计师": Role.AUDITOR,
    "系统管理员": Role.ADMINISTRATOR,
}


class RoleUnknown(Invalid):
    code = "role_unknown"
    says = "“{role}” is not a role; expected one of: {roles}."


@dataclass(frozen=True)
class UserRow:
    """A person who signs in, with roles in words."""

    login: str
    name: str
    english: str
    roles: tuple[str, ...]
    organisation: str
    partner: str
    fund: str


USERS = Layout(
    "users",
    UserRow,
    (
        Column("login", Text(), ("登录名", "Sign-in name", "Login")),
        Column("name", Text(), ("姓名", "Name")),
        Column("english", Text(), ("English name", "英文姓名"), False, ""),
        Column("roles", Texts(), ("角色", "Roles")),
        Column("organisation", Text(), ("单位", "Organisation"), False, ""),
        Column("partner", Code(), ("所属合伙人", "Partner"), False, ""),
        Column("fund", Code(), ("基金", "Fund"), False, ""),
    ),
    unique=("login",),
)


def import_users(
    tx: Tx,
    actor: Actor,
    *,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    now: datetime,
) -> tuple[Imported, ...]:
    """Add every person of a sheet with all roles; each one-time password is told this once.

    Refused: see SheetRefused, each fault with its row.
    """
    reading = read_file(filename, content, USERS)
    told: list[Problem] = []

    def act(row: UserRow) -> None:
        words = new_words(without=row.login)
        until = now + ONE_TIME_LIFE
        user = add_person(tx, actor, row=row, password=words, one_time_until=until, now=now)
        for word in row.roles:
            give_role(tx, actor, row=row, user_id=user.key, word=word, now=now)
        told.append(Problem(row.login, "one-time password {words}", {"words": words}))

    done = book(tx, reading, act, what="users", dry_run=dry_run)
    return (replace(done, told=tuple(told)).tried(dry_run),)


def add_person(
    tx: Tx,
    actor: Actor,
    *,
    row: UserRow,
    password: str,
    one_time_until: datetime | None = None,
    now: datetime,
) -> User:
    """Add one person of the list, still without any role. Refused: an organisation that is not on record."""
    party = party_named(tx, name=row.organisation) if row.organisation else None
    return create_user(
        tx,
        actor,
        login=row.login,
        name=row.name,
        password=password,
        party_id=party.id if party else None,
        one_time_until=one_time_until,
        now=now,
    )


def give_role(tx: Tx, actor: Actor, *, row: UserRow, user_id: int, word: str, now: datetime) -> None:
    """Give one role of the row, by its word in either language; a partner's role for the row's partner."""
    role = role_named(word)
    partner_id = None
    if role is Role.LP_USER and row.partner:
        fund = fund_by_code(tx, code=row.fund) if row.fund else only_fund(tx)
        partner_id = partner_by_code(tx, fund_id=fund.id, code=row.partner).id
    grant(tx, actor, user_id=user_id, role=role, partner_id=partner_id, now=now)


def role_named(word: str) -> Role:
    """The role that a word means. Refused: a word that means none."""
    known = ROLES | {role.value: role for role in Role}
    plain = word.strip().lower().replace(" ", "_").replace("-", "_")
    if plain not in known:
        raise RoleUnknown(role=word, roles="、".join(ROLES))
    return known[plain]
