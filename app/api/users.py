"""Users and their roles, for the administrator."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from app.api.schemas import LIMIT, REFUSALS, After, Body, Limit, Out, PageOut, example
from app.deps import ApiActor, Now, TxDep
from kernel.identity import actions, queries
from kernel.identity.rules import Role

router = APIRouter(prefix="/api/v1/users", tags=["users"], responses=REFUSALS)


class UserIn(Body):
    """A new user; roles are granted afterwards."""

    login: Annotated[str, Field(min_length=2, max_length=64, examples=["wang.lin@example.org"])]
    name: Annotated[str, Field(min_length=1, max_length=80, examples=["王琳"])]
    password: Annotated[str, Field(min_length=1, max_length=200)]
    language: Annotated[str, Field(pattern="^(zh_CN|en)$")] = "zh_CN"
    party_id: int | None = None


class GrantIn(Body):
    """A role, for one partner where it is a partner's."""

    model_config = example(role="lp_user", partner_id=2)

    role: Role
    partner_id: int | None = None


class UserOut(Out):
    """A user with the roles held now."""

    id: int
    login: str
    name: str
    language: str
    party_id: int | None
    is_active: bool
    roles: list[Role]
    partner_ids: list[int]


@router.get("")
def listed(tx: TxDep, actor: ApiActor, after: After = None, limit: Limit = LIMIT) -> PageOut[UserOut]:
    """Everybody who may sign in, with the roles they hold now."""
    actor.require(Role.ADMINISTRATOR, Role.AUDITOR)
    page = queries.users(tx, after=after, limit=limit)
    return PageOut(items=[UserOut.model_validate(sheet) for sheet in page.items], next=page.next)


@router.post("", status_code=201)
def create(body: UserIn, tx: TxDep, actor: ApiActor, now: Now) -> UserOut:
    """Add a user without any role yet."""
    user = actions.create_user(tx, actor, **body.model_dump(), now=now)
    return UserOut.model_validate(queries.user_sheet(tx, user_id=user.key))


@router.post("/{user_id}/roles", status_code=201)
def give(user_id: int, body: GrantIn, tx: TxDep, actor: ApiActor, now: Now) -> UserOut:
    """Give a role; giving it twice changes nothing."""
    actions.grant(tx, actor, user_id=user_id, role=body.role, partner_id=body.partner_id, now=now)
    return UserOut.model_validate(queries.user_sheet(tx, user_id=user_id))


@router.delete("/{user_id}/roles/{role}")
def take(user_id: int, role: Role, tx: TxDep, actor: ApiActor, now: Now) -> UserOut:
    """Take a role away."""
    actions.end_grant(tx, actor, user_id=user_id, role=role, now=now)
    return UserOut.model_validate(queries.user_sheet(tx, user_id=user_id))
